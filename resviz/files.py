"""Opening what a user named: only regular files, and errors that fit on one line. No torch, no Qt."""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from resviz.errors import ResVizError

#: How torch's files are called: `.bin` is transformers', `.pth.tar` that of older training scripts (it is no archive).
TORCH_SUFFIXES = (".pth", ".pt", ".th", ".pth.tar", ".ckpt", ".bin")
WEIGHTS_SUFFIXES = (".safetensors", *TORCH_SUFFIXES)
LONGEST_NAME = 120
LONGEST_REASON = 100
MOST_JSON_BYTES = 16 << 20


def shown(name: object, most: int = LONGEST_NAME) -> str:
    """A name fit for one line: control characters escaped, the middle of a long one left out."""
    text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(name))
    if len(text) <= most:
        return text
    half = (most - 1) // 2
    return f"{text[:half]}…{text[-half:]}"


def reason(error: BaseException) -> str:
    """The first line of what an exception says, shortened; the system's own words for an `OSError`."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    lines = text.strip().splitlines() or [type(error).__name__]
    line = shown(lines[0].strip().rstrip("."), most=10 * LONGEST_REASON)
    return line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 1] + "…"


def holds_weights(path: str | Path) -> bool:
    """Whether a name is that of a file of weights."""
    return Path(path).name.lower().endswith(WEIGHTS_SUFFIXES)


def exists(path: str | Path) -> bool:
    """Whether something of that name is there; an endless name or one that may not be looked at is not."""
    return os.path.exists(path)  # noqa: PTH110  (Path.exists raises OSError for both)


@contextlib.contextmanager
def open_regular(path: str | Path, error: type[ResVizError], kind: str) -> Iterator[BinaryIO]:
    """Open a regular file that is not empty, for reading; never waits on a pipe.

    Raises `error` with the code `KIND_no_file`, `_folder`, `_irregular`, `_unreadable` or `_empty`.
    """
    name = shown(path)
    try:
        # Without O_NONBLOCK, opening a FIFO nobody writes to would wait for ever.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags)
    except (FileNotFoundError, NotADirectoryError, ValueError) as cause:  # ValueError: a NUL in the name
        raise error(f"{kind}_no_file", name=name) from cause
    except IsADirectoryError as cause:
        raise error(f"{kind}_folder", name=name) from cause
    except OSError as cause:
        # Windows says "permission denied" of a folder; Path.is_dir would raise again for an endless name.
        if os.path.isdir(path):  # noqa: PTH112
            raise error(f"{kind}_folder", name=name) from cause
        raise error(f"{kind}_unreadable", name=name, reason=reason(cause)) from cause
    try:
        _check(os.fstat(descriptor), name, error, kind)
    except ResVizError:
        os.close(descriptor)
        raise
    with os.fdopen(descriptor, "rb") as file:
        yield file


def read_json_object(path: Path) -> dict[str, Any] | None:
    """The JSON object in a file, such as a card; None if there is none that can be read."""
    try:
        with open_regular(path, ResVizError, "file") as file:
            value = json.loads(file.read(MOST_JSON_BYTES))
    except (ResVizError, ValueError, RecursionError, OSError):
        return None
    return value if isinstance(value, dict) else None


def _check(status: os.stat_result, name: str, error: type[ResVizError], kind: str) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise error(f"{kind}_folder", name=name)
    if not stat.S_ISREG(status.st_mode):
        raise error(f"{kind}_irregular", name=name)
    if status.st_size == 0:
        raise error(f"{kind}_empty", name=name)
