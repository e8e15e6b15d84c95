"""The pictures below folders. Only names are looked at; whether a file holds a picture is for who decodes it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from resviz.errors import ImageError
from resviz.files import reason, shown
from resviz.nets.images import FORMATS


class Found(NamedTuple):
    """A file to try, and its place among all; `error` is why a folder has none."""

    at: int
    path: str
    error: str = ""


@cache
def suffixes() -> frozenset[str]:
    """How files of pictures that can be read are called, with the dot, in small letters."""
    known = Image.registered_extensions()
    return frozenset(suffix for suffix, form in known.items() if form in FORMATS)


def pictures(paths: Sequence[str], tick: Callable[[], None] = lambda: None) -> list[Found]:
    """Each of `paths` that is no folder, as it is; of folders all pictures in and below, in order of their names.

    Hidden files and folders are left out, and each folder is looked into once, whatever links lead to it. A folder
    without pictures, or that cannot be read, is an entry with an error. `tick` is called for each folder.
    """
    files: list[Found] = []
    for path in paths:
        if not os.path.isdir(path):  # noqa: PTH112  (Path.is_dir raises for an endless name)
            files.append(Found(len(files), path))
            continue
        before, troubles = len(files), list[OSError]()
        for found in _below(path, tick, troubles.append):
            files.append(Found(len(files), found))
        for trouble in troubles:
            name = shown(trouble.filename or path)
            files.append(Found(len(files), str(trouble.filename or path), _unreadable(name, trouble)))
        if len(files) == before:
            files.append(Found(len(files), path, str(ImageError("image_none", name=shown(path)))))
    return files


def _unreadable(name: str, trouble: OSError) -> str:
    return str(ImageError("image_unreadable", name=name, reason=reason(trouble)))


def _below(top: str, tick: Callable[[], None], trouble: Callable[[OSError], None]) -> Iterator[str]:
    seen: set[tuple[object, ...]] = set()
    for folder, inner, names in os.walk(top, onerror=trouble, followlinks=True):
        tick()
        if (here := _identity(folder)) in seen:
            inner.clear()
            continue
        seen.add(here)
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and Path(name).suffix.lower() in suffixes():
                yield os.path.join(folder, name)  # noqa: PTH118


def _identity(folder: str) -> tuple[object, ...]:
    """The same for all the names of a folder, its links."""
    try:
        status = os.stat(folder)  # noqa: PTH116
    except OSError:  # gone in the meantime; its files are told as missing
        return (folder,)
    return (status.st_dev, status.st_ino)
