"""How the network's logits become probabilities, at a temperature that can be changed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGraphicsOpacityEffect, QLabel, QScrollArea, QStackedWidget, QWidget

from resviz.arch.presets import title_of
from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels.controls import Choice, Segmented, column, hairline, row
from resviz.gui.panels.picture import STALE
from resviz.gui.panels.prediction.opinion import Opinion, opinion
from resviz.gui.panels.prediction.words import small_text
from resviz.gui.panels.softmax.entropy import EntropyLine
from resviz.gui.panels.softmax.pair import PairCard
from resviz.gui.panels.softmax.steps import step_rows
from resviz.gui.panels.softmax.table import StepsTable
from resviz.gui.panels.softmax.temperature import TemperatureRow
from resviz.gui.panels.waiting import Waiting
from resviz.gui.panels.zone import ElidedLabel
from resviz.gui.settings import Settings
from resviz.gui.softmax import Softmax, margin

CHOICES = ("3", "5", "10")
_KEY = "softmax-rows"


class SoftmaxPanel(QWidget):
    """Computed here, from the logits that come with every prediction: the engine is not asked again."""

    temperature_changed = Signal(float)

    def __init__(self, document: Document, jobs: Jobs, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._jobs, self._settings = document, jobs, settings
        self.title, self.warning, self.empty = ElidedLabel(), ElidedLabel("warning"), QLabel()
        self.temperature, self.table = TemperatureRow(), StepsTable()
        self.entropy, self.why = EntropyLine(), PairCard()
        self.count = Segmented([Choice(rows, rows) for rows in CHOICES], self.tr("Classes shown"))
        self.waiting = Waiting(jobs, self)
        self._opinion: Opinion | None = None
        self._found: Softmax | None = None
        #: The two classes that were picked last, the later one at the end; empty for the top two.
        self._picks: tuple[int, ...] = ()
        self._dims = [self._dimmed(part) for part in (self.entropy, self.why)]
        self._build()
        self._connect()
        self.refresh()

    # --- building ------------------------------------------------------------------------------------------

    def _build(self) -> None:
        remembered = self._settings.text(_KEY)
        self.count.set_value(remembered if remembered in CHOICES else "5")
        self.count.set_tight()
        self.count.setFixedWidth(96)
        self.count.setToolTip(self.tr("How many classes have a row of their own"))
        self.empty.setProperty("role", "muted")
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setContentsMargins(24, 0, 24, 0)
        content = QWidget()
        self._fill(content)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(content)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.empty)
        self.pages.addWidget(self.area)
        column(self).addWidget(self.pages)

    def _dimmed(self, part: QWidget) -> QGraphicsOpacityEffect:
        """Dims a part while it is on."""
        dim = QGraphicsOpacityEffect(part)
        dim.setOpacity(STALE)
        dim.setEnabled(False)
        part.setGraphicsEffect(dim)
        return dim

    def _fill(self, content: QWidget) -> None:
        head = row(spacing=8)
        head.addWidget(self.title, 1)
        head.addWidget(self.count)
        box = column(content, 6, (16, 4, 16, 12))
        box.addLayout(head)
        for widget in (self.warning, self.temperature, self.table, self.entropy, hairline(), self.why):
            box.addWidget(widget)
        box.addStretch(1)

    def _connect(self) -> None:
        document, jobs = self._document, self._jobs
        for changed in (document.image_changed, document.labels_changed, jobs.predicted):
            changed.connect(self.refresh)
        jobs.busy.connect(self._show_stale)
        self.waiting.changed.connect(self._show_stale)
        self.count.chosen.connect(self._on_count)
        self.temperature.changed.connect(self._on_temperature)
        self.table.picked.connect(self.pick)
        self.why.reset.connect(self._forget_picks)

    # --- what the user does --------------------------------------------------------------------------------

    def pick(self, index: int) -> None:
        """Compare a class with the one that was picked before it, the likeliest at first."""
        former = self._pair()
        self._picks = (*(each for each in former if each != index), index)[-2:]
        self._show()

    def _forget_picks(self) -> None:
        self._picks = ()
        self._show()

    def _on_count(self, rows: str) -> None:
        self._settings.put(_KEY, rows)
        self._show()

    def _on_temperature(self, temperature: float) -> None:
        self._show()
        self.temperature_changed.emit(temperature)

    # --- showing -------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the newest prediction; keep the last one until there is another."""
        prediction = self._jobs.prediction
        if self._document.image is None or prediction is None:
            self._show_empty(self.tr("Drop a picture to see how the network's numbers become probabilities."))
            return
        self._opinion = opinion(prediction, self._document.labels)
        if any(index >= len(self._opinion.logits) for index in self._picks):
            self._picks = ()
        self._show_heading(prediction)
        self._show()
        self._show_stale()

    def _show_empty(self, text: str) -> None:
        self._opinion = self._found = None
        self.empty.setText(text)
        self.pages.setCurrentWidget(self.empty)

    def _show_heading(self, prediction: m.Prediction) -> None:
        spec = self._jobs.model.spec if self._jobs.model else self._document.spec
        self.title.setText(" · ".join(filter(None, (title_of(spec), prediction.name))))
        self.warning.setText(self.tr("untrained: predictions mean nothing"))
        self.warning.setVisible(not prediction.trained)

    def _show(self) -> None:
        """Everything that depends on the temperature or on what is picked."""
        one, t = self._opinion, self.temperature.temperature
        if one is None:
            return
        found = self._found = one.softmax(t)
        if found is None:
            note = self._jobs.prediction.note if self._jobs.prediction else ""
            self._found = None
            self.empty.setText(note or self.tr("The network's numbers overflowed: there are no probabilities."))
            self.pages.setCurrentWidget(self.empty)
            return
        others, whole = self.tr("the other {count}"), self.tr("sum of all {count}")
        rows = step_rows(one, found, int(self.count.value() or CHOICES[0]), others)
        self.table.show_rows(rows, small_text(found.total), one.trained, whole.format(count=f"{len(found.logits):,}"))
        self.entropy.show_entropy(found)
        self._show_pair(one, found)
        self.pages.setCurrentWidget(self.area)

    def _pair(self) -> tuple[int, ...]:
        """The two classes in question, the one picked last at the end."""
        if self._picks or self._found is None:
            return self._picks
        return tuple(reversed(self._found.best(2)))

    def _show_pair(self, one: Opinion, found: Softmax) -> None:
        pair = self._pair()
        self.table.set_pair(pair)
        self.why.setVisible(len(pair) == 2)
        if len(pair) == 2:
            gap = margin(found, *pair)
            default = not self._picks
            self.why.show_margin(gap, one.name(gap.ahead), one.name(gap.behind), found.temperature, default)

    def _show_stale(self, _changed: bool = False) -> None:
        """Dim what is not, or not yet, the answer to what the window shows."""
        stale = self.waiting.late or (self._jobs.outdated and not self._jobs.is_busy)
        self.table.set_stale(stale)
        for dim in self._dims:
            dim.setEnabled(stale)
