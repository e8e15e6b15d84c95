"""The steps of softmax as rows: the likeliest classes, and all others together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from resviz.gui.panels.prediction.opinion import Opinion
from resviz.gui.panels.prediction.words import logit_text, percent, small_text
from resviz.gui.softmax import Softmax


class Cell(NamedTuple):
    """A figure with its bar, from `low` to `high` of the column's width, both 0 to 1."""

    text: str
    low: float
    high: float


class StepRow(NamedTuple):
    """One class, or as class -1 all that are not shown: of those the largest logit, and the sums."""

    number: int
    name: str
    cells: tuple[Cell, ...]


class Scale(NamedTuple):
    """Where the zero of logits is, and how many logits a column is wide. Those before and after T share it."""

    low: float
    wide: float

    def cell(self, value: float, text: str = "") -> Cell:
        zero = -self.low / self.wide
        end = min(max((value - self.low) / self.wide, 0.0), 1.0)
        return Cell(text or logit_text(value), min(zero, end), max(zero, end))


def step_rows(one: Opinion, found: Softmax, count: int, others: str) -> tuple[StepRow, ...]:
    """`others` names the row of what is not shown, with a place for their number."""
    best = found.best(len(found.logits))
    shown, rest = best[:count], best[count:]
    scale = _scale(found, best[: count + 1])
    rows = [_row(one, found, scale, index) for index in shown]
    if rest:
        rows.append(_rest(found, scale, rest, others.format(count=f"{len(rest):,}")))
    return tuple(rows)


def _scale(found: Softmax, indices: list[int]) -> Scale:
    values = np.concatenate([found.logits[indices], found.scaled[indices]])
    values = values[np.isfinite(values)]
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    return Scale(low, (high - low) or 1.0)


def _row(one: Opinion, found: Softmax, scale: Scale, index: int) -> StepRow:
    logit, scaled = float(found.logits[index]), float(found.scaled[index])
    power, share = float(found.powers[index]), float(found.probabilities[index])
    cells = (
        scale.cell(logit),
        scale.cell(scaled),
        Cell(small_text(power), 0.0, power),
        Cell(percent(share), 0.0, share),
    )
    return StepRow(index, one.name(index), cells)


def _rest(found: Softmax, scale: Scale, rest: list[int], name: str) -> StepRow:
    """Logits cannot be added up, so the largest stands for them; powers and probabilities can."""
    logit, scaled = float(found.logits[rest[0]]), float(found.scaled[rest[0]])
    power, share = float(found.powers[rest].sum()), float(found.probabilities[rest].sum())
    cells = (
        scale.cell(logit, f"≤ {logit_text(logit)}"),
        scale.cell(scaled, f"≤ {logit_text(scaled)}"),
        Cell(small_text(power), 0.0, min(power, 1.0)),
        Cell(percent(share), 0.0, share),
    )
    return StepRow(-1, name, cells)
