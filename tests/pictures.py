"""Labelled pictures that tests make: coloured shapes, easy to tell apart."""

from __future__ import annotations

import io
import random
import tarfile
import zipfile
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw

SHAPES = ("disc", "ring", "square")


def shape(kind: str, seed: int, size: int = 16) -> Image.Image:
    """A shape in a colour of its own on a ground of any colour, somewhere near the middle."""
    dice = random.Random(f"{kind}{seed}")
    ground, ink = ((dice.randrange(low, low + 80),) * 3 for low in (0, 170))
    picture = Image.new("RGB", (size, size), ground)
    draw = ImageDraw.Draw(picture)
    left, top = (dice.randrange(1, size // 4) for _ in "xy")
    box = (left, top, left + size * 2 // 3, top + size * 2 // 3)
    if kind == "square":
        draw.rectangle(box, fill=ink)
    elif kind == "disc":
        draw.ellipse(box, fill=(ink[0], 30, 30))
    else:
        draw.ellipse(box, outline=(30, 30, ink[0]), width=max(2, size // 8))
    return picture


def png(picture: Image.Image) -> bytes:
    """The picture as a PNG file's bytes."""
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def files(train: int, test: int = 0, size: int = 16) -> dict[str, bytes]:
    """Relative names and contents of a data set with so many pictures a class in each split."""
    counts = {"train": range(train), "test": range(train, train + test)}
    return {
        f"{split}/{kind}/{number:03}.png": png(shape(kind, number, size))
        for split, numbers in counts.items()
        for kind in SHAPES
        for number in numbers
    }


def folder(root: Path, content: dict[str, bytes]) -> Path:
    """Writes `content` below `root`."""
    for name, data in content.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def tar(path: Path, content: dict[str, bytes], mode: Literal["w", "w:gz", "w:xz"] = "w:xz") -> Path:
    """Writes `content` as a tar."""
    with tarfile.open(path, mode) as archive:
        for name, data in content.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def zipped(path: Path, content: dict[str, bytes]) -> Path:
    """Writes `content` as a zip."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path
