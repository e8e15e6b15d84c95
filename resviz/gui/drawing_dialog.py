"""Save drawing as: as on screen or for paper, in which form, how large, and what will come of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from resviz.drawing.output import Drawing
from resviz.drawing.paper import PAPERS, Page, Paper
from resviz.gui.background import Background, Outcome
from resviz.gui.graph import export
from resviz.gui.panels.controls import Choice, Segmented, colours
from resviz.gui.printing import usual_paper

_PREVIEW = QSize(380, 440)
_PAD = 14
_MM = 25.4 / 72


class Order(NamedTuple):
    """What was chosen: a drawing, the suffix of its form, and a PNG's scale."""

    drawing: Drawing
    suffix: str
    scale: float | None


class DrawingDialog(QDialog):
    """`make(theme, paper)` gives the drawing; `ordered` carries an `Order`."""

    ordered = Signal(object)

    def __init__(
        self, make: Callable[[str | None, Paper | None], Drawing], theme: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Save drawing as"))
        self._make = make
        self._background = Background(self)
        self._asked = 0
        self._pages: tuple[Page, ...] = ()
        self.preview = Preview()
        self.size_label = QLabel()
        self.size_label.setProperty("role", "muted")
        self.size_label.setWordWrap(True)
        self._build_choices(theme)
        self._build()
        self._show()

    def order(self) -> Order:
        """What the choices say."""
        suffix = f".{self.form.value()}"
        return Order(self._drawing(), suffix, self.scale.value() if suffix == ".png" else None)

    # --- building ------------------------------------------------------------------------------------------

    def _build_choices(self, theme: str) -> None:
        tr = self.tr
        screen = tr("Folded, turned, coloured and compared as on screen, on one page as large as it takes")
        self.kind = self._choice(
            tr("Layout"),
            [
                Choice("screen", tr("As on screen"), screen),
                Choice("paper", tr("For paper"), tr("Light on white, in columns over pages, no block cut")),
            ],
            "screen",
        )
        self.form = self._choice(
            tr("Form"),
            [
                Choice("svg", "SVG", tr("For the web and for drawing programs")),
                Choice("pdf", "PDF", tr("For papers and printers")),
                Choice("png", "PNG", tr("Pixels, for slides and chats")),
            ],
            "svg",
        )
        self.theme = self._choice(
            tr("Theme"),
            [Choice("light", tr("Light"), tr("On a light ground")), Choice("dark", tr("Dark"), tr("On a dark ground"))],
            theme,
        )
        papers = [Choice(key, paper.name, f"{paper.name}: {_millimetres(paper)}") for key, paper in PAPERS.items()]
        self.paper = self._choice(tr("Paper"), papers, usual_paper().name.lower())
        self.scale = QDoubleSpinBox()
        self.scale.setAccessibleName(tr("Scale"))
        self.scale.setToolTip(tr("Pixels of the picture for one of the drawing"))
        self.scale.setSuffix(" ×")
        self.scale.setDecimals(2)
        self.scale.setSingleStep(0.5)
        self.scale.valueChanged.connect(self._tell)

    def _choice(self, name: str, choices: list[Choice], value: str) -> Segmented:
        segments = Segmented(choices, name)
        segments.set_value(value)
        segments.chosen.connect(lambda _value: self._show())
        return segments

    def _build(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(12)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        tr = self.tr
        for text, widget in (
            (tr("Layout"), self.kind),
            (tr("Form"), self.form),
            (tr("Theme"), self.theme),
            (tr("Paper"), self.paper),
            (tr("Scale"), self.scale),
        ):
            form.addRow(text, widget)
        left = QVBoxLayout()
        left.addLayout(form)
        left.addSpacing(8)
        left.addWidget(self.size_label)
        left.addStretch(1)
        both = QHBoxLayout()
        both.setSpacing(24)
        both.addLayout(left, 1)
        both.addWidget(self.preview)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(16)
        column.addLayout(both, 1)
        column.addWidget(self._buttons())

    def _buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.save = QPushButton(self.tr("Save…"))
        self.save.setDefault(True)
        box.addButton(self.save, QDialogButtonBox.ButtonRole.AcceptRole)
        box.rejected.connect(self.reject)
        box.accepted.connect(self._take)
        return box

    def _take(self) -> None:
        order = self.order()
        self.accept()
        self.ordered.emit(order)

    # --- showing -------------------------------------------------------------------------------------------

    def _drawing(self) -> Drawing:
        if self.kind.value() == "paper":
            return self._make(None, PAPERS[self.paper.value() or "a4"])
        return self._make(self.theme.value(), None)

    def _show(self) -> None:
        """After a choice: what can be chosen now, and the preview of it."""
        on_paper = self.kind.value() == "paper"
        self.theme.setEnabled(not on_paper)
        self.paper.setEnabled(on_paper)
        drawing = self._drawing()
        self._pages = drawing.pages()
        self._limit()
        self._tell()
        self._asked += 1
        asked, picture, ratio = self._asked, self._pages[0].picture, self.devicePixelRatioF()
        scale, lines = self.preview.fitting(picture.bounds.w, picture.bounds.h)

        def work() -> QImage:
            image = export.image(picture, drawing.ink, scale * ratio, round(lines * ratio))
            image.setDevicePixelRatio(ratio)
            return image

        self._background.run(work, lambda outcome: self._on_painted(asked, outcome))

    def _on_painted(self, asked: int, outcome: Outcome) -> None:
        if isinstance(outcome, Exception):
            raise outcome
        if asked == self._asked:
            picture = self._pages[0].picture.bounds
            scale, lines = self.preview.fitting(picture.w, picture.h)
            self.preview.show_image(outcome, picture.h * scale > lines + 1)

    def _limit(self) -> None:
        """Scales that a PNG of this drawing can have."""
        self.scale.setEnabled(self.form.value() == "png")
        most = min(export.largest_scale(page.picture) for page in self._pages)
        usual = min(export.usual_scale(page.picture) for page in self._pages)
        if most != self.scale.maximum():
            self.scale.setRange(min(0.1, most), most)
            self.scale.setValue(usual)

    def _tell(self) -> None:
        """What will come of it, in words."""
        pages = self._pages
        if self.form.value() == "png":
            wide, high = export.size_of(pages[0].picture, self.scale.value())
            text = self.tr("{width} × {height} px").format(width=f"{wide:,}", height=f"{high:,}")
        else:
            text = f"{round(pages[0].width * _MM):,} × {round(pages[0].height * _MM):,} mm"
        if len(pages) > 1:
            text = self.tr("{count} pages of {size}").format(count=len(pages), size=text)
            if self.form.value() != "pdf":
                text += "\n" + self.tr("A file for each page")
        self.size_label.setText(text)

    def done(self, result: int) -> None:
        self._background.wait()
        super().done(result)


class Preview(QWidget):
    """The first page; of one that is too tall, its upper part."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(_PREVIEW)
        self.setAccessibleName(self.tr("Preview"))
        self.image: QImage | None = None
        self._goes_on = False

    def fitting(self, width: float, height: float) -> tuple[float, int]:
        """The scale of a page in the preview, and how many lines of it show."""
        room_w, room_h = _PREVIEW.width() - 2 * _PAD, _PREVIEW.height() - 2 * _PAD
        whole = min(room_w / width, room_h / height)
        scale = max(whole, min(room_w / width, 0.36))
        return scale, room_h

    def show_image(self, image: QImage, goes_on: bool) -> None:
        self.image, self._goes_on = image, goes_on
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = colours()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.control))
        painter.drawRoundedRect(self.rect(), 10, 10)
        if self.image is not None:
            size = self.image.deviceIndependentSize().toSize()
            place = QRect((self.width() - size.width()) // 2, (self.height() - size.height()) // 2, *size.toTuple())
            painter.drawImage(place.topLeft(), self.image)
            painter.setPen(QColor(theme.line))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(place.adjusted(0, 0, -1, -1))
            if self._goes_on:
                self._fade(painter, place, QColor(theme.control))
        painter.end()

    def _fade(self, painter: QPainter, place: QRect, ground: QColor) -> None:
        """Below, the drawing goes on."""
        fade = QRect(place.left(), place.bottom() - 60, place.width(), 61)
        gradient = QLinearGradient(0, fade.top(), 0, fade.bottom())
        clear = QColor(ground)
        clear.setAlpha(0)
        gradient.setColorAt(0, clear)
        gradient.setColorAt(1, ground)
        painter.fillRect(fade, gradient)


def _millimetres(paper: Paper) -> str:
    return f"{round(paper.width * _MM)} × {round(paper.height * _MM)} mm"
