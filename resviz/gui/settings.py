"""What the window remembers: sizes, theme, last folder. A settings file that cannot be read is put aside."""

from __future__ import annotations

import configparser
import logging
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from resviz import paths

log = logging.getLogger(__name__)
_LARGEST = 1 << 20


class Settings:
    """A QSettings file in the user's configuration folder, with typed access."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or paths.config_dir() / "resviz.ini"
        self.put_aside = _put_aside_if_broken(self.path)
        self._store = QSettings(str(self.path), QSettings.Format.IniFormat)

    def text(self, key: str, default: str = "") -> str:
        value = self._store.value(key, default)
        return value if isinstance(value, str) else default

    def state(self, key: str) -> QByteArray:
        value = self._store.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    def put(self, key: str, value: str | QByteArray) -> None:
        self._store.setValue(key, value)

    def save(self) -> None:
        self._store.sync()


def _put_aside_if_broken(path: Path) -> Path | None:
    """Rename a file that is no INI file; returns where it went. QSettings itself would read garbage in silence."""
    if not path.is_file() or _readable(path):
        return None
    aside = path.with_suffix(".broken")
    try:
        path.replace(aside)
    except OSError as error:
        log.warning("settings cannot be put aside: %s", error)
    return aside


def _readable(path: Path) -> bool:
    try:
        if path.stat().st_size > _LARGEST:
            return False
        parser = configparser.RawConfigParser(strict=False, delimiters=("=",), comment_prefixes=(";",))
        parser.read_string(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, configparser.Error):
        return False
    return True
