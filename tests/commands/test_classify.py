from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
import torch
from PIL import Image

from resviz.arch.notation import format_spec
from resviz.arch.spec import ResNetSpec
from resviz.cli import main
from resviz.nets.model import build_model
from resviz.paths import weights_dir
from tests.nets.small import LABELS, SPEC, card, write_weights
from tests.pictures import folder, png, shape


@pytest.fixture
def pictures(tmp_path: Path) -> list[str]:
    write_weights(weights_dir())
    paths = []
    for index, colour in enumerate(((255, 0, 0), (0, 0, 255))):
        paths.append(str(tmp_path / f"picture {index}.png"))
        Image.new("RGB", (20, 30), colour).save(paths[-1])
    return paths


Capture = pytest.CaptureFixture[str]
SMALL = ["--weights", "small", "--device", "cpu"]


def test_json_has_the_promised_form(pictures: list[str], capsys: Capture) -> None:
    assert main(["classify", *pictures, *SMALL, "--format", "json", "--top", "2"]) == 0
    out, err = capsys.readouterr()
    rows = json.loads(out)
    assert [row["image"] for row in rows] == pictures
    for row in rows:
        assert list(row) == ["image", "weights", "device", "trained", "top", "ms"]
        assert (row["weights"], row["device"], row["trained"]) == ("small", "cpu", True)
        assert len(row["top"]) == 2
        assert [list(score) for score in row["top"]] == [["label", "index", "probability"]] * 2
        assert row["top"][0]["label"] == LABELS[row["top"][0]["index"]]
        assert 1 >= row["top"][0]["probability"] >= row["top"][1]["probability"] >= 0
        assert list(row["ms"]) == ["decode", "preprocess", "forward"]
    assert err == ""


def test_all_pictures_are_done_and_each_failure_told(pictures: list[str], tmp_path: Path, capsys: Capture) -> None:
    broken = tmp_path / ("line\nbreak" + "x" * 100 + ".png")
    broken.write_text("no picture")
    images = [pictures[0], str(broken), str(tmp_path / "none.png"), "", pictures[1]]
    assert main(["classify", *images, *SMALL, "--format", "json"]) == 1
    out, err = capsys.readouterr()
    rows = json.loads(out)
    assert [row["image"] for row in rows] == images
    assert ["error" in row for row in rows] == [False, True, True, True, False]
    assert all(set(row) == {"image", "error"} for row in rows if "error" in row)
    lines = err.splitlines()
    assert len(lines) == 3
    assert [line.removeprefix("resviz: ") for line in lines] == [row["error"] for row in rows if "error" in row]
    assert all(0 < len(row["error"]) <= 300 for row in rows if "error" in row)


def test_the_table_is_aligned_and_names_network_and_device(pictures: list[str], capsys: Capture) -> None:
    assert main(["classify", pictures[0], "none.png", *SMALL]) == 1
    out = capsys.readouterr().out
    scores = [line for line in out.splitlines() if line.endswith("%")]
    assert len(scores) == 3
    assert len({len(line) for line in scores}) == 1
    assert "small, on cpu" in out
    assert "error: there is no file none.png" in out


def test_csv_is_read_back_by_the_csv_module(pictures: list[str], capsys: Capture) -> None:
    assert main(["classify", *pictures, "a,b.png", *SMALL, "--format", "csv"]) == 1
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["image"], row["rank"]) for row in rows] == [
        *((path, str(rank)) for path in pictures for rank in (1, 2, 3)),
        ("a,b.png", ""),
    ]
    assert rows[-1]["error"] == "there is no file a,b.png"
    assert {row["trained"] for row in rows[:-1]} == {"true"}


def test_untrained_weights_say_so(pictures: list[str], capsys: Capture) -> None:
    untrained = ["--weights", "untrained", "--device", "cpu"]
    assert main(["classify", pictures[0], *untrained, "--format", "json"]) == 0
    out, err = capsys.readouterr()
    row = json.loads(out)[0]
    assert (row["weights"], row["trained"]) == (None, False)
    assert "predictions mean nothing" in err
    assert main(["classify", pictures[0], *untrained]) == 0
    assert "predictions mean nothing" in capsys.readouterr().out


def test_weights_from_a_file(pictures: list[str], tmp_path: Path, capsys: Capture) -> None:
    spec = ResNetSpec("basic", (1, 1), width=4, classes=4, size=224)
    path = tmp_path / "bare.pth"
    torch.save({"state_dict": build_model(spec).state_dict()}, path)
    assert main(["classify", pictures[0], "--weights", str(path), "--device", "cpu", "--format", "json"]) == 0
    row = json.loads(capsys.readouterr().out)[0]
    assert (row["weights"], row["trained"]) == (str(path), True)
    assert {score["label"] for score in row["top"]} == {f"class {index}" for index in range(4)}
    path = write_weights(tmp_path, "other")
    assert main(["classify", pictures[0], "--weights", str(path), "--device", "cpu", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["weights"] == "other"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--weights", "no such"],
        ["--weights", "resnet18.IMAGENET1K_V1"],
        ["--weights", "none.pth"],
        ["--weights", "weights.ckpt"],
        ["--spec", "resnet19"],
        ["--spec", "resnet18", "--weights", "small"],
        ["--weights", "small", "--device", "cuda:999"],
        ["--weights", "small", "--device", "tpu"],
        ["--weights", "small", "--top", "0"],
        ["--weights", "small", "--top", "many"],
        ["--weights", "small", "--format", "xml"],
        ["--weights", "small", "--way", "other"],
        ["--weights", "small", "--labels", "none.txt"],
    ],
)
def test_wrong_use_is_one_line_and_exit_2(pictures: list[str], arguments: list[str], capsys: Capture) -> None:
    assert main(["classify", pictures[0], *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("resviz: error: ")
    assert err.count("\n") == 1


def test_weights_that_do_not_fit_their_card_are_refused(pictures: list[str], capsys: Capture) -> None:
    spec = json.loads(json.dumps(card()["spec"])) | {"width": 8}
    (weights_dir() / "small.json").write_text(json.dumps(card(spec=spec)))
    assert main(["classify", pictures[0], *SMALL]) == 2
    err = capsys.readouterr().err
    assert "conv1.weight is 4×3×3×3, the network needs 8×3×3×3" in err
    assert SPEC.width == 4


def test_a_spec_runs_with_its_own_weights_given_ones_or_none(
    pictures: list[str], tmp_path: Path, capsys: Capture
) -> None:
    def weights(*words: str) -> str | None:
        assert main(["classify", pictures[0], "--device", "cpu", "--format", "json", *words]) == 0
        name = json.loads(capsys.readouterr().out)[0]["weights"]
        assert name is None or isinstance(name, str)
        return name

    spec = format_spec(SPEC)
    assert weights("--spec", spec) == "small"
    assert weights("--spec", f"{spec},shortcut=A") is None
    file = str(write_weights(tmp_path, "bare", with_card=False))
    assert weights("--spec", spec, "--weights", file) == file
    assert weights("--spec", file) == file


def test_numbers_beyond_fp32_are_an_error(pictures: list[str], tmp_path: Path, capsys: Capture) -> None:
    state = build_model(SPEC).state_dict()
    state["bn1.bias"].fill_(3e38)  # finite, until something is added
    path = tmp_path / "bare.pth"
    torch.save(state, path)
    assert main(["classify", pictures[0], "--weights", str(path), "--device", "cpu", "--format", "json"]) == 1
    out, err = capsys.readouterr()
    (row,) = json.loads(out)
    assert set(row) == {"image", "error"}
    assert "no prediction" in row["error"]
    assert "untrained" not in err
    assert err.startswith(f"resviz: {row['error']}\n")
    assert "these look like random weights" in err


# --- folders ------------------------------------------------------------------------------------------------


@pytest.fixture
def classes(tmp_path: Path) -> Path:
    """Ten pictures in folders named after two of the three classes, and one that is broken."""
    write_weights(weights_dir())
    names = [f"{name}/{number}.png" for name in ("cat", "ship") for number in range(5)]
    root = folder(tmp_path / "set", {name: png(shape("disc", at)) for at, name in enumerate(names)})
    (root / "cat" / "5.png").write_text("no picture")
    return root


def test_a_folder_gives_an_object_a_picture_in_order(classes: Path, pictures: list[str], capsys: Capture) -> None:
    assert main(["classify", pictures[1], str(classes), pictures[0], *SMALL, "--format", "json", "--top", "2"]) == 1
    out, err = capsys.readouterr()
    rows = json.loads(out)
    assert [row["image"] for row in rows] == [pictures[1], *map(str, sorted(classes.rglob("*.png"))), pictures[0]]
    broken = rows[6]
    assert set(broken) == {"image", "error"}
    for row in rows:
        if row is broken:
            continue
        assert list(row)[:6] == ["image", "weights", "device", "trained", "top", "ms"]
        assert row.get("label") == (Path(row["image"]).parent.name if "set" in row["image"] else None)
        assert len(row["top"]) == 2
        assert list(row["ms"]) == ["decode", "preprocess", "forward"]
    lines = err.splitlines()
    assert lines[0] == f"resviz: {broken['error']}"
    right = sum(row["top"][0]["label"] == row["label"] for row in rows if "label" in row)
    assert lines[1].startswith(f"accuracy {right / 10:.1%} of 10 (95 % interval ")
    assert "top-5" not in lines[1]  # of three classes
    assert lines[2].startswith("13 pictures in ")


def test_a_folder_s_table_has_a_line_a_picture(classes: Path, capsys: Capture) -> None:
    assert main(["classify", str(classes), *SMALL]) == 1
    out = capsys.readouterr().out
    lines = out.splitlines()
    assert len([line for line in lines if line.startswith(str(classes))]) == 11
    assert "small, on cpu" in out
    assert "accuracy" in out


def test_a_folder_s_table_names_as_many_classes_as_are_asked_for(classes: Path, capsys: Capture) -> None:
    def columns(*words: str) -> set[int]:
        assert main(["classify", str(classes / "cat"), *SMALL, *words]) == 1
        lines = capsys.readouterr().out.splitlines()
        assert [line for line in lines if line.startswith(str(classes / "cat" / "5.png")) and "failed" in line]
        return {line.count("%") for line in lines if line.startswith(str(classes)) and "failed" not in line}

    assert columns() == {1}
    assert columns("--top", "1") == {1}
    assert columns("--top", "2") == {2}
    assert columns("--top", "50") == {3}  # there are no more


def test_a_folder_s_csv_names_the_true_class(classes: Path, capsys: Capture) -> None:
    assert main(["classify", str(classes), *SMALL, "--format", "csv", "--top", "1"]) == 1
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == 11
    assert {(Path(row["image"]).parent.name, row["true_label"]) for row in rows if not row["error"]} == {
        ("cat", "cat"),
        ("ship", "ship"),
    }
    assert [row["rank"] for row in rows if row["error"]] == [""]


def test_many_files_are_done_in_batches_with_the_same_numbers(pictures: list[str], capsys: Capture) -> None:
    def first(images: list[str]) -> list[dict[str, object]]:
        assert main(["classify", *images, *SMALL, "--format", "json"]) == 0
        return list(json.loads(capsys.readouterr().out)[0]["top"])

    alone, among = first(pictures[:1]), first(pictures * 6)
    assert [score["label"] for score in alone] == [score["label"] for score in among]
    assert [score["probability"] for score in alone] == pytest.approx([s["probability"] for s in among], abs=1e-5)


def test_an_empty_folder_is_a_failure(tmp_path: Path, pictures: list[str], capsys: Capture) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["classify", str(tmp_path / "empty"), *SMALL, "--format", "json"]) == 1
    (row,) = json.loads(capsys.readouterr().out)
    assert row["error"].endswith("holds no pictures")


def test_classes_get_names_from_a_file(classes: Path, tmp_path: Path, capsys: Capture) -> None:
    names = tmp_path / "names.txt"
    names.write_text("tabby\nhound\nboat\n")
    (classes / "ship").rename(classes / "boat")
    assert main(["classify", str(classes), *SMALL, "--labels", str(names), "--format", "json"]) == 1
    rows = json.loads(capsys.readouterr().out)
    assert {score["label"] for score in rows[0]["top"]} == {"tabby", "hound", "boat"}
    assert {row["label"] for row in rows if "label" in row} == {"boat"}
    names.write_text("one\ntwo\n")
    assert main(["classify", str(classes), *SMALL, "--labels", str(names)]) == 2
    assert "has 2 class names, the network has 3 classes" in capsys.readouterr().err


def test_the_fast_way_sees_the_same(pictures: list[str], classes: Path, capsys: Capture) -> None:
    for images in ([pictures[0]], [str(classes / "ship")]):
        found = []
        for way in ("exact", "fast"):
            assert main(["classify", *images, *SMALL, "--way", way, "--format", "json"]) == 0
            found.append([row["top"][0] for row in json.loads(capsys.readouterr().out)])
        for exact, fast in zip(*found, strict=True):
            assert exact["probability"] == pytest.approx(fast["probability"], abs=0.02)
