"""Rows as the engine would send them."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from resviz.engine import messages as m
from tests.gui.panels.desk import LABELS


def thumb(colour: str = "red", size: tuple[int, int] = (64, 40)) -> bytes:
    """A small JPEG."""
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, "JPEG")
    return stream.getvalue()


def row(path: str, guess: int, share: float = 0.8, label: str | None = None) -> m.BatchRow:
    """A picture that is taken for the class `guess`; its folder is its class where that is one."""
    rest = [at for at in range(len(LABELS)) if at != guess][:4]
    parts = [m.Score(LABELS[at], at, (1 - share) / 5) for at in rest]
    folder = Path(path).parent.name
    true = (folder if folder in LABELS else "") if label is None else label
    return m.BatchRow(path, true, (m.Score(LABELS[guess], guess, share), *parts), "", (320, 200), thumb(), 4.25)


def broken(path: str) -> m.BatchRow:
    """A file that could not be read."""
    return m.BatchRow(path, "", (), f"{path} is cut off or damaged and cannot be shown: too short")
