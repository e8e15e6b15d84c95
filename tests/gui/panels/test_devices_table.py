"""The way to compute, the memory of the devices, and the race of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from resviz.arch.presets import PRESETS
from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels.compute import NO_PRECISION
from resviz.gui.panels.device_panel import DevicePanel
from resviz.gui.panels.devices_table import RaceRows, difference
from resviz.gui.theme import Theme
from resviz.ways import EXACT, Compute
from tests.gui.panels.desk import PICTURE, PREDICTION, deliver, desk, ready

CPU = m.DeviceInfo("cpu", "CPU", True, "", 22_500_000_000, 25_300_000_000, 6)
GPU = m.DeviceInfo("cuda:0", "CUDA 0 · H100", True, "", 77_800_000_000, 79_600_000_000)
NO_MPS = m.DeviceInfo("mps", "MPS (Apple GPU)", False, "only on Macs")
ROWS = (
    m.RaceRow("cpu", "CPU", "exact", "fp32", 80.0, 78.0, 84.0, 24, 0.0),
    m.RaceRow("cpu", "CPU", "fast", "BN folded, bf16", 20.0, 19.0, 21.0, 24, 0.0123),
    m.RaceRow("cuda:0", "CUDA 0 · H100", "exact", "fp32", 4.0, 4.0, 4.0, 24, 3e-6),
    m.RaceRow("mps", "MPS (Apple GPU)", "", error="only on Macs"),
)


@pytest.fixture
def panel(qtbot: QtBot) -> tuple[Document, Jobs, DevicePanel]:
    document, jobs = desk()
    made = DevicePanel(document, jobs)
    qtbot.addWidget(made)
    made.resize(360, 600)
    made.show()
    return document, jobs, made


def start(panel: DevicePanel, qtbot: QtBot) -> m.Race:
    qtbot.mouseClick(panel.measure, Qt.MouseButton.LeftButton)
    request = panel.task.request
    assert isinstance(request, m.Race)
    return request


def has(panel: DevicePanel, qtbot: QtBot) -> None:
    request = start(panel, qtbot)
    deliver(panel.jobs, m.Raced(request.id, ROWS))
    qtbot.waitUntil(lambda: panel.table.rows == ROWS)


# --- the way ------------------------------------------------------------------------------------------------


def test_the_controls_ask_the_document_and_show_it(panel: tuple[Document, Jobs, DevicePanel], qtbot: QtBot) -> None:
    document, jobs, made = panel
    deliver(jobs, ready(CPU))
    controls = made.compute
    qtbot.waitUntil(lambda: controls.threads.count() == 5)
    assert [controls.threads.itemText(at) for at in range(5)] == ["auto", "1", "2", "4", "6"]
    assert not controls.choices.isVisible()
    qtbot.mouseClick(controls.way.button("chosen"), Qt.MouseButton.LeftButton)
    assert controls.choices.isVisible()
    qtbot.mouseClick(controls.precision.button("bf16"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(controls.channels_last, Qt.MouseButton.LeftButton)
    controls.threads.setFocus()
    qtbot.keyClick(controls.threads, Qt.Key.Key_End)
    assert document.compute == Compute("chosen", "bf16", True, 6)
    document.set_compute(Compute("fast", "fp16", False, 3))
    assert controls.way.value() == "fast"
    assert controls.precision.value() == "fp16"
    assert not controls.channels_last.isChecked()
    assert controls.threads.currentText() == "3"
    document.set_compute(EXACT)
    assert controls.way.value() == "exact"
    assert controls.threads.currentText() == "auto"


def test_it_says_which_way_ran_and_how_far_off_it_is(panel: tuple[Document, Jobs, DevicePanel], qtbot: QtBot) -> None:
    document, jobs, made = panel
    says = made.compute.says
    assert not says.isVisible()
    document.set_compute(Compute("fast"))
    assert says.text() == "In force from the first picture on."
    document.set_image(PICTURE)
    deliver(jobs, replace(PREDICTION, way="fast: BN folded, bf16", difference=0.0087))
    text = "Last picture: fast: BN folded, bf16; on noise no probability differs by more than 0.0087"
    qtbot.waitUntil(lambda: says.text() == text)
    document.select("layer1.0.conv1")
    assert says.text().startswith("The exact way is in force while the maps of layer1.0.conv1 show")
    document.select(None)
    assert says.text() == text
    document.set_compute(EXACT)
    deliver(jobs, PREDICTION)
    qtbot.waitUntil(lambda: says.text() == "Last picture: exact")


def test_a_precision_that_the_device_lacks_is_put_back(panel: tuple[Document, Jobs, DevicePanel], qtbot: QtBot) -> None:
    document, jobs, made = panel
    document.set_compute(Compute("chosen", "fp16", True))
    deliver(jobs, m.Failed(0, "image_empty", {"name": "x"}, "x is empty"), m.Failed(0, NO_PRECISION, {}, "no fp16"))
    qtbot.waitUntil(lambda: document.compute == Compute("chosen", "fp32", True))
    assert made.compute.precision.value() == "fp32"


# --- memory -------------------------------------------------------------------------------------------------


def test_every_device_says_its_memory_or_why_it_is_not_there(
    panel: tuple[Document, Jobs, DevicePanel], qtbot: QtBot
) -> None:
    _, jobs, made = panel
    assert made.memory.text() == "PyTorch is still loading."
    deliver(jobs, ready(CPU, GPU, NO_MPS, m.DeviceInfo("x", "Unknown", True)))
    wanted = [
        "CPU: 22.5 GB of 25.3 GB free, 6 cores",
        "CUDA 0 · H100: 77.8 GB of 79.6 GB free",
        "MPS (Apple GPU): only on Macs",
        "Unknown",
    ]
    qtbot.waitUntil(lambda: made.memory.text().splitlines() == wanted)


# --- the race -----------------------------------------------------------------------------------------------


def test_before_a_race_it_says_what_measuring_does(panel: tuple[Document, Jobs, DevicePanel]) -> None:
    *_, made = panel
    assert "resnet18-w16-cifar" in made.says.text()
    assert not made.table.isVisible()
    assert not made.progress.isVisible()


def test_measuring_asks_for_the_open_network_and_shows_the_rows(
    panel: tuple[Document, Jobs, DevicePanel], qtbot: QtBot
) -> None:
    document, jobs, made = panel
    document.set_image(PICTURE)
    request = start(made, qtbot)
    assert (request.spec, request.weights, request.image) == (document.spec, document.weights, PICTURE)
    assert made.measure.text() == "Cancel"
    assert made.progress.isVisible()
    deliver(jobs, m.Progress(request.id, 0.5, "Timing the devices"))
    qtbot.waitUntil(lambda: made.says.text() == "Timing the devices …")
    assert made.progress.value() == 500
    deliver(jobs, m.Raced(request.id, ROWS))
    qtbot.waitUntil(made.table.isVisible)
    assert made.measure.text() == "Measure"
    assert not made.progress.isVisible()
    assert not made.says.isVisible()
    assert "CPU · fast, 20.0 ms, 19.0 ms to 21.0 ms, 4.00×, 0.0123" in made.table.accessibleDescription()


def test_the_same_button_cancels(panel: tuple[Document, Jobs, DevicePanel], qtbot: QtBot) -> None:
    _, jobs, made = panel
    request = start(made, qtbot)
    qtbot.mouseClick(made.measure, Qt.MouseButton.LeftButton)
    deliver(jobs, m.Failed(request.id, m.CANCELLED, {}, "cancelled"))
    qtbot.waitUntil(lambda: made.measure.text() == "Measure")
    assert not made.progress.isVisible()
    assert made.says.property("role") == "muted"


def test_a_failure_is_said_and_former_figures_stay(panel: tuple[Document, Jobs, DevicePanel], qtbot: QtBot) -> None:
    _, jobs, made = panel
    has(made, qtbot)
    request = start(made, qtbot)
    deliver(jobs, m.Failed(request.id, "strange", {}, "nothing works"))
    qtbot.waitUntil(lambda: made.says.text() == "nothing works")
    assert made.says.property("role") == "error"
    assert made.table.rows == ROWS


def test_another_network_takes_the_figures_away(panel: tuple[Document, Jobs, DevicePanel], qtbot: QtBot) -> None:
    document, _, made = panel
    has(made, qtbot)
    document.set_spec(PRESETS["resnet50"].spec, "another")
    assert made.table.rows == ()
    assert "resnet50" in made.says.text()


def test_the_table_is_copied_as_text(panel: tuple[Document, Jobs, DevicePanel], qtbot: QtBot) -> None:
    *_, made = panel
    has(made, qtbot)
    qtbot.mouseClick(made.copy, Qt.MouseButton.LeftButton)
    lines = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert lines[0] == ["Device", "Median", "Quartiles", "Times faster", "Largest difference", "Made of"]
    assert lines[3] == ["CUDA 0 · H100 · exact", "4.00 ms", "4.00 ms to 4.00 ms", "20.00×", "< 0.0001", "fp32"]
    assert lines[4] == ["MPS (Apple GPU)", "", "", "", "", "only on Macs"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_bars_are_as_long_as_their_times(qtbot: QtBot, theme: str) -> None:
    look = Theme(theme)
    look.apply()
    table = RaceRows()
    qtbot.addWidget(table)
    table.show_rows((replace(ROWS[0], high=80.0), ROWS[1]))
    table.resize(400, table.sizeHint().height())
    drawn = table.grab().toImage()

    def length(top: int, ink: str) -> int:
        return sum(drawn.pixelColor(x, top).name().upper() == ink.upper() for x in range(400))

    bar = next(y for y in range(20, 40) if length(y, look.palette.muted) > 200)
    assert 380 <= length(bar + 1, look.palette.muted) <= 400
    assert 85 <= length(bar + 1 + table.sizeHint().height() // 2, look.palette.accent) <= 100


def test_a_row_tells_all_of_itself_to_the_pointer(qtbot: QtBot) -> None:
    table = RaceRows()
    qtbot.addWidget(table)
    table.show_rows(ROWS)
    table.resize(table.sizeHint())
    assert table.hint(ROWS[1]).splitlines() == [
        "CPU · fast: BN folded, bf16",
        "Median 20.0 ms of 24 passes; the middle half took 19.0 ms to 21.0 ms",
        "4.00× the speed of the exact way on the CPU",
        "No probability differs from that by more than 0.0123",
    ]
    assert table.hint(ROWS[3]) == "MPS (Apple GPU)\nonly on Macs"
    assert "overflowed" in table.hint(replace(ROWS[1], difference=None))
    assert table._at(QPoint(10, 5)) == ROWS[0]
    assert table._at(QPoint(10, table.height() - 5)) == ROWS[3]
    assert table._at(QPoint(10, table.height() + 5)) is None


@pytest.mark.parametrize(
    ("value", "text"), [(None, "-"), (0.0, "0"), (3e-6, "< 0.0001"), (0.00871, "0.0087"), (0.25, "0.2500")]
)
def test_differences_are_short(value: float | None, text: str) -> None:
    assert difference(value) == text
