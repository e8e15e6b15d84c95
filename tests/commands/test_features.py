from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from resviz.cli import main
from resviz.commands import letters
from resviz.commands.sheets import BAR_WIDTH, GAP, LABEL, MARGIN, MOST_CHANNELS, NAMED, Look, draw
from resviz.maps import mosaic, plots
from resviz.maps.shades import RANGES
from resviz.maps.statistics import SORTS
from resviz.nets.classifier import Classifier
from resviz.nets.images import decode_file
from resviz.paths import weights_dir
from tests.nets.small import SPEC, write_weights

Capture = pytest.CaptureFixture[str]
SMALL = ["--weights", "small", "--device", "cpu"]


@pytest.fixture
def picture(tmp_path: Path) -> str:
    write_weights(weights_dir())
    path = tmp_path / "picture.png"
    Image.effect_noise((40, 40), 90).save(path)
    return str(path)


@pytest.mark.parametrize("layer", ["conv1", "layer2.0.add", "layer1.0.relu2", "avgpool", "flatten", "fc"])
def test_every_kind_of_layer_is_drawn(picture: str, tmp_path: Path, layer: str, capsys: Capture) -> None:
    output = tmp_path / "out.png"
    assert main(["features", picture, "--layer", layer, "-o", str(output), *SMALL]) == 0
    out, err = capsys.readouterr()
    assert layer in out
    assert "small" in out
    assert err == ""
    with Image.open(output) as drawn:
        assert len(np.unique(np.asarray(drawn).reshape(-1, 3), axis=0)) > 4
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["out.png", "picture.png"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"--layer": "layer1.0.ad"}, "layer1.0.add"),
        ({"-o": "out.jpg"}, ".png"),
        ({"-o": "out.npz", "--sort": "mean"}, "how a PNG is painted"),
        ({"-o": "out.npz", "--range": "layer"}, "how a PNG is painted"),
        ({"--sort": "size"}, "invalid choice"),
        ({"image": "."}, "is a folder"),
        ({"--layer": ""}, "has no layer ''"),
        ({"-o": "no/such/folder/out.npz"}, "cannot be written"),
        ({"-o": "no/such/folder/out.png"}, "cannot be written"),
        ({"--weights": "none"}, "none"),
        ({"image": "none.png"}, "there is no file none.png"),
    ],
)
def test_errors_are_one_line_and_nothing_is_written(
    picture: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, str],
    words: str,
    capsys: Capture,
) -> None:
    monkeypatch.chdir(tmp_path)
    options = {
        "image": picture,
        "--layer": "fc",
        "-o": "out.png",
        "--weights": "small",
        "--device": "cpu",
    } | changes
    image = options.pop("image")
    assert main(["features", image, *(word for option in options.items() for word in option)]) == 2
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["picture.png"]


@pytest.mark.parametrize(
    "shape", [(1, 1, 1), (3, 1, 90), (17, 50, 2), (MOST_CHANNELS + 9, 1, 1), (1,), (1000,), (9000,)]
)
def test_any_shape_can_be_drawn(shape: tuple[int, ...]) -> None:
    data = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    drawn = draw(data, Look(), ["title ×", "猫"])
    assert max(drawn.size) < 12_000


def test_a_spec_without_weights_is_drawn_and_said_to_be_untrained(
    picture: str, tmp_path: Path, capsys: Capture
) -> None:
    words = ["--layer", "conv1", "-o", str(tmp_path / "out.png"), "--device", "cpu"]
    assert main(["features", picture, *words, "--spec", "basic:1,width=5,stem=cifar,classes=2,size=16"]) == 0
    out = capsys.readouterr().out
    assert "conv1, 5×16×16" in out
    assert "untrained" in out


def test_the_numbers_are_those_of_the_layer(picture: str, tmp_path: Path, capsys: Capture) -> None:
    output = tmp_path / "out.npz"
    assert main(["features", picture, "--layer", "layer1.0.add", "-o", str(output), *SMALL]) == 0
    assert "layer1.0.add, 4×16×16" in capsys.readouterr().out
    found = np.load(output)
    assert set(found) == {"maps", "layer", "shape", "stride", "picture", "weights"}
    classifier = Classifier(SPEC, "small", "cpu")
    maps = classifier.predict(lambda least: decode_file(picture, least=least), layers=("layer1.0.add",)).maps
    assert found["maps"].dtype == np.float32
    assert (found["maps"] == maps["layer1.0.add"].data).all()
    assert (str(found["layer"]), str(found["weights"]), int(found["stride"])) == ("layer1.0.add", "small", 1)
    assert tuple(found["shape"]) == found["maps"].shape


def test_numbers_are_whole_where_a_picture_is_thinned(picture: str, tmp_path: Path, capsys: Capture) -> None:
    words = ["features", picture, "--layer", "conv1", "--device", "cpu", "--spec"]
    words += ["basic:1,width=64,stem=cifar,classes=2,size=300", "-o"]
    assert main([*words, str(tmp_path / "out.png")]) == 0
    assert "1/2 of its resolution" in capsys.readouterr().out
    assert main([*words, str(tmp_path / "out.npz")]) == 0
    assert "resolution" not in capsys.readouterr().out
    found = np.load(tmp_path / "out.npz")
    assert found["maps"].shape == (64, 300, 300) == tuple(found["shape"])
    assert int(found["stride"]) == 1


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("over", RANGES)
def test_order_and_range_are_said(picture: str, tmp_path: Path, sort: str, over: str, capsys: Capture) -> None:
    output = tmp_path / "out.png"
    words = ["--sort", sort, "--range", over]
    assert main(["features", picture, "--layer", "layer1.0.relu2", "-o", str(output), *SMALL, *words]) == 0
    out, err = capsys.readouterr()
    assert ("first" in out) == (sort != "index")
    assert err == ""


def test_random_weights_are_not_sorted_by_class(picture: str, tmp_path: Path, capsys: Capture) -> None:
    words = ["--layer", "conv1", "-o", str(tmp_path / "out.png"), "--sort", "class", "--device", "cpu"]
    assert main(["features", picture, *words, "--spec", "basic:1,width=5,stem=cifar,classes=2,size=16"]) == 0
    out, err = capsys.readouterr()
    assert "in order of index" in out
    assert "predictions mean nothing; in order of index" in err


def tile(drawn: Image.Image, place: int) -> list[tuple[int, int, int]]:
    """The colours in the left column of a tile of the only row; tiles are 36 wide and 72 high."""
    pixels = np.asarray(drawn)
    bottom = drawn.height - MARGIN - LABEL
    return [tuple(row) for row in pixels[bottom - 72 : bottom, MARGIN + place * (36 + GAP)].tolist()]


def test_colours_diverge_before_a_relu_and_rise_after_it() -> None:
    data = np.array([[[0.0], [2.0]], [[1.0], [4.0]]], np.float32)
    signed, rising = (list(map(tuple, plots.table(name)[:, :3].tolist())) for name in (plots.SIGNED, "viridis"))
    before, after = draw(data, Look("bn"), []), draw(data, Look("relu"), [])
    assert (tile(before, 0)[0], tile(before, 0)[-1]) == (signed[128], signed[255])
    assert (tile(after, 0)[0], tile(after, 0)[-1]) == (rising[1], rising[255])
    shared = draw(data, Look("relu", "layer"), [])
    assert tile(shared, 0)[-1] == rising[128]
    network = draw(data, Look("relu", "network", (0.0, 8.0)), [])
    assert tile(network, 1)[-1] == rising[128]
    turned = draw(data, Look("relu", "layer", order=np.array([1, 0])), [])
    assert tile(turned, 1) == tile(shared, 0)


def test_what_is_no_number_is_left_out() -> None:
    data = np.array([[[np.nan], [1.0]], [[0.0], [np.inf]]], np.float32)
    drawn = draw(data, Look("relu"), [])
    assert tile(drawn, 0)[0] == (255, 255, 255)
    assert draw(np.full(5, np.nan, np.float32), Look(), ["fc"]).width > 0


def test_the_classes_bars_have_their_names() -> None:
    """They lie: right of zero what is positive, left what is negative, the longest over all the room."""
    data = np.array([2.0, -1.0, 0.0], np.float32)
    drawn = np.asarray(draw(data, Look("fc", names=("a dog", "b", "c")), []))
    nameless = np.asarray(draw(data, Look("fc"), []))
    assert drawn.shape != nameless.shape
    two = np.array([2.0, 2.0], np.float32)
    steps = mosaic.indices(data[:2, None, None], -two, two, signed=True).ravel()
    most, least = (np.nonzero((drawn == plots.table(plots.SIGNED)[step, :3]).all(-1)) for step in steps)
    assert abs((np.ptp(most[1]) + 1) - BAR_WIDTH * 2 / 3) < 2
    assert abs((np.ptp(least[1]) + 1) - BAR_WIDTH / 3) < 2
    assert abs(int(most[1].min()) - int(least[1].max())) <= 1
    assert most[0].max() < least[0].min()
    before = drawn[most[0].min() : most[0].max(), : least[1].min()]
    assert before.min() < 100  # its name
    many = np.arange(NAMED + 1, dtype=np.float32)
    look = Look("fc", names=tuple(f"class {number}" for number in many))
    assert draw(many, look, []).size == draw(many, Look("fc"), []).size


def test_a_long_name_is_shortened_and_no_other() -> None:
    assert letters.shortened("dog", 200) == "dog"
    short = letters.shortened("a very long name of a class " * 5, 120)
    assert letters.width(short) <= 120
    assert short.startswith("a very")
    assert letters.shortened("dog", 0) == "…"


def test_single_values_are_coloured_over_the_layer() -> None:
    data = np.array([0.5, 1.0], np.float32)[:, None, None]
    drawn = np.asarray(draw(data, Look("avgpool"), []))
    rising = plots.table("viridis")[:, :3]
    assert (drawn == rising[255]).all(-1).any()
    assert (drawn == rising[1]).all(-1).any()
