from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from resviz.arch.notation import parse
from resviz.engine import messages as m
from resviz.gui.panels.explain.asks import stage_outputs
from resviz.gui.settings import Settings
from resviz.gui.theme import Theme
from resviz.ways import OWN, Off
from tests.gui.panels.desk import LABELS, PICTURE, PREDICTION, SPEC, built, deliver, ready
from tests.gui.panels.explain.bench import Bench

LAST = stage_outputs(SPEC)[-1]


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Bench:
    Theme("light").apply()
    made = Bench(Settings(tmp_path / "settings.ini"))
    qtbot.addWidget(made.panel)
    made.panel.resize(420, 620)
    with qtbot.waitExposed(made.panel):
        made.panel.show()
    deliver(made.jobs, ready(), built())
    made.panel.show_view("field")
    return made


def dot(size: int) -> m.Floats:
    """Nearly all of the gradient in four pixels."""
    values = np.zeros((size, size), np.float32)
    values[15:17, 15:17] = 1.0
    values[10, 10] = 0.1
    return values


def test_over_noise_no_picture_is_needed(bench: Bench) -> None:
    asked = bench.answer_field(dot)
    assert (asked.layer, asked.place, asked.image, asked.prepare) == (LAST, (2, 2), None, OWN)
    view = bench.field
    assert view.title.text() == f"{LAST}, row 2, column 2 of 4×4"
    assert view.status.label.text() == "A place can see 109×109 pixels · places are 8 px apart"
    assert view.said.text().startswith(
        "95 % of the gradient lies in 4 pixels: 0.4 % of the 1,024 pixels of the 109×109"
    )
    assert view.said.text().endswith("as many as in a square of 2×2.")
    assert not view.over.button("picture").isEnabled()
    assert not view.view.sheet.isNull()


def test_a_click_picks_the_place_and_the_square_goes_there(qtbot: QtBot, bench: Bench) -> None:
    bench.document.select("layer1.0.conv1")
    bench.answer_field(dot)
    view = bench.field.view
    rect = view.picture_rect()
    point = QPointF(rect.left() + rect.width() * 20.5 / 32, rect.top() + rect.height() * 4.5 / 32)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=point.toPoint())
    assert bench.answer_field(dot).place == (4, 20)
    square, pixel = view.square_rect(), rect.width() / 32
    assert square.width() == pytest.approx(5 * pixel)  # the stem's 3×3, and another
    assert square.center().x() == pytest.approx(rect.left() + 20.5 * pixel)
    assert square.center().y() == pytest.approx(rect.top() + 4.5 * pixel)
    assert bench.field.title.text() == "layer1.0.conv1, row 4, column 20 of 32×32"


def test_the_arrow_keys_pick_places_and_known_ones_come_at_once(qtbot: QtBot, bench: Bench) -> None:
    bench.answer_field(dot)
    bench.field.view.setFocus()
    qtbot.keyClick(bench.field.view, Qt.Key.Key_Left)
    qtbot.keyClick(bench.field.view, Qt.Key.Key_Left)
    assert bench.answer_field(dot).place == (2, 1)
    qtbot.keyClick(bench.field.view, Qt.Key.Key_Right)
    assert bench.asked_field is None
    assert bench.field.place == (2, 2)


def test_for_the_picture_as_it_was_seen(bench: Bench) -> None:
    bench.answer_field(dot)
    bench.document.set_image(PICTURE)
    deliver(bench.jobs, replace(PREDICTION, labels=LABELS))
    assert bench.asked_field is None
    bench.field.over.button("picture").click()
    assert bench.answer_field(dot).image is PICTURE
    bench.document.set_image(replace(PICTURE))
    assert bench.asked_field is not None


def test_a_place_without_gradient(bench: Bench) -> None:
    bench.answer_field(lambda size: np.zeros((size, size), np.float32))
    assert "silent" in bench.field.said.text()


def test_what_comes_from_beyond_the_square_is_said(bench: Bench) -> None:
    bench.document.select("conv1")
    bench.answer_field(lambda size: np.ones((size, size), np.float32))
    assert "come from outside the square" in bench.field.said.text()


def test_an_untrained_network_says_so(bench: Bench) -> None:
    assert not bench.field.warning.isVisible()
    bench.document.set_spec(parse("basic:1,1,width=4,stem=cifar,classes=10,size=16"), "other")
    deliver(bench.jobs, m.Failed(0, m.CANCELLED, {}, ""))
    model = replace(built(trained=False), spec=bench.document.spec)
    bench.jobs.model = model
    bench.jobs.model_ready.emit(model)
    assert bench.field.warning.isVisible()


def test_a_failure_is_said_in_words(bench: Bench) -> None:
    asked = bench.asked_field
    assert asked is not None
    deliver(bench.jobs, m.Failed(asked.id, "device_memory", {"device": "cpu", "spec": "x"}, "no"))
    assert "not enough memory" in bench.field.status.error.text()
    bench.field.status.button.click()
    assert bench.asked_field is not None


def test_picture_and_numbers(bench: Bench) -> None:
    assert bench.field.image() is None
    bench.answer_field(dot)
    image = bench.field.image()
    assert image is not None
    assert image.width() > 640
    arrays = bench.field.arrays()
    assert arrays["values"].shape == (32, 32)
    assert arrays["square"].tolist() == [[-38, 71], [-38, 71]]
    assert bench.field.name() == f"field-{LAST}-2-2"


def test_it_is_another_field_where_something_is_off(bench: Bench) -> None:
    assert not bench.answer_field(dot).off
    bench.document.set_off(Off(frozenset({"layer1.0"})), "off")
    assert bench.answer_field(lambda size: dot(size) / 2).off == Off(frozenset({"layer1.0"}))
    bench.document.undo_stack.undo()
    assert bench.asked_field is None, "it is known"


def test_nothing_is_kept_of_a_network_without_places(bench: Bench) -> None:
    bench.answer_field(dot)
    bench.document.set_spec(parse("basic:1,1,width=8,stem=cifar,classes=10,size=1"), "a single pixel")
    assert bench.field.empty.isVisible()
    assert bench.field.image() is None
