"""From logits to probabilities, step by step, and what is read off them: plain arithmetic on one picture's answer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Values: TypeAlias = NDArray[np.float64]
"""A value a class, `(classes,)`."""


@dataclass(frozen=True, eq=False)
class Softmax:
    """Each step for each class: `scaled` is z / T, `powers` is exp(z / T - max), `probabilities` is that over `total`.

    Dividing by a temperature T evens the classes out above 1 and sharpens below (Hinton, Vinyals and Dean 2015); the
    order never changes.
    """

    temperature: float
    logits: Values
    scaled: Values
    powers: Values
    total: float
    probabilities: Values

    @property
    def entropy(self) -> float:
        """How undecided the network is, in bits: 0 for a single class, log2 of their number for all alike."""
        # p log2 p by the logarithm of each step: a probability that rounds to 0 has no logarithm of its own.
        known = self.powers > 0
        logs = (self.scaled[known] - self.scaled.max()) / math.log(2) - math.log2(self.total)
        return max(0.0, -float(np.sum(self.probabilities[known] * logs)))

    @property
    def most_entropy(self) -> float:
        """Bits of as many classes, all alike."""
        return math.log2(len(self.logits))

    @property
    def perplexity(self) -> float:
        """Among how many classes, all alike, one would be as undecided."""
        return float(2.0**self.entropy)

    def best(self, count: int) -> list[int]:
        """The indices of the most probable classes, that first; of equal ones the lower index first."""
        return [int(index) for index in np.argsort(-self.logits, kind="stable")[:count]]


def softmax(logits: NDArray[np.floating], temperature: float = 1.0) -> Softmax | None:
    """Every step for logits `(classes,)`; None where there are no probabilities: no logits, or the numbers overflowed.

    A class whose logit is minus infinity has probability 0; there must be one that is finite, and none above.
    """
    if not temperature > 0:
        raise ValueError(f"a temperature is above 0, not {temperature}")
    values = np.asarray(logits, np.float64)
    if not values.size or not math.isfinite(float(values.max())):  # the maximum of values with a NaN is NaN
        return None
    scaled = values / temperature
    powers = np.exp(scaled - scaled.max())
    total = float(powers.sum())
    return Softmax(temperature, values, scaled, powers, total, powers / total)


@dataclass(frozen=True)
class Margin:
    """By how much a class is ahead of another: in logits, and by the logarithm to base 10 of the odds.

    The odds of two classes are exp(difference / T): what the others say takes from both alike.
    """

    ahead: int
    behind: int
    difference: float
    log_odds: float

    @property
    def odds(self) -> float:
        """How many times as likely; infinity where no number is large enough."""
        return float(10.0**self.log_odds) if self.log_odds < 308 else math.inf


def margin(result: Softmax, one: int, other: int) -> Margin:
    """The margin between two classes, the likelier first."""
    a, b = float(result.logits[one]), float(result.logits[other])
    if b > a:
        return margin(result, other, one)
    difference = a - b if a != b else 0.0  # of two that are minus infinity, none is ahead
    return Margin(one, other, difference, difference / result.temperature / math.log(10))
