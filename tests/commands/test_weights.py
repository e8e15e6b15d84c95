from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from resviz.cli import main
from resviz.commands import weights
from resviz.nets import catalog
from resviz.nets.fetch import BASE_URL
from resviz.paths import weights_dir
from tests.nets.server import Server, running
from tests.nets.small import write_weights

Capture = pytest.CaptureFixture[str]


def test_the_list_shows_what_is_here_and_what_can_be_had(capsys: Capture) -> None:
    write_weights(weights_dir())
    assert main(["weights", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["name", "spec", "on", "disk", "accuracy", "size"]
    small = next(line for line in lines if line.startswith("small "))
    assert "yes" in small
    assert "87.50%" in small
    remote = next(line for line in lines if line.startswith("resnet50.IMAGENET1K_V2 "))
    assert " no " in remote
    assert "80.86%" in remote


def test_the_list_as_json(capsys: Capture) -> None:
    path = write_weights(weights_dir())
    assert main(["weights", "list", "--format", "json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["small"]["path"] == str(path)
    assert rows["small"]["on_disk"] is True
    assert rows["resnet18.IMAGENET1K_V1"] == {
        "name": "resnet18.IMAGENET1K_V1",
        "title": "ResNet-18 · ImageNet-1K (V1)",
        "spec": "resnet18",
        "on_disk": False,
        "path": None,
        "accuracy": 0.69758,
        "bytes": rows["resnet18.IMAGENET1K_V1"]["bytes"],
        "classes": 1000,
    }


@pytest.mark.parametrize("arguments", [[], ["fetch"], ["fetch", "resnet9"], ["drop", "x"]])
def test_wrong_use_is_one_line_and_exit_2(arguments: list[str], capsys: Capture) -> None:
    assert main(["weights", *arguments]) == 2
    err = capsys.readouterr().err
    assert err.startswith("resviz: error: ")
    assert err.count("\n") == 1


def test_fetching_offline_is_told(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv(BASE_URL, "http://127.0.0.1:9")
    assert main(["weights", "fetch", "resnet18.IMAGENET1K_V1"]) == 2
    assert "127.0.0.1 cannot be reached" in capsys.readouterr().err


def test_everything_is_told_where_it_is_asked_for(capsys: Capture) -> None:
    assert main(["weights", "list", "--all"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("file or address")
    remote = next(line for line in lines if line.startswith("resnext101_64x4d.IMAGENET1K_V1 "))
    assert "96.45%" in remote
    assert "ImageNet terms" in remote
    assert "https://download.pytorch.org/models/resnext101_64x4d-173b62eb.pth" in remote
    assert main(["weights", "list", "--all", "--format", "json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert "non-commercial" in rows["resnet18.IMAGENET1K_V1"]["licence"]
    assert rows["resnet18-w16-cifar10"]["shipped"] is True


def test_the_list_as_csv_with_a_folder(tmp_path: Path, capsys: Capture) -> None:
    path = write_weights(tmp_path)
    assert main(["weights", "list", "--format", "csv", "--folder", str(tmp_path)]) == 0
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(capsys.readouterr().out))}
    assert len(rows) == len(catalog.every()) + 1
    assert rows["small"]["path"] == str(path)
    assert rows["resnet34.IMAGENET1K_V1"]["accuracy"] == "0.73314"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Has a file under the name of torchvision's, with the hash of its own in the catalogue's."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    data = bytes(3_000_000)
    file = f"resnet18-{hashlib.sha256(data).hexdigest()[:8]}.pth"
    offered = tuple(
        replace(entry, url=f"http://x/{file}") if entry.name.startswith("resnet18.") else entry
        for entry in catalog._torchvision()
    )
    monkeypatch.setattr(catalog, "_torchvision", lambda: offered)
    with running() as made:
        made.files[f"/{file}"] = data
        monkeypatch.setenv(BASE_URL, made.url)
        yield made


def test_fetching_tells_on_a_terminal_how_far_it_is(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(weights._Line, "EVERY", 0.0)
    monkeypatch.setattr(sys, "stderr", terminal)
    assert main(["weights", "fetch", "resnet18.IMAGENET1K_V1", "--folder", str(tmp_path)]) == 0
    path = Path(capsys.readouterr().out.strip())
    assert path.parent == tmp_path
    assert path.stat().st_size == 3_000_000
    shown = terminal.getvalue()
    assert "100 %  3.0 of 3.0 MB" in shown
    assert "MB/s" in shown
    assert shown.endswith("\n")
    assert main(["weights", "fetch", "resnet18.IMAGENET1K_V1"]) == 0  # found where it is
    assert capsys.readouterr().out.strip() == str(path)


def test_ctrl_c_ends_cleanly_and_the_next_fetch_goes_on(
    server: Server, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    server.stall = 1_000_000
    show = weights._Line.show

    def interrupted(line: weights._Line, got: int, want: int) -> None:
        show(line, got, want)
        if got == 1_000_000:
            raise KeyboardInterrupt

    monkeypatch.setattr(weights._Line, "show", interrupted)
    monkeypatch.setattr(weights._Line, "EVERY", 0.0)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert main(["weights", "fetch", "resnet18.IMAGENET1K_V1"]) == 130
    assert terminal.getvalue().endswith("\nresviz: interrupted\n")
    assert not list(weights_dir().glob("resnet*"))
    server.stall = -1
    monkeypatch.setattr(weights._Line, "show", show)
    assert main(["weights", "fetch", "resnet18.IMAGENET1K_V1"]) == 0
    assert server.ranges_asked() == ["", "bytes=1000000-"]
