"""How fast something goes, over the last seconds."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

OVER = 3.0
"""Seconds that a speed is the mean of."""


class Speed:
    """Told how far something is, says how much a second, and when it is time to say so again."""

    def __init__(self, every: float = 0.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._every, self._clock = every, clock
        self._laps: deque[tuple[float, float]] = deque([(clock(), 0.0)])
        self._said = clock()

    def is_due(self, done: float) -> bool:
        """Take note of how far it is; whether `every` seconds have gone since this was true."""
        now = self._clock()
        self._laps.append((now, done))
        while len(self._laps) > 2 and now - self._laps[1][0] > OVER:
            self._laps.popleft()
        if now - self._said < self._every:
            return False
        self._said = now
        return True

    @property
    def per_second(self) -> float:
        """0 before there are two moments to tell it by."""
        (began, before), (now, done) = self._laps[0], self._laps[-1]
        return (done - before) / (now - began) if now > began else 0.0
