"""The notation under the builder: read, copied, typed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from resviz.arch.notation import format_spec, parse
from resviz.arch.presets import PRESETS
from resviz.gui.document import Document
from resviz.gui.panels.builder.panel import BuilderPanel
from tests.gui.panels.desk import desk

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[BuilderPanel]:
    document, jobs = desk()
    shown = BuilderPanel(document, jobs)
    qtbot.addWidget(shown)
    shown.resize(280, 1200)
    shown.show()
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    yield shown
    jobs.close()


@pytest.fixture
def document(panel: BuilderPanel) -> Document:
    return panel._document


def enter(qtbot: QtBot, panel: BuilderPanel, text: str) -> None:
    line = panel.notation.line
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, text)
    qtbot.keyClick(line, Qt.Key.Key_Return)


def test_it_follows_the_document(panel: BuilderPanel, document: Document) -> None:
    assert panel.notation.line.text() == format_spec(document.spec)
    document.set_spec(PRESETS["resnext50_32x4d"].spec, "x")
    assert panel.notation.line.text() == "bottleneck:3,4,6,3,groups=32,group_width=4"


def test_it_is_copied(qtbot: QtBot, panel: BuilderPanel, document: Document) -> None:
    qtbot.mouseClick(panel.notation.copy_link, LEFT)
    assert QApplication.clipboard().text() == format_spec(document.spec)
    assert parse(QApplication.clipboard().text()) == document.spec


def test_enter_applies_and_undo_takes_it_back(qtbot: QtBot, panel: BuilderPanel, document: Document) -> None:
    before = document.spec
    enter(qtbot, panel, "resnet50,groups=32,group_width=4")
    assert document.spec == PRESETS["resnext50_32x4d"].spec
    assert document.undo_stack.undoText() == "Notation"
    assert panel.notation.line.text() == format_spec(document.spec)
    document.undo_stack.undo()
    assert document.spec == before
    assert panel.notation.line.text() == format_spec(before)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("bottlenek:3,4", "'bottlenek:3,4' is no preset"),
        ("resnet51", "did you mean resnet5"),
        ("basic:2,2,width=0", "Width must be a whole number from 1 to 4096, not 0"),
        ("basic:2,2,groups=4", "Groups=4 needs block=bottleneck"),
        ("", "The spec is empty"),
    ],
)
def test_what_is_wrong_is_said_under_it(
    qtbot: QtBot, panel: BuilderPanel, document: Document, typed: str, said: str
) -> None:
    before = document.spec
    panel.notation.line.clear()
    enter(qtbot, panel, typed)
    assert document.spec == before
    assert panel.notation.said.isVisible()
    assert said in panel.notation.said.text()
    assert panel.notation.line.text() == typed
    qtbot.keyClick(panel.notation.line, Qt.Key.Key_Escape)
    assert panel.notation.line.text() == format_spec(before)
    assert not panel.notation.said.isVisible()


def test_while_one_types_it_says_how_to_go_on(qtbot: QtBot, panel: BuilderPanel, document: Document) -> None:
    before = document.spec
    panel.notation.line.setFocus()
    qtbot.keyClicks(panel.notation.line, "x")
    assert panel.notation.said.text() == "Enter applies, Esc restores"
    assert document.spec == before
    panel.numbers["width"].setFocus()
    qtbot.keyClick(panel.numbers["width"], Qt.Key.Key_Up)  # another edit: the text is the document's again
    assert panel.notation.line.text() == format_spec(document.spec)
    assert not panel.notation.said.isVisible()


def test_undo_between_edits_is_the_windows(qtbot: QtBot, panel: BuilderPanel, document: Document) -> None:
    undo = document.undo_stack.createUndoAction(panel)
    undo.setShortcut("Ctrl+Z")
    panel.addAction(undo)
    before = document.spec
    enter(qtbot, panel, "resnet18")
    qtbot.keyClick(panel.notation.line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert document.spec == before
    qtbot.keyClicks(panel.notation.line, "x")
    typed = panel.notation.line.text()
    qtbot.keyClick(panel.notation.line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert panel.notation.line.text() != typed
    assert document.spec == before
