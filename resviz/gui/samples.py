"""The sample pictures that come with the program."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from resviz import paths

log = logging.getLogger(__name__)
_SUFFIXES = (".png", ".jpg", ".jpeg")


@dataclass(frozen=True)
class Sample:
    """A picture file and what to call it."""

    path: str
    title: str


def samples(folder: Path | None = None) -> tuple[Sample, ...]:
    """All sample pictures, those that `samples.json` names first and in its order."""
    folder = folder or paths.resources() / "samples"
    if not folder.is_dir():
        return ()
    files = {file.name: file for file in sorted(folder.iterdir()) if file.suffix.lower() in _SUFFIXES}
    titles = {name: title for name, title in _titles(folder / "samples.json").items() if name in files}
    order = [*titles, *(name for name in files if name not in titles)]
    return tuple(Sample(str(files[name]), titles.get(name) or _spoken(files[name])) for name in order)


def _titles(file: Path) -> dict[str, str]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        log.warning("%s cannot be read: %s", file, error)
        return {}
    rows = found.get("samples", []) if isinstance(found, dict) else []
    return {
        str(row["file"]): str(row["title"]) for row in rows if isinstance(row, dict) and {"file", "title"} <= set(row)
    }


def _spoken(file: Path) -> str:
    return file.stem.replace("_", " ").replace("-", " ").capitalize()


def read_small(path: str, side: int) -> QImage:
    """A picture reduced while it is read, its shorter side about `side` px; null if it cannot be read."""
    reader = QImageReader(path)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid():
        cover = size.scaled(QSize(side, side), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
        if cover.width() < size.width():
            reader.setScaledSize(cover)
    return reader.read()
