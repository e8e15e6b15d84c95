from __future__ import annotations

import math
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from resviz.arch.notation import parse
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels.unravelled import UnravelledPanel
from resviz.gui.theme import Theme
from resviz.ways import Off
from tests.gui.panels.desk import PICTURE, PREDICTION, deliver

SMALL = parse("basic:1,2,width=4,stem=cifar,classes=10,size=16")
DEEP = parse("basic:9,9,9,width=4,stem=cifar,classes=10,size=16")


class Desk:
    """A panel, and every request that would go to the engine."""

    def __init__(self, qtbot: QtBot, patch: pytest.MonkeyPatch) -> None:
        self.theme = Theme("light")
        self.theme.apply()
        self.document = Document()
        self.jobs = Jobs(self.document)
        self.sent: list[m.Request] = []
        patch.setattr(self.jobs._client, "send", self.sent.append)
        self.panel = UnravelledPanel(self.document, self.jobs, self.theme)
        qtbot.addWidget(self.panel)
        self.panel.resize(420, 820)
        self.qtbot = qtbot

    def open(self, spec: ResNetSpec, answer: m.Prediction = PREDICTION) -> UnravelledPanel:
        """A network, and what the engine says to a picture."""
        self.document.set_spec(spec, "")
        with self.qtbot.waitExposed(self.panel):
            self.panel.show()
        self.document.set_image(PICTURE)
        self.predict(answer)
        return self.panel

    def predict(self, answer: m.Prediction = PREDICTION) -> None:
        self.qtbot.waitUntil(lambda: not self.jobs._again.isActive())
        asked = [each for each in self.sent if isinstance(each, m.Predict)]
        deliver(self.jobs, replace(answer, id=asked[-1].id))

    def measure(self) -> m.Unravel:
        self.panel.measuring.start.click()
        asked = self.sent[-1]
        assert isinstance(asked, m.Unravel)
        return asked

    def found(self, decay: float = 0.5) -> None:
        """Gradients that fall by a factor with each branch."""
        asked = self.measure()
        count = len(self.panel.blocks)
        lengths = (
            m.PathLength(at, math.comb(count, at), 0.1 * decay**at, min(8, math.comb(count, at)))
            for at in range(count + 1)
        )
        deliver(self.jobs, m.Unravelled(asked.id, tuple(lengths)))


@pytest.fixture
def desk(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(qtbot, monkeypatch)


def test_few_paths_are_drawn(desk: Desk) -> None:
    panel = desk.open(SMALL)
    assert panel.number.text() == "3 blocks with a shortcut: 2³ = 8 paths"
    assert "1.5 residual branches" in panel.words.text()
    assert panel.fan.isVisible()
    assert not panel.paths.isVisible()
    row = panel.fan.place(5).center().toPoint()
    QGuiApplication.processEvents()
    desk.qtbot.mouseMove(panel.fan, row)
    assert panel.fan.current == 5
    said = "through layer1.0, layer2.1, around layer2.0 · one of 3 paths of length 2, of 8"
    assert panel.readout.text() == said
    panel.fan.setFocus()
    for _ in range(9):
        desk.qtbot.keyClick(panel.fan, Qt.Key.Key_Down)
    assert "through every residual branch" in panel.readout.text()
    for _ in range(9):
        desk.qtbot.keyClick(panel.fan, Qt.Key.Key_Up)
    assert "around every block" in panel.readout.text()
    assert not panel.grab().isNull()


def test_many_paths_are_counted(desk: Desk) -> None:
    panel = desk.open(DEEP)
    assert panel.number.text() == "27 blocks with a shortcut: 2²⁷ = 134,217,728 paths"
    assert panel.words.text().endswith(
        "The mean path goes through 13.5 residual branches; 98.1 % of the paths go through 8 to 19 (tinted)."
    )
    assert sum(math.comb(27, length) for length in range(8, 20)) / 2**27 == pytest.approx(0.981, abs=5e-4)
    assert not panel.fan.isVisible()
    assert panel.paths.heights[13] == 1
    desk.qtbot.keyClick(panel.paths, Qt.Key.Key_Right)
    desk.qtbot.keyClick(panel.paths, Qt.Key.Key_Right)
    assert panel.readout.text() == "length 1 of 27: 27 paths, < 0.1 % of all"
    low = panel.paths.heights[1]
    panel.scale.button("log").click()
    assert low is not None
    assert (panel.paths.heights[1] or 0) > low
    assert panel.paths.heights[0] == 0


def test_a_plain_network_has_one_path(desk: Desk) -> None:
    panel = desk.open(PRESETS["plain20-cifar"].spec)
    assert panel.number.text() == "1 path"
    assert "no shortcuts" in panel.words.text()
    assert not panel.many.isVisible()


def test_the_deepest_network_is_drawn(desk: Desk) -> None:
    panel = desk.open(parse("basic:200,200,200,width=4,stem=cifar,classes=10,size=16"))
    assert "2⁶⁰⁰ = 4.14 × 10¹⁸⁰ paths" in panel.number.text()
    assert "4,149,515" in panel.number.toolTip()
    assert not panel.grab().isNull()
    panel.scale.button("log").click()
    assert not panel.grab().isNull()


def test_gradients_are_measured_and_concluded_from(desk: Desk) -> None:
    panel = desk.open(DEEP)
    asked = desk.measure()
    assert (asked.index, asked.spec) == (3, DEEP)
    assert panel.measuring.cancel.isVisible()
    assert not panel.measuring.start.isVisible()
    deliver(desk.jobs, m.Progress(asked.id, 0.4, "Gradients"))
    assert panel.measuring.bar.value() == 400
    panel.measuring.cancel.click()
    assert isinstance(desk.sent[-1], m.Cancel)
    deliver(desk.jobs, m.Failed(asked.id, m.CANCELLED, {}, ""))
    assert panel.measuring.start.isVisible()
    assert not panel.measuring.hint.isVisible()
    desk.found(0.5)  # binomial with p = 1/3: 9 branches in the mean
    assert panel.finding.text() == (
        "91.3 % of the gradient comes by paths of 4 to 12 residual branches (tinted), of 27. "
        "The longest path brings less than the shortest (7.5e-10 against 0.1), as in the paper."
    )
    assert panel.finding.isVisible()
    assert "section 5" in panel.source.text()
    assert "“cat”" in panel.source.text()
    assert "at most 8 paths" in panel.source.text()
    panel.gradients.pointed.emit(2)
    assert "gradient 0.025 by one (mean of 8)" in panel.readout.text()
    assert panel.flow.current == panel.paths.current == 2
    panel.copy.click()
    desk.qtbot.waitUntil(lambda: panel.copy.text() == "Copied")
    assert (
        QGuiApplication.clipboard()
        .text()
        .startswith("length,paths,mean_gradient,samples,share_of_gradient\n0,1,0.1,1,")
    )
    assert not panel.grab().isNull()


def test_where_longer_paths_bring_more_the_paper_is_not_confirmed(desk: Desk) -> None:
    panel = desk.open(DEEP)
    desk.found(1.2)
    assert "the longest path brings more than the shortest (14 against 0.1)" in panel.finding.text()
    assert "the opposite" in panel.finding.text()


def test_a_bad_picture_costs_no_measurement(desk: Desk) -> None:
    panel = desk.open(DEEP)
    desk.found()
    said = panel.finding.text()
    for name in ("bad.png", "worse.png"):
        panel._document.set_image(m.ImageSource(path=name, name=name))
        assert not panel.finding.isVisible()
        desk.document.put_back_image(PICTURE)
        assert panel.finding.isVisible()
        assert panel.finding.text() == said
    desk.document.set_image(m.ImageSource(path="good.png", name="good.png"))
    desk.document.put_back_image(None)
    assert not panel.finding.isVisible()


def test_untrained_weights_allow_no_conclusion(desk: Desk) -> None:
    panel = desk.open(SMALL, replace(PREDICTION, trained=False, weights=None))
    desk.found()
    assert panel.warning.isVisible()
    assert "untrained" in panel.warning.text()
    assert not panel.finding.isVisible()
    assert panel.fan._share(0) != "1 / 8"


def test_results_go_with_the_network_and_the_picture(desk: Desk) -> None:
    panel = desk.open(SMALL)
    for change in (
        lambda: desk.document.set_image(m.ImageSource(path="blue.png")),
        lambda: desk.document.set_spec(replace(SMALL, width=8), ""),
    ):
        desk.found()
        assert panel.flow.isVisible()
        change()
        assert panel.measuring.flow is None
        assert not panel.flow.isVisible()
        desk.predict()
    late = desk.measure()
    desk.document.set_image(PICTURE)
    deliver(desk.jobs, m.Unravelled(late.id, (m.PathLength(0, 1, 1.0, 1),)))
    assert panel.measuring.flow is None
    assert not panel.measuring.is_running


def test_what_stands_in_the_way_is_said(desk: Desk) -> None:
    desk.document.set_spec(SMALL, "")
    with desk.qtbot.waitExposed(desk.panel):
        desk.panel.show()
    measuring = desk.panel.measuring
    assert not measuring.start.isEnabled()
    assert "Drop a picture" in measuring.hint.text()
    desk.document.set_image(PICTURE)
    desk.predict(replace(PREDICTION, top=(), note="The numbers overflowed."))
    assert measuring.hint.text() == "The numbers overflowed."
    desk.document.set_image(PICTURE)
    desk.predict()
    assert measuring.start.isEnabled()
    deliver(desk.jobs, m.Failed(desk.measure().id, "no-such-code", {}, "too little memory"))
    assert measuring.hint.text() == "too little memory"
    assert measuring.hint.isVisible()


def test_what_is_off_is_on_for_the_measurement(desk: Desk) -> None:
    panel = desk.open(SMALL)
    desk.document.set_off(Off(branches=frozenset({"layer1.0"})), "off")
    desk.predict()
    desk.found()
    assert "everything switched on" in panel.source.text()


def test_a_hidden_panel_counts_when_it_is_shown(desk: Desk) -> None:
    desk.document.set_spec(SMALL, "")
    assert desk.panel.blocks == ()
    with desk.qtbot.waitExposed(desk.panel):
        desk.panel.show()
    assert len(desk.panel.blocks) == 3
    desk.panel.hide()
    desk.document.set_spec(DEEP, "")
    assert len(desk.panel.blocks) == 3
    desk.panel.show()
    assert len(desk.panel.blocks) == 27
    desk.qtbot.mouseMove(desk.panel.paths, QPoint(60, 60))
    desk.theme.set_choice("dark")
    assert not desk.panel.grab().isNull()
    desk.theme.set_choice("light")


def test_nothing_is_measured_for_the_class_of_the_former_picture(desk: Desk) -> None:
    panel = desk.open(SMALL)
    assert panel.measuring.start.isEnabled()
    desk.document.set_image(m.ImageSource(path="blue.png", name="blue.png"))
    assert not panel.measuring.start.isEnabled()
    assert panel.measuring.hint.text() == "Waiting for the prediction."
    desk.predict()
    assert panel.measuring.start.isEnabled()
