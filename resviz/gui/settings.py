"""What the window remembers: sizes, theme, last folder. A settings file that cannot be read is put aside."""

from __future__ import annotations

import configparser
import itertools
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
        broken = self.path.is_file() and not _readable(self.path)
        self.put_aside = _put_aside(self.path) if broken else None
        # QSettings would read garbage in silence, so a broken file that stays in place is not opened at all.
        forgets = broken and self.put_aside is None
        self._store: QSettings | _Forgetful = (
            _Forgetful() if forgets else QSettings(str(self.path), QSettings.Format.IniFormat)
        )

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


class _Forgetful:
    """In place of a QSettings: keeps values while the program runs."""

    def __init__(self) -> None:
        self._values: dict[str, object] = {}

    def value(self, key: str, default: object = None) -> object:
        return self._values.get(key, default)

    def setValue(self, key: str, value: object) -> None:
        self._values[key] = value

    def sync(self) -> None:
        """There is nowhere to keep them."""


def _put_aside(path: Path) -> Path | None:
    """Rename a file to a name that is free; returns where it went, None if it could not be moved."""
    names = itertools.chain([".broken"], (f".broken-{number}" for number in itertools.count(2)))
    try:
        aside = next(each for each in map(path.with_suffix, names) if not each.exists())
        path.rename(aside)
    except OSError as error:
        log.warning("settings cannot be put aside: %s", error)
        return None
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
