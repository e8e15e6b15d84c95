"""Downloading torchvision's weights: whole, checked against the hash in their name, or not at all.

What broke off is kept under a hidden name, and the next try goes on with it.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, NoReturn

import torch

from resviz.errors import CheckpointError
from resviz.files import reason, shown
from resviz.nets import catalog, folders
from resviz.nets.memory import in_words
from resviz.nets.partial import Origin, Partial, partial
from resviz.nets.transport import CHUNK, Answer, BrokenError, Head, RefusedError, StalledError, host_of
from resviz.paths import weights_dir, write_atomic

BASE_URL = "RESVIZ_WEIGHTS_URL"
"""Environment variable: a mirror's folder that holds torchvision's files under their own names."""
TIMEOUT = 30.0
"""Seconds without a byte after which a server counts as gone."""
MOST_CUTS = 5
"""Times a connection may break in one download; each time it goes on where it was."""
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What a system says of a disk, a quota or a file that can hold no more."""
SPARE = 1 << 24
"""Bytes to leave free on the disk."""

Progress = Callable[[int, int], None]
"""Called with the bytes here and those there will be (0: not known), many times a second even while nothing comes; what
it raises stops the download."""


def fetch(name: str, *, folder: Path | None = None, progress: Progress | None = None) -> Path:
    """Download the weights `name` of torchvision into `folder` (the user's own) with a card; returns the
    file's path.

    Already there is fine. Raises `CheckpointError` when the name is unknown, the server is not reached or answers with
    an error, the bytes are not those of the hash, or the disk is full. Nothing but a whole file gets the file's name.
    """
    offered = {entry.name: entry for entry in catalog.online()}
    if name not in offered:
        near = get_close_matches(name, offered, n=3) or list(offered)
        raise CheckpointError("weights_here", name=shown(name, 60), known=", ".join(near))
    entry = offered[name]
    if entry.path is not None:
        return entry.path
    return download(entry, folder or weights_dir(), progress=progress)


def download(entry: catalog.Entry, folder: Path, *, progress: Progress | None = None) -> Path:
    """Download `entry` from its URL, or from the mirror in `RESVIZ_WEIGHTS_URL`. Raises as `fetch` does."""
    mirror = os.environ.get(BASE_URL)
    file = entry.url.rpartition("/")[2]
    url = f"{mirror.rstrip('/')}/{file}" if mirror else entry.url
    target = folder / file
    try:
        folder.mkdir(parents=True, exist_ok=True)
        digest = _Download(entry, url, target, progress or _silent).run()
        card = {**catalog.card_of(entry, file), "bytes": target.stat().st_size, "sha256": digest}
        write_atomic(target.with_suffix(".json"), json.dumps(card, indent=1).encode())
    except OSError as error:
        _refuse(error, entry, target)
    folders.remember(folder)
    return target


def _silent(_got: int, _want: int) -> None:
    """Nobody watches."""


def _refuse(error: OSError, entry: catalog.Entry, target: Path) -> NoReturn:
    if error.errno in FULL:
        _no_room(entry, target.parent, entry.size)
    raise CheckpointError("fetch_write", name=shown(target), reason=reason(error)) from error


def _no_room(entry: catalog.Entry, folder: Path, need: int) -> NoReturn:
    free = shutil.disk_usage(folder).free
    raise CheckpointError("fetch_full", folder=shown(folder), name=entry.name, need=in_words(need), free=in_words(free))


@dataclass
class _Download:
    """One file on its way. `want` is its size in bytes, as far as is known."""

    entry: catalog.Entry
    url: str
    target: Path
    progress: Progress
    want: int = field(default=0, init=False)
    got: int = field(default=0, init=False)
    resumed: bool = field(default=False, init=False)

    def run(self) -> str:
        """Returns the SHA-256. Raises `CheckpointError`, `OSError`, and what `progress` raises."""
        if digest := self._there():
            return digest
        with partial(self.target) as part:
            if digest := self._there():  # another download of it has ended just now
                part.discard()
                return digest
            try:
                digest = self._copied(part) or self._filled(part)
            except OSError:
                part.discard()  # a full disk is no place to keep half a file
                raise
            part.finish()
            return digest

    def _there(self) -> str:
        """The SHA-256 of the file, if it lies there whole."""
        if not self.target.is_file():
            return ""
        with self.target.open("rb") as file:
            digest = self._digest(iter(lambda: file.read(CHUNK), b""))
        return digest if self._is_right(digest) else ""

    def _copied(self, part: Partial) -> str:
        """From the folder where `torch.hub` and torchvision keep their downloads, if it lies there whole."""
        cached = Path(torch.hub.get_dir()) / "checkpoints" / self.target.name
        if part.size or not cached.is_file():
            return ""
        try:
            with cached.open("rb") as file:
                if not self._is_right(self._digest(iter(lambda: file.read(CHUNK), b""))):
                    return ""
                file.seek(0)
                self._check_room(part)
                part.begin(Origin(cached.as_uri()))
                self.want = cached.stat().st_size
                while chunk := file.read(CHUNK):
                    part.write(chunk)
                    self.got = part.size
                    self._tick()
        except OSError as error:
            if error.errno in FULL:
                raise
            part.discard()  # another program's file that cannot be read: it can be had elsewhere
            return ""
        digest = self._digest(part.chunks(CHUNK))
        return digest if self._is_right(digest) else ""

    def _filled(self, part: Partial) -> str:
        cuts, anew = 0, False
        while True:
            began = part.size
            end = self._transfer(part)
            digest = self._digest(part.chunks(CHUNK))
            if self._is_right(digest):  # whatever the server says of the length
                return digest
            if end == "whole" and part.size < self.want:
                end = "cut"
            if end == "cut":
                cuts += 1
                if part.size <= began or cuts > MOST_CUTS:
                    raise CheckpointError("fetch_short", name=self.entry.name, got=part.size, want=self.want)
                continue
            part.discard()
            if not self.resumed or anew:
                wanted = _wanted(self.target.name) or "a hash in the name"
                raise CheckpointError("fetch_hash", name=self.entry.name, got=digest[:8], want=wanted)
            anew = True  # what was kept is no part of this file: once more from its first byte

    # --- one connection -------------------------------------------------------------------------------------

    def _transfer(self, part: Partial) -> End:
        """Append what one connection brings."""
        self.got = part.size
        try:
            with Answer(self.url, _range(part, self.url), patience=TIMEOUT, tick=self._tick) as answer:
                head = answer.head()
                if not self._start(part, head):
                    return "none"
                for chunk in answer.chunks():
                    self._take(part, chunk, head)
        except BrokenError:
            return "cut"
        except StalledError as error:
            raise CheckpointError("fetch_stalled", host=host_of(self.url), seconds=TIMEOUT) from error
        except RefusedError as error:
            raise CheckpointError(f"fetch_{error.code}", **error.values) from error
        return "whole"

    def _start(self, part: Partial, head: Head) -> bool:
        """Whether bytes follow that are to be appended, to what is kept or from the first on."""
        first, whole = _content_range(head)
        self.resumed = part.size > 0 and head.status in (206, 416)
        if head.status == 416:
            return False
        if head.status == 206 and (first != part.size or _differ(whole, part)):
            return False
        if head.headers.get_content_type() == "text/html":
            raise CheckpointError("fetch_page", host=head.host, name=self.entry.name)
        if head.status != 206:
            part.begin(Origin(self.url, head.header("ETag"), head.header("Last-Modified"), head.length))
        self.want = whole or (part.size + head.length if head.length else 0)
        self._check_length(part, self.want, head)
        self._check_room(part)
        self.got = part.size
        self._tick()
        return True

    def _check_room(self, part: Partial) -> None:
        missing = (self.want or self.entry.size) - part.size
        if shutil.disk_usage(self.target.parent).free < missing + SPARE:
            _no_room(self.entry, self.target.parent, missing)

    def _check_length(self, part: Partial, length: int, head: Head) -> None:
        """A server may send without end."""
        if self.entry.size and length > 2 * self.entry.size + CHUNK:
            part.discard()
            raise CheckpointError("fetch_long", host=head.host, name=self.entry.name, want=self.entry.size)

    def _take(self, part: Partial, chunk: bytes, head: Head) -> None:
        part.write(chunk)
        self.got = part.size
        self._check_length(part, self.got, head)
        self._tick()

    def _tick(self) -> None:
        self.progress(self.got, max(self.want, self.got) if self.want else 0)

    # --- the hash -------------------------------------------------------------------------------------------

    def _digest(self, chunks: Iterator[bytes]) -> str:
        digest = hashlib.sha256()
        for chunk in chunks:
            digest.update(chunk)
        return digest.hexdigest()

    def _is_right(self, digest: str) -> bool:
        wanted = _wanted(self.target.name)
        return bool(wanted) and digest.startswith(wanted)


End = Literal["whole", "cut", "none"]
"""How a connection ended: as the server wanted it, broken, or without bytes that are of use."""


def _range(part: Partial, url: str) -> dict[str, str]:
    """What to ask for: what is missing, if the file is still the same one."""
    if not part.size or part.origin is None or part.origin.url != url:
        return {}
    validator = part.origin.validator
    return {"Range": f"bytes={part.size}-", **({"If-Range": validator} if validator else {})}


def _content_range(head: Head) -> tuple[int, int]:
    """Of `Content-Range: bytes 500-999/1000` the first byte and the whole length; -1 and 0 where it is not told."""
    found = re.fullmatch(r"bytes (\d{1,18})-\d{1,18}/(\d{1,18}|\*)", head.header("Content-Range").strip())
    if not found:
        return -1, 0
    return int(found.group(1)), 0 if found.group(2) == "*" else int(found.group(2))


def _differ(whole: int, part: Partial) -> bool:
    """Whether a server tells another length of the file than before."""
    before = part.origin.length if part.origin else 0
    return bool(whole and before and whole != before)


def _wanted(file: str) -> str:
    """torchvision's files carry the head of their SHA-256 in the name: `resnet18-f37072fd.pth`."""
    found = re.search(r"-([0-9a-f]{8,64})\.", file)
    return found.group(1) if found else ""
