from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch

from resviz.errors import CheckpointError
from resviz.nets import catalog
from resviz.nets.fetch import BASE_URL, download, fetch
from resviz.nets.model import build_model
from resviz.paths import weights_dir


class Server:
    """A web server on this machine with files in memory; of an answer it holds back `cut` bytes."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.cut = 0
        files = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                data = files.files.get(self.path)
                self.send_response(200 if data is not None else 404)
                data = data or b""
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data[: len(data) - files.cut])

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    made = Server()
    thread = threading.Thread(target=made.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.http.shutdown()
    made.http.server_close()
    thread.join()


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("weights") / "weights.pth"
    torch.save(build_model(catalog.PRESETS["resnet18"].spec).state_dict(), path)
    return path.read_bytes()


def offered() -> catalog.Entry:
    return next(entry for entry in catalog.online() if entry.name == "resnet18.IMAGENET1K_V1")


def serve(server: Server, data: bytes, digest: str = "") -> catalog.Entry:
    file = f"resnet18-{digest or hashlib.sha256(data).hexdigest()[:8]}.pth"
    server.files[f"/{file}"] = data
    return replace(offered(), url=f"{server.url}/{file}")


def test_a_download_is_whole_and_in_the_catalogue_from_then_on(server: Server, weights: bytes) -> None:
    seen: list[tuple[int, int]] = []
    path = download(serve(server, weights), weights_dir(), progress=lambda *figures: seen.append(figures))
    assert path.read_bytes() == weights
    assert seen[-1] == (len(weights), len(weights))
    assert [got for got, _ in seen] == sorted({got for got, _ in seen})
    entry = catalog.find("resnet18.IMAGENET1K_V1")
    assert entry.path == path
    assert entry.size == len(weights)
    assert catalog.for_spec(entry.spec) == entry
    assert fetch("resnet18.IMAGENET1K_V1") == path


def nothing_kept(folder: Path) -> bool:
    return not folder.exists() or not list(folder.iterdir())


def test_other_bytes_than_the_hash_says_are_not_kept(server: Server) -> None:
    with pytest.raises(CheckpointError) as caught:
        download(serve(server, b"other bytes", "0123abcd"), weights_dir())
    assert caught.value.code == "fetch_hash"
    assert nothing_kept(weights_dir())


def test_a_connection_that_breaks_off_leaves_nothing(server: Server) -> None:
    entry = serve(server, b"x" * 1_000_000)
    server.cut = 400_000
    with pytest.raises(CheckpointError) as caught:
        download(entry, weights_dir())
    assert caught.value.code in ("fetch_short", "fetch_offline")
    assert nothing_kept(weights_dir())


def test_a_missing_file_is_told_with_its_status(server: Server) -> None:
    entry = replace(offered(), url=f"{server.url}/gone-0123abcd.pth")
    with pytest.raises(CheckpointError, match="404"):
        download(entry, weights_dir())
    assert nothing_kept(weights_dir())


def test_offline_is_told_and_what_is_here_still_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv(BASE_URL, "http://127.0.0.1:9/mirror/")  # the discard port: nobody listens
    with pytest.raises(CheckpointError) as caught:
        fetch("resnet18.IMAGENET1K_V1")
    assert caught.value.code == "fetch_offline"
    assert nothing_kept(weights_dir())


def test_the_mirror_is_asked_for_the_same_file(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = serve(server, b"mirrored")
    elsewhere = replace(entry, url="http://127.0.0.1:9/" + entry.url.rpartition("/")[2])
    monkeypatch.setenv(BASE_URL, server.url + "/")
    assert download(elsewhere, weights_dir()).read_bytes() == b"mirrored"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "no address", "http://[bad"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(CheckpointError) as caught:
        download(replace(offered(), url=url), weights_dir())
    assert caught.value.code == "fetch_offline"


def test_cancelling_leaves_nothing(server: Server) -> None:
    def stop(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(serve(server, b"y" * 1_000_000), weights_dir(), progress=stop)
    assert nothing_kept(weights_dir())


def test_a_folder_that_cannot_be_written_is_told(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CheckpointError) as caught:
        download(serve(server, b"z"), tmp_path / "file")
    assert caught.value.code == "fetch_write"


def test_an_unknown_name_lists_those_there_are() -> None:
    with pytest.raises(CheckpointError, match=r"resnet50\.IMAGENET1K_V2"):
        fetch("resnet50.V2")
