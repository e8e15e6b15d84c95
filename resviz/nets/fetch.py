"""Downloading torchvision's weights: whole, checked against the hash in their name, or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import os
import re
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from resviz.errors import CheckpointError
from resviz.files import reason, shown
from resviz.nets import catalog
from resviz.paths import weights_dir, write_atomic

BASE_URL = "RESVIZ_WEIGHTS_URL"
"""Environment variable: a mirror's folder that holds torchvision's files under their own names."""
CHUNK = 1 << 18
TIMEOUT = 30.0
"""Seconds without a byte after which a server counts as gone."""

Progress = Callable[[int, int], None]
"""Called with the bytes here and those there will be (0: not known); what it raises stops the download."""


def fetch(name: str, *, folder: Path | None = None, progress: Progress | None = None) -> Path:
    """Download the weights `name` of torchvision into `folder` (the user's own) with a card; returns the
    file's path.

    Already there is fine. Raises `CheckpointError` when the name is unknown, the server is not reached or
    answers with an error, the bytes are not those of the hash, or the disk is full; nothing half-done is left
    behind.
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
        with _aside(target) as (aside, path):
            size, digest = _receive(url, entry.name, aside, progress)
            _check(entry.name, digest, file)
            aside.close()
            path.replace(target)
        card = {**catalog.card_of(entry, file), "bytes": size, "sha256": digest}
        write_atomic(folder / f"{entry.name}.json", json.dumps(card, indent=1).encode())
    except OSError as error:
        raise CheckpointError("fetch_write", name=shown(target), reason=reason(error)) from error
    return target


@contextlib.contextmanager
def _aside(target: Path) -> Iterator[tuple[BinaryIO, Path]]:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file, Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _receive(url: str, name: str, file: BinaryIO, progress: Progress | None) -> tuple[int, str]:
    """Stream into `file`; returns the size in bytes and the SHA-256."""
    digest = hashlib.sha256()
    got = 0
    with _answer(url) as answer:
        want = int(answer.headers.get("Content-Length") or 0)
        while chunk := _chunk(answer, url):
            file.write(chunk)
            digest.update(chunk)
            got += len(chunk)
            if progress is not None:
                progress(got, want)
    if got < want:
        raise CheckpointError("fetch_short", name=name, got=got, want=want)
    return got, digest.hexdigest()


def _answer(url: str) -> http.client.HTTPResponse:
    host = _host(url)
    if not url.startswith(("http://", "https://")):
        raise CheckpointError("fetch_offline", host=host, reason="not a web address")
    try:
        answer: http.client.HTTPResponse = urllib.request.urlopen(url, timeout=TIMEOUT)
        return answer
    except urllib.error.HTTPError as error:
        error.close()
        raise CheckpointError("fetch_http", url=shown(url), status=error.code, reason=error.reason) from error
    except urllib.error.URLError as error:
        cause = error.reason if isinstance(error.reason, BaseException) else error
        raise CheckpointError("fetch_offline", host=host, reason=reason(cause)) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise CheckpointError("fetch_offline", host=host, reason=reason(error)) from error


def _chunk(answer: http.client.HTTPResponse, url: str) -> bytes:
    try:
        return answer.read(CHUNK)
    except (OSError, http.client.HTTPException) as error:
        raise CheckpointError("fetch_offline", host=_host(url), reason=reason(error)) from error


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or shown(url)
    except ValueError:
        return shown(url)


def _check(name: str, digest: str, file: str) -> None:
    """torchvision's files carry the head of their SHA-256 in the name: `resnet18-f37072fd.pth`."""
    found = re.search(r"-([0-9a-f]{8,64})\.", file)
    wanted = found.group(1) if found else ""
    if not wanted or not digest.startswith(wanted):
        raise CheckpointError("fetch_hash", name=name, got=digest[:8], want=wanted or "a hash in the name")
