"""The address of a picture in what a browser hands over: of the picture itself, not of the page it links to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote, urlsplit

from PySide6.QtCore import QMimeData

_IMAGE = re.compile(r"""<img\b[^<>]*?(?<![\w-])src\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_WORD = re.compile(r"https?://[^\s<>\"']+|data:image/[^\s<>\"']+", re.IGNORECASE)
_PUNCTUATION = ".,;:!?)]}"
#: Characters that are looked through, in the window's thread. A page that was copied whole is no picture.
_MOST_HTML = 1 << 20
_MOST_TEXT = 1 << 20
_MOST_NAME = 80


def find(mime: QMimeData) -> str | None:
    """The first http(s) or data address of a picture: of an image in HTML, a dragged link, or in plain text."""
    return next(_candidates(mime), None)


def _candidates(mime: QMimeData) -> Iterator[str]:
    # The link around a picture comes as the address too, the picture's own then only in the HTML.
    if mime.hasHtml():
        yield from filter(None, [in_html(mime.html())])
    for url in mime.urls():
        if url.scheme().lower() in ("http", "https", "data"):
            yield url.toString(url.ComponentFormattingOption.FullyEncoded)
    if mime.hasText():
        yield from filter(None, [in_text(mime.text())])


def in_html(html: str) -> str | None:
    """The source of the first image with an address that can be read from here."""
    for found in _IMAGE.finditer(html, 0, _MOST_HTML):
        address = unescape(next(group for group in found.groups() if group is not None)).strip()
        if address.startswith("//"):
            address = f"https:{address}"
        if _WORD.match(address):
            return address
    return None


def in_text(text: str) -> str | None:
    """The first address in plain text, without the punctuation that follows it in a sentence."""
    found = _WORD.search(text, 0, _MOST_TEXT)
    return found.group().rstrip(_PUNCTUATION) if found else None


def name(address: str) -> str:
    """What to call the picture: the last part of its path; empty for a data address or a bare host."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return "" if parts.scheme.lower() == "data" else unquote(parts.path.rstrip("/").rpartition("/")[2])[:_MOST_NAME]
