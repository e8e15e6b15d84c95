"""A picture from a web address never holds up the lane, however its server behaves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from resviz.arch.notation import parse
from resviz.engine import messages as m
from tests.engine.conftest import Engine
from tests.nets.server import Server
from tests.pictures import png, shape

SPEC = parse("basic:1,width=4,stem=cifar,classes=3,size=16")
LOCAL = m.ImageSource(data=png(shape("disc", 1)), name="local")


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    made.files["/a.png"] = png(shape("ring", 2))
    made.start()
    yield made
    made.close()


def ask(engine: Engine, image: m.ImageSource) -> int:
    return engine.client.predict(SPEC, image, weights="untrained", device="cpu")


def test_a_picture_from_an_address_is_fetched_once(engine: Engine, server: Server) -> None:
    image = m.ImageSource(url=f"{server.url}/a.png", name="from the web")
    first = engine.wait_for(m.Prediction, ask(engine, image))
    again = engine.wait_for(m.Prediction, ask(engine, image))
    assert first.name == "from the web"
    assert first.original_size == (16, 16)
    assert (first.logits == again.logits).all()
    assert len(server.asked) == 1
    assert engine.wait_for(m.Failed, ask(engine, m.ImageSource(url=f"{server.url}/none.png"))).code.startswith("image_")


def test_a_server_that_stalls_holds_up_nobody(engine: Engine, server: Server) -> None:
    server.stall = 10
    slow = ask(engine, m.ImageSource(url=f"{server.url}/a.png?slow"))
    server.files["/a.png?slow"] = server.files["/a.png"]
    local = ask(engine, LOCAL)
    found = engine.answers(slow, local)
    assert isinstance(found[local], m.Prediction)
    assert isinstance(found[slow], m.Failed)
    assert found[slow].code == m.CANCELLED


def test_a_picture_that_is_waited_for_can_be_cancelled(engine: Engine, server: Server) -> None:
    server.stall = 10
    slow = ask(engine, m.ImageSource(url=f"{server.url}/a.png"))
    engine.client.cancel(slow)
    assert engine.wait_for(m.Failed, slow).code == m.CANCELLED
