"""Spec files and checkpoints that were open lately, newest first, and their menu."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu, QWidget

from resviz.files import shown
from resviz.gui.settings import Settings

MOST = 10
_KEY = "recent"
#: Longer paths lose their middle in the menu.
_LONGEST = 60


class Recent(QObject):
    """The list, kept in the settings. `chosen` carries a path that is there, `missing` one that no longer is."""

    chosen = Signal(Path)
    missing = Signal(Path)

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings

    def paths(self) -> list[Path]:
        """Newest first."""
        try:
            stored = json.loads(self._settings.text(_KEY, "[]"))
        except ValueError:
            return []
        names = stored if isinstance(stored, list) else []
        return [Path(name) for name in names if isinstance(name, str)][:MOST]

    def add(self, path: Path) -> None:
        path = path.absolute()
        self._put([path, *(each for each in self.paths() if each != path)][:MOST])

    def remove(self, path: Path) -> None:
        self._put([each for each in self.paths() if each != path])

    def clear(self) -> None:
        self._put([])

    def choose(self, path: Path) -> None:
        """Take one from the list; one that is gone is struck off."""
        if path.is_file():
            self.chosen.emit(path)
            return
        self.remove(path)
        self.missing.emit(path)

    def _put(self, paths: list[Path]) -> None:
        self._settings.put(_KEY, json.dumps([str(path) for path in paths]))


class RecentMenu(QMenu):
    """Made anew whenever it opens."""

    def __init__(self, recent: Recent, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Recent files"))
        self.setToolTipsVisible(True)
        self._recent = recent
        self.aboutToShow.connect(self.fill)
        self.fill()

    def fill(self) -> None:
        """A line for each file, and one to forget them all."""
        self.clear()
        paths = self._recent.paths()
        for number, path in enumerate(paths, 1):
            name = shown(path, _LONGEST).replace("&", "&&")
            action = self.addAction(f"&{number % 10}  {name}")
            action.setToolTip(str(path))
            action.triggered.connect(self._chooser(path))
        if not paths:
            self.addAction(self.tr("No files yet")).setEnabled(False)
        self.addSeparator()
        clear = self.addAction(self.tr("Clear"))
        clear.setEnabled(bool(paths))
        clear.triggered.connect(self._recent.clear)

    def _chooser(self, path: Path) -> Callable[[], None]:
        return lambda: self._recent.choose(path)
