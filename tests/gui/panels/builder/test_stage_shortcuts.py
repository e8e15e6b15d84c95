"""A shortcut option for each stage in the builder: folded away, unfolded, chosen by mouse and keyboard, undone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from resviz.arch.notation import parse
from resviz.arch.spec import MAX_STAGES, SHORTCUTS
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels.builder.panel import BuilderPanel
from resviz.gui.panels.builder.stage_shortcuts import StageShortcuts

KEY, LEFT = Qt.Key, Qt.MouseButton.LeftButton


@pytest.fixture
def document(qapp: QApplication) -> Document:
    return Document()


@pytest.fixture
def panel(qtbot: QtBot, document: Document) -> Iterator[BuilderPanel]:
    jobs = Jobs(document)  # never started
    shown = BuilderPanel(document, jobs)
    qtbot.addWidget(shown)
    shown.resize(280, 1400)
    shown.show()
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    yield shown
    jobs.close()


@pytest.fixture
def stages(panel: BuilderPanel) -> StageShortcuts:
    return panel.stage_shortcuts


def shown(stages: StageShortcuts) -> dict[str, str | None]:
    """What the rows in sight say."""
    pairs = zip(stages.names, stages.rows, strict=True)
    return {name.text(): row.value() for name, row in pairs if name.isVisible() and row.isVisible()}


def put(qtbot: QtBot, panel: BuilderPanel, text: str) -> None:
    """Type a notation."""
    line = panel.notation.line
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, text)
    qtbot.keyClick(line, KEY.Key_Return)


def test_it_is_folded_until_it_is_asked_for(qtbot: QtBot, stages: StageShortcuts) -> None:
    assert shown(stages) == {}
    assert stages.link.isVisible()
    folded = stages.link.text()
    qtbot.mouseClick(stages.link, LEFT)
    assert shown(stages) == dict.fromkeys(("layer1", "layer2", "layer3", "layer4"), "B")
    assert stages.link.text() != folded
    qtbot.mouseClick(stages.link, LEFT)
    assert shown(stages) == {}
    assert stages.link.text() == folded


def test_it_unfolds_by_keyboard(qtbot: QtBot, panel: BuilderPanel, stages: StageShortcuts) -> None:
    panel.stages.remove.setFocus()
    qtbot.keyClick(panel.stages.remove, KEY.Key_Tab)
    assert QApplication.focusWidget() is stages.link
    qtbot.keyClick(stages.link, KEY.Key_Space)
    assert len(shown(stages)) == 4
    qtbot.keyClick(stages.link, KEY.Key_Tab)
    assert QApplication.focusWidget() is panel.shortcut.button("B")
    for row in stages.rows[:4]:
        qtbot.keyClick(QApplication.focusWidget(), KEY.Key_Tab)
        assert QApplication.focusWidget() is row.button("B")
    stages.link.setFocus()
    qtbot.keyClick(stages.link, KEY.Key_Space)
    assert shown(stages) == {}


def test_what_is_unfolded_is_in_the_panel_and_covers_nothing(
    qtbot: QtBot, panel: BuilderPanel, stages: StageShortcuts
) -> None:
    qtbot.mouseClick(stages.link, LEFT)
    for above, below in zip(stages.rows[:3], stages.rows[1:4], strict=True):
        assert above.geometry().bottom() < below.geometry().top()
    last = stages.rows[3]
    assert last.mapTo(panel, last.rect().bottomLeft()).y() < panel.stem.mapTo(panel, panel.stem.rect().topLeft()).y()
    for row in stages.rows[:4]:
        assert row.mapTo(panel, row.rect().topRight()).x() <= panel.width()


def test_choosing_edits_the_stage_and_is_undone(
    qtbot: QtBot, panel: BuilderPanel, stages: StageShortcuts, document: Document
) -> None:
    before = document.spec
    qtbot.mouseClick(stages.link, LEFT)
    qtbot.mouseClick(stages.rows[1].button("A"), LEFT)
    assert document.spec.shortcut == ("B", "A", "B", "B")
    assert document.undo_stack.undoText() == "Shortcut of layer2"
    assert panel.shortcut.value() is None
    assert "shortcut=B/A/B/B" in panel.notation.line.text()
    qtbot.mouseClick(stages.rows[3].button("none"), LEFT)
    assert document.spec.shortcut == ("B", "A", "B", "none")
    assert list(shown(stages).values()) == ["B", "A", "B", "none"]
    document.undo_stack.undo()
    assert document.spec.shortcut == ("B", "A", "B", "B")
    assert list(shown(stages).values()) == ["B", "A", "B", "B"]
    document.undo_stack.undo()
    assert document.spec == before
    assert list(shown(stages).values()) == ["B"] * 4
    assert panel.shortcut.value() == "B"
    document.undo_stack.redo()
    assert list(shown(stages).values()) == ["B", "A", "B", "B"]


def test_arrow_keys_choose(qtbot: QtBot, stages: StageShortcuts, document: Document) -> None:
    qtbot.mouseClick(stages.link, LEFT)
    stages.rows[2].button("B").setFocus()
    qtbot.keyClick(stages.rows[2].button("B"), KEY.Key_Right)
    assert document.spec.shortcut == ("B", "B", "C", "B")
    assert QApplication.focusWidget() is stages.rows[2].button("C")


def test_a_click_on_what_is_chosen_is_no_step(qtbot: QtBot, stages: StageShortcuts, document: Document) -> None:
    qtbot.mouseClick(stages.link, LEFT)
    qtbot.mouseClick(stages.rows[0].button("B"), LEFT)
    assert not document.undo_stack.canUndo()


def test_the_same_for_all_becomes_one_word(
    qtbot: QtBot, panel: BuilderPanel, stages: StageShortcuts, document: Document
) -> None:
    put(qtbot, panel, "basic:1,2,shortcut=A/C")
    qtbot.mouseClick(stages.rows[0].button("C"), LEFT)
    assert document.spec.shortcut == "C"
    assert panel.shortcut.value() == "C"
    assert shown(stages) == {"layer1": "C", "layer2": "C"}


def test_one_for_all_takes_the_mixture_away(
    qtbot: QtBot, panel: BuilderPanel, stages: StageShortcuts, document: Document
) -> None:
    put(qtbot, panel, "basic:1,2,1,shortcut=A/C/none")
    qtbot.mouseClick(panel.shortcut.button("A"), LEFT)
    assert document.spec.shortcut == "A"
    assert list(shown(stages).values()) == ["A"] * 3
    document.undo_stack.undo()
    assert list(shown(stages).values()) == ["A", "C", "none"]
    assert panel.shortcut.value() is None


def test_a_network_with_a_mixture_shows_unfolded(
    qtbot: QtBot, panel: BuilderPanel, stages: StageShortcuts, document: Document
) -> None:
    put(qtbot, panel, "basic:1,2,1,shortcut=A/C/none")
    assert shown(stages) == {"layer1": "A", "layer2": "C", "layer3": "none"}
    assert panel.shortcut.value() is None
    assert stages.link.isChecked()


def test_that_the_stages_differ_is_said(
    qtbot: QtBot, panel: BuilderPanel, stages: StageShortcuts, document: Document
) -> None:
    assert not stages.mixed.isVisible()
    put(qtbot, panel, "basic:1,2,1,shortcut=A/C/none")
    assert stages.mixed.isVisible()
    assert stages.mixed.text() == "mixed"
    for said in (stages.mixed.toolTip(), panel.shortcut.accessibleDescription()):
        assert said == "Not the same in all stages: A/C/none"
    document.undo_stack.undo()
    assert not stages.mixed.isVisible()
    assert panel.shortcut.accessibleDescription() == ""


def test_a_mixture_that_was_folded_away_stays_so(
    qtbot: QtBot, panel: BuilderPanel, stages: StageShortcuts, document: Document
) -> None:
    put(qtbot, panel, "basic:1,2,1,shortcut=A/C/none")
    qtbot.mouseClick(stages.link, LEFT)
    qtbot.mouseClick(panel.stages.add, LEFT)
    assert document.spec.shortcut == ("A", "C", "none", "none")
    assert shown(stages) == {}
    assert stages.mixed.isVisible()
    put(qtbot, panel, "resnet18")
    put(qtbot, panel, "basic:1,2,shortcut=A/C")
    assert shown(stages) == {"layer1": "A", "layer2": "C"}


def test_a_wrong_mixture_is_told_under_the_notation(
    qtbot: QtBot, panel: BuilderPanel, stages: StageShortcuts, document: Document
) -> None:
    before = document.spec
    put(qtbot, panel, "basic:1,2,1,shortcut=A/C")
    said = panel.notation.said
    assert said.isVisible()
    assert said.text() == "Shortcut is one word, or one for each of the 3 stages, not 2"
    assert document.spec == before
    assert list(shown(stages)) == []
    qtbot.keyClick(panel.notation.line, KEY.Key_Escape)
    assert not said.isVisible()
    assert parse(panel.notation.line.text()) == before


def test_a_mixture_is_copied_and_pasted(
    qtbot: QtBot, panel: BuilderPanel, stages: StageShortcuts, document: Document
) -> None:
    put(qtbot, panel, "basic:1,2,1,shortcut=A/C/none")
    mixed = document.spec
    qtbot.mouseClick(panel.notation.copy_link, LEFT)
    put(qtbot, panel, "resnet18")
    line = panel.notation.line
    line.selectAll()
    qtbot.keyClick(line, KEY.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert line.text() == "basic:1,2,1,shortcut=A/C/none"
    qtbot.keyClick(line, KEY.Key_Return)
    assert document.spec == mixed


def test_rows_come_and_go_with_the_stages(
    qtbot: QtBot, panel: BuilderPanel, stages: StageShortcuts, document: Document
) -> None:
    put(qtbot, panel, "basic:1,2,1,shortcut=A/C/none,stem=cifar,width=2")
    qtbot.mouseClick(panel.stages.add, LEFT)
    assert shown(stages) == {"layer1": "A", "layer2": "C", "layer3": "none", "layer4": "none"}
    qtbot.mouseClick(stages.rows[3].button("B"), LEFT)
    assert document.spec.shortcut == ("A", "C", "none", "B")
    for _ in range(3):
        qtbot.mouseClick(panel.stages.remove, LEFT)
    assert shown(stages) == {"layer1": "A"}
    assert document.spec.shortcut == "A"
    for _ in range(MAX_STAGES):
        qtbot.mouseClick(panel.stages.add, LEFT)
    assert list(shown(stages)) == [f"layer{number}" for number in range(1, MAX_STAGES + 1)]


def test_what_an_option_takes_with_it_is_said(
    qtbot: QtBot, panel: BuilderPanel, stages: StageShortcuts, document: Document
) -> None:
    put(qtbot, panel, "basic:1,2,shortcut=none/B,projection=avgpool,zero_init=true")
    qtbot.mouseClick(stages.rows[1].button("none"), LEFT)
    assert (document.spec.projection, document.spec.zero_init) == ("1x1", False)
    assert panel.status.isVisible()
    assert panel.status.text()
    document.undo_stack.undo()
    assert document.spec == parse("basic:1,2,shortcut=none/B,projection=avgpool,zero_init=true")


def test_every_row_has_its_name_and_every_option_its_hint(qtbot: QtBot, stages: StageShortcuts) -> None:
    for number, row in enumerate(stages.rows, 1):
        assert f"layer{number}" in row.accessibleName()
        assert row.values == SHORTCUTS
        assert all(row.button(option).toolTip() for option in SHORTCUTS)
