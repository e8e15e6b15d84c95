"""The likeliest classes as buttons that wrap: one of them is explained."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QToolButton, QWidget

from resviz.engine.messages import Score
from resviz.gui.panels.prediction.words import percent
from resviz.gui.theme import CAPTION

_GAP, _WIDEST = 4, 150
#: Beside a button's words, px.
_AIR = 22
#: Two long names have no room beside each other, px.
_NARROW = 240


class Chips(QWidget):
    """`chosen` carries the index of a class, from the user's hand only. Arrow keys go from one to the next."""

    chosen = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._group = QButtonGroup(self, exclusive=True)
        self._group.idClicked.connect(self.chosen.emit)
        self._scores: tuple[Score, ...] = ()

    @property
    def scores(self) -> tuple[Score, ...]:
        return self._scores

    def button(self, index: int) -> QToolButton | None:
        """That of a class."""
        found = self._group.button(index)
        return found if isinstance(found, QToolButton) else None

    def show_scores(self, scores: Sequence[Score], chosen: int) -> None:
        """The same buttons stay while there are as many, so that the focus does."""
        buttons = self._buttons()
        while len(buttons) > len(scores):
            last = buttons.pop()
            self._group.removeButton(last)
            last.deleteLater()
            last.hide()
        while len(buttons) < len(scores):
            buttons.append(self._new())
        for number, button in enumerate(buttons):  # indices change places, and one at a time would meet another
            self._group.setId(button, -2 - number)
        for button, score in zip(buttons, scores, strict=True):
            self._give(button, score)
        self._scores = tuple(scores)
        if (wanted := self.button(chosen)) is not None:
            wanted.setChecked(True)
        self._lay_out()

    def _buttons(self) -> list[QToolButton]:
        return [button for button in self._group.buttons() if isinstance(button, QToolButton)]

    def _new(self) -> QToolButton:
        button = QToolButton(self)
        button.setCheckable(True)
        button.setProperty("role", "toggle")
        button.setStyleSheet(f"font-size: {CAPTION + 1}px; padding: 2px 7px;")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._group.addButton(button)
        button.ensurePolished()
        button.show()
        return button

    def _give(self, button: QToolButton, score: Score) -> None:
        chance = percent(score.probability)
        button.setToolTip(self.tr("What speaks for {label}? ({chance})").format(label=score.label, chance=chance))
        button.setAccessibleName(f"{score.label} {chance}")
        self._group.setId(button, score.index)

    # --- places --------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        x = y = high = 0
        for button, score in zip(self._buttons(), self._scores, strict=False):
            self._elide(button, score)
            size = button.sizeHint()
            if x and x + size.width() > self.width():
                x, y = 0, y + high + _GAP
            button.setGeometry(x, y, size.width(), size.height())
            x, high = x + size.width() + _GAP, size.height()
        self.setFixedHeight(y + high)

    def _elide(self, button: QToolButton, score: Score) -> None:
        """Two beside each other, however long their names are; in a narrow column they have a line each."""
        chance, metrics = percent(score.probability), button.fontMetrics()
        room = self.width() if self.width() < _NARROW else (self.width() - _GAP) // 2
        widest = min(_WIDEST, room - _AIR)
        room = widest - metrics.horizontalAdvance(f" {chance}")
        label = metrics.elidedText(score.label, Qt.TextElideMode.ElideRight, room)
        button.setText(f"{label} {chance}".replace("&", "&&"))

    def sizeHint(self) -> QSize:
        return QSize(320, self.height())
