from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from resviz.engine import messages as m
from resviz.gui.jobs import Jobs
from resviz.gui.settings import Settings
from resviz.gui.weights import words
from resviz.gui.weights.catalogue import Catalogue, Transfer, fits
from tests.gui.panels.desk import deliver
from tests.gui.weights.shelf import ALL, NEW, OLD, RESNET50, SHIPPED, Shelf, shelf


@pytest.fixture
def desk(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shelf:
    return shelf(monkeypatch, tmp_path)


def test_what_is_on_the_disk_is_known_first_and_the_rest_once_it_is_asked_for(desk: Shelf) -> None:
    deliver(desk.jobs, m.Ready((), (SHIPPED,), "2"))
    assert desk.catalogue.weights == (SHIPPED,)
    desk.catalogue.ensure_listed()
    desk.catalogue.ensure_listed()
    assert len(desk.asked(m.ListWeights)) == 1
    desk.listed()
    assert desk.catalogue.weights == ALL
    assert desk.jobs.catalog == (SHIPPED,)
    deliver(desk.jobs, m.Ready((), (SHIPPED,), "2"))  # the engine was started again
    assert desk.catalogue.weights == ALL


def test_several_downloads_at_a_time_each_once(qtbot: QtBot, desk: Shelf) -> None:
    desk.catalogue.refresh()
    desk.listed()
    for name in (OLD.name, NEW.name, OLD.name):
        desk.catalogue.download(name)
    assert [request.name for request in desk.asked(m.Fetch)] == [OLD.name, NEW.name]  # type: ignore[union-attr]
    desk.comes(OLD.name, 50, 100, 10.0)
    assert desk.catalogue.transfers[OLD.name] == Transfer(50, 100, 10.0)
    assert desk.catalogue.transfers[NEW.name] == Transfer()
    with qtbot.waitSignal(desk.catalogue.fetched) as caught:
        desk.is_here(OLD.name, "/w/old.pth")
    assert caught.args == [replace(OLD, path="/w/old.pth")]
    assert list(desk.catalogue.transfers) == [NEW.name]
    assert desk.jobs.catalog == (SHIPPED, replace(OLD, path="/w/old.pth"))


def test_a_cancelled_download_is_no_failure_and_can_be_gone_on_with(desk: Shelf) -> None:
    failures: list[object] = []
    desk.catalogue.failed.connect(lambda *args: failures.append(args))
    desk.catalogue.download(NEW.name)
    desk.catalogue.cancel(NEW.name)
    assert isinstance(desk.sent[-1], m.Cancel)
    desk.fails(NEW.name, m.CANCELLED)
    assert not desk.catalogue.transfers
    assert not desk.catalogue.errors
    assert not desk.catalogue.paused, "nothing had come"
    desk.catalogue.download(NEW.name)
    desk.comes(NEW.name, 30, 100, 5.0)
    desk.fails(NEW.name, m.CANCELLED)
    assert desk.catalogue.paused == {NEW.name: Transfer(30, 100)}
    desk.catalogue.download(NEW.name)
    assert desk.catalogue.transfers[NEW.name].share == pytest.approx(0.3)
    desk.fails(NEW.name)
    assert len(failures) == 1
    assert desk.catalogue.errors[NEW.name].code == "fetch_offline"
    desk.catalogue.download(NEW.name)
    assert not desk.catalogue.errors


def test_the_folder_is_remembered_and_looked_into(desk: Shelf, tmp_path: Path) -> None:
    desk.catalogue.set_folder("/mine")
    assert desk.sent[-1] == m.ListWeights(desk.sent[-1].id, "/mine")  # type: ignore[union-attr]
    desk.catalogue.download(NEW.name)
    assert desk.fetch(NEW.name).folder == "/mine"
    desk.settings.save()
    again = Catalogue(Jobs(desk.document), Settings(tmp_path / "settings.ini"))
    assert again.folder == "/mine"


def test_weights_fit_whatever_the_size_of_the_input() -> None:
    assert fits(OLD, RESNET50)
    assert fits(OLD, replace(RESNET50, size=320))
    assert not fits(OLD, replace(RESNET50, classes=10))


@pytest.mark.parametrize(
    ("transfer", "text"),
    [
        (Transfer(), "connecting…"),
        (Transfer(0, 100_000_000), "0 B of 100 MB"),
        (Transfer(41_900_000, 97_800_000, 12_300_000), "41.9 MB of 97.8 MB · 12.3 MB/s · 5 s left"),
        (Transfer(41_900_000, 0, 12_300_000), "41.9 MB · 12.3 MB/s"),
        (Transfer(41_900_000, 97_800_000), "41.9 MB of 97.8 MB · nothing comes"),
        (Transfer(1_000_000, 61_000_000, 100_000), "1.0 MB of 61.0 MB · 100 kB/s · 11 min left"),
    ],
)
def test_the_pace_in_words(transfer: Transfer, text: str) -> None:
    assert words.pace(transfer) == text
