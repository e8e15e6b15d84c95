"""What colours the layers, chosen by hand, with times that a real engine measures; the layer table shows the same."""

from __future__ import annotations

import multiprocessing
import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from resviz.arch import costs
from resviz.arch.analysis import report
from resviz.arch.costs import METRICS
from resviz.arch.graph import network
from resviz.arch.layout.fold import LEVELS, Fold
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.drawing.heat import Shades
from resviz.drawing.palette import heat_role
from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.graph.colour_box import ColourBox
from resviz.gui.graph.view import GraphView
from resviz.gui.jobs import Jobs
from resviz.gui.look import Look
from resviz.gui.panels.layers.columns import OF_METRIC, Column
from resviz.gui.panels.layers.table import LayerTablePanel
from resviz.gui.theme import Theme

KEY, LEFT = Qt.Key, Qt.MouseButton.LeftButton
#: An engine start on a busy machine takes seconds; nothing is asserted about how many.
PATIENCE = 120_000
#: What a cell keeps free on both sides of its figure, at the end of the row.
ROOM_BESIDE = 6 + 12
SMALL = ResNetSpec("basic", (1, 1), width=4, stem="cifar", classes=3, size=16)
OTHER = replace(SMALL, blocks=(2, 1))
LARGE = PRESETS["resnet50"].spec


@pytest.fixture(scope="module")
def engine_jobs(tmp_path_factory: pytest.TempPathFactory, qapp: QApplication) -> Iterator[Jobs]:
    """Jobs whose engine runs; one for all tests here, because it loads torch."""
    document = Document()
    document.set_spec(SMALL, "small")
    jobs = Jobs(document)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        jobs.start()
    yield jobs
    jobs.close()
    assert multiprocessing.active_children() == []


@pytest.fixture
def idle_jobs(qapp: QApplication) -> Iterator[Jobs]:
    """Jobs whose engine never starts: nothing that is asked is answered."""
    jobs = Jobs(Document())
    jobs.document.set_spec(SMALL, "small")
    yield jobs
    jobs.close()


class Desk(QWidget):
    """A colour box over a layer table, as in the window."""

    def __init__(self, qtbot: QtBot, jobs: Jobs) -> None:
        super().__init__()
        self.qtbot, self.jobs, self.document, self.look = qtbot, jobs, jobs.document, Look()
        self.colour = ColourBox(self.look, jobs, self.document, self)
        self.panel = LayerTablePanel(self.document, jobs, self, look=self.look)
        self.panel.setGeometry(0, 50, 620, 550)
        self.colour.setGeometry(0, 0, 620, 40)
        self.resize(620, 600)
        qtbot.addWidget(self)
        self.show()
        self.activateWindow()
        qtbot.waitUntil(self.isActiveWindow)

    def choose(self, title: str) -> None:
        """By keyboard, at once: the end of the list, or step by step."""
        box = self.colour.box
        box.setFocus()
        if title == "Time":
            self.qtbot.keyClick(box, KEY.Key_End)
        else:
            self.qtbot.keyClick(box, KEY.Key_Home)
            for _ in range(box.findText(title)):
                self.qtbot.keyClick(box, KEY.Key_Down)
        assert box.currentText() == title

    def measured(self) -> m.Profiled:
        """Wait for the times."""
        self.qtbot.waitUntil(lambda: self.jobs.profiling.found is not None, timeout=PATIENCE)
        assert self.jobs.profiling.found is not None
        return self.jobs.profiling.found

    def cells(self, column: Column) -> dict[str, str]:
        """What the rows say in a column that shows."""
        model = self.panel.table.model()
        assert not self.panel.table.isColumnHidden(column)
        rows = range(model.rowCount())
        return {model.index(row, Column.ID).data(): model.index(row, column).data() for row in rows}

    def bars(self, column: Column) -> dict[str, float]:
        """How long the bars of a column are; rows without one left out."""
        found = {layer.id: self.panel.model.bar(layer, column) for layer in self.panel.model.shown}
        return {name: bar.part for name, bar in found.items() if bar is not None}

    def roles(self, column: Column) -> dict[str, str]:
        """The colours of the bars of a column."""
        found = {layer.id: self.panel.model.bar(layer, column) for layer in self.panel.model.shown}
        return {name: bar.role for name, bar in found.items() if bar is not None}

    def click_heading(self, column: Column) -> None:
        header = self.panel.table.horizontalHeader()
        self.panel.table.scrollTo(self.panel.model.index(0, column))
        middle = header.sectionViewportPosition(column) + header.sectionSize(column) // 2
        self.qtbot.mouseClick(header.viewport(), LEFT, pos=QPoint(middle, header.height() // 2))


@pytest.fixture
def desk(qtbot: QtBot, engine_jobs: Jobs) -> Iterator[Desk]:
    """A desk at rest, with nothing measured."""
    document = engine_jobs.document
    document.set_spec(OTHER if document.spec == SMALL else SMALL, "another")  # drops what was measured
    document.set_spec(SMALL, "small")
    qtbot.waitUntil(lambda: not engine_jobs.is_busy, timeout=PATIENCE)
    assert engine_jobs.profiling.found is None
    assert not engine_jobs.profiling.is_running
    made = Desk(qtbot, engine_jobs)
    yield made
    made.look.set_colour("")  # or it would measure until it is deleted


@pytest.fixture
def calm(qtbot: QtBot, idle_jobs: Jobs) -> Desk:
    """A desk without an engine, for what needs none."""
    return Desk(qtbot, idle_jobs)


# --- what needs no engine ---------------------------------------------------------------------------------------------


def test_it_offers_the_operator_and_every_measure(calm: Desk) -> None:
    box = calm.colour.box
    assert [box.itemText(at) for at in range(box.count())] == [
        "Operator", "Parameters", "MACs", "Memory", "Receptive field", "Time"
    ]  # fmt: skip
    assert [box.itemData(at) for at in range(1, box.count())] == list(METRICS)
    assert box.currentText() == "Operator"
    assert calm.colour.log.isHidden()
    assert calm.colour.again.isHidden()


def test_choosing_asks_the_look_and_follows_it(calm: Desk) -> None:
    calm.choose("MACs")
    assert calm.look.metric == "macs"
    assert not calm.colour.log.isHidden()
    assert calm.colour.again.isHidden()
    calm.look.set_colour("field")
    assert calm.colour.box.currentText() == "Receptive field"
    calm.choose("Operator")
    assert calm.look.metric == ""
    assert calm.colour.log.isHidden()


def test_the_scale_is_logarithmic_or_linear_by_its_button(qtbot: QtBot, calm: Desk) -> None:
    calm.choose("Parameters")
    assert calm.colour.log.isChecked()
    long = calm.bars(Column.PARAMS)
    qtbot.mouseClick(calm.colour.log, LEFT)
    assert (calm.look.metric, calm.look.log) == ("params", False)
    assert not calm.colour.log.isChecked()
    assert calm.bars(Column.PARAMS)["conv1"] < long["conv1"]
    calm.choose("MACs")
    assert not calm.look.log, "another measure keeps the scale"
    qtbot.keyClick(calm.colour.log, KEY.Key_Space)
    assert calm.look.log
    calm.look.set_colour("macs", False)
    assert not calm.colour.log.isChecked()


@pytest.mark.parametrize(
    ("title", "metric", "column"),
    [
        ("Parameters", "params", Column.PARAMS),
        ("MACs", "macs", Column.MACS),
        ("Memory", "activations", Column.BYTES),
        ("Receptive field", "field", Column.FIELD),
    ],
)
def test_the_table_shows_the_measure_with_its_bars(calm: Desk, title: str, metric: str, column: Column) -> None:
    before = calm.panel.model.columns
    calm.choose(title)
    values = costs.values(report(SMALL), metric)
    scale = costs.scale(values.values(), log=True)
    parts = {name: scale.part(value) for name, value in values.items()}
    assert calm.bars(column) == pytest.approx({name: part for name, part in parts.items() if part})
    assert max(calm.bars(column).values()) == 1
    assert not any(calm.bars(other) for other in Column if other != column)
    assert set(calm.cells(column)) == set(values)
    calm.choose("Operator")
    assert calm.panel.model.columns == before
    assert set(calm.bars(Column.PARAMS)) == {layer.id for layer in network(SMALL).layers if layer.params}


@pytest.mark.parametrize("metric", ["params", "macs", "activations", "field"])
@pytest.mark.parametrize("log", [True, False])
def test_a_value_has_one_colour_in_the_graph_and_in_the_table(qtbot: QtBot, calm: Desk, metric: str, log: bool) -> None:
    view = GraphView(calm.document, Theme("light"), calm.look)
    qtbot.addWidget(view)
    column = OF_METRIC[metric]
    calm.look.set_colour(metric, log)

    def agree() -> bool:
        assert view.heat is not None
        shades = Shades(view.plan, view.heat)
        values = costs.values(report(calm.document.spec), metric)
        parts = {name: shades.scale.part(value) for name, value in values.items()}
        return {name: heat_role(part) for name, part in parts.items() if part} == calm.roles(column)

    assert agree()
    for level in LEVELS:
        calm.look.set_fold(Fold(level))
        assert agree()
        calm.look.set_fold(Fold(level, repeats=True))
        assert agree()
    calm.look.set_fold(Fold().put("layer2", "stage"))
    assert agree()
    calm.look.set_fold(Fold())
    before = calm.roles(column)
    calm.document.set_reference(LARGE)
    assert agree()
    assert calm.roles(column) != before, "beside a large network a small one is pale"
    calm.document.set_spec(OTHER, "other")
    assert agree()
    calm.document.set_reference(None)
    assert agree()


@pytest.mark.parametrize("ms", [0.0004, 0.0888, 0.888, 8.88, 88.8, 888.0, 8888.0])
def test_every_time_fits_its_column(calm: Desk, ms: float) -> None:
    calm.choose("Time")
    table = calm.panel.table
    text = METRICS["time"].text(ms)
    room = table.columnWidth(Column.MS) - ROOM_BESIDE
    assert QFontMetrics(table.font()).horizontalAdvance(text) <= room, text


def test_a_measures_column_that_was_chosen_stays(calm: Desk) -> None:
    calm.panel.show_column(Column.FIELD, True)
    calm.choose("Receptive field")
    calm.choose("Operator")
    assert not calm.panel.table.isColumnHidden(Column.FIELD)


def test_while_nothing_is_measured_the_table_has_dashes_and_no_sum(calm: Desk) -> None:
    calm.choose("Time")
    assert calm.jobs.profiling.is_running
    assert set(calm.cells(Column.MS).values()) == {"-"}
    assert calm.bars(Column.MS) == {}
    assert calm.panel.totals.sums[Column.MS].text() == ""


# --- times ------------------------------------------------------------------------------------------------------------


def test_choosing_time_measures_and_the_table_shows_it(qtbot: QtBot, desk: Desk) -> None:
    with qtbot.waitSignal(desk.jobs.profiling.ended, timeout=PATIENCE) as told:
        desk.choose("Time")
    found = desk.measured()
    assert told.args == [found]
    assert set(found.ms) == {layer.id for layer in network(SMALL).layers}
    text = METRICS["time"].text
    assert desk.cells(Column.MS) == {name: text(ms) for name, ms in found.ms.items()}
    bars = desk.bars(Column.MS)
    dearest = max(found.ms, key=lambda name: found.ms[name])
    assert bars[dearest] == 1
    assert desk.panel.totals.sums[Column.MS].text() == text(sum(found.ms.values()))
    assert desk.colour.again.text() == "↻"
    hint = desk.colour.again.toolTip()
    for fact in (str(found.runs), found.device, text(found.bare_ms), text(found.timed_ms)):
        assert fact in hint


def test_measured_once_is_enough_until_it_is_asked_for_again(qtbot: QtBot, desk: Desk) -> None:
    desk.choose("Time")
    first = desk.measured()
    desk.choose("Operator")
    desk.choose("Time")
    assert not desk.jobs.profiling.is_running
    assert desk.jobs.profiling.found is first
    with qtbot.waitSignal(desk.jobs.profiling.ended, timeout=PATIENCE):
        qtbot.mouseClick(desk.colour.again, LEFT)
        assert desk.jobs.profiling.is_running
        assert set(desk.cells(Column.MS).values()) != {"-"}, "the former times stay meanwhile"
    assert desk.measured() is not first


def test_progress_shows_on_the_button(qtbot: QtBot, desk: Desk) -> None:
    desk.document.set_spec(LARGE, "large")
    seen: list[int] = []

    def percent() -> bool:
        found = re.fullmatch(r"✕ (\d+) %", desk.colour.again.text())
        seen.extend([int(found[1])] if found else [])
        return found is not None and int(found[1]) > 0

    desk.choose("Time")
    assert desk.colour.again.text() == "✕ 0 %"
    assert desk.colour.again.toolTip() == desk.colour.again.accessibleName() == "Stop measuring"
    qtbot.waitUntil(percent, timeout=PATIENCE)
    assert seen == sorted(seen)
    assert all(value <= 100 for value in seen)
    desk.measured()
    assert desk.colour.again.text() == "↻"


def test_a_picture_is_looked_at_while_the_times_are_measured(qtbot: QtBot, desk: Desk) -> None:
    desk.document.set_spec(LARGE, "large")
    qtbot.waitUntil(lambda: not desk.jobs.is_busy, timeout=PATIENCE)
    desk.choose("Time")
    qtbot.waitUntil(lambda: desk.colour.again.text() not in ("↻", "✕ 0 %"), timeout=PATIENCE)
    with qtbot.waitSignal(desk.jobs.predicted, timeout=PATIENCE):
        desk.document.set_image(m.ImageSource(pixels=np.full((20, 30, 3), 90, np.uint8), name="grey"))
    assert desk.jobs.profiling.is_running
    assert desk.jobs.profiling.found is None
    desk.measured()
    desk.document.set_image(None)


def test_cancelling_goes_back_to_what_coloured_before(qtbot: QtBot, desk: Desk) -> None:
    desk.document.set_spec(LARGE, "large")
    desk.choose("MACs")
    desk.choose("Time")
    with qtbot.waitSignal(desk.jobs.profiling.ended, timeout=PATIENCE) as told:
        qtbot.mouseClick(desk.colour.again, LEFT)
    assert isinstance(told.args[0], m.Failed)
    assert told.args[0].code == m.CANCELLED
    assert desk.jobs.profiling.found is None
    assert not desk.jobs.profiling.is_running
    assert (desk.look.metric, desk.colour.box.currentText()) == ("macs", "MACs")
    assert desk.colour.again.isHidden()
    assert desk.panel.table.isColumnHidden(Column.MS)


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_choosing_time_twice_or_elsewhere_forgets_nothing(qtbot: QtBot, desk: Desk) -> None:
    desk.document.set_spec(LARGE, "large")
    desk.choose("Receptive field")
    desk.look.set_colour("time")  # as the window's menu does
    box = desk.colour.box
    box.showPopup()
    with qtbot.waitSignal(box.activated):
        qtbot.keyClick(box.view(), KEY.Key_Return)
    with qtbot.waitSignal(desk.jobs.profiling.ended, timeout=PATIENCE):
        qtbot.mouseClick(desk.colour.again, LEFT)
    assert desk.look.metric == "field"


def test_what_cannot_be_measured_goes_back_too(qtbot: QtBot, desk: Desk) -> None:
    desk.choose("Parameters")
    desk.document.put_back_image(m.ImageSource(data=b"no picture", name="none.png"))
    with qtbot.waitSignal(desk.jobs.profiling.ended, timeout=PATIENCE) as told:
        desk.choose("Time")
    desk.document.put_back_image(None)
    assert told.args[0].code.startswith("image_")
    assert desk.look.metric == "params"


def test_cancelling_a_second_measurement_keeps_the_first(qtbot: QtBot, desk: Desk) -> None:
    desk.document.set_spec(LARGE, "large")
    desk.choose("Time")
    first = desk.measured()
    qtbot.mouseClick(desk.colour.again, LEFT)
    with qtbot.waitSignal(desk.jobs.profiling.ended, timeout=PATIENCE):
        qtbot.mouseClick(desk.colour.again, LEFT)
    assert desk.jobs.profiling.found is first
    assert desk.look.metric == "time"
    assert desk.colour.again.text() == "↻"
    assert desk.cells(Column.MS)["conv1"] == METRICS["time"].text(first.ms["conv1"])


def test_another_network_drops_the_times_and_is_measured(qtbot: QtBot, desk: Desk) -> None:
    desk.choose("Time")
    first = desk.measured()
    with qtbot.waitSignal(desk.jobs.profiling.dropped):
        desk.document.set_spec(OTHER, "other")
    assert desk.jobs.profiling.found is None
    assert set(desk.cells(Column.MS)) == {layer.id for layer in network(OTHER).layers}
    assert set(desk.cells(Column.MS).values()) == {"-"}
    assert desk.bars(Column.MS) == {}
    assert desk.jobs.profiling.is_running
    second = desk.measured()
    assert second is not first
    assert set(second.ms) == {layer.id for layer in network(OTHER).layers}
    assert desk.cells(Column.MS)["layer1.1.conv1"] == METRICS["time"].text(second.ms["layer1.1.conv1"])


def test_coloured_by_something_else_the_times_go_and_nothing_is_measured(qtbot: QtBot, desk: Desk) -> None:
    desk.choose("Time")
    desk.measured()
    desk.choose("Parameters")
    with qtbot.waitSignal(desk.jobs.profiling.dropped):
        desk.document.set_spec(OTHER, "other")
    assert desk.jobs.profiling.found is None
    assert not desk.jobs.profiling.is_running


def test_a_network_left_while_it_was_measured_leaves_no_times(qtbot: QtBot, desk: Desk) -> None:
    desk.document.set_spec(LARGE, "large")
    desk.choose("Time")
    qtbot.waitUntil(lambda: desk.colour.again.text() not in ("↻", "✕ 0 %"), timeout=PATIENCE)
    desk.document.set_spec(SMALL, "back")
    found = desk.measured()
    assert set(found.ms) == {layer.id for layer in network(SMALL).layers}
    assert desk.look.metric == "time"
    assert desk.colour.again.text() == "↻"


def test_times_sort_and_copy(qtbot: QtBot, desk: Desk) -> None:
    desk.choose("Time")
    found = desk.measured()
    desk.click_heading(Column.MS)
    assert list(desk.cells(Column.MS)) == sorted(found.ms, key=lambda name: found.ms[name])
    desk.click_heading(Column.MS)
    falling = list(desk.cells(Column.MS))
    assert [found.ms[name] for name in falling] == sorted(found.ms.values(), reverse=True)
    qtbot.mouseClick(desk.panel.copy_link, LEFT)
    lines = [line.split("\t") for line in QApplication.clipboard().text().splitlines()]
    at = lines[0].index("Time")
    assert [line[0] for line in lines[1:]] == falling
    assert [float(line[at]) for line in lines[1:]] == pytest.approx([found.ms[name] for name in falling], rel=1e-4)


def test_sorted_by_time_the_rows_follow_a_new_measurement(qtbot: QtBot, desk: Desk) -> None:
    desk.choose("Time")
    desk.measured()
    desk.click_heading(Column.MS)
    desk.document.set_spec(OTHER, "other")
    assert list(desk.cells(Column.MS)) == [layer.id for layer in network(OTHER).layers], "no times: order of execution"
    found = desk.measured()
    assert list(desk.cells(Column.MS)) == sorted(found.ms, key=lambda name: found.ms[name])
