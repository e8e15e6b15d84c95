"""What a layer costs, by one measure: the figures that colour the drawing and stand as bars in the table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from resviz.arch.analysis import Report
from resviz.arch.graph import Layer
from resviz.arch.memory import activation_bytes

#: On a logarithmic scale, what is less than this part of the largest counts as that little.
_SPAN = 1e-5
_UNITS = ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


class Metric(NamedTuple):
    """A measure: what it is called, its unit, and whether parts add up or the largest counts."""

    name: str
    title: str
    unit: str
    combine: Literal["sum", "max"]

    @property
    def noun(self) -> str:
        """As it follows a number: `2.36 M parameters`."""
        return self.title if self.name == "macs" else self.title.lower()

    def of(self, values: Iterable[float | None]) -> float | None:
        """The value of several layers together; None where one of them has none."""
        known = list(values)
        if not known or any(value is None for value in known):
            return None
        numbers = [value for value in known if value is not None]
        return max(numbers) if self.combine == "max" else sum(numbers)

    def text(self, value: float | None) -> str:
        """`2.36 M`, `3.2 MB`, `427 px`, `0.84 ms`; `-` for what was not computed."""
        if value is None:
            return "-"
        if self.unit == "ms" and not value:
            return "0 ms"
        if self.unit == "ms":
            return f"{three(value)} ms" if value >= 0.0995 else f"{three(value * 1000)} µs"
        if self.unit == "px":
            return f"{value:.0f} px"
        return f"{short(value)}{self.unit}" if value >= 1000 or not self.unit else f"{value:.0f} {self.unit}"


#: In the order in which they are offered.
METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("params", "Parameters", "", "sum"),
        Metric("macs", "MACs", "", "sum"),
        Metric("activations", "Activation memory", "B", "sum"),
        Metric("field", "Receptive field", "px", "max"),
        Metric("time", "Time", "ms", "sum"),
    )
}


def values(report: Report, metric: str) -> dict[str, float]:
    """Layer id -> its value; empty for `time`, which is measured and not computed."""
    if metric == "time":
        return {}
    return {layer.id: _value(report, layer, metric) for layer in report.layers}


def _value(report: Report, layer: Layer, metric: str) -> float:
    if metric == "activations":
        return activation_bytes(layer, report.setting)
    if metric == "field":
        return report.receptive_field[layer.id]
    return layer.macs if metric == "macs" else layer.params


class Scale(NamedTuple):
    """From the lowest value that counts to the highest; 0 stands below a logarithmic scale."""

    low: float
    high: float
    log: bool

    def part(self, value: float) -> float:
        """Where a value stands, 0 to 1."""
        if value <= 0 or self.high <= 0:
            return 0.0
        if not self.log:
            return min(value / self.high, 1.0)
        if self.high == self.low:
            return 1.0
        return min(max(math.log(value / self.low) / math.log(self.high / self.low), 0.0), 1.0)

    def at(self, part: float) -> float:
        """The value at a part of the scale."""
        if self.log and self.low > 0:
            return float(self.low * (self.high / self.low) ** part)
        return self.high * part


def scale(numbers: Iterable[float], log: bool) -> Scale:
    """The scale that holds some values."""
    positive = [number for number in numbers if number > 0]
    high = max(positive, default=0.0)
    return Scale(max(min(positive, default=0.0), high * _SPAN) if log else 0.0, high, log)


def total(metric: Metric, numbers: Mapping[str, float]) -> float | None:
    """All layers together; None where nothing is known."""
    return metric.of(numbers.values()) if numbers else None


def short(value: float) -> str:
    """`9.3 k`, `11.7 M`: three figures at most."""
    for unit, letter in _UNITS:
        if value >= unit * 0.9995:
            return f"{three(value / unit)} {letter}"
    return f"{value:.0f}"


def three(value: float) -> str:
    """Three figures."""
    return f"{value:.{0 if value >= 99.95 else 1 if value >= 9.995 else 2}f}"
