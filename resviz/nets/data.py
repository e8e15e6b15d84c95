"""Labelled pictures for training, read from a folder or an archive into memory as uint8 tensors.

ImageFolder forms: `train/CLASS/*.jpg` (with `test/CLASS`, `val/CLASS` if there) or just `CLASS/*.jpg`.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image

from resviz.errors import DataError, ImageError
from resviz.files import shown
from resviz.nets import memory
from resviz.nets.archive import Source, open_source
from resviz.nets.images import Pixels, decode_bytes
from resviz.nets.preprocess import Preprocess

SUFFIXES = (
    ".jpg",
    ".jpeg",
    ".png",
    ".bmp",
    ".gif",
    ".webp",
    ".tif",
    ".tiff",
    ".ppm",
    ".pgm",
    ".jp2",
    ".avif",
)
SPLITS = {"train": "train", "test": "test", "val": "val", "valid": "val", "validation": "val"}
_CHUNK = 512

Report = Callable[[int, int], None]
"""Called with (pictures read, pictures in all)."""


class Place(NamedTuple):
    """Where a picture belongs: its split (train, test or val) and the name of its class."""

    split: str
    label: str


@dataclass(frozen=True)
class Split:
    """`images` uint8 (N, C, H, W) and `labels` int64 (N,), indices into `Dataset.labels`."""

    images: torch.Tensor
    labels: torch.Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, index: torch.Tensor) -> Split:
        """The pictures at `index` int64 (M,)."""
        return Split(self.images[index], self.labels[index])


@dataclass(frozen=True)
class Dataset:
    """All splits in memory. `labels` are the sorted folder names; `broken` counts unreadable files."""

    name: str
    labels: tuple[str, ...]
    train: Split
    val: Split | None
    test: Split | None
    broken: int


def load(
    path: str | Path,
    *,
    size: int,
    channels: int = 3,
    classes: int | None = None,
    workers: int | None = None,
    report: Report | None = None,
) -> Dataset:
    """Reads folder or archive `path`, every picture made (`channels`, `size`, `size`) as at inference.

    Raises DataError: nothing there, unreadable, no pictures, none that can be read, unsafe member names, a
    number of classes that differs from `classes`, or more than fits into memory.
    """
    path = Path(path)
    source = open_source(path)
    places = _places(path, source.names())
    labels = tuple(sorted({place.label for place in places.values() if place.split == "train"}))
    _check(path, places, labels, classes)
    _check_memory(path, len(places) * channels * size * size)
    prepare = Preprocess(size, channels)
    found: dict[str, tuple[list[Pixels], list[int]]] = {}
    broken = 0
    for done, (name, pixels) in enumerate(_decoded(source, places, prepare, workers), 1):
        if pixels is None:
            broken += 1
        else:
            images, indices = found.setdefault(places[name].split, ([], []))
            images.append(pixels)
            indices.append(labels.index(places[name].label))
        if report is not None and (done % _CHUNK == 0 or done == len(places)):
            report(done, len(places))
    if "train" not in found:
        raise DataError("data_all_broken", path=shown(path), count=broken)
    splits = {name: _split(images, indices) for name, (images, indices) in found.items()}
    return Dataset(path.resolve().name, labels, splits["train"], splits.get("val"), splits.get("test"), broken)


def hold_out(split: Split, share: float, seed: int) -> tuple[Split, Split]:
    """`split` in two, (kept, held out): about `share` of each class is held out, at least one picture of it.

    Raises DataError where a class has fewer than two pictures.
    """
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(split), generator=generator)
    out = torch.zeros(len(split), dtype=torch.bool)
    for label in range(int(split.labels.max()) + 1):
        members = order[split.labels[order] == label]
        if len(members) < 2:
            raise DataError("data_class_small", number=label + 1)
        out[members[: min(len(members) - 1, max(1, round(share * len(members))))]] = True
    return split.take((~out).nonzero().flatten()), split.take(out.nonzero().flatten())


def statistics(split: Split) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of each channel over all pixels, in units of full brightness (0..1)."""
    channels = split.images.shape[1]
    counts = [torch.bincount(split.images[:, c].flatten().int(), minlength=256) for c in range(channels)]
    shares = torch.stack(counts).double()
    shares /= shares.sum(1, keepdim=True)
    values = torch.arange(256, dtype=torch.float64) / 255
    mean = shares @ values
    std = (shares @ values.square() - mean.square()).clamp(min=0).sqrt()
    return tuple(round(float(m), 4) for m in mean), tuple(max(round(float(s), 4), 1e-3) for s in std)


# --- which picture is what ---------------------------------------------------------------------------------


def _places(path: Path, names: list[str]) -> dict[str, Place]:
    """Split and class of every picture among `names`, from the folders it lies in."""
    folders: dict[str, tuple[str, ...]] = {}
    for name in names:
        pure = PurePosixPath(name)
        if pure.is_absolute() or ".." in pure.parts:
            raise DataError("data_member_unsafe", path=shown(path), member=shown(name))
        hidden = any(part.startswith((".", "__MACOSX")) for part in pure.parts)
        if pure.suffix.lower() in SUFFIXES and not hidden:
            folders[name] = pure.parent.parts
    # One folder around everything, as archives often have, says nothing.
    while folders and _wrapped(set(folders.values())):
        folders = {name: parts[1:] for name, parts in folders.items()}
    split = any(parts[:1] == ("train",) for parts in folders.values())
    placed = ((name, _place(parts, split)) for name, parts in folders.items())
    return {name: place for name, place in placed if place is not None}


def _wrapped(folders: set[tuple[str, ...]]) -> bool:
    first = {parts[:1] for parts in folders}
    return len(first) == 1 and first.isdisjoint({(), ("train",)}) and all(len(parts) > 1 for parts in folders)


def _place(parts: tuple[str, ...], split: bool) -> Place | None:
    if split and len(parts) >= 2 and parts[0] in SPLITS:
        return Place(SPLITS[parts[0]], parts[1])
    return Place("train", parts[0]) if parts and not split else None


def _check(path: Path, places: dict[str, Place], labels: tuple[str, ...], classes: int | None) -> None:
    if not labels:
        raise DataError("data_no_pictures", path=shown(path))
    strangers = {place.label for place in places.values()}.difference(labels)
    if strangers:
        raise DataError("data_class_strange", path=shown(path), label=shown(min(strangers), 60))
    if classes is not None and len(labels) != classes:
        raise DataError("data_classes", path=shown(path), found=len(labels), classes=classes)


def _check_memory(path: Path, need: int) -> None:
    """While they are put together, the pictures are in memory twice."""
    free = memory.free_memory()
    if free is not None and 2 * need > memory.SHARE * free:
        words = {"need": memory.in_words(2 * need), "free": memory.in_words(free)}
        raise DataError("data_memory", path=shown(path), **words)


# --- decoding ----------------------------------------------------------------------------------------------


def _decoded(
    source: Source, places: dict[str, Place], prepare: Preprocess, workers: int | None
) -> Iterator[tuple[str, Pixels | None]]:
    """Each picture as uint8 (C, H, W), or None where it is broken. Reads ahead by one chunk at most."""

    def decode(item: tuple[str, bytes | None]) -> tuple[str, Pixels | None]:
        return item[0], _pixels(item[1], prepare)

    stream = source.read(places)
    with _decoding_in_threads(), ThreadPoolExecutor(workers or min(4, os.cpu_count() or 1)) as pool:
        while chunk := list(islice(stream, _CHUNK)):
            yield from pool.map(decode, chunk)


@contextmanager
def _decoding_in_threads() -> Iterator[None]:
    """`images` changes warnings and Pillow's limit for a moment: threads could put them back crosswise."""
    limit = Image.MAX_IMAGE_PIXELS
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS = limit


def _pixels(data: bytes | None, prepare: Preprocess) -> Pixels | None:
    if data is None:
        return None
    try:
        seen = prepare.seen(decode_bytes(data).image)
    except ImageError:
        return None
    return np.ascontiguousarray(seen.transpose(2, 0, 1)[[channel % 3 for channel in range(prepare.channels)]])


def _split(images: list[Pixels], indices: list[int]) -> Split:
    return Split(torch.from_numpy(np.stack(images)), torch.tensor(indices, dtype=torch.int64))
