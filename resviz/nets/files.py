"""Opening what a user named: only regular files, and errors that fit on one line."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from resviz.errors import ResVizError

LONGEST_NAME = 120
LONGEST_REASON = 100


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


def _check(status: os.stat_result, name: str, error: type[ResVizError], kind: str) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise error(f"{kind}_folder", name=name)
    if not stat.S_ISREG(status.st_mode):
        raise error(f"{kind}_irregular", name=name)
    if status.st_size == 0:
        raise error(f"{kind}_empty", name=name)
