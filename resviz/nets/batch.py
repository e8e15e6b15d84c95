"""Many pictures: decoded by a pool, classified in batches."""

from __future__ import annotations

import contextlib
import io
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from resviz.errors import DeviceError, ResVizError
from resviz.files import reason, shown
from resviz.labels import Folders
from resviz.nets.classifier import OVERFLOW, Classifier, Score
from resviz.nets.decoding import Decoders
from resviz.nets.images import ENOUGH, Picture, decode_file
from resviz.nets.passes import Progress, silent
from resviz.nets.walk import Found, pictures
from resviz.ways import OWN, Preparation

THUMB = 64
"""Long side of a row's small picture, in pixels."""
EVERY = 0.2
"""Seconds that rows wait at most for being told, as far as one pass lets it."""
LARGEST = 64
_FIRST = 4
_PASS = 0.12
"""Seconds that a pass should last: long enough for the device to be busy, short enough to be stopped."""
_ROOM = 128 << 20
"""Bytes of decoded input that may wait for the network."""
_QUALITY = 85


@dataclass(frozen=True)
class Row:
    """One file: `label` is its class by its folder's name, empty if that is none; `thumb` a small JPEG.

    `error` in one line for a file that could not be read. `size` is (width, height), `ms` decoding and forward pass.
    `at` is its place among all files; `times` has decode, preprocess and forward in milliseconds, the last a share of
    its batch's.
    """

    path: str
    label: str = ""
    top: tuple[Score, ...] = ()
    error: str = ""
    size: tuple[int, int] = (0, 0)
    thumb: bytes = b""
    ms: float = 0.0
    at: int = 0
    times: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Summary:
    """How many pictures there were, how many failed, and how many seconds it took."""

    images: int
    failed: int
    seconds: float


@dataclass(frozen=True, eq=False)
class _Decoded:
    """A file on its way: its row so far, and the network's input `(1, C, H, W)` unless it could not be read."""

    row: Row
    batch: Tensor | None = None


def classify_many(
    classifier: Classifier,
    paths: Sequence[str],
    *,
    top: int = 5,
    prepare: Preparation = OWN,
    on_rows: Callable[[Sequence[Row], int, int], None],
    progress: Progress = silent,
    between: Callable[[], None] = lambda: None,
    thumbs: bool = True,
) -> Summary:
    """Classify files and all pictures below folders; `on_rows` gets each batch's rows, how many are done and of how
    many. `between` is called between two batches. What `progress` raises stops it.

    Rows come as they are done, which is in no certain order. Raises `DeviceError`, and `PrepareError` for a preparation
    that makes no sense.
    """
    began = time.perf_counter()
    classifier.preprocess.changed(prepare)  # said once, not of each picture
    files = pictures(paths, lambda: progress(0.0, "Looking for pictures"))
    reader = _Reader(classifier, prepare, thumbs)
    run = _Run(classifier, top, len(files), on_rows, progress)
    size = classifier.spec.channels * classifier.spec.size**2 * 4
    with _pillow_quiet(), Decoders(files, reader.read, max(4, min(2 * LARGEST, _ROOM // size))) as decoders:
        while run.done < len(files):
            run.tell()
            between()
            run.take(decoders.get(run.wanted(), EVERY))
    return Summary(len(files), run.failed, time.perf_counter() - began)


@contextlib.contextmanager
def _pillow_quiet() -> Iterator[None]:
    """`decode_file` puts both aside and back, each thread at its own time: in here there is nothing to put back."""
    before = Image.MAX_IMAGE_PIXELS
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        Image.MAX_IMAGE_PIXELS = None
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS = before


# --- decoding, in the pool ----------------------------------------------------------------------------------


class _Reader:
    """From a file to the network's input; called in the pool's threads."""

    def __init__(self, classifier: Classifier, prepare: Preparation, thumbs: bool) -> None:
        self._preprocess, self._prepare, self._thumbs = classifier.preprocess, prepare, thumbs
        self._folders = Folders(classifier.labels)
        self._least = max(ENOUGH, self._preprocess.resize, prepare.resize or 0, classifier.spec.size)

    def read(self, file: Found) -> _Decoded:
        row = Row(file.path, self._folders.label(Path(file.path).absolute().parent.name), at=file.at)
        if file.error:
            return _Decoded(replace(row, label="", error=file.error))
        try:
            return self._read(row)
        except ResVizError as error:
            return _Decoded(replace(row, error=str(error)))
        except Exception as error:  # one picture's fault, whatever it is, is not that of the others
            return _Decoded(replace(row, error=f"{shown(file.path)}: {reason(error)}"))

    def _read(self, row: Row) -> _Decoded:
        began = time.perf_counter()
        picture = decode_file(row.path, least=self._least)
        decoded = time.perf_counter()
        batch = self._preprocess.steps(picture, self._prepare).batch
        ready = time.perf_counter()
        thumb = _thumb(picture) if self._thumbs else b""
        times = {"decode": (decoded - began) * 1000, "preprocess": (ready - decoded) * 1000}
        return _Decoded(replace(row, size=picture.original_size, thumb=thumb, times=times), batch)


def _thumb(picture: Picture) -> bytes:
    """A JPEG of the whole picture, never larger than it is."""
    width, height = picture.image.size
    share = min(1.0, THUMB / max(width, height))
    size = max(1, round(width * share)), max(1, round(height * share))
    stream = io.BytesIO()
    small = picture.image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    small.save(stream, "JPEG", quality=_QUALITY)
    return stream.getvalue()


# --- classifying, in the caller's thread --------------------------------------------------------------------


class _Run:
    """Forward passes over what is decoded, as many at a time as the device does in `_PASS` seconds."""

    def __init__(
        self,
        classifier: Classifier,
        top: int,
        whole: int,
        on_rows: Callable[[Sequence[Row], int, int], None],
        progress: Progress,
    ) -> None:
        self._classifier, self._top, self._whole = classifier, top, whole
        self._on_rows, self._progress = on_rows, progress
        self._most, self._size = LARGEST, _FIRST
        self.done = self.failed = 0

    def tell(self, *_: object) -> None:
        """How far it is; between two blocks of a pass as well, as one may be long."""
        self._progress(self.done / self._whole, "Classifying")

    def wanted(self) -> int:
        """How many files the next pass should have."""
        return min(self._size, self._whole - self.done)

    def take(self, decoded: Sequence[_Decoded]) -> None:
        """Classify these and tell their rows."""
        rows = [one.row for one in decoded if one.batch is None]
        ready = [one for one in decoded if one.batch is not None]
        if ready:
            rows += self._rows(ready)
        if rows:
            self.done += len(rows)
            self.failed += sum(bool(row.error) for row in rows)
            self._on_rows(rows, self.done, self._whole)

    def _rows(self, decoded: Sequence[_Decoded]) -> list[Row]:
        began = time.perf_counter()
        try:
            batch = torch.cat([one.batch for one in decoded if one.batch is not None])
            logits = self._classifier.logits(batch, self.tell)
        except DeviceError as error:
            if error.code != "device_memory" or len(decoded) == 1:
                raise
            self._most = self._size = half = len(decoded) // 2
            return self._rows(decoded[:half]) + self._rows(decoded[half:])
        each = (time.perf_counter() - began) / len(decoded)
        self._fit(each, len(decoded))
        return [self._row(one, scores, each * 1000) for one, scores in zip(decoded, self._scores(logits), strict=True)]

    def _fit(self, each: float, count: int) -> None:
        """A larger batch the next time if this one was quick; a first pass is slow by itself."""
        self._size = max(1, min(self._most, 2 * count, int(_PASS / each) + 1))

    def _scores(self, logits: Tensor) -> list[tuple[Score, ...]]:
        """The most probable classes of logits `(N, classes)`; none where the numbers overflowed."""
        chances = logits.float().cpu().softmax(1)
        best = chances.topk(min(max(self._top, 1), chances.shape[1]))
        finite = chances.isfinite().all(1).tolist()
        labels = self._classifier.labels
        return [
            tuple(Score(labels[at], at, value) for value, at in zip(*pair, strict=True)) if sound else ()
            for sound, *pair in zip(finite, best.values.tolist(), best.indices.tolist(), strict=True)
        ]

    def _row(self, one: _Decoded, scores: tuple[Score, ...], forward: float) -> Row:
        times = {**one.row.times, "forward": forward}
        error = "" if scores else f"{shown(one.row.path)}: {OVERFLOW}"
        return replace(one.row, top=scores, error=error, times=times, ms=sum(times.values()))
