"""Any picture to what a network sees: decoding of whatever people drop, and the preprocessing of each
network.
"""

from __future__ import annotations

import contextlib
import io
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from resviz.errors import ImageError, ResVizError
from resviz.files import open_regular, reason, shown

MAX_PIXELS = 200_000_000
"""Pictures beyond are refused by what their header says, before a pixel is decoded."""
EXACT_PIXELS = 24_000_000
"""Up to here a picture is decoded whole, so that preprocessing equals torchvision's; beyond, it is reduced
early.
"""
ENOUGH = 1024
"""Short side in pixels that an early reduction always leaves, which is several times what networks look at.
"""
PREVIEW = 512
STRIP_PIXELS = 4_000_000

SLOW = {"ppm": 1.5, "ppm_plain": 1.5, "qoi": 2.5, "dds_rgb": 2.0, "jpeg2k": 4.0, "bmp_rle": 16.0, "SGI16": 4.0}
"""Decoders that do a few million pixels a second, and how many million pixels they are given at most."""
ALIVE = 200_000_000
"""Pixels that are being decoded at one time by all threads together; small pictures are always let in."""
SMALL = 4_000_000

FORMATS = (
    *("PNG", "JPEG", "MPO", "GIF", "WEBP", "BMP", "DIB", "TIFF", "AVIF"),
    *("JPEG2000", "PPM", "ICO", "ICNS", "TGA", "PCX", "QOI", "DDS", "SGI"),
)
"""No EPS, PDF or WMF: reading those runs other programs."""

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Picture:
    """A decoded picture: upright RGB, no transparency. `original_size` is (width, height) before any
    reduction.
    """

    name: str
    image: Image.Image
    original_size: tuple[int, int]

    def preview(self) -> Pixels:
        """`(h, w, 3)`, the long side at most 512 pixels."""
        small = self.image.copy()
        small.thumbnail((PREVIEW, PREVIEW), Image.Resampling.BILINEAR, reducing_gap=2.0)
        return np.asarray(small)


# --- decoding -----------------------------------------------------------------------------------------------


def decode_file(path: str | Path, *, name: str = "", least: int = ENOUGH) -> Picture:
    """Decode a picture file. `least` is the short side an early reduction leaves. Raises `ImageError`."""
    with open_regular(path, ImageError, "image") as file:
        return _decode(file, shown(name or path), least)


def decode_bytes(data: bytes, *, name: str = "", least: int = ENOUGH) -> Picture:
    """Decode the bytes of a picture file. Raises `ImageError`."""
    name = shown(name or "the picture")
    if not data:
        raise ImageError("image_empty", name=name)
    return _decode(io.BytesIO(data), name, least)


def decode_pixels(pixels: Pixels, *, name: str = "") -> Picture:
    """Take pixels `(H, W, 4)` RGBA or `(H, W, 3)` RGB. Raises `ImageError`."""
    name = shown(name or "the picture")
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] not in (3, 4) or not pixels.size:
        raise ImageError("image_pixels", shape=f"{pixels.shape} of {pixels.dtype}")
    height, width = pixels.shape[:2]
    _check_size(name, (width, height))
    image = Image.fromarray(np.ascontiguousarray(pixels))
    return Picture(name, _reduced(image, _factor(image.size, ENOUGH)), (width, height))


def _decode(file: BinaryIO | io.BytesIO, name: str, least: int) -> Picture:
    size = (0, 0)
    try:
        with _quiet(), _opened(file, name) as image:
            size = image.size
            _check_size(name, size)
            _check_decoder(image, name)
            if size[0] * size[1] > EXACT_PIXELS:
                image.draft(None, (least, least))  # JPEG can decode at a half, quarter or eighth
            with _room.taken(image.size[0] * image.size[1]):
                return _upright(image, name, size, least)
    except ResVizError:
        raise
    except (MemoryError, Image.DecompressionBombError) as error:
        raise ImageError("image_memory", name=name, width=size[0], height=size[1]) from error
    except OSError as error:
        code = "image_unreadable" if error.errno else "image_damaged"  # Pillow's own carry no errno
        raise ImageError(code, name=name, reason=reason(error)) from error
    except Exception as error:  # decoders of damaged files raise whatever they stumble over
        if "MAX_TEXT" in str(error):  # Pillow names its own limit, which says nothing to a user
            raise ImageError("image_metadata", name=name) from error
        raise ImageError("image_damaged", name=name, reason=reason(error)) from error


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Pillow warns about sizes, EXIF and palettes; what matters of it is said as an error here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _opened(file: BinaryIO | io.BytesIO, name: str) -> Image.Image:
    Image.init()
    before, Image.MAX_IMAGE_PIXELS = (
        Image.MAX_IMAGE_PIXELS,
        None,
    )  # our own check follows, with the size in its words
    try:
        return Image.open(file, formats=[known for known in FORMATS if known in Image.OPEN])
    except UnidentifiedImageError as error:
        raise ImageError("image_unknown", name=name) from error
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _check_size(name: str, size: tuple[int, int]) -> None:
    if size[0] * size[1] > MAX_PIXELS:
        limit = MAX_PIXELS // 1_000_000
        raise ImageError("image_bomb", name=name, width=size[0], height=size[1], limit=limit)


def _check_decoder(image: Image.Image, name: str) -> None:
    """Pillow decodes some rare forms in Python, which would take minutes for what others do in a second."""
    tiles = getattr(image, "tile", None)  # only what is read from a file has them
    decoder = tiles[0][0] if tiles else ""
    most = SLOW.get(decoder)
    if most is not None and image.size[0] * image.size[1] > most * 1e6:
        width, height = image.size
        raise ImageError("image_slow_form", name=name, form=image.format, width=width, height=height, limit=most)


class _Room:
    """Lets so many pixels be decoded at one time; whoever is alone may have more."""

    def __init__(self, most: int) -> None:
        self._most, self._alive = most, 0
        self._condition = threading.Condition()

    @contextlib.contextmanager
    def taken(self, pixels: int) -> Iterator[None]:
        """Wait for room, and give it back."""
        if pixels <= SMALL:
            yield
            return
        with self._condition:
            self._condition.wait_for(lambda: not self._alive or self._alive + pixels <= self._most)
            self._alive += pixels
        try:
            yield
        finally:
            with self._condition:
                self._alive -= pixels
                self._condition.notify_all()


_room = _Room(ALIVE)


def _upright(image: Image.Image, name: str, header_size: tuple[int, int], least: int) -> Picture:
    image.load()
    drafted = image.size != header_size and image.size != header_size[::-1]
    size = header_size if drafted else image.size  # Pillow turns a TIFF while loading
    orientation = _orientation(image)
    small = _reduced(image, _factor(image.size, least))
    if orientation > 1:
        small.getexif()[ExifTags.Base.Orientation] = orientation
        small = ImageOps.exif_transpose(small)
        size = size[::-1] if orientation >= 5 else size
    return Picture(name, small, size)


def _orientation(image: Image.Image) -> int:
    """EXIF's tag 274, 1 to 8; broken EXIF is as good as none."""
    try:
        value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # its parser raises whatever it stumbles over
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _factor(size: tuple[int, int], least: int) -> int:
    """The whole number a large picture is reduced by, its short side staying at `least` or more."""
    if size[0] * size[1] <= EXACT_PIXELS:
        return 1
    return max(1, min(size) // least)


def _reduced(image: Image.Image, factor: int) -> Image.Image:
    """RGB over white, `factor` times smaller; in strips, so that a large picture is never in memory twice."""
    levels = _levels(image)
    width, height = image.size
    if factor == 1 and width * height <= STRIP_PIXELS:
        return _rgb(image, levels)
    out = Image.new("RGB", (-(-width // factor), -(-height // factor)))
    rows = max(1, STRIP_PIXELS // (width * factor)) * factor
    for top in range(0, height, rows):
        strip = _rgb(image.crop((0, top, width, min(height, top + rows))), levels)
        out.paste(strip.reduce(factor) if factor > 1 else strip, (0, top // factor))
    return out


def _levels(image: Image.Image) -> tuple[float, float] | None:
    """What is black and what is white in a picture of more than 8 bits; None for the others."""
    if image.mode.startswith("I;16"):
        return (0.0, 65535.0)
    if image.mode not in ("I", "F"):
        return None
    values = np.asarray(image)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    for white in (1.0, 255.0) if image.mode == "F" else (65535.0,):
        if low >= 0 and high <= white:
            return (0.0, white)
    return (low, high) if np.isfinite((low, high)).all() and high > low else (0.0, 1.0)


def _rgb(image: Image.Image, levels: tuple[float, float] | None) -> Image.Image:
    if levels is not None:
        low, high = levels
        values = np.nan_to_num(np.asarray(image, dtype=np.float32))
        grey = np.clip((values - low) * (255.0 / (high - low)) + 0.5, 0, 255)
        return Image.fromarray(grey.astype(np.uint8)).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(paper, image).convert("RGB")
    return image.convert("RGB")
