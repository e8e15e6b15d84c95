"""Icons in the theme's colours. They come after the first paint: loading their font takes longer than the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QAbstractButton, QLabel

from resviz.drawing.palette import Palette
from resviz.gui.theme import Theme

if TYPE_CHECKING:
    from qtawesome import IconicFont

#: What a thing means -> its glyph in the Phosphor family, one weight throughout.
GLYPHS = {
    "new": "ph.file-plus",
    "open": "ph.folder-open",
    "recent": "ph.clock-counter-clockwise",
    "save": "ph.floppy-disk",
    "export": "ph.export",
    "drawing": "ph.image-square",
    "print": "ph.printer",
    "quit": "ph.sign-out",
    "undo": "ph.arrow-u-up-left",
    "redo": "ph.arrow-u-up-right",
    "copy": "ph.copy",
    "paste": "ph.clipboard",
    "find": "ph.magnifying-glass",
    "zoom-in": "ph.magnifying-glass-plus",
    "zoom-out": "ph.magnifying-glass-minus",
    "fit": "ph.arrows-out-simple",
    "present": "ph.presentation",
    "compare": "ph.git-diff",
    "down": "ph.arrow-down",
    "right": "ph.arrow-right",
    "repeats": "ph.stack",
    "more": "ph.dots-three",
    "close": "ph.x",
    "builder": "ph.sliders-horizontal",
    "layers": "ph.table",
    "maps": "ph.grid-four",
    "run": "ph.play",
    "softmax": "ph.chart-bar",
    "film": "ph.film-strip",
    "weights": "ph.database",
    "folder": "ph.stack-simple",
    "devices": "ph.cpu",
    "lesions": "ph.scissors",
    "explain": "ph.question",
    "anatomy": "ph.flow-arrow",
    "unravelled": "ph.tree-structure",
    "seen": "ph.eye",
    "theme": "ph.palette",
    "camera": "ph.camera",
    "screen": "ph.selection",
    "sketch": "ph.scribble-loop",
    "freeze": "ph.pause",
}
#: Those of panels' titles.
MUTED = frozenset(
    {
        *("builder", "layers", "maps", "run", "seen", "softmax", "devices", "close"),
        *("lesions", "explain", "anatomy", "unravelled"),
    }
)
Target = QAction | QAbstractButton | QLabel
_LABEL = 14
#: qtawesome, and first what takes the time when it is imported.
_BASES = ("qtpy.QtGui", "qtpy.QtWidgets", "qtpy.QtCore", "qtawesome")
#: So many are drawn in a few ms.
_AT_ONCE = 10


class Icons(QObject):
    """Gives things their icons once they are loaded, and again when the theme changes."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._wanted: list[tuple[Target, str]] = []
        self._make: Callable[..., QIcon] | None = None
        theme.changed.connect(self._show)

    def put(self, target: Target, name: str) -> None:
        """Give something the icon of a name of `GLYPHS`, now or as soon as there are any."""
        self._wanted.append((target, name))
        if self._make is not None:
            self._give(target, name)

    def load(self) -> Iterator[str]:
        """Load them in pieces and give everything its own; each piece is named."""
        for name in _BASES:
            import_module(name)
            yield name
        self._make = _phosphor().icon
        for count, (target, name) in enumerate(list(self._wanted)):
            self._give(target, name)
            if count % _AT_ONCE == 0:
                yield name

    def _show(self) -> None:
        for target, name in self._wanted:
            self._give(target, name)

    def _give(self, target: Target, name: str) -> None:
        if self._make is None:
            return
        icon = self._icon(name, self._theme.palette)
        if isinstance(target, QLabel):
            target.setPixmap(icon.pixmap(QSize(_LABEL, _LABEL), target.devicePixelRatioF()))
        else:
            target.setIcon(icon)

    def _icon(self, name: str, palette: Palette) -> QIcon:
        assert self._make is not None
        faint = {"color_disabled": palette.line}
        if name in MUTED:
            return self._make(GLYPHS[name], color=palette.muted, **faint)
        return self._make(GLYPHS[name], color=palette.text, color_on=palette.accent, **faint)


def _phosphor() -> IconicFont:
    """The one font needed: qtawesome's own functions load all twelve that it brings."""
    from qtawesome import IconicFont, get_fonts_info

    folder = Path(get_fonts_info()[0])
    (font,), (glyphs,) = folder.glob("phosphor-*.ttf"), folder.glob("phosphor-charmap-*.json")
    return IconicFont(("ph", font.name, glyphs.name))
