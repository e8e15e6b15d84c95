"""Colour by cost: what each box of a drawing is worth, and its colour and words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from resviz.arch import costs
from resviz.arch.analysis import report
from resviz.arch.costs import METRICS, Metric, Scale
from resviz.arch.layout.cells import Box
from resviz.arch.layout.plan import Cell, Layout
from resviz.drawing.palette import heat_role

#: What has none of it, and what was not computed.
NOTHING = "control"


class Heat(NamedTuple):
    """Layer id -> value of a metric, for a drawing's network and for the one beside it."""

    metric: str
    values: Mapping[str, float]
    log: bool = True
    beside: Mapping[str, float] = {}


class Tint(NamedTuple):
    """How a box is coloured, by roles of the palette, and what it says of its value."""

    fill: str
    ink: str
    text: str


def heat_of(plan: Layout, metric: str, log: bool = True, times: Mapping[str, float] | None = None) -> Heat:
    """The heat of a drawing: computed, or the measured `times` (ms by layer id) of its network."""
    if metric == "time":
        return Heat(metric, times or {}, log)
    beside = costs.values(report(plan.beside.spec), metric) if plan.beside else {}
    return Heat(metric, costs.values(report(plan.spec), metric), log, beside)


class Shades:
    """The tints of one drawing's boxes, on the scale of what it shows."""

    def __init__(self, plan: Layout, heat: Heat) -> None:
        self.metric: Metric = METRICS[heat.metric]
        self._values = {id(plan): heat.values, id(plan.beside): heat.beside if plan.beside else {}}
        self._boxes: dict[tuple[int, str, str], float | None] = {}
        for layout in (plan, plan.beside):
            if layout is not None:
                self._measure(layout)
        shown = [value for value in self._boxes.values() if value is not None]
        self.scale: Scale = costs.scale(shown, heat.log)

    def _measure(self, plan: Layout) -> None:
        values, own = self._values[id(plan)], id(plan)
        for cell in plan.cells:
            block = cell.id + "." if "." in cell.id else ""
            for box in cell.body.boxes:
                single = box.name and cell.times == 1
                self._boxes[own, cell.id, box.name] = (
                    values.get(block + box.name) if single else self.metric.of(map(values.get, _ids(cell, box)))
                )

    def value(self, plan: Layout, cell: Cell, box: Box) -> float | None:
        """What a box is worth: the sum or the largest of all layers it stands for."""
        return self._boxes.get((id(plan), cell.id, box.name))

    def tint(self, plan: Layout, cell: Cell, box: Box) -> Tint:
        """A box's colours and what it says."""
        value = self.value(plan, cell, box)
        if not value:
            return Tint(NOTHING, "muted", self.metric.text(value))
        part = self.scale.part(value)
        return Tint(heat_role(part), heat_role(part, ink=True), self._text(value, cell.times))

    def _text(self, value: float, times: int) -> str:
        """What a box says; of one that stands for several layers, that it is a sum."""
        if times == 1 or self.metric.combine == "max":
            return self.metric.text(value)
        return f"{times} × {self.metric.text(value / times)}"

    def worth(self, plan: Layout, cell: Cell) -> str:
        """The colour of a whole cell: of its boxes together, against the largest cell."""
        scale, cells = self._whole
        value = cells[id(plan), cell.id]
        return heat_role(scale.part(value)) if value else NOTHING

    @cached_property
    def _whole(self) -> tuple[Scale, dict[tuple[int, str], float | None]]:
        """Cells as wholes; only a drawing seen from afar needs them."""
        parts: dict[tuple[int, str], list[float | None]] = {}
        for (plan, cell, _), value in self._boxes.items():
            parts.setdefault((plan, cell), []).append(value)
        whole = {key: self.metric.of(held) for key, held in parts.items()}
        return costs.scale([value or 0.0 for value in whole.values()], self.scale.log), whole


def _ids(cell: Cell, box: Box) -> Iterator[str] | tuple[str, ...]:
    """The layers that a box stands for; in a run, those of all its blocks."""
    if not box.name:
        # A folded block's plus has a box of its own.
        apart = {one.name for one in cell.body.boxes if one.name}
        return (name for name in cell.layers if name.split(".", 2)[-1] not in apart) if apart else cell.layers
    return (name for name in cell.layers if name.split(".", 2)[2] == box.name)
