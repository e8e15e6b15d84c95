"""`resviz render`: three forms, one drawing; one line for what cannot be done."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtGui import QImage
from PySide6.QtPdf import QPdfDocument

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
        (["resnet50", "-o", "net.svg", "--unfold", "layer3.9"], "did you mean layer3."),
        (["resnet50", "-o", "net.svg", "--unfold", "layr3"], "did you mean layer3?"),
        (["resnet50", "-o", "net.svg", "--fold-part", "layer3.0=stage"], "it can at block or layer"),
        (["resnet50", "-o", "net.svg", "--fold-part", "stem=block"], "it can at stage or layer"),
        (["resnet50", "-o", "net.svg", "--fold-part", "layer3"], "takes ID=LEVEL"),
        (["resnet50", "-o", "net.svg", "--fold", "floor"], "invalid choice: 'floor'"),
        (["resnet50", "-o", "net.svg", "--linear"], "--color-by"),
        (["resnet50", "-o", "net.svg", "--color-by", "heat"], "invalid choice: 'heat'"),
        (["resnet50", "-o", "net.svg", "--compare", "resnet51"], "did you mean resnet"),
        (["resnet50", "-o", "net.svg", "--paper", "a5"], "invalid choice: 'a5'"),
        (["resnet50", "-o", "net.pdf", "--paper", "a4", "--direction", "right"], "does not go with it"),
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


def drawn(path: Path) -> set[str]:
    """The ids of a drawing's cells."""
    return {each.get("id", "") for each in ElementTree.fromstring(path.read_text(encoding="utf-8")).iter()}


def test_single_stages_and_blocks_at_levels_of_their_own(tmp_path: Path) -> None:
    out = tmp_path / "net.svg"
    words = ["--fold", "stage", "--fold-part", "layer3=block,layer2=block", "--unfold", "layer3.1"]
    assert main(["render", "resnet18", "-o", str(out), *words]) == 0
    ids = drawn(out)
    assert {"layer1", "layer2.0", "layer3.0", "layer3.1", "layer4"} <= ids
    assert not {"layer2", "layer3", "layer4.0"} & ids
    text = out.read_text(encoding="utf-8")
    assert "conv2 3×3, 256" in text, "layer3.1 layer by layer"
    assert "conv2 3×3, 128" not in text, "layer2.1 is a card"


def test_repeats(tmp_path: Path) -> None:
    sizes = {}
    for name, words in (("all", []), ("once", ["--repeats"])):
        out = tmp_path / f"{name}.svg"
        assert main(["render", "resnet152", "-o", str(out), *words]) == 0
        sizes[name] = float(ElementTree.fromstring(out.read_text(encoding="utf-8")).get("height", "0"))
    assert "× 35" in out.read_text(encoding="utf-8")
    assert sizes["once"] < sizes["all"] / 3


def test_the_trunk_to_the_right(tmp_path: Path) -> None:
    shape = {}
    for way in ("down", "right"):
        out = tmp_path / f"{way}.svg"
        assert main(["render", "resnet50", "-o", str(out), "--direction", way]) == 0
        root = ElementTree.fromstring(out.read_text(encoding="utf-8"))
        shape[way] = float(root.get("width", "0")) / float(root.get("height", "1"))
    assert shape["down"] < 0.5
    assert shape["right"] > 2


def test_pages_of_paper(tmp_path: Path) -> None:
    assert main(["render", "resnet50", "-o", str(tmp_path / "net.pdf"), "--paper", "letter"]) == 0
    document = QPdfDocument()
    document.load(str(tmp_path / "net.pdf"))
    assert document.pageCount() > 1
    assert {round(side) for side in document.pagePointSize(0).toTuple()} == {612, 792}
    document.close()
    assert main(["render", "resnet50", "-o", str(tmp_path / "net.svg"), "--paper", "a4", "--theme", "dark"]) == 0
    files = sorted(tmp_path.glob("*.svg"))
    assert [path.name for path in files][:2] == ["net-1.svg", "net-2.svg"]
    assert all('fill="#FFFFFF"' in path.read_text(encoding="utf-8") for path in files)


@pytest.mark.parametrize("metric", ["params", "macs", "activations", "field"])
def test_coloured_by_a_figure(tmp_path: Path, metric: str) -> None:
    texts = {}
    for scale in ("--log", "--linear"):
        out = tmp_path / f"net{scale}.svg"
        assert main(["render", "resnet18", "-o", str(out), "--color-by", metric, scale]) == 0
        texts[scale] = out.read_text(encoding="utf-8")
    assert texts["--log"] != texts["--linear"]
    assert main(["render", "resnet18", "-o", str(tmp_path / "plain.svg"), "--color-by", "operator"]) == 0
    assert (tmp_path / "plain.svg").read_text(encoding="utf-8") not in texts.values()


def test_coloured_by_time_measured_now(tmp_path: Path) -> None:
    out = tmp_path / "net.svg"
    words = ["--color-by", "time", "--device", "cpu"]
    assert main(["render", "basic:1,1,width=8,stem=cifar,size=16", "-o", str(out), *words]) == 0
    assert re.search(r"conv1 · [\d.]+ (ms|µs)<", out.read_text(encoding="utf-8"))


def test_two_networks_side_by_side(tmp_path: Path) -> None:
    widths = {}
    for name, words in (("one", []), ("two", ["--compare", "resnet34"])):
        out = tmp_path / f"{name}.svg"
        assert main(["render", "resnet18", "-o", str(out), *words]) == 0
        widths[name] = float(ElementTree.fromstring(out.read_text(encoding="utf-8")).get("width", "0"))
    assert widths["two"] > 1.5 * widths["one"]
    assert "layer3.5" in out.read_text(encoding="utf-8"), "of the network compared with"
