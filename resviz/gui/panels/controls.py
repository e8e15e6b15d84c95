"""Small widgets that several panels share: segmented buttons, steppers, captions, cards."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QTextDocumentFragment,
)
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from resviz.drawing.palette import PALETTES, Palette
from resviz.gui.theme import CAPTION, font


def colours() -> Palette:
    """The theme's colours, for what paints by itself; a new theme repaints every widget anyway."""
    dark = QGuiApplication.palette().window().color().lightness() < 128
    return PALETTES["dark" if dark else "light"]


Margins = tuple[int, int, int, int]


def row(parent: QWidget | None = None, spacing: int = 0, margins: Margins = (0, 0, 0, 0)) -> QHBoxLayout:
    """A layout from left to right; it is the parent's own where there is one."""
    layout = QHBoxLayout(parent) if parent else QHBoxLayout()
    layout.setSpacing(spacing)
    layout.setContentsMargins(*margins)
    return layout


def column(parent: QWidget | None = None, spacing: int = 0, margins: Margins = (0, 0, 0, 0)) -> QVBoxLayout:
    """A layout from top to bottom; it is the parent's own where there is one."""
    layout = QVBoxLayout(parent) if parent else QVBoxLayout()
    layout.setSpacing(spacing)
    layout.setContentsMargins(*margins)
    return layout


def caption(text: str, parent: QWidget | None = None) -> QLabel:
    """A section's heading, in small capitals; screen readers get it as written."""
    label = QLabel(text, parent)
    label.setProperty("role", "caption")
    letters = label.font()
    letters.setCapitalization(QFont.Capitalization.AllUppercase)
    letters.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.8)
    label.setFont(letters)
    return label


def hairline(parent: QWidget | None = None) -> QFrame:
    """A line of one pixel across."""
    line = QFrame(parent)
    line.setProperty("role", "hairline")
    line.setFixedHeight(1)
    return line


def faint() -> str:
    """The colour of what cannot be used now, half-way to the ground."""
    theme = colours()
    ink, ground = QColor(theme.muted), QColor(theme.panel)
    red, green, blue = (
        (ink.red() + ground.red()) // 2,
        (ink.green() + ground.green()) // 2,
        (ink.blue() + ground.blue()) // 2,
    )
    return QColor(red, green, blue).name()


def wrapped(text: str) -> str:
    """A long tooltip, which Qt wraps as rich text only; each line of `text` is a paragraph."""
    return "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line)


def repolish(widget: QWidget) -> None:
    """Have the style sheet look at a dynamic property again."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)


class Choice(NamedTuple):
    """One segment: the value it stands for, its text, and the tooltip that explains it."""

    value: str
    text: str
    hint: str = ""


class Segmented(QFrame):
    """A choice of two to five. `chosen` comes from the user's hand only, never from `set_value`."""

    chosen = Signal(str)

    def __init__(self, choices: Sequence[Choice], name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "segments")
        self.setAccessibleName(name)
        # Arrow keys move within an exclusive group: Qt does that.
        self._group = QButtonGroup(self, exclusive=True)
        self._values = [choice.value for choice in choices]
        buttons = row(self, margins=(2, 2, 2, 2))
        for index, choice in enumerate(choices):
            button = self._segment(choice, name)
            self._group.addButton(button, index)
            buttons.addWidget(button, 1)
        self._group.idClicked.connect(self._on_clicked)
        self._group.idToggled.connect(self._stop_at_chosen)
        self._last: str | None = None

    def _segment(self, choice: Choice, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(choice.text)
        button.setToolTip(choice.hint)
        button.setCheckable(True)
        button.setProperty("role", "segment")
        button.setAccessibleName(f"{name}: {choice.text}" if name else choice.text)
        button.setAccessibleDescription(choice.hint)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

    @property
    def values(self) -> tuple[str, ...]:
        """All that can be chosen, in order."""
        return tuple(self._values)

    def value(self) -> str | None:
        """The chosen value; None before the first choice."""
        index = self._group.checkedId()
        return self._values[index] if index >= 0 else None

    def set_value(self, value: str | None) -> None:
        """Check a segment; None where the value is none of them."""
        self._last = value
        if value is not None:
            self.button(value).setChecked(True)
            return
        self._group.setExclusive(False)
        for button in self._group.buttons():
            button.setChecked(False)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._group.setExclusive(True)

    def button(self, value: str) -> QToolButton:
        """The segment of a value."""
        button = self._group.button(self._values.index(value))
        assert isinstance(button, QToolButton)
        return button

    def set_tight(self) -> None:
        """Smaller words and no air beside them, for where a name and a button stand in the same line."""
        bold = QFontMetrics(font(CAPTION + 1, QFont.Weight.DemiBold))
        for button in self._group.buttons():
            button.setStyleSheet(f"font-size: {CAPTION + 1}px; padding-left: 0; padding-right: 0;")
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.setMinimumWidth(bold.horizontalAdvance(button.text()) + 4)

    def set_available(self, value: str, available: bool, hint: str) -> None:
        """Grey a segment out; `hint` gives the reason."""
        self.button(value).setEnabled(available)
        self.button(value).setToolTip(hint)

    def _stop_at_chosen(self) -> None:
        """The Tab key stops at the chosen segment, and at no other."""
        for button in self._group.buttons():
            chosen = button.isChecked()
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if chosen else Qt.FocusPolicy.ClickFocus)

    def _on_clicked(self, index: int) -> None:
        # A click on the segment that is chosen already is no choice.
        if self._values[index] != self._last:
            self._last = self._values[index]
            self.chosen.emit(self._last)


class FitLabel(QWidget):
    """One line of text that shrinks to fit, down to `smallest` px, and is elided only below that."""

    def __init__(
        self,
        largest: int,
        smallest: int,
        bold: bool = False,
        muted: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._text, self._muted = "", muted
        weight = QFont.Weight.Bold if bold else QFont.Weight.Normal
        self._fonts = [font(px, weight) for px in range(largest, smallest - 1, -1)]
        self.alignment = Qt.AlignmentFlag.AlignLeft
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(QFontMetrics(self._fonts[0]).height())

    def text(self) -> str:
        return self._text

    def set_text(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self.update()

    def fitting(self) -> tuple[QFont, str]:
        """The largest font the text fits in, and the text as it is drawn."""
        for candidate in self._fonts:
            if QFontMetrics(candidate).horizontalAdvance(self._text) <= self.width():
                return candidate, self._text
        smallest = self._fonts[-1]
        elided = QFontMetrics(smallest).elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        return smallest, elided

    def paintEvent(self, _event: QPaintEvent) -> None:
        used, text = self.fitting()
        painter = QPainter(self)
        painter.setFont(used)
        painter.setPen(QColor(colours().muted if self._muted else colours().text))
        painter.drawText(self.rect(), self.alignment | Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()


class StatCard(QFrame):
    """A figure with what it counts under it; `set_compact` puts them side by side where height is short."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.figure, self.caption = QLabel("-", self), QLabel(text, self)
        self.figure.setProperty("role", "figure")
        self.caption.setProperty("role", "unit")
        self._box = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._box.addWidget(self.figure)
        self._box.addWidget(self.caption, 1)
        self.set_compact(False)

    def show_figure(self, text: str, hint: str) -> None:
        self.figure.setText(text)
        self.setToolTip(hint)
        self.setAccessibleName(f"{self.caption.text()}: {text}")
        self.setAccessibleDescription(QTextDocumentFragment.fromHtml(hint).toPlainText())

    def set_compact(self, compact: bool) -> None:
        way = QBoxLayout.Direction.LeftToRight if compact else QBoxLayout.Direction.TopToBottom
        self._box.setDirection(way)
        self._box.setSpacing(6 if compact else 1)
        self._box.setContentsMargins(10, 4 if compact else 8, 6, 4 if compact else 8)
        self.figure.setProperty("role", "small-figure" if compact else "figure")
        repolish(self.figure)


class CopyLink(QPushButton):
    """A small link that copies; it says so until the pointer or the keyboard leaves it."""

    def __init__(self, text: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setToolTip(hint)
        self.setProperty("role", "quiet-link")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._says = text

    def copy(self, text: str) -> None:
        """Put `text` on the clipboard."""
        QApplication.clipboard().setText(text)
        self.setText(self.tr("Copied"))

    def leaveEvent(self, event: QEvent) -> None:
        self.setText(self._says)
        super().leaveEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.setText(self._says)
        super().focusOutEvent(event)
