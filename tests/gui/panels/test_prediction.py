from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from resviz.drawing.palette import LIGHT
from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels.prediction import Bars, milliseconds, percent
from resviz.gui.panels.run_panel import RunPanel
from resviz.gui.theme import Theme
from resviz.ways import Off
from tests.gui.panels.desk import PICTURE, PREDICTION, SPEC, UNTRAINED, built, deliver, desk, failed, ready


@pytest.fixture
def strip(qtbot: QtBot) -> tuple[Document, Jobs, RunPanel]:
    theme = Theme("light")
    theme.apply()
    document, jobs = desk()
    panel = RunPanel(document, jobs, theme, samples=[])
    qtbot.addWidget(panel)
    panel.resize(1280, 196)
    with qtbot.waitExposed(panel):
        panel.show()
    deliver(jobs, ready(), built())
    return document, jobs, panel


def classify(document: Document, jobs: Jobs, prediction: m.Prediction = PREDICTION) -> None:
    document.set_image(PICTURE)
    deliver(jobs, prediction)


def bars(panel: RunPanel) -> QImage:
    panel.layout().activate()  # a zone may just have come or gone
    return panel.prediction.bars.grab().toImage()


def colours_in(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name().upper() for x in range(image.width()) for y in range(0, image.height(), 2)}


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.7109, "71.1 %"), (1.0, "100.0 %"), (0.0, "0.0 %"), (0.0004, "< 0.1 %"), (0.0006, "0.1 %")],
)
def test_percent(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(("ms", "text"), [(0.624, "0.62 ms"), (3.44, "3.4 ms"), (1284.0, "1,284 ms"), (None, "")])
def test_milliseconds(ms: float | None, text: str) -> None:
    assert milliseconds(ms) == text


def test_before_any_picture_nothing_is_claimed(strip: tuple[Document, Jobs, RunPanel]) -> None:
    *_, panel = strip
    assert panel.prediction.bars.scores == ()
    assert [value.text() for value in panel.time.values] == ["-"] * 4
    assert not panel.seen.isVisible()
    assert panel.image.invitation.isVisible()


def test_a_prediction_fills_every_zone(strip: tuple[Document, Jobs, RunPanel]) -> None:
    document, jobs, panel = strip
    classify(document, jobs)
    assert panel.prediction.bars.accessibleDescription().startswith("cat 70.0 %, dog 20.0 %")
    assert panel.image.foot.text() == "red.png · 400×200"
    assert panel.seen.isVisible()
    assert [value.text() for value in panel.time.values] == ["2.1 ms", "0.62 ms", "3.4 ms", "6.1 ms"]
    assert panel.weights.headline.text == "Tiny · CIFAR-10"
    assert [value.text() for value in panel.weights.values] == ["87.3 %", "10", "CPU · exact"]


def test_a_time_that_was_not_measured_is_a_dash(strip: tuple[Document, Jobs, RunPanel]) -> None:
    document, jobs, panel = strip
    classify(document, jobs, replace(PREDICTION, ms={"forward": 3.0}))
    assert [value.text() for value in panel.time.values] == ["-", "-", "3.0 ms", "-"]


def test_weights_from_a_file_are_named_by_it(strip: tuple[Document, Jobs, RunPanel]) -> None:
    document, jobs, panel = strip
    classify(document, jobs, replace(PREDICTION, weights="/home/me/mine.pth"))
    assert panel.weights.headline.text == "mine.pth"
    assert panel.weights.values[0].text() == "-"


@pytest.mark.parametrize("name", ["classes.txt", "CLASSES.CSV", "notes.pdf"])
def test_a_text_that_is_no_picture_may_be_labels(strip: tuple[Document, Jobs, RunPanel], name: str) -> None:
    document, jobs, panel = strip
    document.set_image(m.ImageSource(path=name, name=name))
    deliver(jobs, m.Failed(0, "image_unknown", {"name": name}, f"{name} is not a picture"))
    assert panel.message.text.startswith(f"{name} is not a picture this program can read")
    assert ("Labels from a file…" in panel.message.text) == (name != "notes.pdf")


def test_with_parts_off_the_accuracy_is_said_to_be_the_whole_networks(strip: tuple[Document, Jobs, RunPanel]) -> None:
    document, jobs, panel = strip
    classify(document, jobs)
    assert panel.weights.names[0].text() == "test accuracy"
    document.set_off(Off(frozenset({"layer2.1"})), "off")
    assert panel.weights.names[0].text() == "test accuracy\n(whole network)"
    assert panel.weights.values[0].text() == "87.3 %"
    foot, classes = panel.weights.values[-1].geometry(), panel.weights.names[1].geometry()
    assert foot.bottom() < panel.weights.height()
    assert classes.top() > panel.weights.names[0].geometry().top()
    classify(document, jobs, UNTRAINED)
    assert panel.weights.names[0].text() == "test accuracy", "there is none to be told apart"
    classify(document, jobs)
    document.undo_stack.undo()
    assert panel.weights.names[0].text() == "test accuracy"


def test_untrained_is_said_wherever_a_prediction_shows(strip: tuple[Document, Jobs, RunPanel]) -> None:
    document, jobs, panel = strip
    classify(document, jobs, UNTRAINED)
    assert panel.prediction.foot.text() == "untrained: predictions mean nothing"
    assert panel.prediction.foot.property("role") == "warning"
    assert LIGHT.warning in colours_in(panel.prediction.foot.grab().toImage())
    assert LIGHT.accent not in colours_in(panel.prediction.bars.grab().toImage())
    classify(document, jobs, PREDICTION)
    assert panel.prediction.foot.text() == ""
    assert LIGHT.accent in colours_in(panel.prediction.bars.grab().toImage())


def test_untrained_is_said_before_the_first_picture_too(strip: tuple[Document, Jobs, RunPanel]) -> None:
    _, jobs, panel = strip
    deliver(jobs, built(trained=False))
    assert "untrained" in panel.prediction.foot.text()


def test_numbers_that_overflowed_are_told_and_not_drawn(strip: tuple[Document, Jobs, RunPanel]) -> None:
    document, jobs, panel = strip
    classify(document, jobs, replace(PREDICTION, top=(), note="the numbers overflowed"))
    assert panel.prediction.bars.scores == ()
    assert panel.prediction.foot.text() == "the numbers overflowed"
    assert panel.prediction.foot.property("role") == "warning"


def test_bars_are_as_long_as_their_shares(qtbot: QtBot) -> None:
    Theme("light").apply()
    drawn = Bars()
    qtbot.addWidget(drawn)
    drawn.resize(500, 125)

    def length(share: float) -> int:
        drawn.show_scores((m.Score("x", 0, share),), True)
        row = drawn.grab().toImage()
        return sum(row.pixelColor(x, 12).name().upper() == LIGHT.accent for x in range(500))

    whole = length(1.0)
    assert whole > 200
    assert length(0.5) == pytest.approx(whole / 2, abs=2)
    assert length(0.01) == pytest.approx(whole / 100, abs=2)
    assert length(0.0) == 0


def test_a_quick_answer_shows_no_progress(qtbot: QtBot, strip: tuple[Document, Jobs, RunPanel]) -> None:
    document, jobs, panel = strip
    with qtbot.assertNotEmitted(panel.waiting.changed):
        classify(document, jobs)
        document.set_image(PICTURE)
        assert not panel.progress.isVisible()
        deliver(jobs, PREDICTION)
    assert not panel.waiting.late


def test_a_late_answer_shows_progress_and_dims_the_old_one(
    qtbot: QtBot, strip: tuple[Document, Jobs, RunPanel]
) -> None:
    document, jobs, panel = strip
    classify(document, jobs)
    fresh = bars(panel)
    with qtbot.waitSignal(panel.waiting.changed):
        document.set_image(PICTURE)
    deliver(jobs, m.Progress(0, 0.4, "loading weights"))
    assert panel.progress.isVisible()
    assert panel.progress.value() == pytest.approx(0.4 * panel.progress.maximum())
    assert panel.prediction.status.text() == "loading weights"
    assert bars(panel) != fresh
    assert panel.prediction.bars.scores == PREDICTION.top
    deliver(jobs, PREDICTION)
    assert not panel.progress.isVisible()
    assert not panel.prediction.cancel.isVisible()
    assert bars(panel) == fresh


def test_cancel_asks_the_engine_and_keeps_the_last_result(
    qtbot: QtBot, strip: tuple[Document, Jobs, RunPanel], monkeypatch: pytest.MonkeyPatch
) -> None:
    document, jobs, panel = strip
    classify(document, jobs)
    with qtbot.waitSignal(panel.waiting.changed):
        document.set_image(PICTURE)
    cancelled: list[int] = []
    monkeypatch.setattr(jobs._client, "cancel", cancelled.append)
    qtbot.mouseClick(panel.prediction.cancel, Qt.MouseButton.LeftButton)
    assert cancelled == [jobs._question.id]
    deliver(jobs, failed(m.CANCELLED))
    assert not panel.message.isVisible()
    assert not panel.progress.isVisible()
    assert panel.prediction.bars.scores == PREDICTION.top


def test_an_answer_of_the_former_network_is_dimmed_until_there_is_another(
    strip: tuple[Document, Jobs, RunPanel],
) -> None:
    document, jobs, panel = strip
    classify(document, jobs)
    fresh = bars(panel)
    document.set_spec(replace(SPEC, blocks=(3, 4, 6, 3)), "Blocks")
    jobs._again.timeout.emit()
    deliver(jobs, failed(m.CANCELLED))
    assert bars(panel) != fresh
    document.set_spec(SPEC, "Blocks again")
    jobs._again.timeout.emit()
    deliver(jobs, PREDICTION)
    assert bars(panel) == fresh


def test_a_failure_is_told_and_changes_nothing_else(strip: tuple[Document, Jobs, RunPanel]) -> None:
    document, jobs, panel = strip
    classify(document, jobs)
    document.set_image(m.ImageSource(path="broken.png"))
    deliver(jobs, failed())
    assert panel.message.isVisible()
    assert panel.message.text
    assert panel.image.foot.text() == "red.png · 400×200"
    assert panel.prediction.bars.scores == PREDICTION.top
    classify(document, jobs)
    assert not panel.message.isVisible()


def test_a_failure_outlives_answers_that_nobody_asked_for(strip: tuple[Document, Jobs, RunPanel]) -> None:
    document, jobs, panel = strip
    classify(document, jobs)
    deliver(jobs, failed())  # of a checkpoint that could not be opened; then what was there is computed again
    deliver(jobs, PREDICTION)
    assert panel.message.isVisible()


def test_a_message_can_be_dismissed(strip: tuple[Document, Jobs, RunPanel]) -> None:
    _, jobs, panel = strip
    deliver(jobs, failed())
    panel.message.clear()
    assert not panel.message.isVisible()


def test_a_lost_engine_is_told_until_it_is_ready_again(strip: tuple[Document, Jobs, RunPanel]) -> None:
    document, jobs, panel = strip
    classify(document, jobs)
    deliver(jobs, m.Died(-9))
    assert "starting it again" in panel.message.text
    deliver(jobs, m.Restarted())
    assert "back" in panel.message.text
    deliver(jobs, ready())
    assert not panel.message.isVisible()
    assert panel.prediction.bars.scores == PREDICTION.top


def test_a_forgotten_picture_brings_the_invitation_back(strip: tuple[Document, Jobs, RunPanel]) -> None:
    document, jobs, panel = strip
    classify(document, jobs)
    document.set_image(None)
    assert panel.image.invitation.isVisible()
    assert not panel.seen.isVisible()
    assert panel.prediction.bars.scores == ()


@pytest.mark.parametrize(("width", "left"), [(500, ""), (760, "s"), (1000, "sw"), (1280, "swt"), (1920, "swt")])
def test_zones_that_do_not_fit_go(strip: tuple[Document, Jobs, RunPanel], width: int, left: str) -> None:
    document, jobs, panel = strip
    classify(document, jobs)
    panel.resize(width, 196)
    shown = {"s": panel.seen, "w": panel.weights, "t": panel.time}
    assert "".join(name for name, zone in shown.items() if zone.isVisible()) == left
    assert panel.width() == width
    assert panel.prediction.geometry().right() <= width


def test_the_strip_works_below_a_picture_that_was_there_first(qtbot: QtBot) -> None:
    document, jobs = desk()
    classify(document, jobs)
    panel = RunPanel(document, jobs, samples=[])
    qtbot.addWidget(panel)
    assert panel.prediction.bars.scores == PREDICTION.top


def test_a_clicked_sample_and_open_are_handed_on(qtbot: QtBot, strip: tuple[Document, Jobs, RunPanel]) -> None:
    *_, panel = strip
    with qtbot.waitSignal(panel.open_wanted):
        qtbot.mouseClick(panel.image.open, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(panel.image_wanted) as wanted:
        panel.image.image_wanted.emit(PICTURE)
    assert wanted.args == [PICTURE]
