"""A view on a document, shown at a size of its own."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from resviz.gui.document import Document
from resviz.gui.graph.view import GraphView
from resviz.gui.theme import Theme


@pytest.fixture
def theme(qapp: object) -> Theme:
    return Theme("light")


@pytest.fixture
def document(qapp: object) -> Document:
    return Document()


@pytest.fixture
def view(qtbot: QtBot, document: Document, theme: Theme) -> GraphView:
    widget = GraphView(document, theme)
    widget.resize(824, 750)
    widget.animation_ms = 0
    qtbot.addWidget(widget)
    widget.show()
    qtbot.waitExposed(widget)
    return widget
