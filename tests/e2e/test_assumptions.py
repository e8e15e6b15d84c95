"""A file of weights dropped on the window: what its shapes do not tell is changed, and the same weights run again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from resviz import paths
from resviz.arch.notation import parse
from resviz.gui.window import MainWindow
from resviz.nets.model import build_model
from tests.e2e.conftest import drop, settle

SPEC = parse("bottleneck:1,1,width=8,classes=7,size=224")


@pytest.fixture
def opened(qtbot: QtBot, engine_window: MainWindow, tmp_path: Path) -> Iterator[MainWindow]:
    """The window with a bare state_dict and a picture."""
    torch.manual_seed(0)
    path = tmp_path / "best.pth"
    torch.save(build_model(SPEC).state_dict(), path)
    settle(qtbot, engine_window)
    drop(engine_window, path)
    settle(qtbot, engine_window)
    drop(engine_window, paths.resources() / "samples" / "cat.jpg")
    settle(qtbot, engine_window)
    assert engine_window.document.weights == str(path)
    yield engine_window
    engine_window.document.set_image(None)
    settle(qtbot, engine_window)


def probabilities(window: MainWindow) -> dict[int, float]:
    """What the network says now, by class."""
    prediction = window.jobs.prediction
    assert prediction is not None
    assert prediction.trained
    assert not window.jobs.outdated
    return {score.index: score.probability for score in prediction.top}


def test_the_same_weights_run_with_what_was_chosen(qtbot: QtBot, opened: MainWindow) -> None:
    window, card = opened, opened.builder.assumptions
    assert window.document.spec == SPEC
    assert card.isVisible()
    assert card.title.text() == "Read off best.pth"
    first, weights = probabilities(window), window.document.weights
    card.change_link.click()
    seen = [first]
    for box in (card.controls["stride_in"].inner, card.boxes["mean/std"], card.controls["activation"].inner):
        box.setFocus()
        qtbot.keyClick(box, Qt.Key.Key_Down)
        settle(qtbot, window)
        assert window.document.weights == weights
        assert card.isVisible()
        assert box.isVisible()
        assert probabilities(window) not in seen
        seen.append(probabilities(window))
    assert window.document.spec.stride_in == "1x1"
    assert window.jobs.model is not None
    values = {each.field: each.value for each in window.jobs.model.assumed}
    assert (values["stride_in"], values["activation"]) == ("1x1", window.document.spec.activation)
    for known in reversed(seen[:-1]):
        window.document.undo_stack.undo()
        settle(qtbot, window)
        assert probabilities(window) == known


def test_an_edit_of_the_shapes_leaves_the_file(qtbot: QtBot, opened: MainWindow) -> None:
    window = opened
    window.builder.block.button("basic").click()
    settle(qtbot, window)
    assert window.document.weights is None
    assert not window.builder.assumptions.isVisible()
    window.document.undo_stack.undo()
    settle(qtbot, window)
    assert window.builder.assumptions.isVisible()
    assert probabilities(window)
