"""Downloads and lists, beside the device: what the window is told of them."""

from __future__ import annotations

import hashlib
import multiprocessing
import random
import threading
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from resviz.engine import messages as m
from resviz.engine import wire
from resviz.engine.addresses import Addresses
from resviz.engine.outlet import Outlet
from resviz.engine.side import Side
from resviz.nets import catalog
from resviz.nets.fetch import BASE_URL
from resviz.paths import weights_dir
from tests.nets.server import Server, running
from tests.nets.small import write_weights

DATA = random.Random(2).randbytes(2_000_000)
NAME = "resnet18.IMAGENET1K_V1"


class Desk:
    """The side lane with a pipe instead of a window."""

    def __init__(self, mine: Connection, theirs: Connection) -> None:
        self._mine = mine
        self.fetched: list[m.Predict] = []
        self.side = Side(Outlet(theirs), Addresses(), self.fetched.append)

    def ask(self, request: m.Request) -> None:
        assert self.side.take(request)

    def replies(self) -> Iterator[m.Reply]:
        while True:
            assert self._mine.poll(60), "no answer"
            reply = wire.receive(self._mine)
            yield reply
            if isinstance(reply, m.Final):
                return


@pytest.fixture
def desk() -> Iterator[Desk]:
    mine, theirs = multiprocessing.Pipe()
    yield Desk(mine, theirs)
    for thread in threading.enumerate():
        if thread.name == "resviz-side":
            thread.join(10)
    mine.close()
    theirs.close()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Has the file of `NAME`, whose hash is the one of its name in the catalogue."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    entries = catalog._torchvision()
    file = f"resnet18-{hashlib.sha256(DATA).hexdigest()[:8]}.pth"
    offered = tuple(replace(entry, url=f"http://x/{file}") if entry.name == NAME else entry for entry in entries)
    monkeypatch.setattr(catalog, "_torchvision", lambda: offered)
    with running() as made:
        made.files[f"/{file}"] = DATA
        monkeypatch.setenv(BASE_URL, made.url)
        yield made


def test_a_download_tells_how_far_it_is_and_where_it_went(desk: Desk, server: Server, tmp_path: Path) -> None:
    server.most = 1_000_000  # the connection breaks in the middle
    desk.ask(m.Fetch(5, NAME, str(tmp_path / "chosen")))
    *parts, last = desk.replies()
    assert isinstance(last, m.Fetched)
    assert (last.id, last.name, Path(last.path).read_bytes()) == (5, NAME, DATA)
    assert Path(last.path).parent == tmp_path / "chosen"
    assert all(isinstance(part, m.Fetching) and part.id == 5 and part.per_second >= 0 for part in parts)
    desk.ask(m.ListWeights(6))
    (listed,) = desk.replies()
    assert isinstance(listed, m.Listed)
    info = next(info for info in listed.weights if info.name == NAME)
    assert (info.path, info.data, info.shipped) == (last.path, "ImageNet-1K", False)


def test_a_download_that_stalls_is_cancelled_at_once_and_gone_on_with_later(desk: Desk, server: Server) -> None:
    server.stall = 500_000
    desk.ask(m.Fetch(1, NAME))
    for reply in desk.replies():
        if isinstance(reply, m.Fetching) and reply.got == 500_000:
            assert reply.want == len(DATA)
            desk.ask(m.Cancel(1))
    assert isinstance(reply, m.Failed)
    assert reply.code == m.CANCELLED
    server.stall = -1
    desk.ask(m.Fetch(2, NAME))
    *_, last = desk.replies()
    assert isinstance(last, m.Fetched)
    assert server.ranges_asked() == ["", "bytes=500000-"]


def test_what_goes_wrong_is_told_with_its_code(desk: Desk, server: Server) -> None:
    server.files.clear()
    desk.ask(m.Fetch(1, NAME))
    *_, last = desk.replies()
    assert isinstance(last, m.Failed)
    assert (last.code, last.values["status"]) == ("fetch_http", 404)
    desk.ask(m.Fetch(2, "nonsense"))
    *_, last = desk.replies()
    assert isinstance(last, m.Failed)
    assert last.code == "weights_here"


def test_the_list_has_what_is_here_and_what_can_be_had(desk: Desk, tmp_path: Path) -> None:
    write_weights(weights_dir(), "here")
    write_weights(tmp_path, "there")
    desk.ask(m.ListWeights(3, str(tmp_path)))
    (listed,) = desk.replies()
    assert isinstance(listed, m.Listed)
    infos = {info.name: info for info in listed.weights}
    assert infos["here"].path
    assert infos["there"].path
    assert infos[catalog.DEFAULT].shipped
    remote = infos["wide_resnet101_2.IMAGENET1K_V2"]
    assert (remote.path, remote.sha256, remote.top5) == ("", "d733dc28", pytest.approx(0.96020))
    assert remote.licence.startswith("ImageNet terms:")
    assert remote.recipe.startswith("https://")


def test_requests_for_the_device_are_left_to_it(desk: Desk) -> None:
    assert not desk.side.take(m.Warm(1, None, None, "cpu"))
    assert not desk.side.take(m.Cancel(77))
