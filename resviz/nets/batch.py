"""Many pictures: decoded by a pool, classified in batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from resviz.nets.classifier import Classifier, Score
from resviz.nets.passes import Progress, silent
from resviz.ways import OWN, Preparation


@dataclass(frozen=True)
class Row:
    """One file: `label` is its class by its folder's name, empty if that is none; `thumb` a small JPEG.

    `error` in one line for a file that could not be read. `size` is (width, height), `ms` decoding and forward pass.
    """

    path: str
    label: str = ""
    top: tuple[Score, ...] = ()
    error: str = ""
    size: tuple[int, int] = (0, 0)
    thumb: bytes = b""
    ms: float = 0.0


@dataclass(frozen=True)
class Summary:
    """How many pictures there were, how many failed, and how many seconds it took."""

    images: int
    failed: int
    seconds: float


def classify_many(
    classifier: Classifier,
    paths: Sequence[str],
    *,
    top: int = 5,
    prepare: Preparation = OWN,
    on_rows: Callable[[Sequence[Row], int, int], None],
    progress: Progress = silent,
    between: Callable[[], None] = lambda: None,
) -> Summary:
    """Classify files and all pictures below folders; `on_rows` gets each batch's rows, how many are done and of how
    many. `between` is called between two batches. What `progress` raises stops it.
    """
    raise NotImplementedError
