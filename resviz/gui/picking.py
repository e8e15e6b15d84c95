"""File dialogs that block nothing: they open, and go on when a file is chosen. They remember the last folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from resviz.gui.settings import Settings

_KEY = "folder"


class Picker:
    """Asks for files on behalf of a window."""

    def __init__(self, settings: Settings, window: QWidget) -> None:
        self._settings, self._window = settings, window

    def ask_open(self, title: str, filters: list[str], then: Callable[[Path], None]) -> QFileDialog:
        """Ask for a file that is there."""
        dialog = QFileDialog(self._window, title)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(filters)
        return self.open(dialog, then)

    def ask_save(
        self, title: str, name: str, filters: list[str], suffix: str, then: Callable[[Path], None]
    ) -> QFileDialog:
        """Ask where to write; `suffix` is added to a name without one."""
        dialog = QFileDialog(self._window, title)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(filters)
        dialog.setDefaultSuffix(suffix)
        dialog.selectFile(name)
        return self.open(dialog, then)

    def open(self, dialog: QFileDialog, then: Callable[[Path], None]) -> QFileDialog:
        """Show a dialog in the last folder."""

        def take(name: str) -> None:
            path = Path(name)
            self._settings.put(_KEY, str(path.parent))
            then(path)

        if (folder := self._settings.text(_KEY)) and Path(folder).is_dir():
            dialog.setDirectory(folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(take)
        dialog.open()
        return dialog
