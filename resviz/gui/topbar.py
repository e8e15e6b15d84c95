"""The bar above the graph (what network, undo, fold, device), and the slim title bars of the docks."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from resviz.arch.presets import title_of
from resviz.gui.document import Document
from resviz.gui.graph.view import GraphView
from resviz.gui.jobs import Jobs
from resviz.gui.panels.controls import Choice, Segmented
from resviz.gui.panels.devices import DeviceSwitch
from resviz.gui.panels.zone import ElidedLabel


class TopBar(QToolBar):
    """Name of the network and its weights on the left; fold level and device on the right."""

    def __init__(self, document: Document, jobs: Jobs, graph: GraphView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document, self.jobs, self.graph = document, jobs, graph
        self.setObjectName("topbar")
        self.setWindowTitle(self.tr("Top bar"))
        self.setMovable(False)
        self.toggleViewAction().setVisible(False)
        self._title, self._state = ElidedLabel("title"), ElidedLabel("muted")
        for label in (self._title, self._state):
            label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        undo = document.undo_stack
        self._undo = self._button("↶", self.tr("Undo"), "Ctrl+Z", undo.undo)
        self._redo = self._button("↷", self.tr("Redo"), "Ctrl+Shift+Z", undo.redo)
        self._build()
        undo.indexChanged.connect(self._show_undo)
        document.spec_changed.connect(self.show_network)
        jobs.model_ready.connect(self.show_network)
        jobs.busy.connect(self.show_network)
        self._show_undo()
        self.show_network()

    def title(self) -> str:
        """What the document's network is called."""
        return title_of(self.document.spec)

    def _build(self) -> None:
        self._fold = Segmented(
            [
                Choice("stage", self.tr("Stage"), self.tr("One box a stage")),
                Choice("block", self.tr("Block"), self.tr("One box a block")),
                Choice("layer", self.tr("Layer"), self.tr("Every layer")),
            ],
            self.tr("Fold"),
        )
        self._fold.set_value(self.graph.fold.level)
        self._fold.chosen.connect(self.graph.set_level)
        device = DeviceSwitch(self.document, self.jobs)
        for switch in (self._fold, device):
            switch.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        # One widget with a row of its own: QToolBar's spacing wastes height that the panels need.
        content = QWidget()
        row = QHBoxLayout(content)
        row.setContentsMargins(10, 3, 10, 3)
        row.setSpacing(8)
        for left in (self._title, self._state, self._undo, self._redo):
            row.addWidget(left)
        row.addStretch(1)
        for right in (self._caption(self.tr("Fold")), self._fold, self._caption(self.tr("Device")), device):
            row.addWidget(right)
        self.addWidget(content)

    def _caption(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setProperty("role", "muted")
        return label

    def _button(self, glyph: str, name: str, keys: str, slot: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setText(glyph)
        button.setToolTip(f"{name} ({keys})")
        button.setAccessibleName(name)
        button.setProperty("role", "boxed")
        button.clicked.connect(slot)
        return button

    def _show_undo(self) -> None:
        undo = self.document.undo_stack
        for button, able, text in (
            (self._undo, undo.canUndo(), undo.undoText()),
            (self._redo, undo.canRedo(), undo.redoText()),
        ):
            button.setEnabled(able)
            name = button.accessibleName()
            keys = button.toolTip().rpartition("(")[2]
            button.setToolTip(f"{name}{': ' if text else ''}{text} ({keys}")

    def show_network(self, _busy: bool = False) -> None:
        """Name and weights; a network without trained weights is always called untrained."""
        self._title.setText(self.title())
        model = self.jobs.model
        if model is None:
            text, role = ("…", "muted") if self.jobs.is_busy else (self.tr("not built"), "warning")
        elif model.trained:
            text, role = self.tr("trained · {weights}").format(weights=model.weights), "muted"
        else:
            text, role = self.tr("untrained"), "warning"
        self._state.setText(text)
        self._state.set_role(role)
        # "untrained" is never cut; the name of weights may be.
        self._state.setMinimumWidth(self._state.sizeHint().width() if role == "warning" else 24)


class DockTitle(QWidget):
    """A slim title: caption, fold away. Dragging it moves the dock, as Qt does for any title bar widget."""

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        upright = bool(dock.features() & QDockWidget.DockWidgetFeature.DockWidgetVerticalTitleBar)
        close = QToolButton()
        close.setText("✕")
        close.setToolTip(self.tr("Fold away (the View menu brings it back)"))
        close.setAccessibleName(self.tr("Fold away: {panel}").format(panel=dock.windowTitle()))
        close.setProperty("role", "small")
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(dock.hide)
        row = QVBoxLayout(self) if upright else QHBoxLayout(self)
        row.setContentsMargins(*((0, 4, 0, 4) if upright else (16, 0, 6, 0)))
        if upright:
            row.addWidget(close)
            row.addStretch(1)
            return
        label = QLabel(dock.windowTitle().upper())
        label.setProperty("role", "caption")
        row.addWidget(label)
        row.addStretch(1)
        row.addWidget(close)
