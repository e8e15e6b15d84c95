"""A file that comes bit by bit: under a hidden name until it is whole, and kept there for the next try."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from resviz.files import read_json_object
from resviz.paths import write_atomic

_FAR = 1 << 40
"""Windows locks bytes against writing too; one beyond the end of any file harms nobody."""


@dataclass(frozen=True)
class Origin:
    """Where a part came from, and what the server calls that version of the file; `length` in bytes, 0 if unknown."""

    url: str
    etag: str = ""
    modified: str = ""
    length: int = 0

    @property
    def validator(self) -> str:
        """For `If-Range`, which takes no weak tags (RFC 9110, section 13.1.5)."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.modified


class Partial:
    """The beginning of `target`. Of several at the same time, in this program or in another, one goes on with the part
    that is kept; the others begin with parts of their own, which are kept by nobody.
    """

    def __init__(self, target: Path, file: BinaryIO, path: Path, shared: bool) -> None:
        self.path, self._target, self._file, self._shared = path, target, file, shared
        self._notes = path.with_name(f"{path.name}.info")
        self._finished = False
        self.size = file.seek(0, os.SEEK_END)
        self.origin = self._read_origin() if shared and self.size else None

    def write(self, data: bytes) -> None:
        """Append. Raises `OSError`."""
        self._file.write(data)
        self.size += len(data)

    def begin(self, origin: Origin) -> None:
        """From the first byte on, of this origin. Raises `OSError`."""
        self._file.seek(0)
        self._file.truncate()
        self.size, self.origin = 0, origin
        if self._shared:
            write_atomic(self._notes, json.dumps(asdict(origin)).encode())

    def chunks(self, size: int) -> Iterator[bytes]:
        """All that is there."""
        self._file.flush()
        self._file.seek(0)
        while chunk := self._file.read(size):
            yield chunk

    def finish(self) -> None:
        """Now it is whole: on the disk for good, then under the final name. Raises `OSError`."""
        self._file.flush()
        os.fsync(self._file.fileno())
        if sys.platform == "win32":  # which renames no open file
            self._file.close()
        self.path.replace(self._target)
        self._finished = True
        self._notes.unlink(missing_ok=True)

    def discard(self) -> None:
        """Keep nothing."""
        with contextlib.suppress(OSError):
            self._file.seek(0)
            self._file.truncate()
        self.size, self.origin = 0, None

    def close(self) -> None:
        """Let go of it; an empty part, or one's own, goes away."""
        useless = not self._finished and not (self._shared and self.size and self.origin)
        if sys.platform == "win32":
            self._close()
        if useless:
            with contextlib.suppress(OSError):
                self._notes.unlink(missing_ok=True)
                self.path.unlink(missing_ok=True)
        self._close()

    def _close(self) -> None:
        """Closing writes what is still held back, which a full disk refuses once more."""
        with contextlib.suppress(OSError):
            self._file.close()

    def _read_origin(self) -> Origin | None:
        notes = read_json_object(self._notes) or {}
        try:
            found = Origin(**notes)
        except TypeError:
            return None
        texts = (found.url, found.etag, found.modified)
        good = all(isinstance(text, str) and text.isprintable() for text in texts) and isinstance(found.length, int)
        return found if good and found.url else None


@contextlib.contextmanager
def partial(target: Path) -> Iterator[Partial]:
    """The part of `target` that is there, or an empty one. Raises `OSError`.

    Whatever ends the work before `finish`, the final name is untouched.
    """
    path = target.with_name(f".{target.name}.part")
    file = _taken(path)
    if file is not None:
        part = Partial(target, file, path, shared=True)
    else:
        path = target.with_name(f".{target.name[:100]}.{uuid.uuid4().hex[:8]}")
        part = Partial(target, path.open("x+b"), path, shared=False)
    try:
        yield part
    finally:
        part.close()


def _taken(path: Path) -> BinaryIO | None:
    """The kept part, for this one alone; None while somebody else has it."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        if not _lock(descriptor):
            os.close(descriptor)
            return None
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return os.fdopen(descriptor, "r+b")
        os.close(descriptor)  # whoever had it has just finished, or given up: the name is another file's


def _lock(descriptor: int) -> bool:
    """Held until the file is closed, or its process ends."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, _FAR, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            os.lseek(descriptor, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
