"""The picture, before the first one an invitation with samples; and what the network sees of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from resviz.engine import messages as m
from resviz.gui.images_qt import to_qimage
from resviz.gui.panels.controls import colours
from resviz.gui.panels.picture import PictureView, thumbnail
from resviz.gui.panels.sample_grid import SampleGrid, read_tiles
from resviz.gui.panels.zone import MARGIN, Zone
from resviz.gui.samples import Sample

#: Thumbnails, px: as an invitation, beside the picture, and in the menu.
LARGE, SMALL, TINY = 72, 48, 24
PICTURE_WIDTH = 160


class ImageZone(Zone):
    """`open_wanted` asks for a file dialog; `image_wanted` carries the `ImageSource` of a sample."""

    open_wanted = Signal()
    image_wanted = Signal(object)

    def __init__(self, found: Sequence[Sample] | None = None) -> None:
        super().__init__(self.tr("Picture"))
        self.tiles = read_tiles(found, 2 * LARGE)
        self.more, self.open = self._link(self.tr("Samples ▾")), self._link(self.tr("Open…"))
        self.picture, self.invitation = PictureView(), QLabel()
        self.large, self.small = SampleGrid(self.tiles, LARGE, titled=True), SampleGrid(self.tiles, SMALL)
        for grid in (self.large, self.small):
            grid.chosen.connect(self._choose)
        self._hovering = False
        self._build_links()
        self._pages = QStackedWidget()
        self._pages.addWidget(self._invitation_page())
        self._pages.addWidget(self._picture_page())
        self.body.addWidget(self._pages, 1)
        self.show_empty()

    def _link(self, text: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setProperty("role", "link")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.header.addWidget(button)
        return button

    def _build_links(self) -> None:
        self.open.setToolTip(self.tr("Open a picture, a spec or a checkpoint (Ctrl+O)"))
        self.open.clicked.connect(self.open_wanted)
        self.more.setToolTip(self.tr("The pictures that come with ResViz"))
        self.more.clicked.connect(self._pop_up)
        self.more.setVisible(bool(self.tiles))
        self.menu = QMenu(self.more)
        for tile in self.tiles:
            icon = QIcon(thumbnail(tile.image, TINY, self.devicePixelRatioF()))
            self.menu.addAction(icon, tile.sample.title).triggered.connect(partial(self._choose, tile.sample))

    def _pop_up(self) -> None:
        # Not `setMenu`: its arrow is drawn over the button's text.
        self.menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _invitation_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setSpacing(2)
        column.setContentsMargins(0, 0, 0, 0)
        with_samples = self.tr("Drop a picture anywhere, paste, or click a sample.")
        without = self.tr("Drop a picture anywhere, paste, or open one.")
        self.invitation.setText(with_samples if self.tiles else without)
        self.invitation.setWordWrap(True)
        self.invitation.setProperty("role", "title")
        column.addWidget(self.invitation)
        column.addWidget(self.large, 1)
        return page

    def _picture_page(self) -> QWidget:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setSpacing(12)
        row.setContentsMargins(0, 0, 0, 0)
        self.picture.setFixedWidth(PICTURE_WIDTH)
        row.addWidget(self.picture)
        row.addWidget(self.small, 1)
        return page

    def set_hovering(self, hovering: bool) -> None:
        """Something is dragged over the window: show where it would come."""
        self._hovering = hovering
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._hovering:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours().accent), 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(QColor(colours().tint))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(5, 5, -5, -5), 10, 10)

    def _choose(self, sample: Sample, _checked: bool = False) -> None:
        self.image_wanted.emit(m.ImageSource(path=sample.path, name=sample.title))

    def show_empty(self) -> None:
        """No picture: the invitation."""
        self.picture.set_image(QImage())
        self._pages.setCurrentIndex(0)
        self.foot.setText("")

    def show_prediction(self, prediction: m.Prediction) -> None:
        self.picture.set_image(to_qimage(prediction.preview))
        width, height = prediction.original_size
        self.foot.setText(f"{prediction.name} · {width}×{height}" if prediction.name else f"{width}×{height}")
        self._pages.setCurrentIndex(1)


class SeenZone(Zone):
    """The network's input, each of its pixels a square."""

    def __init__(self) -> None:
        super().__init__(self.tr("What the network sees"))
        self.picture = PictureView()
        self.body.addWidget(self.picture, 1)
        self.foot.ensurePolished()  # else it measures in the font it has not got yet
        widest = self.foot.fontMetrics().horizontalAdvance(self._said(224, 224))
        self.setFixedWidth(max(widest + 4, PICTURE_WIDTH) + 2 * MARGIN)

    def show_empty(self) -> None:
        self.picture.set_image(QImage())
        self.foot.setText("")

    def show_prediction(self, prediction: m.Prediction) -> None:
        self.picture.set_image(to_qimage(prediction.seen))
        height, width = prediction.seen.shape[:2]
        self.foot.setText(self._said(width, height))

    def _said(self, width: int, height: int) -> str:
        return self.tr("centre crop → {width}×{height}, normalised").format(width=width, height=height)
