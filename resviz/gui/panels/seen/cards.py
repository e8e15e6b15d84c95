"""The four steps as cards: a title, a picture, a line about it, and what can be changed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from resviz.engine.messages import Steps
from resviz.gui.panels.arrow_box import ArrowBox
from resviz.gui.panels.builder.stepper import Stepper
from resviz.gui.panels.colour_bar import ColourBar
from resviz.gui.panels.controls import caption, column, row, wrapped
from resviz.gui.panels.picture import PictureView
from resviz.gui.panels.seen.crop_view import CropView, FramedView
from resviz.gui.panels.seen.fields import MeanStd
from resviz.gui.panels.seen.pixels import FORMS, Inputs, PixelView, Place, names
from resviz.gui.panels.zone import ElidedLabel
from resviz.ways import INTERPOLATIONS, LARGEST_RESIZE

#: No card is narrower: three means and their name stand in a line.
LEAST = 172
#: What the choice of what is looked at says while the square is where the user put it.
_OWN_SQUARE = "own"
#: More channels than these are not told at once for a pixel.
_TOLD = 3


class Card(QWidget):
    """`controls` is the place under the line."""

    def __init__(self, number: int, title: str, picture: PictureView) -> None:
        super().__init__()
        self.picture, self.foot = picture, ElidedLabel()
        self.controls = column(spacing=6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(caption(f"{number}  {title}"))
        layout.addWidget(picture)
        layout.addWidget(self.foot)
        layout.addLayout(self.controls)
        layout.addStretch(1)


class OriginalCard(Card):
    """The picture, and which part of it is looked at in which way."""

    way_chosen = Signal(str)

    def __init__(self) -> None:
        self.view = CropView()
        super().__init__(1, self.tr("Original"), self.view)
        self.way = ArrowBox(self.tr("What is looked at"))
        self.way.setToolTip(self.tr("What is looked at"))
        for value, text in (
            ("short", self.tr("Short side, centre")),
            ("square", self.tr("Centre square")),
            ("digit", self.tr("Digit, as MNIST")),
        ):
            self.way.addItem(text, value)
        _squeeze(self.way)
        self.way.activated.connect(self._on_way)
        self.controls.addWidget(self.way)

    def _on_way(self, at: int) -> None:
        if (how := self.way.itemData(at)) != _OWN_SQUARE:  # that one is there already
            self.way_chosen.emit(how)

    def show_way(self, how: str, moved: bool) -> None:
        """`moved`: the square is where the user put it, and no longer in the middle."""
        at = self.way.findData(_OWN_SQUARE)
        if moved and at < 0:
            self.way.addItem("", _OWN_SQUARE)
        elif not moved and at >= 0:
            self.way.removeItem(at)
        if moved:
            at = self.way.findData(_OWN_SQUARE)
            self.way.setItemText(at, self.tr("Digit in your square") if how == "digit" else self.tr("Your square"))
        self.way.setCurrentIndex(self.way.findData(_OWN_SQUARE if moved else how))

    def show_looked_at(self, size: tuple[int, int]) -> None:
        """The picture's size and that of the square, pixels."""
        square = self.view.square
        text = self.tr("{width}×{height}").format(width=size[0], height=size[1])
        if square is not None:
            side = f"{square.side:.0f}" if square.side >= 10 else f"{square.side:.3g}"
            text += self.tr(" · looks at {side}×{side}").format(side=side)
        self.foot.setText(text)


class ResizedCard(Card):
    """The picture after resizing; how it is resized and to what."""

    interpolation_chosen = Signal(str)
    resize_chosen = Signal(int)

    def __init__(self) -> None:
        self.view = FramedView(self.tr("Resized picture with what is cut out"))
        super().__init__(2, self.tr("Resized"), self.view)
        self.interpolation = ArrowBox(self.tr("Interpolation"))
        self.interpolation.setToolTip(self.tr("Interpolation: how pixels between pixels are made up"))
        for value in INTERPOLATIONS:
            self.interpolation.addItem(value, value)
        _squeeze(self.interpolation)
        self.interpolation.activated.connect(lambda at: self.interpolation_chosen.emit(self.interpolation.itemData(at)))
        self.resize_label = QLabel(self.tr("short side"))
        self.resize_label.setProperty("role", "field")
        self.side = Stepper(1, LARGEST_RESIZE, self.tr("Short side after resizing, pixels"))
        self.side.edited.connect(self.resize_chosen)
        line = row(spacing=8)
        line.addWidget(self.resize_label)
        line.addWidget(self.side, 1)
        self.controls.addWidget(self.interpolation)
        self.controls.addLayout(line)

    def show_steps(self, steps: Steps) -> None:
        self.interpolation.setCurrentIndex(self.interpolation.findData(steps.interpolation))
        self.side.field.low = min(steps.tensor.shape[-1], LARGEST_RESIZE)  # less would leave nothing to cut out
        self.side.set_value(steps.resize)
        sides = {"short": self.tr("short side"), "square": self.tr("side"), "digit": self.tr("strokes")}
        self.resize_label.setText(sides[steps.how])
        self.side.setEnabled(steps.how == "short")
        why = self._why_fixed(steps.how)
        for part in (self.resize_label, self.side):
            part.setToolTip(why)
        width, height = steps.resized_size
        self.foot.setText(
            self.tr("{width}×{height} · {way}").format(width=width, height=height, way=steps.interpolation)
        )

    def _why_fixed(self, how: str) -> str:
        """Why the size cannot be changed; what it is where it can."""
        if how == "square":
            return wrapped(
                self.tr(
                    "The square is made as large as the input, and nothing is cut out. Choose “Short side, centre” in "
                    "step 1 to resize to another size and cut out the middle."
                )
            )
        if how == "digit":
            return wrapped(self.tr("The strokes are made as large as in MNIST, which the network was trained on."))
        return self.tr("The short side after resizing, pixels; the middle is cut out then")


class CroppedCard(Card):
    """The input before normalising, and the numbers of the pixel pointed at."""

    def __init__(self) -> None:
        self.view = PixelView(self.tr("Input before normalising"))
        super().__init__(3, self.tr("Cropped"), self.view)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._cells = [[QLabel() for _ in range(1 + len(FORMS))] for _ in range(_TOLD)]
        for at, line in enumerate(self._cells):
            for column_at, label in enumerate(line):
                label.setProperty("role", "field" if not column_at else "unit")
                label.setAlignment(Qt.AlignmentFlag.AlignRight if column_at else Qt.AlignmentFlag.AlignLeft)
                self._grid.addWidget(label, at, column_at)
        for column_at, least in enumerate((0, 22, 34, 44)):  # so that numbers do not jump about under the pointer
            self._grid.setColumnMinimumWidth(column_at, least)
        self._grid.setColumnStretch(1 + len(FORMS), 1)
        self.controls.addLayout(self._grid)

    def show_pixel(self, inputs: Inputs, place: Place | None, channel: int) -> None:
        """A pixel's numbers, 0 to 255, 0 to 1 and normalised; the input's size while there is none."""
        height, width = inputs.size
        told = range(inputs.channels) if inputs.channels <= _TOLD else (channel,)
        for line in self._cells:
            for label in line:
                label.setText("")
        if place is None:
            self.foot.setText(self.tr("{width}×{height} · point at a pixel").format(width=width, height=height))
            return
        self.foot.setText(self.tr("x {x}, y {y}").format(x=place[1], y=place[0]))
        for line, each in zip(self._cells, told, strict=False):
            line[0].setText(names(inputs.channels)[each])
            for label, form in zip(line[1:], FORMS, strict=True):
                label.setText(inputs.text(form, each, place))

    def told(self) -> list[list[str]]:
        """The numbers shown, a line a channel."""
        return [[label.text() for label in line] for line in self._cells if line[0].text()]


class TensorCard(Card):
    """A channel of the tensor in colours of both signs, and the numbers it was normalised with."""

    def __init__(self) -> None:
        self.view = PixelView(self.tr("Normalised tensor"))
        super().__init__(4, self.tr("Normalised"), self.view)
        self.bar, self.values = ColourBar(), MeanStd()
        self.foot.hide()
        self.controls.addWidget(self.bar)
        self.controls.addWidget(self.values)
        self.controls.setSpacing(4)


def _squeeze(box: ArrowBox) -> None:
    """As narrow as the card is."""
    box.setSizeAdjustPolicy(ArrowBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(8)
