"""The 2^n paths of a network of n residual blocks, counted by length; what of a gradient comes by which."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations

from resviz.arch.graph import network
from resviz.arch.spec import ResNetSpec
from resviz.engine import messages as m

#: Up to so many blocks every path is drawn.
FEW = 4
#: Numbers of more digits than this are shown as powers of ten.
_DIGITS = 21


def residual_blocks(spec: ResNetSpec) -> tuple[str, ...]:
    """The blocks with a shortcut, in the order of the trunk."""
    return tuple(shortcut.block for shortcut in network(spec).shortcuts)


@lru_cache(maxsize=4)
def counts(blocks: int) -> tuple[int, ...]:
    """How many paths there are through 0, 1, ... n residual branches."""
    found = [1]
    for length in range(blocks):
        found.append(found[-1] * (blocks - length) // (length + 1))
    return tuple(found)


@lru_cache(maxsize=4)
def logs(blocks: int) -> tuple[float, ...]:
    """The decimal logarithms of `counts`."""
    return tuple(math.log10(count) for count in counts(blocks))


@lru_cache(maxsize=4)
def shares(blocks: int) -> tuple[float, ...]:
    """Of all paths, 0 to 1, by length; in floating point, for the eye."""
    whole = blocks * math.log10(2)
    return tuple(10 ** (log - whole) for log in logs(blocks))


def paths(blocks: Sequence[str]) -> list[tuple[str, ...]]:
    """Every path, as the blocks whose residual branches it goes through; the shortest first."""
    return [chosen for length in range(len(blocks) + 1) for chosen in combinations(blocks, length)]


def middle(blocks: int, share: tuple[int, int] = (95, 100)) -> tuple[int, int]:
    """The lengths nearest to n/2 between which at least so large a share of all paths lies; exact."""
    found, (part, whole) = counts(blocks), share
    low, high = blocks // 2, blocks - blocks // 2
    inside = sum(found[low : high + 1])
    while low > 0 and inside * whole < part << blocks:
        low, high = low - 1, high + 1
        inside += 2 * found[low]
    return low, high


def between(blocks: int, low: int, high: int) -> float:
    """The share of all paths whose length is from `low` to `high`, 0 to 1; counted, not estimated."""
    return sum(counts(blocks)[low : high + 1]) / (1 << blocks)


def shortest(weights: Sequence[float], share: float) -> tuple[int, int]:
    """The fewest lengths in a row that hold at least this share of all weight: the first and the last one."""
    wanted = share * math.fsum(weights) * (1 - 1e-12)
    best, low, inside = (0, len(weights) - 1), 0, 0.0
    for high, weight in enumerate(weights):
        inside += weight
        while low < high and inside - weights[low] >= wanted:
            inside -= weights[low]
            low += 1
        if inside >= wanted and high - low < best[1] - best[0]:
            best = (low, high)
    return best


@dataclass(frozen=True)
class Flow:
    """Gradients that were measured, by length."""

    lengths: tuple[m.PathLength, ...]

    @cached_property
    def logs(self) -> tuple[float, ...]:
        """The decimal logarithm of the mean that came by one path; minus infinity for none, or for no number."""
        found = (each.gradient for each in self.lengths)
        return tuple(math.log10(each) if 0 < each < math.inf else -math.inf for each in found)

    @cached_property
    def shares(self) -> tuple[float, ...]:
        """Of what all paths bring together, if each brings the mean of its length; all 0 where none brings any."""
        found = [log + math.log10(each.paths) for log, each in zip(self.logs, self.lengths, strict=True)]
        most = max(found)
        if most == -math.inf:
            return (0.0,) * len(found)
        parts = [10 ** (log - most) for log in found]
        whole = math.fsum(parts)
        return tuple(part / whole for part in parts)


def big(number: int) -> str:
    """`184,756` in full, or `4.15 × 10^180`."""
    if number < 10**_DIGITS:
        return f"{number:,}"
    power = int(math.log10(number))
    if number < 10**power:  # the logarithm was rounded up
        power -= 1
    leading = number // 10 ** (power - 2)
    return f"{leading / 100:.2f} × 10{_raised(power)}"


def _raised(power: int) -> str:
    return str(power).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def csv(blocks: int, flow: Flow | None) -> str:
    """A row a length, numbers in full."""
    found = counts(blocks)
    if flow is None:
        return "".join(f"{line}\n" for line in ["length,paths", *(f"{at},{n}" for at, n in enumerate(found))])
    lines = ["length,paths,mean_gradient,samples,share_of_gradient"]
    for each, share in zip(flow.lengths, flow.shares, strict=True):
        lines.append(f"{each.length},{each.paths},{each.gradient!r},{each.samples},{share!r}")
    return "".join(f"{line}\n" for line in lines)
