"""The bar one searches the graph with: words in, hits lit, the current one selected."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from resviz.arch.find import find
from resviz.gui.document import Document
from resviz.gui.graph.facts import layers_of
from resviz.gui.theme import Theme

_WIDTH = 380

#: Characters of a query: more than a pasted paragraph is no search.
_LONGEST = 200


class FindBar(QFrame):
    """Lies over the graph; asks to show a hit, and leaves the document alone where there is none."""

    #: Other layers are lit now.
    hits_changed = Signal()
    #: The layer that shall be selected and brought into view.
    chosen = Signal(str)

    def __init__(self, document: Document, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._document, self._theme = document, theme
        self._came_from: QWidget | None = None
        #: What was selected before one typed.
        self._origin = document.selection
        self._typing = False
        self.hits: tuple[str, ...] = ()
        self.setObjectName("find")
        self.setAccessibleName(self.tr("Find in the graph"))
        self.edit = QLineEdit()
        self.edit.setMaxLength(_LONGEST)
        self.edit.setPlaceholderText(self.tr("Find: conv 512, 7x7, layer3 s=2"))
        self.edit.setAccessibleName(self.tr("Find layers by id, operator, shape or shortcut"))
        self.edit.setToolTip(
            self.tr("Id, operator, kernel or shape, figure, shortcut: layer3 conv s=2, 7x7, g=32, projection")
        )
        self.count = QLabel()
        self.count.setProperty("role", "muted")
        self._build()
        self.edit.textChanged.connect(self._search)
        document.spec_changed.connect(self._renew)
        document.selection_changed.connect(self._on_selection_changed)
        theme.changed.connect(self._paint_ground)
        self._paint_ground()
        self.hide()

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 6, 6)
        row.setSpacing(4)
        row.addWidget(self.edit, 1)
        row.addWidget(self.count)
        for glyph, name, keys, slot in (
            ("↑", self.tr("Previous"), "Shift+F3", self.previous),
            ("↓", self.tr("Next"), "F3", self.next),
            ("✕", self.tr("Close"), "Esc", self.leave),
        ):
            row.addWidget(self._button(glyph, name, keys, slot))
        self.setFixedWidth(_WIDTH)
        self.adjustSize()

    def _button(self, glyph: str, name: str, keys: str, slot: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setText(glyph)
        button.setToolTip(f"{name} ({QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)})")
        button.setAccessibleName(name)
        button.clicked.connect(slot)
        return button

    def _paint_ground(self) -> None:
        colours = self._theme.palette
        self.setStyleSheet(
            f"#find {{ background: {colours.panel}; border: 1px solid {colours.line}; border-radius: 8px; }}"
        )

    def enter(self) -> None:
        """Show the bar and type into it; the last words stay, selected."""
        focus = QApplication.focusWidget()
        if focus is None or not self.isAncestorOf(focus):
            self._came_from = focus
        self.show()
        self.raise_()
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.edit.selectAll()

    def leave(self) -> None:
        """Hide the bar and its hits; whoever had the focus has it again."""
        back = self._came_from if self._came_from is not None and self._came_from.isVisible() else self.parentWidget()
        self.hide()
        self._put(())
        if back is not None:
            back.setFocus(Qt.FocusReason.OtherFocusReason)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._renew()

    def next(self) -> None:
        """The hit after the selected layer, and after the last the first."""
        self._go(1)

    def previous(self) -> None:
        """The hit before the selected layer, and before the first the last."""
        self._go(-1)

    def _search(self) -> None:
        """What one types is looked for at once, from where one was before typing: letters on the way lead nowhere."""
        self._renew()
        if self.hits:
            places, here = self._order(self._origin)
            at = bisect_left(places, here) % len(self.hits)
            self._typing = True
            self._choose(at)
            self._typing = False

    def _renew(self) -> None:
        if self.isVisible():
            self._put(find(self._document.spec, self.edit.text()))

    def _put(self, hits: tuple[str, ...]) -> None:
        self.hits = hits
        self._show_count()
        self.hits_changed.emit()

    def _go(self, by: int) -> None:
        if not self.hits:
            if not self.isVisible():  # F3 without a bar: look for the last words again
                self.enter()
            return
        selected = self._document.selection
        if selected is None:
            self._choose(0 if by > 0 else len(self.hits) - 1)
            return
        places, here = self._order(selected)
        at = bisect_right(places, here) if by > 0 else bisect_left(places, here) - 1
        self._choose(at % len(self.hits))

    def _order(self, layer_id: str | None) -> tuple[list[int], int]:
        """Where the hits are in the order of execution, and where a layer is; 0 for none."""
        order = {layer: i for i, layer in enumerate(layers_of(self._document.spec))}
        return [order[hit] for hit in self.hits], order.get(layer_id or "", 0)

    def _on_selection_changed(self) -> None:
        if not self._typing:
            self._origin = self._document.selection
        self._show_count()

    def _choose(self, at: int) -> None:
        self.chosen.emit(self.hits[at])
        self._show_count()

    def _show_count(self) -> None:
        if not self.edit.text().strip():
            text = ""
        elif not self.hits:
            text = self.tr("Nothing found")
        elif self._document.selection in self.hits:
            at = self.hits.index(self._document.selection) + 1
            text = self.tr("{0} of {1}").format(f"{at:,}", f"{len(self.hits):,}")
        else:
            text = self.tr("{0} found").format(f"{len(self.hits):,}")
        self.count.setText(text)
        self.count.setAccessibleName(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F3):
            self._go(-1 if back else 1)
        else:
            # What a line edit has no use for, such as page down, is the graph's.
            event.ignore()
