"""The pictures seen lately, newest first: what they were, and a thumbnail of each. Files are known after a restart."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QBuffer,
    QByteArray,
    QIODevice,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
)
from PySide6.QtGui import QImage, QImageReader, QImageWriter

from resviz.engine import messages as m
from resviz.files import shown
from resviz.gui.images_qt import to_qimage
from resviz.gui.settings import Settings

MOST = 24
#: Pixels and bytes of pictures that are no files stay in memory, so many bytes of them; the oldest go first.
MOST_BYTES = 96 << 20
#: The shorter side of a thumbnail, dots.
SIDE = 96
_KEY = "tray"
_SHAPE = 3.0
_JPEG = b"\xff\xd8\xff"
Index = QModelIndex | QPersistentModelIndex
IMAGE_ROLE = Qt.ItemDataRole.UserRole
CURRENT_ROLE = Qt.ItemDataRole.UserRole + 1
_NONE = QModelIndex()


@dataclass(frozen=True, eq=False)
class Entry:
    """A picture as it came, its size in pixels, and a small image of it."""

    source: m.ImageSource
    size: tuple[int, int]
    thumb: QImage

    @property
    def bytes(self) -> int:
        """What it holds in memory."""
        pixels, data, url = self.source.pixels, self.source.data, self.source.url
        return (pixels.nbytes if pixels is not None else 0) + len(data or b"") + len(url or "")

    def is_same(self, other: Entry) -> bool:
        """Whether both are one picture: the same file; of others, the same size and look."""
        if self.source.path is not None or other.source.path is not None:
            return self.source.path == other.source.path
        return self.size == other.size and self.thumb == other.thumb


class Tray(QAbstractListModel):
    """A list for any number of views; kept in the settings once `recall` was called."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[Entry] = []
        self._current: m.ImageSource | None = None
        self._settings: Settings | None = None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Newest first."""
        return tuple(self._entries)

    # --- changing ----------------------------------------------------------------------------------------------------

    def add(self, source: m.ImageSource, prediction: m.Prediction) -> None:
        """A picture was seen. One that was chosen from here stays where it is; the same one anew comes to the front."""
        if any(entry.source is source for entry in self._entries):
            return
        entry = Entry(source, prediction.original_size, small(to_qimage(prediction.preview)))
        for at, old in enumerate(self._entries):
            if old.is_same(entry):
                self._remove(at)
                break
        self.beginInsertRows(_NONE, 0, 0)
        self._entries.insert(0, entry)
        self.endInsertRows()
        self._shorten()
        self._store()

    def _shorten(self) -> None:
        while len(self._entries) > MOST:
            self._remove(len(self._entries) - 1)
        held = sum(entry.bytes for entry in self._entries)
        for at in range(len(self._entries) - 1, 0, -1):  # the newest always stays
            if held > MOST_BYTES and (size := self._entries[at].bytes):
                held -= size
                self._remove(at)

    def _remove(self, at: int) -> None:
        self.beginRemoveRows(_NONE, at, at)
        del self._entries[at]
        self.endRemoveRows()

    def remove(self, row: int) -> None:
        """Forget one; its file stays."""
        if 0 <= row < len(self._entries):
            self._remove(row)
            self._store()

    def forget(self, source: m.ImageSource | None) -> None:
        """Forget a picture that is no longer there."""
        for at, entry in enumerate(self._entries):
            if entry.source is source:
                self.remove(at)
                return

    def clear(self) -> None:
        """Forget all."""
        self.beginResetModel()
        self._entries = []
        self.endResetModel()
        self._store()

    def set_current(self, source: m.ImageSource | None) -> None:
        """Which picture is shown now: it is marked."""
        if source is not self._current:
            self._current = source
            if self._entries:
                self.dataChanged.emit(self.index(0), self.index(len(self._entries) - 1), [CURRENT_ROLE])

    # --- what views ask ----------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        entry = self._entries[index.row()]
        match role:
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
                return self._said(entry)
            case r if r == IMAGE_ROLE:
                return entry.thumb
            case r if r == CURRENT_ROLE:
                return entry.source is self._current
        return None

    def _said(self, entry: Entry) -> str:
        name = shown(entry.source.name or self.tr("picture"))
        return f"{name} · {entry.size[0]}×{entry.size[1]}" if any(entry.size) else name

    # --- the settings ------------------------------------------------------------------------------------------------

    def recall(self, settings: Settings) -> None:
        """The files of the last time, after those seen since; kept there from now on."""
        self._settings = settings
        have = {entry.source.path for entry in self._entries}
        old = [entry for entry in _read(settings.text(_KEY, "[]")) if entry.source.path not in have]
        if old := old[: MOST - len(self._entries)]:
            first = len(self._entries)
            self.beginInsertRows(_NONE, first, first + len(old) - 1)
            self._entries.extend(old)
            self.endInsertRows()

    def _store(self) -> None:
        if self._settings is not None:
            self._settings.put(_KEY, json.dumps([_written(entry) for entry in self._entries if entry.source.path]))


def small(image: QImage) -> QImage:
    """A thumbnail's picture: the shorter side `SIDE` dots, the longer one at most three times that."""
    if image.isNull():
        return image
    wide, high = image.width(), image.height()
    most = round(min(wide, high) * _SHAPE)
    middle = image.copy((wide - min(wide, most)) // 2, (high - min(high, most)) // 2, min(wide, most), min(high, most))
    if min(middle.width(), middle.height()) > SIDE:
        expanding, smooth = Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
        middle = middle.scaled(QSize(SIDE, SIDE), expanding, smooth)
    return middle.convertToFormat(QImage.Format.Format_RGB888)


def _written(entry: Entry) -> dict[str, object]:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(b"jpeg"))
    writer.setQuality(80)
    writer.write(entry.thumb)
    thumb = b64encode(bytes(buffer.data().data())).decode()
    return {"path": entry.source.path, "name": entry.source.name, "size": entry.size, "thumb": thumb}


def _read(text: str) -> list[Entry]:
    """What was stored; of a file that somebody has edited, the entries that make sense."""
    try:
        rows = json.loads(text)
    except ValueError:
        return []
    found = [_entry(row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return [entry for entry in found if entry is not None]


def _entry(row: dict[str, Any]) -> Entry | None:
    try:
        path, name, size = str(row["path"]), str(row["name"]), (int(row["size"][0]), int(row["size"][1]))
        data = b64decode(str(row["thumb"]))
    except (KeyError, IndexError, TypeError, ValueError):
        return None
    if not data.startswith(_JPEG):
        return None
    buffer = QBuffer()
    buffer.setData(data)  # a buffer made from bytes would not keep them alive
    reader = QImageReader(buffer, QByteArray(b"jpeg"))
    # Small ones, made here; one that is not is no thumbnail, and reading it would take time.
    shape = reader.size()
    if not shape.isValid() or max(shape.width(), shape.height()) > SIDE * _SHAPE + 1:
        return None
    thumb = reader.read()
    return None if thumb.isNull() else Entry(m.ImageSource(path=path, name=name), size, thumb)
