"""Which font the window and the drawing use: the system's, Inter where it is there."""

from __future__ import annotations

from functools import cache

from PySide6.QtGui import QFontDatabase

_FAMILIES = (
    "Inter",
    "Segoe UI",
    "SF Pro Text",
    "Helvetica Neue",
    "Noto Sans",
    "Cantarell",
    "DejaVu Sans Condensed",
    "DejaVu Sans",
)


@cache
def families() -> list[str]:
    """Those of our choice that this system has, best first."""
    known = set(QFontDatabase.families())
    return [family for family in _FAMILIES if family in known] or ["sans-serif"]
