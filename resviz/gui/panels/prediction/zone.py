"""The zone of the prediction: one network's bars, or two networks' side by side."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from resviz.arch.presets import title_of
from resviz.engine import messages as m
from resviz.gui.off_words import off_text
from resviz.gui.panels.controls import repolish, row
from resviz.gui.panels.prediction.bars import Bars
from resviz.gui.panels.prediction.opinion import Row, aligned_rows, best_rows, lesioned_rows, opinion
from resviz.gui.panels.prediction.words import milliseconds
from resviz.gui.panels.zone import ElidedLabel, Zone
from resviz.gui.theme import CAPTION

#: In a narrower zone the button that asks a second network is in the menu alone.
_ROOMY = 300
#: Two lists need this much.
_WIDE = 480


class Column(QWidget):
    """One network's bars; its name stands above while there are two, and what went wrong in place of bars."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.facts, self.bars, self.error = ElidedLabel(), QLabel(), Bars(), QLabel()
        self.error.setProperty("role", "warning")
        self.error.setWordWrap(True)
        self.error.setTextFormat(Qt.TextFormat.PlainText)
        self.error.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self.head = QWidget()
        line = row(self.head, 8)
        line.addWidget(self.title, 1)
        line.addWidget(self.facts)
        column.addWidget(self.head)
        column.addWidget(self.bars, 1)
        column.addWidget(self.error, 1)
        self.facts.setStyleSheet(f"font-size: {CAPTION + 1}px;")  # a warning is in larger print elsewhere
        self.head.hide()
        self.error.hide()

    def show_title(self, text: str, trained: bool = True, ms: float | None = None) -> None:
        """The network's name, whether it is trained, and how long its forward pass took; nothing without a name."""
        self.title.setText(text)
        untrained = "" if trained else self.tr("untrained")
        self.facts.setText(" · ".join(filter(None, (untrained, milliseconds(ms)))))
        self.facts.setProperty("role", "muted" if trained else "warning")
        repolish(self.facts)
        self.head.setVisible(bool(text))

    def show_error(self, text: str) -> None:
        """Bars again where there is no text."""
        self.error.setText(text)
        self.error.setVisible(bool(text))
        self.bars.setVisible(not text)


class PredictionZone(Zone):
    """The likeliest classes; `status` and `cancel` stand beside the caption while an answer is late."""

    #: The index of a class that was clicked in either list, -1 when it is chosen no more.
    class_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.caption.setText(self.tr("Prediction"))
        self.first, self.second = Column(), Column()
        self.bars = self.first.bars
        self.temperature = 1.0
        self._own: tuple[str, ...] = ()
        self._title = ""
        self._least: int | None = None
        self._prediction: m.Prediction | None = None
        self._build()
        for bars in (self.first.bars, self.second.bars):
            bars.class_chosen.connect(self.take)
        self.show_waiting(False, "")

    def _build(self) -> None:
        both = row(spacing=24)
        # As in the graph and in Compare: what it is compared with at the left, the open network at the right.
        both.addWidget(self.second, 10)
        both.addWidget(self.first, 9)
        self.second.hide()
        self.body.addLayout(both, 1)
        self.status = ElidedLabel()
        self.status.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.cancel = QToolButton()
        self.cancel.setText(self.tr("Cancel"))
        self.cancel.setProperty("role", "link")
        self.cancel.setToolTip(self.tr("Stop this; the last result stays"))
        self.beside, self.more, self.menu = QToolButton(), QToolButton(), QMenu(self)
        self._build_tools()
        self.header.setSpacing(8)
        self.header.setStretch(1, 0)
        self.header.addWidget(self.status, 1)
        for button in (self.cancel, self.beside, self.more):
            self.header.addWidget(button)

    def _build_tools(self) -> None:
        """What stands at the right end of the header once somebody attends to it."""
        self.beside.setText(self.tr("Beside"))
        self.beside.setProperty("role", "toggle")
        self.beside.setStyleSheet("font-size: 11px; padding: 2px 8px;")
        self.beside.setCheckable(True)
        self.more.setText("…")
        self.more.setProperty("role", "small")
        self.more.setToolTip(self.tr("How many classes, and by what names"))
        self.more.setAccessibleName(self.tr("More about the prediction"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(self.menu)
        copy = QAction(self.tr("Copy as text"), self)
        copy.triggered.connect(self.bars.copy)
        self.menu.addAction(copy)
        self.beside.hide()
        self.more.hide()

    # --- what is to be shown -------------------------------------------------------------------------------

    def show_waiting(self, waiting: bool, text: str) -> None:
        """What is being done, and the way out of it."""
        self.status.setText((text or self.tr("working…")) if waiting else "")
        self.cancel.setVisible(waiting)

    def set_stale(self, stale: bool) -> None:
        """Dim what is not, or not yet, the answer to what the window shows."""
        for bars in (self.first.bars, self.second.bars):
            bars.set_stale(stale)

    def show_empty(self, trained: bool) -> None:
        """No picture yet."""
        self._prediction = None
        self.bars.show_rows((), True)
        self._show_beside(None)
        self._note(trained, self.tr("The likeliest classes come here."))

    def show_prediction(self, prediction: m.Prediction) -> None:
        self._prediction = prediction
        self._show()

    def set_rows(self, rows: int) -> None:
        """How many classes."""
        for bars in (self.first.bars, self.second.bars):
            bars.set_room(rows)
        self._show()

    def set_temperature(self, temperature: float) -> None:
        """Probabilities at another temperature; said in the foot while it is not 1."""
        if temperature != self.temperature:
            self.temperature = temperature
            self._show()

    def set_labels(self, own: tuple[str, ...]) -> None:
        """The user's own names of the classes; none for those of the weights."""
        if own != self._own:
            self._own = own
            self._show()

    def set_title(self, title: str) -> None:
        """What the first network is called while there is a second."""
        if title != self._title:
            self._title = title
            self._show()

    def choose(self, index: int) -> None:
        """Mark a class in both lists; -1 for none."""
        for bars in (self.first.bars, self.second.bars):
            bars.choose(index)

    def take(self, index: int) -> None:
        """Mark a class and tell it, as a click does."""
        self.choose(index)
        self.class_chosen.emit(index)

    # --- showing -------------------------------------------------------------------------------------------

    def _show(self) -> None:
        if (prediction := self._prediction) is None:
            return
        self.bars.show_rows(self._rows(prediction), prediction.trained)
        self._show_beside(prediction.beside)
        self._note(prediction.trained, prediction.note)
        if not prediction.top and prediction.note:  # the network's numbers overflowed
            self.foot.set_role("warning")
            self.foot.setText(prediction.note)

    def _rows(self, prediction: m.Prediction) -> tuple[Row, ...]:
        """The likeliest classes; with something switched off, beside what the whole network says of them."""
        now, whole = opinion(prediction, self._own), prediction.whole
        if whole is None or not (whole.top or whole.logits.size):
            return best_rows(now, self.bars.room, self.temperature)
        return lesioned_rows(now, opinion(whole, self._own), self.bars.room, self.temperature)

    def _show_beside(self, answer: m.Answer | None) -> None:
        """The second network's bars, or none."""
        self.second.setVisible(answer is not None)
        self._make_room(answer is not None)
        self.bars.peer = self.second.bars.peer = None
        prediction = self._prediction
        if answer is None or prediction is None:
            self.first.show_title("")
            return
        self.first.show_title(self._title, prediction.trained, prediction.ms.get("forward"))
        failed = bool(answer.error)
        self.second.show_title(title_of(answer.spec), answer.trained or failed, None if failed else answer.forward_ms)
        self.second.show_error(answer.error)
        if not answer.error:
            self._show_second(prediction, answer)

    def _show_second(self, prediction: m.Prediction, answer: m.Answer) -> None:
        """The same classes in the same rows where both networks know the same."""
        alike = prediction.labels == answer.labels
        one, other = opinion(prediction, self._own), opinion(answer, self._own if alike else ())
        found = aligned_rows(one, other, self.bars.room, self.temperature)
        if found is None:
            rows = best_rows(other, self.bars.room, self.temperature)
            self.second.bars.show_rows(rows, answer.trained)
            return
        self.bars.peer, self.second.bars.peer = self.second.bars, self.bars
        self.bars.show_rows(found[0], prediction.trained, labelled=False)
        self.second.bars.show_rows(found[1], answer.trained)

    def _make_room(self, two: bool) -> None:
        """Two lists want more than the owner gave one."""
        if two and self._least is None:
            self._least = self.minimumWidth()
            self.setMinimumWidth(max(_WIDE, self._least))
        elif not two and self._least is not None:
            self.setMinimumWidth(self._least)
            self._least = None

    def _note(self, trained: bool, note: str) -> None:
        self.foot.set_role("muted" if trained else "warning")
        said = [note if trained else self.tr("untrained: predictions mean nothing")]
        if self._prediction is not None and self._prediction.logits.size and self.temperature != 1:
            said.append(self.tr("at temperature {t}").format(t=f"{self.temperature:.3g}"))
        if self._prediction is not None and (off := off_text(self._prediction.off)):
            said.append(self.tr("{off}; thin bar: the whole network").format(off=off))
        if self._prediction is not None and self._own:
            said.append(self.tr("your own class names"))
        self.foot.setText(" · ".join(filter(None, said)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        if not self.more.isHidden():
            self.beside.setVisible(self.width() >= _ROOMY)
        super().resizeEvent(event)
