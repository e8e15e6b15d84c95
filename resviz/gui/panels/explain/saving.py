"""What is shown as a picture with its words, or as numbers; copied, or written in another thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QImageWriter, QPainter
from PySide6.QtWidgets import QWidget

from resviz import paths
from resviz.drawing.palette import LIGHT
from resviz.files import reason, shown
from resviz.gui.background import Background, Outcome
from resviz.gui.feedback import sentence
from resviz.gui.panels.explain.laid_view import LaidView
from resviz.gui.panels.explain.scale import paint_scale
from resviz.gui.picking import Picker
from resviz.gui.theme import BODY, font
from resviz.maps.kept import npz

#: The picture's side at least, px; the words under it.
_SIDE, _MARGIN, _LINE = 640, 12, 22
Ends = tuple[str, str]


def drawn(view: LaidView, title: str, ends: Ends = ("", ""), low: float = -1.0) -> QImage:
    """The view's picture and sheet, large enough for a slide, with `title` and the scale below."""
    factor = max(1.0, _SIDE / max(1, view.picture.width()))
    width, height = round(view.picture.width() * factor), round(view.picture.height() * factor)
    below = _LINE * (2 if ends[1] else 1)
    image = QImage(width + 2 * _MARGIN, height + 3 * _MARGIN + below, QImage.Format.Format_RGB32)
    image.fill(QColor(LIGHT.panel))
    painter = QPainter(image)
    whole = QRectF(_MARGIN, _MARGIN, width, height)
    across, down = (side * view.margin / (1 + 2 * view.margin) for side in (width, height))
    place = whole.adjusted(across, down, -across, -down)
    view.paint_ground(painter, place)
    painter.drawImage(place, view.picture)
    view.paint_sheet(painter, place, view.strength)
    painter.setOpacity(1.0)
    view.paint_marks(painter, place)
    painter.setFont(font(BODY))
    painter.setPen(QColor(LIGHT.text))
    line = QRectF(_MARGIN, whole.bottom() + _MARGIN, width, _LINE)
    fitted = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, width)
    painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, fitted)
    if ends[1]:
        paint_scale(painter, line.translated(0, _LINE), ends, low, LIGHT.text)
    painter.end()
    return image


class Saver:
    """Asks where, and writes; `say` gets a sentence when it is done or cannot be."""

    def __init__(self, picker: Picker, owner: QWidget, say: Callable[[str, str], None]) -> None:
        self._picker, self._say = picker, say
        self.background = Background(owner)

    def copy(self, image: QImage) -> None:
        QGuiApplication.clipboard().setImage(image)

    def ask_png(self, name: str, image: QImage) -> None:
        title, kind = _tr("Save picture"), _tr("PNG (*.png)")
        self._picker.ask_save(title, f"{name}.png", [kind], ".png", lambda path: self.write(path, lambda: _png(image)))

    def ask_npz(self, name: str, arrays: Mapping[str, object]) -> None:
        title, kind = _tr("Save numbers"), _tr("NumPy (*.npz)")
        self._picker.ask_save(title, f"{name}.npz", [kind], ".npz", lambda path: self.write(path, lambda: npz(arrays)))

    def write(self, path: Path, make: Callable[[], bytes]) -> None:
        """In another thread, whole or not at all."""
        self.background.run(lambda: paths.write_atomic(path, make()), lambda outcome: self._ended(path, outcome))

    def _ended(self, path: Path, outcome: Outcome) -> None:
        if isinstance(outcome, Exception):
            self._say(sentence("output_write", {"name": shown(path), "reason": reason(outcome)}), "error")
        else:
            self._say(_tr("written to {name}").format(name=path.name), "muted")


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())


def _tr(text: str) -> str:
    return QCoreApplication.translate("ExplainPanel", text)
