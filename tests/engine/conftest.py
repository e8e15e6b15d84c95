"""A real engine: one for a whole module, with its messages at hand."""

from __future__ import annotations

import multiprocessing
import queue
import threading
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from typing import TypeVar

import pytest

from resviz.engine import messages as m
from resviz.engine.client import EngineClient
from resviz.paths import weights_dir
from tests.nets.small import write_weights

PATIENCE = 120.0
"""Seconds after which a message that does not come is a failure; nothing waits that long when all is well."""

Kind = TypeVar("Kind")


def children() -> list[BaseProcess]:
    """The engines' processes that are alive."""
    return [process for process in multiprocessing.active_children() if process.name == "resviz-engine"]


class Engine:
    """A client with a queue behind it."""

    def __init__(self) -> None:
        self.heard: queue.SimpleQueue[m.Reply] = queue.SimpleQueue()
        self.client = EngineClient(self.heard.put)
        self.client.start()
        self.ready: m.Ready | None = None
        #: All that was taken from the queue so far.
        self.got: list[m.Reply] = []

    def wait_for(self, kind: type[Kind], request_id: int | None = None) -> Kind:
        """The next message of a kind (and of a request); those before it are dropped."""
        while True:
            message = self.heard.get(timeout=PATIENCE)
            self.got.append(message)
            if isinstance(message, kind) and request_id in (None, getattr(message, "id", None)):
                return message

    def answers(self, *request_ids: int) -> dict[int, m.Reply]:
        """The final answers to some requests, each of which comes once."""
        found: dict[int, m.Reply] = {}
        while len(found) < len(request_ids):
            message = self.heard.get(timeout=PATIENCE)
            if isinstance(message, m.Final) and message.id in request_ids:
                assert message.id not in found, "answered twice"
                found[message.id] = message
        return found

    def pid(self) -> int:
        """The child's process id; there is one."""
        (child,) = children()
        assert child.pid is not None
        return child.pid


def _running() -> Iterator[Engine]:
    before = set(threading.enumerate())
    made = Engine()
    try:
        yield made
    finally:
        made.client.close()
        assert not children()
        assert set(threading.enumerate()) <= before


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One for the tests of a module, ready, with the small weights in its catalogue."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        write_weights(weights_dir())
        running = _running()
        made = next(running)
        made.ready = made.wait_for(m.Ready)
    yield made
    with pytest.raises(StopIteration):
        next(running)


@pytest.fixture
def own_engine() -> Iterator[Engine]:
    """One for a test that kills it."""
    yield from _running()
