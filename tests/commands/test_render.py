"""`resviz render`: three forms, one drawing; one line for what cannot be done."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtGui import QImage

from resviz.cli import main


@pytest.mark.parametrize("fold", ["stage", "block", "layer"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_svg(tmp_path: Path, fold: str, theme: str) -> None:
    out = tmp_path / "net.svg"
    assert main(["render", "resnet18", "-o", str(out), "--fold", fold, "--theme", theme]) == 0
    assert ElementTree.fromstring(out.read_text(encoding="utf-8")).tag.endswith("svg")
    assert [path.name for path in tmp_path.iterdir()] == ["net.svg"]


def test_png_at_a_scale(tmp_path: Path) -> None:
    sizes = {}
    for scale in ("1", "2"):
        out = tmp_path / f"{scale}.png"
        assert main(["render", "basic:1,1", "-o", str(out), "--scale", scale]) == 0
        sizes[scale] = QImage(str(out)).size()
    assert sizes["2"] == sizes["1"] * 2


def test_pdf(tmp_path: Path) -> None:
    out = tmp_path / "net.PDF"
    assert main(["render", "resnet50", "-o", str(out)]) == 0
    assert out.read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["resnet18", "-o", "net.gif"], ".svg, .png or .pdf"),
        (["resnet18", "-o", "net"], ".svg, .png or .pdf"),
        (["resnet18", "-o", "net.png", "--scale", "1000"], "at most"),
        (["resnet18", "-o", "net.png", "--scale", "0"], "at most"),
        (["resnet18", "-o", "net.png", "--scale", "nan"], "at most"),
        (["resnet18", "-o", "net.svg", "--scale", "2"], "scale is for PNG"),
        (["resnet18", "-o", "nowhere/net.svg"], "cannot be written"),
        (["resnet18x", "-o", "net.svg"], "did you mean resnet18"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["render", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith("resviz: error: ")
    assert error.count("\n") == 1
    assert words in error
    assert not list(tmp_path.iterdir())


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    out = tmp_path / "net.png"
    out.write_bytes(b"old")
    assert main(["render", "resnet18", "-o", str(out), "--scale", "1000"]) == 2
    assert out.read_bytes() == b"old"


def test_svg_needs_no_qt_and_png_no_display(tmp_path: Path) -> None:
    code = (
        "import sys; from resviz.cli import main\n"
        "assert main(['render', 'resnet18', '-o', 'net.svg']) == 0\n"
        "assert not any(name.startswith(('PySide6', 'torch', 'numpy')) for name in sys.modules)\n"
        "assert main(['render', 'resnet18', '-o', 'net.png', '--scale', '1']) == 0\n"
        "assert main(['render', 'resnet18', '-o', 'net.pdf']) == 0\n"
        "assert 'torch' not in sys.modules\n"
    )
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    root = str(Path(__file__).parents[2])
    environment = {key: value for key, value in os.environ.items() if key not in hidden} | {"PYTHONPATH": root}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net.pdf", "net.png", "net.svg"]
