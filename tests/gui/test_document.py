from __future__ import annotations

from dataclasses import replace

from pytestqt.qtbot import QtBot

from resviz.arch.presets import DEFAULT, PRESETS
from resviz.gui.document import Document


def test_it_opens_on_the_default_network(qtbot: QtBot) -> None:
    document = Document()
    assert document.spec == PRESETS[DEFAULT].spec
    assert not document.undo_stack.canUndo()


def test_every_change_of_the_spec_can_be_undone_and_redone(qtbot: QtBot) -> None:
    document = Document()
    first = document.spec
    with qtbot.waitSignal(document.spec_changed):
        document.set_spec(replace(first, blocks=(3, 4, 6, 3)), "Blocks")
    document.set_spec(replace(document.spec, width=32), "Width")
    last = document.spec
    document.undo_stack.undo()
    assert document.spec == replace(first, blocks=(3, 4, 6, 3))
    document.undo_stack.undo()
    assert document.spec == first
    document.undo_stack.redo()
    document.undo_stack.redo()
    assert document.spec == last


def test_a_run_of_the_same_edit_is_one_step_back(qtbot: QtBot) -> None:
    document = Document()
    first = document.spec
    for count in (3, 4, 5):
        document.set_spec(replace(first, blocks=(count, 2, 2, 2)), "Blocks of layer1")
    document.undo_stack.undo()
    assert document.spec == first
    assert not document.undo_stack.canUndo()


def test_an_edit_that_comes_back_leaves_nothing_to_undo(qtbot: QtBot) -> None:
    document = Document()
    first = document.spec
    document.set_spec(replace(first, width=17), "Width")
    document.set_spec(first, "Width")
    assert not document.undo_stack.canUndo()


def test_editing_makes_weights_automatic_and_undo_brings_them_back(qtbot: QtBot) -> None:
    document = Document()
    spec = document.spec
    document.open(spec, "mine.safetensors", "Open weights")
    with qtbot.waitSignal(document.weights_changed):
        document.set_spec(replace(spec, width=8), "Width")
    assert document.weights is None
    document.undo_stack.undo()
    assert (document.spec, document.weights) == (spec, "mine.safetensors")


def test_the_selection_goes_with_its_layer(qtbot: QtBot) -> None:
    document = Document()
    document.select("layer4.1.conv2")
    document.set_spec(replace(document.spec, width=8), "Width")
    assert document.selection == "layer4.1.conv2"
    document.set_spec(replace(document.spec, blocks=(2, 2, 2)), "Remove stage")
    assert document.selection is None
