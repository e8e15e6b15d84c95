from __future__ import annotations

import hashlib
import json
import random
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from resviz.errors import CheckpointError
from resviz.nets import catalog
from resviz.nets import fetch as fetching
from resviz.nets.fetch import BASE_URL, download, fetch
from resviz.nets.model import build_model
from resviz.paths import weights_dir
from tests.nets.server import Proxy, Server, running

DATA = random.Random(0).randbytes(1_000_000)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with running() as made:
        yield made


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


def files(folder: Path | None = None) -> list[str]:
    folder = folder or weights_dir()
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def part(entry: catalog.Entry) -> Path:
    return weights_dir() / f".{entry.url.rpartition('/')[2]}.part"


def stopper(at: int) -> Callable[[int, int], None]:
    """Stops a download as soon as so many bytes are there."""

    def progress(got: int, _want: int) -> None:
        if got >= at:
            raise KeyboardInterrupt

    return progress


def fails(entry: catalog.Entry, code: str) -> CheckpointError:
    """The download fails like this, and the final name is free."""
    with pytest.raises(CheckpointError) as caught:
        download(entry, weights_dir())
    assert caught.value.code == code
    assert "\n" not in str(caught.value)
    assert not [name for name in files() if not name.startswith(".")]
    return caught.value


# --- what goes wrong ----------------------------------------------------------------------------------------


def test_other_bytes_than_the_hash_says_are_not_kept(server: Server) -> None:
    fails(serve(server, b"other bytes", "0123abcd"), "fetch_hash")
    assert files() == []


def test_a_connection_that_breaks_again_and_again_goes_on_where_it_was(server: Server) -> None:
    entry = serve(server, DATA)
    server.most = 400_000
    path = download(entry, weights_dir())
    assert path.read_bytes() == DATA
    assert server.ranges_asked() == ["", "bytes=400000-", "bytes=800000-"]
    assert files() == sorted([path.name, path.with_suffix(".json").name])


def test_a_server_that_always_breaks_off_is_told_and_the_part_kept(server: Server) -> None:
    entry = serve(server, DATA)
    server.cut = 400_000
    server.ranges = False
    error = fails(entry, "fetch_short")
    assert error.values["want"] == len(DATA)
    assert files() == [part(entry).name, f"{part(entry).name}.info"]
    assert part(entry).read_bytes() == DATA[:-400_000]


def test_a_server_that_breaks_off_endlessly_is_given_up(server: Server) -> None:
    server.most = 1000
    fails(serve(server, DATA), "fetch_short")
    assert len(server.asked) == fetching.MOST_CUTS + 1


def test_the_next_try_goes_on_from_what_was_kept(server: Server) -> None:
    entry = serve(server, DATA)
    with pytest.raises(KeyboardInterrupt):
        download(entry, weights_dir(), progress=stopper(300_000))
    kept = part(entry).stat().st_size
    assert 300_000 <= kept < len(DATA)
    seen: list[int] = []
    path = download(entry, weights_dir(), progress=lambda got, _want: seen.append(got))
    assert path.read_bytes() == DATA
    assert server.asked[-1][1]["Range"] == f"bytes={kept}-"
    assert server.asked[-1][1]["If-Range"] == server.etag
    assert min(seen) == kept
    assert files() == sorted([path.name, path.with_suffix(".json").name])


def test_cancelling_before_the_first_byte_leaves_nothing(server: Server) -> None:
    with pytest.raises(KeyboardInterrupt):
        download(serve(server, DATA), weights_dir(), progress=stopper(0))
    assert files() == []


@pytest.mark.parametrize("change", ["other version", "no ranges", "no notes", "broken notes", "other address"])
def test_a_part_that_cannot_be_gone_on_with_begins_anew(server: Server, change: str) -> None:
    entry = serve(server, DATA)
    with pytest.raises(KeyboardInterrupt):
        download(entry, weights_dir(), progress=stopper(300_000))
    notes = part(entry).with_name(f"{part(entry).name}.info")
    part(entry).write_bytes(b"?" * 300_000)
    if change == "other version":
        server.etag = '"two"'
    elif change == "no ranges":
        server.ranges = False
    elif change == "no notes":
        notes.unlink()
    elif change == "broken notes":
        notes.write_text('{"url": 5, "etag": "x\\r\\ny"}')
    else:
        notes.write_text(json.dumps(json.loads(notes.read_text()) | {"url": "http://127.0.0.1/other"}))
    assert download(entry, weights_dir()).read_bytes() == DATA


def test_a_part_that_turns_out_to_be_another_file_s_is_dropped(server: Server) -> None:
    entry = serve(server, DATA)
    with pytest.raises(KeyboardInterrupt):
        download(entry, weights_dir(), progress=stopper(300_000))
    part(entry).write_bytes(b"?" * 300_000)
    assert download(entry, weights_dir()).read_bytes() == DATA
    assert server.ranges_asked()[-2:] == ["bytes=300000-", ""]


def test_a_part_that_has_all_bytes_needs_no_more(server: Server) -> None:
    entry = serve(server, DATA)
    with pytest.raises(KeyboardInterrupt):
        download(entry, weights_dir(), progress=stopper(300_000))
    part(entry).write_bytes(DATA)
    assert download(entry, weights_dir()).read_bytes() == DATA
    assert server.asked[-1][1]["Range"] == f"bytes={len(DATA)}-"


@pytest.mark.parametrize("lie", [100, -100, None])
def test_a_server_that_lies_about_the_length_is_believed_by_the_hash_alone(server: Server, lie: int | None) -> None:
    """Too long: all came. Too short: what was told came, and is not the file. None: it ends with the connection."""
    server.lie = lie
    entry = serve(server, DATA)
    if lie == -100:
        fails(entry, "fetch_hash")
    else:
        assert download(entry, weights_dir()).read_bytes() == DATA


@pytest.mark.parametrize("told", [True, False])
def test_a_server_that_sends_far_too_much_is_stopped(server: Server, told: bool) -> None:
    server.lie = 10**15 if told else None
    error = fails(replace(serve(server, DATA), size=200_000), "fetch_long")
    assert error.values["want"] == 200_000
    assert files() == []


def test_a_server_that_falls_silent_is_told_and_the_part_kept(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "TIMEOUT", 0.4)
    entry = serve(server, DATA)
    server.stall = 300_000
    fails(entry, "fetch_stalled")
    assert part(entry).read_bytes() == DATA[:300_000]


def test_a_download_that_stalls_can_be_stopped_at_once(server: Server) -> None:
    server.stall = 300_000

    def stop(_got: int, _want: int) -> None:
        if server.stalled.is_set():
            raise KeyboardInterrupt

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        download(serve(server, DATA), weights_dir(), progress=stop)
    assert time.monotonic() - began < fetching.TIMEOUT / 2


def test_a_web_page_in_place_of_the_file_is_told(server: Server) -> None:
    """As hotels and firewalls do."""
    server.headers["Content-Type"] = "text/html; charset=utf-8"
    assert "log-in page" in str(fails(serve(server, b"<html>please pay"), "fetch_page"))
    assert files() == []


def test_redirects_are_followed_to_web_addresses_only(server: Server) -> None:
    entry = serve(server, DATA)
    name = "/" + entry.url.rpartition("/")[2]
    server.files["/elsewhere"] = server.files.pop(name)
    server.redirects[name] = "/elsewhere"
    assert download(entry, weights_dir()).read_bytes() == DATA


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:,x"])
def test_redirects_to_other_addresses_are_refused(server: Server, target: str) -> None:
    entry = serve(server, DATA)
    server.redirects["/" + entry.url.rpartition("/")[2]] = target
    assert target.partition(":")[0] in str(fails(entry, "fetch_redirect"))


def test_redirects_in_a_circle_end(server: Server) -> None:
    entry = serve(server, DATA)
    name = "/" + entry.url.rpartition("/")[2]
    server.redirects[name] = name
    fails(entry, "fetch_http")


@pytest.mark.parametrize("status", [403, 404, 500, 503])
def test_a_refusal_is_told_with_its_status(server: Server, status: int) -> None:
    entry = serve(server, DATA)
    server.status = status
    assert str(status) in str(fails(entry, "fetch_http"))
    assert files() == []


def test_offline_is_told_and_what_is_here_still_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv(BASE_URL, "http://127.0.0.1:9/mirror/")  # the discard port: nobody listens
    with pytest.raises(CheckpointError) as caught:
        fetch("resnet18.IMAGENET1K_V1")
    assert caught.value.code == "fetch_offline"
    assert files() == []


def test_going_on_offline_keeps_the_part(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = serve(server, DATA)
    with pytest.raises(KeyboardInterrupt):
        download(entry, weights_dir(), progress=stopper(300_000))
    kept = part(entry).read_bytes()
    monkeypatch.setenv(BASE_URL, "http://127.0.0.1:9/mirror/")
    fails(entry, "fetch_offline")
    monkeypatch.delenv(BASE_URL)
    assert part(entry).read_bytes() == kept
    assert download(entry, weights_dir()).read_bytes() == DATA


def test_the_proxy_of_the_environment_is_asked(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "")
    entry = serve(server, DATA)
    entry = replace(entry, url=entry.url.replace(server.url, "http://weights.invalid"))
    with running(Proxy(server)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        assert download(entry, weights_dir()).read_bytes() == DATA
        assert proxy.asked[0][0] == entry.url
    assert server.asked == []


def test_a_proxy_that_is_gone_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("http_proxy", "http://me:secret@127.0.0.1:9")
    error = fails(replace(offered(), url="http://weights.invalid/x-0123abcd.pth"), "fetch_proxy")
    assert "127.0.0.1:9" in str(error)
    assert "secret" not in str(error)


def test_the_mirror_is_asked_for_the_same_file(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = serve(server, b"mirrored")
    elsewhere = replace(entry, url="http://127.0.0.1:9/" + entry.url.rpartition("/")[2])
    monkeypatch.setenv(BASE_URL, server.url + "/")
    assert download(elsewhere, weights_dir()).read_bytes() == b"mirrored"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "no address", "http://[bad"])
def test_other_addresses_are_refused(url: str) -> None:
    fails(replace(offered(), url=url), "fetch_offline")


# --- the disk -----------------------------------------------------------------------------------------------


def test_a_folder_that_cannot_be_written_is_told(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CheckpointError) as caught:
        download(serve(server, b"z"), tmp_path / "file")
    assert caught.value.code == "fetch_write"


def test_room_on_the_disk_is_looked_at_before_the_first_byte(server: Server) -> None:
    server.lie = 10**17
    error = fails(replace(serve(server, DATA), size=10**17), "fetch_full")
    assert str(weights_dir()) in str(error)
    assert files() == []


def test_a_disk_that_fills_up_keeps_nothing(server: Server) -> None:
    """A limit on the size of files stands in for a full disk: writing ends with the same kind of error."""
    resource = pytest.importorskip("resource")
    entry = serve(server, DATA)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, before[1]))
    try:
        fails(entry, "fetch_full")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert files() == []
    assert download(entry, weights_dir()).read_bytes() == DATA


def test_a_file_that_is_there_already_is_looked_at_and_not_fetched_again(server: Server) -> None:
    entry = serve(server, DATA)
    path = download(entry, weights_dir())
    path.with_suffix(".json").unlink()
    assert download(entry, weights_dir()) == path
    assert len(server.asked) == 1
    assert path.with_suffix(".json").is_file()
    path.write_bytes(b"damaged")
    assert download(entry, weights_dir()).read_bytes() == DATA
    assert len(server.asked) == 2


def test_what_torch_has_downloaded_already_is_copied(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = serve(server, DATA)
    cache = Path(torch.hub.get_dir()) / "checkpoints"
    cache.mkdir(parents=True)
    cached = cache / entry.url.rpartition("/")[2]
    cached.write_bytes(b"broken")
    assert download(entry, weights_dir()).read_bytes() == DATA
    assert len(server.asked) == 1
    shutil.rmtree(weights_dir())
    cached.write_bytes(DATA)
    assert download(entry, weights_dir()).read_bytes() == DATA
    assert len(server.asked) == 1
    assert cached.read_bytes() == DATA


def test_two_downloads_of_one_file_do_not_disturb_each_other(server: Server) -> None:
    entry = serve(server, DATA)
    inner: list[bytes] = []

    def meanwhile(got: int, _want: int) -> None:
        if got and not inner:
            inner.append(b"")
            inner[0] = download(entry, weights_dir()).read_bytes()

    path = download(entry, weights_dir(), progress=meanwhile)
    assert inner == [DATA]
    assert path.read_bytes() == DATA
    assert files() == sorted([path.name, path.with_suffix(".json").name])


def test_many_downloads_of_one_file_at_once_all_get_it(server: Server) -> None:
    entry = serve(server, DATA)
    with ThreadPoolExecutor(6) as pool:
        paths = list(pool.map(lambda _: download(entry, weights_dir()), range(6)))
    assert {path.read_bytes() for path in paths} == {DATA}
    assert files() == sorted([paths[0].name, paths[0].with_suffix(".json").name])


def test_a_folder_of_the_users_choice_is_remembered(server: Server, weights: bytes, tmp_path: Path) -> None:
    (tmp_path / "chosen").mkdir()
    (tmp_path / "chosen" / "settings.json").write_text('{"no": "card"}')
    path = download(serve(server, weights), tmp_path / "chosen")
    entry = catalog.find("resnet18.IMAGENET1K_V1")
    assert entry.path == path
    assert (entry.licence, entry.data, entry.top5) == (offered().licence, "ImageNet-1K", offered().top5)
    assert not weights_dir().exists()
    assert catalog.for_spec(entry.spec) == entry
    path.unlink()
    assert offered().path is None


def test_an_unknown_name_lists_those_there_are() -> None:
    with pytest.raises(CheckpointError, match=r"resnet50\.IMAGENET1K_V2"):
        fetch("resnet50.V2")
