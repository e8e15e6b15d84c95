"""Labelled pictures: those in folders that are called like a network's classes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random

import torch
from torch import Tensor

from resviz.errors import ImageError
from resviz.files import shown
from resviz.labels import Folders
from resviz.nets.classifier import Classifier
from resviz.nets.images import Picture, decode_file
from resviz.nets.passes import Progress, silent
from resviz.nets.walk import pictures
from resviz.ways import OWN, Preparation

BATCH = 64


def labelled(classifier: Classifier, paths: Sequence[str]) -> list[tuple[str, int]]:
    """All pictures in and below folders whose own folder is called like a class, with the number of that.

    Raises `ImageError` if there are none.
    """
    folders = Folders(classifier.labels)
    named = ((file.path, folders.label(Path(file.path).absolute().parent.name)) for file in pictures(paths))
    found = [(path, classifier.labels.index(label)) for path, label in named if label]
    if not found:
        raise ImageError(
            "images_no_labels", name=", ".join(shown(Path(path).absolute().name or path) for path in paths[:3])
        )
    return found


def mixed(files: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """The same pictures, the classes among each other, in the same order each time: the first of them stand for all."""
    found = list(files)
    Random(0).shuffle(found)
    return found


def batches(
    classifier: Classifier,
    files: Sequence[tuple[str, int]],
    prepare: Preparation = OWN,
    progress: Progress = silent,
    on_broken: Callable[[ImageError], None] = lambda _error: None,
) -> Iterator[tuple[Tensor, Tensor]]:
    """Pairs of `(N, C, H, W)` and class numbers `(N,)`; what cannot be read is left out and told."""
    for start in range(0, len(files), BATCH):
        inputs, labels = [], []
        for path, label in files[start : start + BATCH]:
            progress(start / len(files), "Reading pictures")
            try:
                inputs.append(classifier.steps(_loader(path), prepare).batch)
            except ImageError as error:
                on_broken(error)
                continue
            labels.append(label)
        if inputs:
            yield torch.cat(inputs), torch.tensor(labels)


def _loader(path: str) -> Callable[[int], Picture]:
    return lambda least: decode_file(path, least=least)
