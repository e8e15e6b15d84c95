"""A picture from a web address, as browsers hand it over."""

from __future__ import annotations

import base64
import binascii
import re
import time
from urllib.parse import unquote_to_bytes

from resviz.errors import ImageError
from resviz.files import shown
from resviz.nets.transport import Answer, BrokenError, Head, RefusedError, StalledError, host_of

MOST = 64 << 20
"""Bytes of a picture."""
PATIENCE = 15.0
"""Seconds without a byte."""
WHOLE = 60.0
"""Seconds for all of it."""


def read_address(url: str) -> bytes:
    """The bytes behind an http(s) or data address, 64 MiB at most, within a minute.

    Raises `ImageError` with a code `image_web_*`: what is no such address, a server that is not reached, that answers
    with an error or a web page, that sends too much, too late or only a part, and a broken data address.
    """
    url = url.strip()
    scheme = url.partition(":")[0].lower()
    if scheme == "data":
        return _decoded(url)
    if scheme not in ("http", "https"):
        raise ImageError("image_web_address", url=shown(url))
    try:
        return _downloaded(url)
    except RefusedError as error:
        raise ImageError(f"image_web_{error.code}", **error.values) from error
    except StalledError as error:
        raise _late(url, PATIENCE) from error


# --- over the network ---------------------------------------------------------------------------------------


def _downloaded(url: str) -> bytes:
    deadline = time.monotonic() + WHOLE

    def tick() -> None:
        if time.monotonic() > deadline:
            raise _late(url, WHOLE)

    parts: list[bytes] = []
    got = 0
    with Answer(url, {"Accept": "image/*"}, patience=PATIENCE, tick=tick) as answer:
        head = answer.head()
        _check(head, head.length)
        try:
            for chunk in answer.chunks():
                parts.append(chunk)
                got += len(chunk)
                _check(head, got)
                tick()
        except BrokenError as error:
            raise _short(head, got) from error
    if got < head.length:
        raise _short(head, got)
    if not got:
        raise ImageError("image_web_empty", host=head.host)
    return b"".join(parts)


def _check(head: Head, size: int) -> None:
    if size > MOST:
        raise ImageError("image_web_large", host=head.host, limit=f"{MOST >> 20} MiB")
    if head.headers.get_content_type() in ("text/html", "application/xhtml+xml"):
        raise ImageError("image_web_page", host=head.host)


def _late(url: str, seconds: float) -> ImageError:
    return ImageError("image_web_late", host=host_of(url), seconds=seconds)


def _short(head: Head, got: int) -> ImageError:
    return ImageError("image_web_short", host=head.host, got=got, want=max(head.length, got))


# --- in the address itself ----------------------------------------------------------------------------------


def _decoded(url: str) -> bytes:
    """`data:image/png;base64,iVBO...` and `data:image/svg+xml,%3Csvg...` (RFC 2397)."""
    kind, comma, body = url[len("data:") :].partition(",")
    if not comma:
        raise ImageError("image_web_data", reason="it has no comma")
    if len(body) > 3 * MOST:  # every byte may be written with three characters
        raise ImageError("image_web_large", host="the address", limit=f"{MOST >> 20} MiB")
    data = unquote_to_bytes(body)
    if re.search(r";\s*base64\s*$", kind, re.IGNORECASE):
        data = _from_base64(data)
    if len(data) > MOST:
        raise ImageError("image_web_large", host="the address", limit=f"{MOST >> 20} MiB")
    if not data:
        raise ImageError("image_web_data", reason="it is empty")
    return data


def _from_base64(text: bytes) -> bytes:
    """Either alphabet, with or without padding, white space anywhere, as browsers take it."""
    packed = b"".join(text.split()).translate(bytes.maketrans(b"-_", b"+/")).rstrip(b"=")
    try:
        return base64.b64decode(packed + b"=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ImageError("image_web_data", reason="it is no base64") from error
