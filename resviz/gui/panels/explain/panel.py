"""Why this class, and what a place sees: two views, and what can be taken from them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QStackedWidget, QToolButton, QWidget

from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels.controls import Choice, Segmented, column, row
from resviz.gui.panels.explain.asks import Numbers
from resviz.gui.panels.explain.field_view import FieldView
from resviz.gui.panels.explain.saving import Saver
from resviz.gui.panels.explain.why import WhyView
from resviz.gui.picking import Picker
from resviz.gui.settings import Settings

#: The switch between the views is no wider than this, px.
_WIDEST = 380


class ExplainPanel(QWidget):
    """Works only while it is seen."""

    def __init__(self, document: Document, jobs: Jobs, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        numbers = Numbers()
        self.why = WhyView(document, jobs, settings, numbers)
        self.field = FieldView(document, jobs, settings, numbers)
        self.which = Segmented(
            [
                Choice("why", self.tr("Why this class"), self.tr("Which places of the picture speak for a class")),
                Choice(
                    "field",
                    self.tr("Receptive field"),
                    self.tr("What a place of the selected layer could see, and what it really sees (Luo 2016)"),
                ),
            ],
            self.tr("View"),
        )
        self.more, self.menu = QToolButton(), QMenu(self)
        self.saver = Saver(Picker(settings, self), self, self._say)
        self.pages = QStackedWidget()
        self._build()

    def _build(self) -> None:
        self.which.set_value("why")
        self.which.chosen.connect(self.show_view)
        self.more.setText("…")
        self.more.setProperty("role", "small")
        self.more.setToolTip(self.tr("Copy or save what is shown"))
        self.more.setAccessibleName(self.tr("Copy or save what is shown"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu.aboutToShow.connect(self._fill)
        self.more.setMenu(self.menu)
        for view in (self.why, self.field):
            self.pages.addWidget(view)
            view.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            view.view.customContextMenuRequested.connect(
                lambda at, picture=view.view: self.menu.popup(picture.mapToGlobal(at))
            )
        head = row(spacing=8, margins=(16, 4, 10, 2))
        self.which.setMaximumWidth(_WIDEST)
        head.addWidget(self.which, 1)
        head.addStretch(0)
        head.addWidget(self.more)
        box = column(self)
        box.addLayout(head)
        box.addWidget(self.pages, 1)

    # --- what others tell ----------------------------------------------------------------------------------

    def set_class(self, index: int) -> None:
        """Explain a class; -1 for the likeliest."""
        self.why.set_class(index)

    def hint_class(self, index: int) -> None:
        """Show a class's Grad-CAM for as long as it is pointed at; -1 when it is no longer."""
        self.why.hint_class(index)

    def show_view(self, name: str) -> None:
        """`why` or `field`."""
        self.which.set_value(name)
        self.pages.setCurrentWidget(self.shown if name in self.which.values else self.why)

    @property
    def shown(self) -> WhyView | FieldView:
        return self.field if self.which.value() == "field" else self.why

    # --- copying and saving --------------------------------------------------------------------------------

    def _fill(self) -> None:
        self.menu.clear()
        copy = self.menu.addAction(self.tr("Copy picture"), self.copy)
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.menu.addAction(self.tr("Save picture (PNG)…"), self.save_picture)
        self.menu.addAction(self.tr("Save numbers (NPZ)…"), self.save_numbers)
        for action in self.menu.actions():
            action.setEnabled(self.shown.shown is not None)

    def copy(self) -> None:
        """The picture with its words, to the clipboard."""
        if (image := self.shown.image()) is not None:
            self.saver.copy(image)
            self._say(self.tr("picture copied"), "muted")

    def save_picture(self) -> None:
        if (image := self.shown.image()) is not None:
            self.saver.ask_png(self.shown.name(), image)

    def save_numbers(self) -> None:
        if self.shown.shown is not None:
            self.saver.ask_npz(self.shown.name(), self.shown.arrays())

    def _say(self, text: str, role: str) -> None:
        self.shown.status.say(text, role)

    # --- keys ----------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_ours(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus) and self._lays(event):
            self.why.lay.step(-1 if event.key() == Qt.Key.Key_Minus else 1)
        else:
            super().keyPressEvent(event)

    def _lays(self, event: QKeyEvent) -> bool:
        """With Ctrl the same keys zoom the graph."""
        return self.shown is self.why and not event.modifiers() & Qt.KeyboardModifier.ControlModifier


def _is_ours(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.Copy)
