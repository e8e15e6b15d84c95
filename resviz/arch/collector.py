"""Building large networks without Python's cycle collector looking on."""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")


def uncollected(build: Callable[_P, _R]) -> Callable[_P, _R]:
    """Pause the cycle collector during a call that makes many tuples at once.

    None of them is part of a cycle, but the collector would walk them all again and again as their number grows: at
    8,000 blocks that took three times as long as making them.
    """

    @wraps(build)
    def paused(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        if not gc.isenabled():
            return build(*args, **kwargs)
        gc.disable()
        try:
            return build(*args, **kwargs)
        finally:
            gc.enable()

    return paused
