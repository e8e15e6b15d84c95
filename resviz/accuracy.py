"""How often predictions are right, and how sure that is after so many pictures. No torch, no Qt."""

from __future__ import annotations

from math import sqrt

#: Of the normal distribution, so that 95 % lie within.
_Z = 1.959963984540054


def interval(right: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share `right / count`, 0 to 1, by Wilson's score (J. Am. Stat. Assoc. 22, 1927, p. 209).

    Unlike `p ± 1.96 √(p(1-p)/n)` it stays within 0 and 1, and holds for few pictures and for a share near 1.
    """
    if not count:
        return 0.0, 1.0
    share, square = right / count, _Z * _Z
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = _Z / (1 + square / count) * sqrt(share * (1 - share) / count + square / (4 * count * count))
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return (0.0 if right == 0 else low), (1.0 if right == count else high)
