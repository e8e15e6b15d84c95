"""The panel with a real engine behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from resviz.engine.messages import ImageSource
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels.explain import ExplainPanel
from resviz.gui.settings import Settings
from resviz.gui.theme import Theme
from resviz.paths import resources
from resviz.ways import Off

PATIENCE_MS = 60_000
CAT = ImageSource(path=str(resources() / "samples" / "cat.jpg"), name="cat.jpg")


@pytest.fixture
def engine_jobs() -> Iterator[Jobs]:
    jobs = Jobs(Document())
    jobs.start()
    yield jobs
    jobs.close()


def test_every_method_for_a_real_picture(qtbot: QtBot, engine_jobs: Jobs, tmp_path: Path) -> None:
    Theme("dark").apply()
    document = engine_jobs.document
    panel = ExplainPanel(document, engine_jobs, Settings(tmp_path / "settings.ini"))
    qtbot.addWidget(panel)
    panel.resize(420, 560)
    with qtbot.waitExposed(panel):
        panel.show()
    why, field = panel.why, panel.field

    def answered() -> bool:
        key = why.key()
        return key is not None and why._is_shown(key) and not why.runner.is_running

    document.set_image(CAT)
    qtbot.waitUntil(lambda: answered(), timeout=PATIENCE_MS)
    assert why.shown is not None
    assert why.shown.values.shape == (4, 4)
    assert "for cat" in why.status.label.text()
    whole = why.shown.values
    for method in ("occlusion", "ig", "gradient"):
        why.method.button(method).click()
        qtbot.waitUntil(lambda: answered(), timeout=PATIENCE_MS)
        assert why.shown.key.method == method
        assert why.shown.values.shape == (32, 32)
    why.method.button("gradcam").click()
    with qtbot.waitSignal(engine_jobs.predicted, timeout=PATIENCE_MS):
        document.set_off(Off(branches=frozenset({"layer3.1"})), "off")
    qtbot.waitUntil(
        lambda: answered() and why.shown is not None and bool(why.shown.key.ground.off), timeout=PATIENCE_MS
    )
    assert (why.shown.values != whole).any()

    panel.show_view("field")
    for over in ("noise", "picture"):
        field.over.button(over).click()
        qtbot.waitUntil(lambda: field.shown is not None and field.shown[0] == field.ask(), timeout=PATIENCE_MS)
        assert field.found is not None
        assert 0 < field.found.pixels < field.found.square
        assert field.found.outside == pytest.approx(0, abs=1e-6)
