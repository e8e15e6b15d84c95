from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from resviz.engine import messages as m
from resviz.gui.panels.controls import Segmented
from resviz.gui.panels.devices import DeviceSwitch
from tests.gui.panels.desk import CPU, built, deliver, desk, ready

NO_CUDA = m.DeviceInfo("cuda", "CUDA", False, "no NVIDIA driver found")
NO_MPS = m.DeviceInfo("mps", "MPS (Apple GPU)", False, "only on Macs")


def cuda(number: int) -> m.DeviceInfo:
    return m.DeviceInfo(f"cuda:{number}", f"CUDA {number} · H100", True)


def buttons(switch: DeviceSwitch) -> Segmented:
    assert isinstance(switch.control, Segmented)
    return switch.control


def test_before_the_engine_is_ready_only_auto_and_cpu_can_be_chosen(qtbot: QtBot) -> None:
    switch = DeviceSwitch(*desk())
    qtbot.addWidget(switch)
    able = {name: buttons(switch).button(name).isEnabled() for name in ("auto", "cpu", "cuda", "mps")}
    assert able == {"auto": True, "cpu": True, "cuda": False, "mps": False}
    assert "loading" in buttons(switch).button("cuda").toolTip()
    assert switch.text() == "Auto"


def test_a_device_that_is_missing_says_why(qtbot: QtBot) -> None:
    document, jobs = desk()
    switch = DeviceSwitch(document, jobs)
    qtbot.addWidget(switch)
    deliver(jobs, ready(CPU, NO_CUDA, NO_MPS))
    assert not buttons(switch).button("cuda").isEnabled()
    assert "no NVIDIA driver found" in buttons(switch).button("cuda").toolTip()
    assert "only on Macs" in buttons(switch).button("mps").toolTip()


def test_a_click_asks_the_document(qtbot: QtBot) -> None:
    document, jobs = desk()
    switch = DeviceSwitch(document, jobs)
    qtbot.addWidget(switch)
    deliver(jobs, ready(CPU, cuda(0), NO_MPS))
    assert buttons(switch).button("cuda:0").text() == "CUDA"
    with qtbot.waitSignal(document.device_changed):
        qtbot.mouseClick(buttons(switch).button("cuda:0"), Qt.MouseButton.LeftButton)
    assert document.device == "cuda:0"
    assert switch.text() == "CUDA"


@pytest.mark.parametrize(("name", "text"), [("cpu", "CPU"), ("cuda", "CUDA 0"), ("cuda:1", "CUDA 1")])
def test_the_document_is_shown_however_it_names_the_device(qtbot: QtBot, name: str, text: str) -> None:
    document, jobs = desk()
    document.set_device(name)
    switch = DeviceSwitch(document, jobs)
    qtbot.addWidget(switch)
    deliver(jobs, ready(CPU, cuda(0), cuda(1)))
    assert switch.text() == text
    assert buttons(switch).value() is not None


def test_many_devices_are_a_list(qtbot: QtBot) -> None:
    document, jobs = desk()
    switch = DeviceSwitch(document, jobs)
    qtbot.addWidget(switch)
    deliver(jobs, ready(CPU, *(cuda(number) for number in range(4)), NO_MPS))
    box = switch.control
    assert isinstance(box, QComboBox)
    assert [box.itemText(index) for index in (0, 1, 5, 6)] == ["Auto", "CPU", "CUDA 3", "MPS"]
    assert not box.model().flags(box.model().index(6, 0)) & Qt.ItemFlag.ItemIsEnabled
    assert "only on Macs" in box.itemData(6, Qt.ItemDataRole.ToolTipRole)
    with qtbot.waitSignal(document.device_changed):
        qtbot.keyClick(box, Qt.Key.Key_End)  # MPS is not there, so the last one that is
    assert document.device == "cuda:3"


def test_auto_tells_what_it_took(qtbot: QtBot) -> None:
    document, jobs = desk()
    switch = DeviceSwitch(document, jobs)
    qtbot.addWidget(switch)
    deliver(jobs, ready(), built())
    assert "CPU" in buttons(switch).button("auto").toolTip()


def test_an_engine_that_starts_again_does_not_rebuild_the_switch(qtbot: QtBot) -> None:
    document, jobs = desk()
    switch = DeviceSwitch(document, jobs)
    qtbot.addWidget(switch)
    deliver(jobs, ready(CPU, NO_CUDA))
    before = switch.control
    deliver(jobs, ready(CPU, NO_CUDA))
    assert switch.control is before
