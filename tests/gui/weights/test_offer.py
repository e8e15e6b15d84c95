from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from resviz.engine import messages as m
from resviz.gui.weights.offer import WeightsOffer
from tests.gui.weights.shelf import NEW, OLD, RESNET50, Shelf, shelf

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def desk(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shelf:
    return shelf(monkeypatch, tmp_path)


@pytest.fixture
def offer(qtbot: QtBot, desk: Shelf) -> WeightsOffer:
    """A ResNet-50 is open, without weights."""
    made = WeightsOffer(desk.document, desk.jobs, desk.catalogue)
    qtbot.addWidget(made)
    made.resize(200, 60)
    desk.document.open(RESNET50, None, "Open")
    desk.model(None)
    desk.listed()
    return made


def test_the_list_is_asked_for_only_where_it_matters(desk: Shelf, qtbot: QtBot) -> None:
    offer = WeightsOffer(desk.document, desk.jobs, desk.catalogue)
    qtbot.addWidget(offer)
    desk.model("tiny")
    assert not desk.asked(m.ListWeights)
    desk.model(None)
    assert desk.asked(m.ListWeights)
    assert offer.isHidden()


def test_the_most_accurate_weights_are_offered(offer: WeightsOffer) -> None:
    assert not offer.isHidden()
    assert offer.text.text() == "ImageNet-1K (V2) fits: 80.9 %"
    assert offer.act.text() == "Download 102 MB"


def test_a_download_is_used_as_soon_as_it_is_here(qtbot: QtBot, desk: Shelf, offer: WeightsOffer) -> None:
    offer.show()
    qtbot.mouseClick(offer.act, LEFT)
    desk.comes(NEW.name, 50_000_000, 100_000_000, 10_000_000)
    assert offer.bar.value() == 500
    assert offer.text.text() == "50 % · 10.0 MB/s · 6 s"
    assert not offer.act.isVisible()
    offer.grab()
    desk.is_here(NEW.name, "/w/new.pth")
    request = desk.sent[-1]
    assert isinstance(request, m.Warm)
    assert (request.spec, request.weights) == (RESNET50, "/w/new.pth")
    desk.model("/w/new.pth")
    assert offer.isHidden(), "what is in use is not offered"


def test_a_download_for_a_network_that_was_left_is_not_used(qtbot: QtBot, desk: Shelf, offer: WeightsOffer) -> None:
    qtbot.mouseClick(offer.act, LEFT)
    desk.document.undo_stack.undo()
    assert offer.isHidden()
    desk.is_here(NEW.name)
    assert not [request for request in desk.asked(m.Warm) if request.weights]  # type: ignore[union-attr]


def test_better_ones_are_offered_and_worse_ones_never(desk: Shelf, offer: WeightsOffer) -> None:
    desk.model(OLD.name)
    assert offer.info == NEW
    desk.model(NEW.name)
    assert offer.isHidden()
    desk.model("/home/me/own.pth")
    assert offer.isHidden()


def test_cancelling_and_failing(qtbot: QtBot, desk: Shelf, offer: WeightsOffer) -> None:
    offer.show()
    qtbot.mouseClick(offer.act, LEFT)
    qtbot.mouseClick(offer.cancel, LEFT)
    assert isinstance(desk.sent[-1], m.Cancel)
    desk.fails(NEW.name, m.CANCELLED)
    assert offer.act.isVisible()
    qtbot.mouseClick(offer.act, LEFT)
    with qtbot.waitSignal(offer.failed) as caught:
        desk.fails(NEW.name)
    assert caught.args is not None
    assert caught.args[0].code == "fetch_offline"
    with qtbot.waitSignal(offer.all_wanted):
        qtbot.mouseClick(offer.more, LEFT)
