"""Pictures as the lane needs them: decoded once."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from resviz.engine import messages as m
from resviz.engine.addresses import Addresses
from resviz.errors import ImageError
from resviz.files import shown

if TYPE_CHECKING:  # torch loads in the server, after the first progress message
    from resviz.nets.images import Picture

PATIENCE = 2.0
"""Seconds that a picture may take to decode."""
Key = tuple[object, ...]


class Pictures:
    """Decodes pictures and keeps the last one, as most requests are for the same again.

    That one stays even when its file vanishes: edits of the network go on with what is shown.
    """

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses
        self._key: Key | None = None
        self._picture: Picture | None = None
        self.ms = 0.0
        """Milliseconds that decoding the last one took."""

    def get(self, image: m.ImageSource, least: int) -> Picture:
        """The picture, decoded again only if it is another or its file has changed. Raises `ImageError`."""
        version = _file_version(image.path) if image.path is not None else None
        key = (image.path, image.data, image.url, image.name, least, version)
        gone = image.path is not None and version is None and self._key is not None and self._key[0] == image.path
        if self._picture is None or not (key == self._key or gone):
            began = time.perf_counter()
            self._picture = _picture(self._here(image), least)
            self.ms = (time.perf_counter() - began) * 1000
            self._key = key if image.pixels is None else None  # pixels need no decoding, and are slow to compare
        return self._picture

    def _here(self, image: m.ImageSource) -> m.ImageSource:
        """A picture from an address as bytes."""
        if image.url is None:
            return image
        return replace(image, url=None, data=self._addresses.read(image.url), name=image.name or image.url)


def _file_version(path: str) -> Key | None:
    """Another one means that the file has changed; None that it is not there."""
    try:
        status = Path(path).stat()
    except (OSError, ValueError):  # ValueError: a NUL in the name
        return None
    return (status.st_ino, status.st_size, status.st_mtime_ns)


def _picture(image: m.ImageSource, least: int) -> Picture:
    """Decode it, but not for longer than people wait. Raises `ImageError`."""
    from resviz.nets.patience import TookTooLongError, within

    try:
        return within(PATIENCE, lambda: _decoded(image, least))
    except TookTooLongError as error:
        name = shown(image.name or image.path or "the picture")
        raise ImageError("image_slow", name=name, seconds=PATIENCE) from error


def _decoded(image: m.ImageSource, least: int) -> Picture:
    from resviz.nets import images

    if image.path is not None:
        return images.decode_file(image.path, name=image.name, least=least)
    if image.data is not None:
        return images.decode_bytes(image.data, name=image.name, least=least)
    if image.pixels is not None:
        return images.decode_pixels(image.pixels, name=image.name)
    raise ImageError("image_nothing")
