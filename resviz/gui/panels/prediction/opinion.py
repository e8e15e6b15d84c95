"""What networks say to a picture, as rows of a list: the likeliest classes, at a temperature, by the user's names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from resviz.engine import messages as m
from resviz.gui.softmax import Softmax, softmax


class Row(NamedTuple):
    """A class as one network has it; `difference` is what it has more than another network gives it, or, with `whole`,
    than the whole network, nothing of which is switched off.
    """

    score: m.Score
    logit: float | None = None
    difference: float | None = None
    whole: float | None = None


class Opinion(NamedTuple):
    """One network's answer. `labels` are the names of its classes, the user's own where they go with it."""

    top: tuple[m.Score, ...]
    logits: m.Floats
    labels: tuple[str, ...]
    trained: bool

    def softmax(self, temperature: float) -> Softmax | None:
        return softmax(self.logits, temperature)

    def name(self, index: int) -> str:
        """A class's name; `class 12` where there is none."""
        if index < len(self.labels):
            return self.labels[index]
        if self.labels:
            return f"class {index}"
        return next((score.label for score in self.top if score.index == index), f"class {index}")


def opinion(answer: m.Prediction | m.Answer, own: tuple[str, ...] = ()) -> Opinion:
    """An answer, by the user's `own` names of the classes where there are any."""
    return Opinion(answer.top, answer.logits, own or answer.labels, answer.trained)


def best_rows(one: Opinion, count: int, temperature: float) -> tuple[Row, ...]:
    """The likeliest classes; none where the numbers overflowed."""
    found = one.softmax(temperature)
    if found is None:  # the logits were not asked for, or there is no top either
        scores = one.top[:count]
        return tuple(Row(m.Score(one.name(each.index), each.index, each.probability)) for each in scores)
    return _rows(one, found, found.best(count))


def aligned_rows(
    one: Opinion, other: Opinion, count: int, temperature: float
) -> tuple[tuple[Row, ...], tuple[Row, ...]] | None:
    """The same classes as both networks have them, with how much more the one gives; None if they cannot be.

    They are those that either gives the most to, in the first one's order.
    """
    a, b = one.softmax(temperature), other.softmax(temperature)
    if a is None or b is None or one.labels != other.labels or len(a.logits) != len(b.logits):
        return None
    either = np.maximum(a.probabilities, b.probabilities)
    picked = np.argsort(-either, kind="stable")[:count]
    indices = [int(index) for index in picked[np.argsort(-a.logits[picked], kind="stable")]]
    gaps = a.probabilities - b.probabilities
    rows = tuple(row._replace(difference=float(gaps[row.score.index])) for row in _rows(one, a, indices))
    return rows, _rows(other, b, indices)


def lesioned_rows(now: Opinion, whole: Opinion, count: int, temperature: float) -> tuple[Row, ...]:
    """The classes that the network gives the most to now or gave the most to as a whole, in the order of now."""
    a, b = now.softmax(temperature), whole.softmax(temperature)
    if a is None or b is None or len(a.logits) != len(b.logits):
        known = {score.index: score.probability for score in whole.top}
        rows = best_rows(now, count, temperature)
        return tuple(_against(row, known[row.score.index]) if row.score.index in known else row for row in rows)
    either = np.maximum(a.probabilities, b.probabilities)
    picked = np.argsort(-either, kind="stable")[:count]
    indices = [int(index) for index in picked[np.argsort(-a.logits[picked], kind="stable")]]
    return tuple(_against(row, float(b.probabilities[row.score.index])) for row in _rows(now, a, indices))


def _against(row: Row, whole: float) -> Row:
    return row._replace(whole=whole, difference=row.score.probability - whole)


def _rows(one: Opinion, found: Softmax, indices: Sequence[int]) -> tuple[Row, ...]:
    return tuple(
        Row(m.Score(one.name(index), index, float(found.probabilities[index])), float(found.logits[index]))
        for index in indices
    )


def as_text(rows: Sequence[Row]) -> str:
    """Lines for a spreadsheet: index, class, probability, and the logit where it is known."""
    lines = ["\t".join(("index", "class", "probability", "logit"))]
    for score, logit, *_rest in rows:
        cells = (str(score.index), score.label, f"{score.probability:.6g}", "" if logit is None else f"{logit:.6g}")
        lines.append("\t".join(cells))
    return "\n".join(lines)
