"""How the network is looked at: folded how, drawn which way, coloured by what. Views share it; no spec holds it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from resviz.arch.layout.fold import Fold
from resviz.arch.layout.stack import Direction


class Look(QObject):
    """Frozen values and a signal for each."""

    fold_changed = Signal()
    direction_changed = Signal()
    colour_changed = Signal()
    #: Whether clicks switch parts off, and what is shown along the graph.
    live_changed = Signal()
    along_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fold = Fold()
        self._direction: Direction = "down"
        self._metric = ""
        self._log = True
        self._live = self._film = self._ribbon = False

    @property
    def fold(self) -> Fold:
        return self._fold

    @property
    def direction(self) -> Direction:
        """`down` or `right`: where the trunk goes."""
        return self._direction

    @property
    def metric(self) -> str:
        """What colours the layers, a name of `arch.costs.METRICS`; empty for the kind of operator."""
        return self._metric

    @property
    def log(self) -> bool:
        """Whether the scale of colours and bars is logarithmic."""
        return self._log

    @property
    def live(self) -> bool:
        """Whether a click switches a part of the network off."""
        return self._live

    @property
    def film(self) -> bool:
        """Whether every block has a thumbnail of its output."""
        return self._film

    @property
    def ribbon(self) -> bool:
        """Whether every block has a bar that says how much it changes what passes through it."""
        return self._ribbon

    def set_fold(self, fold: Fold) -> None:
        if fold != self._fold:
            self._fold = fold
            self.fold_changed.emit()

    def set_direction(self, direction: Direction) -> None:
        if direction != self._direction:
            self._direction = direction
            self.direction_changed.emit()

    def set_colour(self, metric: str, log: bool | None = None) -> None:
        """Colour by a metric (empty: by operator), on the scale there was unless another is said."""
        scale = self._log if log is None else log
        if (metric, scale) != (self._metric, self._log):
            self._metric, self._log = metric, scale
            self.colour_changed.emit()

    def set_live(self, live: bool) -> None:
        if live != self._live:
            self._live = live
            self.live_changed.emit()

    def set_film(self, film: bool) -> None:
        if film != self._film:
            self._film = film
            self.along_changed.emit()

    def set_ribbon(self, ribbon: bool) -> None:
        if ribbon != self._ribbon:
            self._ribbon = ribbon
            self.along_changed.emit()
