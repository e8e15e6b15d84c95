"""A real network with blocks switched off: the prediction moves, the whole one stays beside it, a sweep finds bars."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from resviz import paths
from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.graph.feed import Feed
from resviz.gui.graph.view import GraphView
from resviz.gui.jobs import Jobs
from resviz.gui.look import Look
from resviz.gui.off_words import passages
from resviz.gui.panels.lesions import LesionPanel
from resviz.gui.panels.prediction import PredictionZone
from resviz.gui.settings import Settings
from resviz.gui.theme import Theme
from resviz.ways import NOTHING_OFF, Off

PATIENCE_MS = 60_000
CAT = m.ImageSource(path=str(paths.resources() / "samples" / "cat.jpg"))


@pytest.fixture(scope="module")
def engine_jobs() -> Iterator[Jobs]:
    engine_jobs = Jobs(Document())
    engine_jobs.start()
    yield engine_jobs
    engine_jobs.close()


@pytest.fixture
def panel(qtbot: QtBot, engine_jobs: Jobs, tmp_path: Path) -> Iterator[LesionPanel]:
    panel = LesionPanel(engine_jobs.document, engine_jobs, Settings(tmp_path / "resviz.ini"), Look())
    qtbot.addWidget(panel)
    panel.show()
    yield panel
    engine_jobs.document.set_off(NOTHING_OFF, "on")
    panel.run.drop()


def test_the_prediction_moves_and_the_film_comes(qtbot: QtBot, engine_jobs: Jobs, panel: LesionPanel) -> None:
    document, zone = engine_jobs.document, PredictionZone()
    view = GraphView(document, Theme("light"), panel.look)
    qtbot.addWidget(zone)
    qtbot.addWidget(view)
    Feed(view, engine_jobs)
    engine_jobs.predicted.connect(zone.show_prediction)
    panel.look.set_film(True)
    panel.look.set_ribbon(True)
    with qtbot.waitSignal(engine_jobs.predicted, timeout=PATIENCE_MS):
        document.set_image(CAT)
    before = zone.bars.rows[0]
    assert before.whole is None
    assert list(view._along.film) == list(view._along.strengths) == list(passages(document.spec))
    with qtbot.waitSignal(engine_jobs.predicted, timeout=PATIENCE_MS):
        document.set_off(Off(frozenset({"layer1.0"})), "off")
    after = {row.score.label: row for row in zone.bars.rows}[before.score.label]
    assert after.whole == pytest.approx(before.score.probability, abs=1e-6)
    assert after.score.probability != pytest.approx(before.score.probability, abs=1e-4)
    assert zone.foot.text().startswith("layer1.0 is off")
    assert view._along.strengths["layer1.0"].ratio == 0
    assert panel.effect.text().startswith(f"Whole network: {before.score.label}")
    with qtbot.waitSignal(engine_jobs.predicted, timeout=PATIENCE_MS):
        document.undo_stack.undo()
    assert zone.bars.rows[0] == before
    assert zone.foot.text() == ""
    engine_jobs.want(film=False, strengths=False)


def test_a_sweep_finds_what_a_block_is_worth(qtbot: QtBot, engine_jobs: Jobs, panel: LesionPanel) -> None:
    document = engine_jobs.document
    with qtbot.waitSignal(engine_jobs.predicted, timeout=PATIENCE_MS):
        document.set_image(CAT)
    with qtbot.waitSignal(panel.run.task.ended, timeout=PATIENCE_MS):
        panel.picture.click()
    rows = panel.model.rows
    assert [row.block for row in rows] == list(passages(document.spec))
    assert panel.run.trained
    with qtbot.waitSignal(engine_jobs.predicted, timeout=PATIENCE_MS):
        document.set_off(Off(frozenset({rows[2].block})), "off")
    assert engine_jobs.prediction is not None
    found = {score.label: score.probability for score in engine_jobs.prediction.top}
    assert found.get(rows[2].label, rows[2].after) == pytest.approx(rows[2].after, abs=1e-5)
    assert engine_jobs.prediction.top[0].label == rows[2].top_after


def test_a_folder_gives_accuracy_a_block(qtbot: QtBot, engine_jobs: Jobs, panel: LesionPanel, tmp_path: Path) -> None:
    for label in ("cat", "ship"):
        (tmp_path / "set" / label).mkdir(parents=True)
        Image.open(paths.resources() / "samples" / f"{label}.jpg").save(tmp_path / "set" / label / "one.png")
    with qtbot.waitSignal(panel.run.task.ended, timeout=PATIENCE_MS):
        panel.sweep_folder(tmp_path / "set")
    assert {row.images for row in panel.model.rows} == {2}
    assert panel.says.text().startswith("set: ")
    with qtbot.waitSignal(panel.run.task.ended, timeout=PATIENCE_MS):
        panel.sweep_folder(tmp_path / "nothing")
    assert panel.says.property("role") == "error"
