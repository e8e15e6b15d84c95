"""What colours the layers: the kind of operator, or what they cost; choosing the time measures it."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QToolButton, QWidget

from resviz.arch.costs import METRICS
from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.look import Look
from resviz.gui.panels.arrow_box import ArrowBox


class ColourBox(QWidget):
    """A combo box, the kind of scale, and a button that measures again; asks `look` and `jobs`."""

    def __init__(self, look: Look, jobs: Jobs, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._jobs, self._document = look, jobs, document
        #: What colours when no time can be had.
        self._before = ""
        self.box = self._make_box()
        self.log = self._button(self.tr("log"), self.tr("Logarithmic scale; off: linear"))
        self.log.setCheckable(True)
        self.again = self._button("↻", self.tr("Measure again"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for widget in (self.box, self.log, self.again):
            row.addWidget(widget)
        self.box.activated.connect(self._on_chosen)
        self.log.clicked.connect(lambda on: look.set_colour(look.metric, on))
        self.again.clicked.connect(self._measure_or_stop)
        look.colour_changed.connect(self._show)
        jobs.profiling.progress.connect(self._on_progress)
        jobs.profiling.ended.connect(self._on_profiled)
        jobs.profiling.dropped.connect(self._on_dropped)
        self._show()

    def _make_box(self) -> QComboBox:
        box = ArrowBox(self.tr("Colour layers by"))
        box.setToolTip(self.tr("What colours the layers; Time measures a forward pass, layer by layer"))
        titles = {"params": self.tr("Parameters"), "macs": self.tr("MACs"), "activations": self.tr("Memory")}
        titles |= {"field": self.tr("Receptive field"), "time": self.tr("Time")}
        box.addItem(self.tr("Operator"), "")
        for name in METRICS:
            box.addItem(titles[name], name)
        return box

    def _button(self, text: str, hint: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(hint)
        button.setAccessibleName(hint)
        button.setProperty("role", "boxed")
        return button

    def _on_chosen(self, _index: int) -> None:
        self._look.set_colour(str(self.box.currentData()))

    def _measure_or_stop(self) -> None:
        self._jobs.profiling.cancel() if self._jobs.profiling.is_running else self._jobs.profiling.start()

    def _show(self) -> None:
        """Mirror the look; the time is measured as soon as it is asked for."""
        metric = self._look.metric
        if metric != "time":
            self._before = metric
        self.box.setCurrentIndex(max(self.box.findData(metric), 0))
        self.log.setVisible(bool(metric))
        self.log.setChecked(self._look.log)
        self.again.setVisible(metric == "time")
        if metric == "time" and self._jobs.profiling.found is None and not self._jobs.profiling.is_running:
            self._jobs.profiling.start()

    def _on_progress(self, done: float, _text: str) -> None:
        self.again.setText(f"✕ {round(100 * done)} %")
        self._call(self.tr("Stop measuring"))

    def _on_dropped(self) -> None:
        """Another network: its time is measured anew."""
        self._rest()
        self._show()

    def _on_profiled(self, answer: m.Profiled | m.Failed) -> None:
        self._rest()
        if isinstance(answer, m.Profiled):
            self._said(answer)
        elif self._look.metric == "time" and self._jobs.profiling.found is None:
            self._look.set_colour(self._before)

    def _rest(self) -> None:
        self.again.setText("↻")
        self._call(self.tr("Measure again"))

    def _call(self, what: str) -> None:
        """What the button does now, for the eye and the ear."""
        self.again.setToolTip(what)
        self.again.setAccessibleName(what)

    def _said(self, found: m.Profiled) -> None:
        """What was measured, and what measuring cost."""
        text = METRICS["time"].text
        hint = self.tr("Measure again: median of {runs} passes on {device}; the whole takes {bare}, timed {timed}")
        self.again.setToolTip(
            hint.format(runs=found.runs, device=found.device, bare=text(found.bare_ms), timed=text(found.timed_ms))
        )
