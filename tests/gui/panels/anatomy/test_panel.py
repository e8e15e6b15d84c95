from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from resviz.arch.notation import parse
from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels.anatomy import AnatomyPanel
from resviz.gui.panels.anatomy.parts import PARTS
from resviz.gui.theme import Theme
from resviz.ways import Off
from tests.gui.panels.anatomy.made import dissected
from tests.gui.panels.desk import PICTURE, PREDICTION, deliver

SPEC = parse("basic:2,2,width=4,stem=cifar,classes=10,size=16")
OTHER = m.ImageSource(path="blue.png", name="blue.png")
STRENGTHS = (
    m.Strength("layer1.0", 0.38, 0.02),
    m.Strength("layer1.1", 0.5, 0.3),
    m.Strength("layer2.0", 1.4, -0.2, True),
    m.Strength("layer2.1", 0.1, 0.0),
)
ANSWER = replace(PREDICTION, strengths=STRENGTHS)


class Desk:
    """A panel, and every request that would go to the engine."""

    def __init__(self, qtbot: QtBot, patch: pytest.MonkeyPatch) -> None:
        self.theme = Theme("light")
        self.theme.apply()
        self.document = Document()
        self.document.set_spec(SPEC, "")
        self.jobs = Jobs(self.document)
        self.sent: list[m.Request] = []
        patch.setattr(self.jobs._client, "send", self.sent.append)
        self.panel = AnatomyPanel(self.document, self.jobs, self.theme)
        qtbot.addWidget(self.panel)
        self.panel.resize(420, 820)
        self.qtbot = qtbot

    def show(self) -> None:
        with self.qtbot.waitExposed(self.panel):
            self.panel.show()

    def predict(self, answer: m.Prediction = ANSWER) -> None:
        """The engine answers the newest prediction."""
        self.qtbot.waitUntil(lambda: not self.jobs._again.isActive())
        asked = [each for each in self.sent if isinstance(each, m.Predict)]
        deliver(self.jobs, replace(answer, id=asked[-1].id))

    def asked(self) -> list[m.Dissect]:
        return [each for each in self.sent if isinstance(each, m.Dissect)]

    def answer(self, seed: int = 0) -> m.Dissected:
        newest = self.asked()[-1]
        found = dissected(newest.spec, newest.block, newest.id, seed=seed)
        deliver(self.jobs, found)
        return found

    def open(self, layer: str = "layer1.1.conv1") -> m.Dissected:
        """A picture, a layer, and what the engine says to both."""
        self.show()
        self.document.set_image(PICTURE)
        self.document.select(layer)
        self.predict()
        found = self.answer()
        QGuiApplication.processEvents()  # the layout settles, so that the mouse finds what it is sent to
        return found


@pytest.fixture
def desk(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(qtbot, monkeypatch)


def test_it_says_what_to_do(desk: Desk) -> None:
    desk.show()
    panel, document = desk.panel, desk.document
    assert "Drop a picture" in panel.empty.text()
    document.set_image(PICTURE)
    desk.predict(PREDICTION)
    assert "Click a block" in panel.empty.text()
    document.select("conv1")
    assert "conv1 is in no block" in panel.empty.text()
    assert panel.empty.isVisible()
    assert not desk.asked()
    document.set_spec(replace(SPEC, shortcut="none"), "")
    assert "plain network" in panel.empty.text()
    document.set_spec(replace(SPEC, shortcut=("none", "B")), "")
    document.select("layer1.0.conv1")
    assert "layer1.0 is a plain block" in panel.empty.text()


def test_a_layer_of_a_block_has_the_block_taken_apart(desk: Desk) -> None:
    found = desk.open()
    panel = desk.panel
    assert [each.block for each in desk.asked()] == ["layer1.1"]
    assert panel.shown is not None
    assert panel.shown.found is found
    assert panel.formula.text() == "y = ReLU(F(x) + x)"
    assert panel.pictures.isVisible()
    assert panel.words.text() == "F(x) adds 50 % of the length of x, leaning along it."
    assert "cosine 0.30, 73°" in panel.figures.text()
    desk.document.select("layer1.1.add")
    desk.predict()
    assert len(desk.asked()) == 1  # the same block


def test_it_asks_again_when_the_answer_would_be_another(desk: Desk) -> None:
    desk.open()
    document = desk.document
    changes = (
        lambda: document.set_image(OTHER),
        lambda: document.set_off(Off(branches=frozenset({"layer1.0"})), "off"),
        lambda: document.select("layer2.0.conv1"),
        lambda: document.set_spec(replace(SPEC, activation="silu"), "spec"),
    )
    for number, change in enumerate(changes, 2):
        change()
        desk.predict()
        assert len(desk.asked()) == number
        desk.answer()
    assert desk.asked()[-1].off == Off(branches=frozenset({"layer1.0"}))
    assert desk.panel.formula.text() == "y = SiLU(F(x) + P(x))"


def test_only_the_newest_answer_counts_and_an_old_one_is_dimmed(desk: Desk) -> None:
    desk.open()
    desk.document.select("layer2.0.conv1")
    desk.predict()
    late = desk.asked()[-1]
    desk.document.select("layer2.1.conv1")
    desk.predict()
    desk.qtbot.waitUntil(lambda: desk.panel.pictures._stale)
    deliver(desk.jobs, dissected(SPEC, "layer2.0", late.id))
    assert desk.panel.shown is not None
    assert desk.panel.shown.found.block == "layer1.1"
    desk.answer()
    assert desk.panel.shown.found.block == "layer2.1"
    assert not desk.panel.pictures._stale


def test_hidden_it_asks_nothing(desk: Desk) -> None:
    desk.document.set_image(PICTURE)
    desk.document.select("layer1.1.conv1")
    desk.predict(PREDICTION)
    assert not desk.asked()
    assert not desk.jobs.wanted.strengths
    desk.show()
    assert desk.jobs.wanted.strengths
    desk.predict()
    assert len(desk.asked()) == 1
    desk.panel.hide()
    assert any(isinstance(each, m.Cancel) for each in desk.sent)
    assert desk.jobs.wanted.strengths  # others may want them


def test_a_block_that_cannot_be_taken_apart_says_why(desk: Desk) -> None:
    desk.show()
    desk.document.set_image(PICTURE)
    desk.document.select("layer1.1.conv1")
    desk.predict()
    deliver(desk.jobs, m.Failed(desk.asked()[-1].id, "device_memory", {}, "too little memory"))
    assert desk.panel.hint.isVisible()
    assert desk.panel.hint.text()
    assert desk.panel.shown is None


def test_the_pixel_under_the_pointer_is_marked_in_all_five(desk: Desk) -> None:
    found = desk.open("layer2.0.conv1")
    panel, pictures = desk.panel, desk.panel.pictures
    place = pictures.picture("branch")
    assert all(pictures.picture(name).size() == place.size() for name in PARTS), "x has more pixels, and no less room"
    assert place.width() % 8 == 0
    scale = place.width() / 8
    at = QPoint(int(place.x() + 3.5 * scale), int(place.y() + 2.5 * scale))
    desk.qtbot.mouseMove(pictures, at)
    assert pictures.pixel == (2, 3)
    for name in PARTS:
        mark = pictures.mark(name)
        assert mark is not None
        size = 16 if name == "x" else 8
        where = mark.center() - pictures.picture(name).topLeft()
        assert int(where.x() / pictures.picture(name).width() * size) == (6 if name == "x" else 3)
    assert "channel 0 · y 2, x 3 · reads x at y 4, x 6" in panel.place.text()
    branch = found.branch.data[0, 2, 3]
    assert str(branch) in panel.sum.text().replace("−", "-")
    desk.qtbot.mouseClick(pictures, Qt.MouseButton.LeftButton, pos=at)
    desk.qtbot.mouseMove(pictures, QPoint(1, 1))
    assert pictures.pixel == (2, 3)
    assert "pinned" in panel.place.text()
    desk.qtbot.mouseClick(pictures, Qt.MouseButton.LeftButton, pos=at)
    assert pictures.pinned is None


def test_keys_move_the_pixel_change_the_channel_and_copy(desk: Desk) -> None:
    found = desk.open()
    panel, pictures, key = desk.panel, desk.panel.pictures, desk.qtbot.keyClick
    shift, control = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
    key(pictures, Qt.Key.Key_Down, shift)
    assert pictures.pinned == (8, 8)
    key(pictures, Qt.Key.Key_Up, shift)
    key(pictures, Qt.Key.Key_Right, shift)
    assert pictures.pinned == (7, 9)
    key(pictures, Qt.Key.Key_Right)
    key(pictures, Qt.Key.Key_Right)
    key(pictures, Qt.Key.Key_Left)
    assert panel.channels.channel == 1
    key(pictures, Qt.Key.Key_C, control)
    copied = QGuiApplication.clipboard().text()
    assert copied == panel.sum.text()
    numbers = [
        np.float32(word.split("\u00a0")[-1].replace("−", "-")) for word in copied.replace(" →", " +").split(" + ")
    ]
    assert numbers[0] == found.branch.data[1, 7, 9]
    assert numbers[-1] == found.after.data[1, 7, 9]
    key(pictures, Qt.Key.Key_Escape)
    assert pictures.pinned is None
    assert panel.sum.text() == ""


def test_channels_go_by_number_or_by_the_branch(desk: Desk) -> None:
    desk.open()
    channels, anatomy = desk.panel.channels, desk.panel.shown
    assert anatomy is not None
    assert channels.count.text() == "of 4"
    channels.order.button("branch").click()
    channels.slider.setValue(0)
    assert channels.channel == anatomy.by_branch[0]
    channels.step(1)
    assert channels.channel == anatomy.by_branch[1]
    assert channels.number.value() == channels.channel
    channels.number.field.setValue(2)
    assert channels.channel == 2
    channels.number.field.setValue(99)
    assert channels.channel == 3


def test_one_scale_for_the_channel_or_for_the_block(desk: Desk) -> None:
    desk.open()
    panel = desk.panel
    assert panel.shown is not None
    assert panel.pictures.ends[1] == f"{panel.shown.limit(0):.3g}"
    panel.scale.button("block").click()
    assert panel.pictures.ends == (f"−{panel.shown.limit():.3g}", f"{panel.shown.limit():.3g}")


def test_an_identity_is_shown_once_where_there_is_little_room(desk: Desk) -> None:
    desk.open()
    pictures = desk.panel.pictures
    assert pictures.is_note("shortcut")
    assert pictures.pictured == 4
    low = pictures.cell(3).top()
    assert low > pictures.cell(2).bottom()
    desk.panel.resize(900, 820)
    desk.qtbot.waitUntil(lambda: pictures.is_wide)
    assert not pictures.is_note("shortcut")
    assert pictures.pictured == 5
    assert pictures.cell(4).top() == pictures.cell(0).top()


def test_where_the_keys_go_has_a_ring_on_all_sides(desk: Desk) -> None:
    desk.open()
    pictures = desk.panel.pictures
    desk.panel.activateWindow()
    desk.panel.channels.slider.setFocus()
    before = pictures.grab().toImage()
    pictures.setFocus()
    desk.qtbot.waitUntil(pictures.hasFocus)
    after = pictures.grab().toImage()
    middle, low = before.width() // 2, before.height() // 2
    for x, y in ((middle, 0), (middle, before.height() - 1), (0, low), (before.width() - 1, low)):
        assert after.pixelColor(x, y) != before.pixelColor(x, y)


def test_zeros_that_were_put_in_come_from_nowhere(desk: Desk) -> None:
    desk.document.set_spec(replace(SPEC, shortcut="A"), "")
    desk.open("layer2.0.conv1")
    desk.panel.channels.step(-2)
    assert desk.panel.pictures.is_note("x")
    desk.panel.channels.step(2)
    assert not desk.panel.pictures.is_note("x")
    assert not desk.panel.grab().isNull()


def test_a_bar_selects_its_block(desk: Desk) -> None:
    desk.open()
    chart = desk.panel.chart
    bar = chart.bar(2).center().toPoint()
    desk.qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=bar)
    assert desk.document.selection == "layer2.0.add"
    desk.qtbot.mouseMove(chart, QPoint(chart.width() - 1, chart.height() - 1))
    chart.current = -1
    desk.qtbot.keyClick(chart, Qt.Key.Key_Right)
    desk.qtbot.keyClick(chart, Qt.Key.Key_Return)
    assert desk.document.selection == "layer2.1.add"
    assert "‖F(x)‖ / ‖x‖ = 0.1" in chart.hint(3)


def test_untrained_weights_say_so(desk: Desk) -> None:
    desk.show()
    desk.document.set_image(PICTURE)
    desk.document.select("layer1.1.conv1")
    desk.predict(replace(ANSWER, trained=False, weights=None))
    desk.answer()
    assert desk.panel.warning.isVisible()
    assert "untrained" in desk.panel.warning.text()


def test_a_picture_before_any_block_leaves_the_chart_to_choose_from(desk: Desk) -> None:
    desk.show()
    desk.document.set_image(PICTURE)
    desk.predict()
    assert desk.panel.chart.isVisible()
    assert desk.panel.hint.isVisible()
    assert "Click a block" in desk.panel.hint.text()


def test_a_new_theme_repaints(desk: Desk) -> None:
    desk.open()
    before = desk.panel.pictures.grab().toImage()
    desk.theme.set_choice("dark")
    assert desk.panel.pictures.grab().toImage() != before
    desk.theme.set_choice("light")


def test_all_five_are_in_sight_in_a_low_dock(desk: Desk) -> None:
    desk.open()
    panel = desk.panel
    panel.resize(420, 390)  # the lower of two docks in a window of 1920×1080
    content = panel.area.widget()
    assert content is not None

    def bottom() -> int:
        return panel.pictures.mapTo(content, QPoint(0, panel.pictures.height())).y()

    desk.qtbot.waitUntil(lambda: bottom() <= panel.area.viewport().height())
    low = panel.pictures.picture("after").height()
    assert low >= 64
    panel.resize(420, 900)
    desk.qtbot.waitUntil(lambda: panel.pictures.picture("after").height() > low)
    panel.resize(420, 200)
    desk.qtbot.waitUntil(lambda: panel.pictures.cell(0).height() == panel.pictures.cell(4).height() < 120)
    assert panel.pictures.picture("after").height() >= 48, "no smaller, whatever has to be scrolled"


def test_the_chart_of_the_former_network_selects_no_layer_that_is_gone(qtbot: QtBot, desk: Desk) -> None:
    desk.open()
    desk.document.set_spec(parse("basic:1,1,width=4,stem=cifar,classes=10,size=16"), "smaller")
    assert desk.document.selection is None
    desk.panel.chart.chosen.emit("layer2.1")
    assert desk.document.selection is None
    desk.panel.chart.chosen.emit("layer2.0")
    assert desk.document.selection == "layer2.0.add"


def test_after_an_error_it_is_tried_again_with_the_next_prediction(desk: Desk) -> None:
    desk.open()
    desk.document.select("layer1.0.conv1")
    desk.predict()
    deliver(desk.jobs, m.Failed(desk.asked()[-1].id, "engine_lost", {}, "the engine is gone"))
    desk.panel.refresh()
    assert desk.panel.hint.text() == "the engine is gone"
    before = len(desk.asked())
    desk.document.set_image(PICTURE)
    desk.jobs.want(film=True)
    desk.predict()
    assert len(desk.asked()) == before + 1
    found = desk.answer()
    assert desk.panel.shown is not None
    assert desk.panel.shown.found.block == found.block == "layer1.0"


def test_a_zero_padded_block_begins_at_a_channel_that_has_an_x(qtbot: QtBot, desk: Desk) -> None:
    desk.document.set_spec(parse("basic:1,1,width=4,shortcut=A,stem=cifar,classes=10,size=16"), "A")
    desk.open("layer2.0.conv1")
    channels = desk.panel.channels
    assert desk.panel.shown is not None
    assert desk.panel.shown.source(channels.channel) == 0
    channels.step(-1)
    wanted = channels.channel
    desk.document.select("layer1.0.conv1")
    desk.answer()
    desk.document.select("layer2.0.conv1")
    desk.answer()
    assert channels.channel == wanted, "what was chosen stays"
