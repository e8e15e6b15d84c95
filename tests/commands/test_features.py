from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from resviz.cli import main
from resviz.commands.features import MOST_CHANNELS, VIRIDIS, colours, draw, scaled
from resviz.nets.capture import Maps
from resviz.paths import weights_dir
from tests.nets.small import write_weights

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


def test_colours_run_from_the_first_to_the_last() -> None:
    ramp = colours(np.array([[0.0, 1.0]], np.float32))
    assert tuple(ramp[0, 0]) == VIRIDIS[0]
    assert tuple(ramp[0, 1]) == VIRIDIS[-1]


def test_each_channel_has_its_own_scale() -> None:
    assert scaled(np.array([[-3.0, 1.0]], np.float32)).tolist() == [[0.0, 1.0]]
    assert scaled(np.array([[5.0, 5.0]], np.float32)).tolist() == [[0.0, 0.0]]
    assert np.isfinite(scaled(np.array([[np.nan, np.inf, 2.0, -np.inf]], np.float32))).all()


@pytest.mark.parametrize(
    "shape", [(1, 1, 1), (3, 1, 90), (17, 50, 2), (MOST_CHANNELS + 9, 1, 1), (1,), (1000,), (9000,)]
)
def test_any_shape_can_be_drawn(shape: tuple[int, ...]) -> None:
    maps = Maps("x", np.random.default_rng(0).normal(size=shape).astype(np.float32), 1, shape)
    drawn = draw(maps, "title ×")
    assert max(drawn.size) < 12_000


def test_a_spec_without_weights_is_drawn_and_said_to_be_untrained(
    picture: str, tmp_path: Path, capsys: Capture
) -> None:
    words = ["--layer", "conv1", "-o", str(tmp_path / "out.png"), "--device", "cpu"]
    assert main(["features", picture, *words, "--spec", "basic:1,width=5,stem=cifar,classes=2,size=16"]) == 0
    out = capsys.readouterr().out
    assert "conv1, 5×16×16" in out
    assert "untrained" in out
