"""Pictures with round corners: one that fits its place, and thumbnails."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

RADIUS = 6
#: How much of a picture or a bar is seen while it shows what was, not what is.
STALE = 0.55


class PictureView(QWidget):
    """Paints a picture as large as it fits, to the left; enlarged pixels are sharp squares of one size."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._fitted = QImage()
        self._stale = False

    @property
    def image(self) -> QImage:
        return self._image

    def set_image(self, image: QImage) -> None:
        self._image, self._fitted = image, QImage()
        self.update()

    def set_stale(self, stale: bool) -> None:
        if stale != self._stale:
            self._stale = stale
            self.update()

    def picture_rect(self) -> QRectF:
        """Where the picture is painted."""
        if self._image.isNull():
            return QRectF()
        dots = self._dots()
        return QRectF(0, 0, dots.width() / self.devicePixelRatioF(), dots.height() / self.devicePixelRatioF())

    def _dots(self) -> QSize:
        """The painted size in the screen's dots: a whole multiple of the picture's, or less than that."""
        place = self.size() * self.devicePixelRatioF()
        scale = min(place.width() / self._image.width(), place.height() / self._image.height())
        scale = int(scale) if scale > 1 else scale
        return QSize(max(1, round(self._image.width() * scale)), max(1, round(self._image.height() * scale)))

    def _fit(self) -> QImage:
        dots = self._dots()
        if self._fitted.size() != dots:
            way = Qt.TransformationMode
            smaller = dots.width() < self._image.width()
            how = way.SmoothTransformation if smaller else way.FastTransformation
            self._fitted = self._image.scaled(dots, Qt.AspectRatioMode.IgnoreAspectRatio, how)
            self._fitted.setDevicePixelRatio(self.devicePixelRatioF())
        return self._fitted

    def paintEvent(self, _event: QPaintEvent) -> None:
        target = self.picture_rect()
        if target.isEmpty():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(STALE if self._stale else 1.0)
        # A texture brush has smooth round corners; a clip path has ragged ones.
        painter.setBrush(QBrush(self._fit()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(target, RADIUS, RADIUS)


def thumbnail(image: QImage, side: int, ratio: float) -> QPixmap:
    """The centre square of a picture, `side` px, with round corners."""
    dots = round(side * ratio)
    cover = image.scaled(
        dots, dots, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    )
    square = cover.copy((cover.width() - dots) // 2, (cover.height() - dots) // 2, dots, dots)
    result = QPixmap(dots, dots)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QBrush(square))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawRoundedRect(0, 0, dots, dots, RADIUS * ratio, RADIUS * ratio)
    painter.end()
    result.setDevicePixelRatio(ratio)
    return result
