"""The sketch pad: what is drawn on it is recognised while it is being drawn."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QHideEvent, QImage, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QSlider, QToolButton, QWidget

from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.images_qt import to_pixels
from resviz.gui.jobs import Jobs
from resviz.gui.panels.controls import Choice, FitLabel, Segmented, caption, column, row
from resviz.gui.panels.zone import ElidedLabel
from resviz.gui.sources.gate import Gate
from resviz.gui.sources.paper import Paper
from resviz.gui.theme import Theme, font

#: Weights that read digits, by name.
DIGITS = "resnet14-w16-mnist"
#: Pictures go to the engine no faster than this, ms, and this large, px.
LEAST_MS = 60
SENT = 280
_SIDE_WIDTH = 132
_THINNEST, _THICKEST = 12, 96
_DIGIT_PX, _SMALLEST_PX = 56, 13


class SketchPad(QWidget):
    """`image_wanted` carries the drawing for the document; `network_wanted` asks for the network that reads digits;
    `kept` tells that a drawing the engine has answered is being put away.
    """

    image_wanted = Signal(object)
    network_wanted = Signal()
    kept = Signal(object, object)

    def __init__(self, document: Document, jobs: Jobs, theme: Theme | None = None, parent: QWidget | None = None):
        super().__init__(parent)
        self.document, self.jobs = document, jobs
        self.paper = Paper()
        self._gate = Gate(document, jobs, self, LEAST_MS)
        self._answer: m.Prediction | None = None
        self._build()
        self.paper.drawn.connect(self._on_drawn)
        self._gate.through.connect(self.image_wanted)
        self._gate.answered.connect(self._on_answered)
        self._gate.left.connect(self._show_answer)
        for changed in (document.spec_changed, document.weights_changed, jobs.model_ready):
            changed.connect(self._show_network)
        if theme is not None:
            theme.changed.connect(self.update)
        self._show_answer()
        self._show_network()

    # --- building ----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        line = row(self, 16, (16, 12, 16, 12))
        line.addWidget(self.paper, 1)
        side = QWidget()
        side.setFixedWidth(_SIDE_WIDTH)
        beside = column(side, 4)
        self.digit, self.share = FitLabel(_DIGIT_PX, _SMALLEST_PX, bold=True), ElidedLabel()
        beside.addWidget(caption(self.tr("Recognised")))
        beside.addWidget(self.digit)
        beside.addWidget(self.share)
        beside.addSpacing(8)
        beside.addWidget(self._network_button())
        beside.addStretch(1)
        beside.addWidget(self._pens())
        beside.addWidget(self._slider())
        beside.addLayout(self._buttons())
        line.addWidget(side)

    def _network_button(self) -> QPushButton:
        self.network = QPushButton(self.tr("Use the digit network"))
        self.network.setFont(font(12, QFont.Weight.Medium))
        self.network.setStyleSheet("padding: 5px 4px;")
        self.network.setToolTip(self.tr("Open {name}, trained to read handwritten digits").format(name=DIGITS))
        self.network.clicked.connect(self.network_wanted)
        return self.network

    def _pens(self) -> Segmented:
        choices = [
            Choice("pen", self.tr("Pen"), self.tr("Draw with the left button")),
            Choice("eraser", self.tr("Eraser"), self.tr("Rub out; the right button always does")),
        ]
        self.pens = Segmented(choices, self.tr("Tool"))
        self.pens.set_value("pen")
        self.pens.chosen.connect(self._take_pen)
        return self.pens

    def _take_pen(self, pen: str) -> None:
        self.paper.erases = pen == "eraser"

    def _slider(self) -> QSlider:
        self.thickness = QSlider(Qt.Orientation.Horizontal)
        self.thickness.setRange(_THINNEST, _THICKEST)
        self.thickness.setValue(round(self.paper.thickness))
        self.thickness.setToolTip(self.tr("Thickness of the pen"))
        self.thickness.setAccessibleName(self.tr("Thickness of the pen"))
        self.thickness.valueChanged.connect(self._set_thickness)
        return self.thickness

    def _set_thickness(self, value: int) -> None:
        self.paper.thickness = float(value)

    def _buttons(self) -> QHBoxLayout:
        self.undo = self._button(self.tr("Undo"), self.tr("Take the last stroke back (Ctrl+Z)"))
        self.clear = self._button(self.tr("Clear"), self.tr("A new sheet (Del)"))
        self.undo.clicked.connect(self.paper.undo)
        self.clear.clicked.connect(self.paper.clear)
        buttons = row(spacing=4)
        for button in (self.undo, self.clear):
            buttons.addWidget(button, 1)
        return buttons

    def _button(self, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip)
        button.setProperty("role", "boxed")
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

    def sizeHint(self) -> QSize:
        return QSize(452, 304)

    @property
    def last(self) -> m.ImageSource | None:
        """The drawing that went to the engine last, while the document has it."""
        return self._gate.last

    # --- what is drawn -----------------------------------------------------------------------------------------------

    def _on_drawn(self) -> None:
        if self.paper.drawing.is_blank:
            self._put_away()
        else:
            image, name = QImage(self.paper.drawing.image), self.tr("sketch")  # shares its memory until more is drawn
            self._gate.offer(lambda: to_source(image, name))
        self._show_answer()

    def _put_away(self) -> None:
        """A new sheet: the last drawing can be gone back to."""
        self._keep()
        self._gate.forget()
        self._answer = None

    def _keep(self) -> None:
        if self._gate.last is not None and self._answer is not None:
            self.kept.emit(self._gate.last, self._answer)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.isWindow():
            self.close()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._keep()
        self._gate.close()
        super().hideEvent(event)

    # --- what the engine says ----------------------------------------------------------------------------------------

    def _on_answered(self, prediction: m.Prediction) -> None:
        if not self.paper.drawing.is_blank:
            self._answer = prediction
            self._show_answer()

    def _show_answer(self) -> None:
        drawing, top = self.paper.drawing, self._answer.top if self._answer else ()
        self.digit.set_text(top[0].label if top else "–")
        if self._answer is not None and not self._answer.trained:
            said = self.tr("untrained: means nothing")
        else:
            said = self.tr("{share:.1f} % sure").format(share=100 * top[0].probability) if top else ""
        self.share.setText(said)
        self.undo.setEnabled(drawing.can_undo)
        self.clear.setEnabled(not drawing.is_blank)

    def _show_network(self, _model: object = None) -> None:
        model = self.jobs.model
        name = model.weights if model is not None else self.document.weights
        self.network.setVisible(name != DIGITS)


def to_source(image: QImage, name: str) -> m.ImageSource:
    """A sheet of paper for the engine, reduced."""
    way = Qt.TransformationMode.SmoothTransformation
    return m.ImageSource(pixels=to_pixels(image.scaled(SENT, SENT, Qt.AspectRatioMode.KeepAspectRatio, way)), name=name)
