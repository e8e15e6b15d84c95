from __future__ import annotations

import base64
import random
from collections.abc import Iterator
from urllib.parse import quote_from_bytes

import pytest

from resviz.errors import ImageError
from resviz.nets import web
from resviz.nets.web import read_address
from tests.nets.server import Server, running

PICTURE = random.Random(1).randbytes(300_000)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with running() as made:
        made.files["/cat.png"] = PICTURE
        made.headers["Content-Type"] = "image/png"
        yield made


def fails(url: str, code: str) -> str:
    with pytest.raises(ImageError) as caught:
        read_address(url)
    assert caught.value.code == f"image_web_{code}"
    said = str(caught.value)
    assert "\n" not in said
    assert len(said) < 300
    return said


# --- over the network ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("lie", [0, None])
def test_a_picture_is_read_with_a_length_and_without(server: Server, lie: int | None) -> None:
    server.lie = lie
    assert read_address(f" {server.url}/cat.png\n") == PICTURE
    assert server.asked[0][1]["User-Agent"].startswith("ResViz/")


def test_redirects_are_followed_to_web_addresses_only(server: Server) -> None:
    server.redirects["/a"] = "/cat.png"
    assert read_address(f"{server.url}/a") == PICTURE
    server.redirects["/b"] = "file:///etc/passwd"
    assert "file:///etc/passwd" in fails(f"{server.url}/b", "redirect")
    server.redirects["/c"] = "/c"
    fails(f"{server.url}/c", "http")


def test_what_goes_wrong_is_told(server: Server) -> None:
    assert "404" in fails(f"{server.url}/none", "http")
    fails("http://127.0.0.1:9/cat.png", "offline")
    fails("http://[bad/cat.png", "offline")
    server.files["/empty"] = b""
    fails(f"{server.url}/empty", "empty")
    server.headers["Content-Type"] = "text/html"
    fails(f"{server.url}/cat.png", "page")


def test_a_picture_that_breaks_off_is_no_picture(server: Server) -> None:
    server.cut = 1000
    assert "299,000 of 300,000" in fails(f"{server.url}/cat.png", "short")


@pytest.mark.parametrize("told", [True, False])
def test_too_much_is_stopped(server: Server, monkeypatch: pytest.MonkeyPatch, told: bool) -> None:
    monkeypatch.setattr(web, "MOST", 200_000)
    server.lie = 0 if told else None
    fails(f"{server.url}/cat.png", "large")


def test_a_server_that_falls_silent_is_left(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "PATIENCE", 0.3)
    server.stall = 1000
    fails(f"{server.url}/cat.png", "late")


def test_a_server_that_is_too_slow_is_left(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "WHOLE", 0.3)
    server.stall = 1000
    fails(f"{server.url}/cat.png", "late")


@pytest.mark.parametrize("url", ["", "cat.png", "ftp://127.0.0.1/cat.png", "file:///cat.png", "javascript:1", "x\ny:z"])
def test_other_addresses_are_refused(url: str) -> None:
    fails(url, "address")


# --- in the address itself ----------------------------------------------------------------------------------


def test_pictures_in_the_address() -> None:
    packed = base64.b64encode(PICTURE).decode()
    assert read_address(f"data:image/png;base64,{packed}") == PICTURE
    assert read_address(f"DATA:image/png;BASE64,{packed.rstrip('=')}") == PICTURE
    assert read_address(f"data:;base64,{base64.urlsafe_b64encode(PICTURE).decode()}") == PICTURE
    assert read_address("data:;base64," + packed.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")) == PICTURE
    assert read_address(f"data:image/png;base64,{packed[:40]}\n {packed[40:]}") == PICTURE
    assert read_address("data:image/png," + quote_from_bytes(PICTURE)) == PICTURE
    assert read_address("data:,plain") == b"plain"


@pytest.mark.parametrize(
    "url", ["data:", "data:image/png;base64", "data:,", "data:;base64,", "data:;base64,****", "data:;base64,A"]
)
def test_broken_ones_are_told(url: str) -> None:
    fails(url, "data")


def test_large_ones_are_refused_before_they_are_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "MOST", 100)
    fails("data:," + "x" * 101, "large")
    fails("data:," + "x" * 1000, "large")
    assert read_address("data:," + "%41" * 100) == b"A" * 100
