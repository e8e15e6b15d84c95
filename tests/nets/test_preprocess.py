from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from torchvision.models import ResNet18_Weights
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as tv

from resviz.arch.presets import PRESETS
from resviz.errors import PrepareError
from resviz.nets import catalog
from resviz.nets.beside import said_beside
from resviz.nets.checkpoints import read_checkpoint
from resviz.nets.images import Picture, decode_pixels
from resviz.nets.preprocess import THUMBNAIL, Preprocess, Steps
from resviz.nets.usage import usage_of
from resviz.ways import INTERPOLATIONS, LARGEST_RESIZE, OWN, Interpolation, Preparation
from tests.nets.small import SPEC, card, write_weights

IMAGENET = ResNet18_Weights.IMAGENET1K_V1
PHOTO = Preprocess(64, 3, "short", 72, mean=(0.5, 0.4, 0.3), std=(0.2, 0.3, 0.4), source="card")


def noise(width: int, height: int) -> Picture:
    pixels = np.random.default_rng(width * height).integers(0, 256, (height, width, 3), np.uint8)
    return Picture("noise", Image.fromarray(pixels), (width, height))


def same_seen(one: Steps, pixels: Image.Image) -> bool:
    return np.array_equal(one.seen, np.asarray(pixels))


# --- as torchvision does ------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(640, 480), (333, 777), (224, 224), (90, 61)])
def test_the_tensor_equals_torchvisions_to_the_bit(size: tuple[int, int]) -> None:
    entry = next(known for known in catalog.online() if known.name == "resnet18.IMAGENET1K_V1")
    picture = noise(*size)
    steps = entry.preprocess(entry.spec).steps(picture)
    assert torch.equal(torch.from_numpy(steps.tensor), IMAGENET.transforms()(picture.image))
    assert steps.source == "torchvision"
    assert steps.own == Preparation(
        "short", 256, "bilinear", None, cast(Any, (0.485, 0.456, 0.406)), cast(Any, (0.229, 0.224, 0.225))
    )


@pytest.mark.parametrize("way", INTERPOLATIONS)
@pytest.mark.parametrize("size", [(200, 131), (100, 300)])
def test_every_interpolation_equals_torchvisions_to_the_pixel(way: Interpolation, size: tuple[int, int]) -> None:
    picture = noise(*size)
    steps = PHOTO.steps(picture, Preparation(interpolation=way))
    resized = tv.resize(picture.image, [72], InterpolationMode(way))
    assert steps.resized_size == resized.size
    assert np.array_equal(steps.resized, np.asarray(resized))
    assert same_seen(steps, tv.center_crop(resized, [64]))
    assert steps.interpolation == way


@pytest.mark.parametrize("at", [(0, 0), (3, 8), (37, 8)])
def test_a_moved_box_is_a_crop_at_another_place(at: tuple[int, int]) -> None:
    picture = noise(200, 131)
    left, top = at
    width, height = PHOTO.steps(picture).resized_size
    box = (left / width, top / height, (left + 64) / width, (top + 64) / height)
    steps = PHOTO.steps(picture, Preparation(box=box))
    resized = tv.resize(picture.image, [72], InterpolationMode.BILINEAR)
    assert same_seen(steps, tv.crop(resized, top, left, 64, 64))
    assert steps.box == pytest.approx([box[0] * 200, box[1] * 131, box[2] * 200, box[3] * 131])


def test_the_box_that_was_looked_at_gives_the_same_picture_again() -> None:
    picture = noise(211, 133)
    for preprocess in (PHOTO, replace(PHOTO, how="square")):
        first = preprocess.steps(picture)
        left, top, right, bottom = first.box
        again = preprocess.steps(picture, Preparation(box=(left / 211, top / 133, right / 211, bottom / 133)))
        assert np.array_equal(first.seen, again.seen)
        assert again.box == pytest.approx(first.box)


def test_a_box_of_another_size_is_cut_from_the_original_and_resized() -> None:
    picture = noise(200, 100)
    steps = PHOTO.steps(picture, Preparation(box=(0.1, 0.2, 0.35, 0.7)))
    alone = picture.image.crop((20, 20, 70, 70)).resize((64, 64), Image.Resampling.BILINEAR)
    inner = slice(2, -2)  # at its edge the box knows what lies beyond
    assert np.abs(steps.seen.astype(int) - np.asarray(alone))[inner, inner].max() <= 1
    assert steps.box == pytest.approx((20, 20, 70, 70))
    assert steps.resized_size == (256, 128)
    assert steps.resized.shape == (128, 256, 3)


def test_of_a_reduced_picture_the_box_is_in_pixels_of_the_original() -> None:
    whole = noise(400, 200)
    reduced = Picture("reduced", whole.image.reduce(2), (400, 200))
    assert replace(PHOTO, how="square").steps(reduced).box == pytest.approx((100, 0, 300, 200))


# --- any picture, any network ---------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["square", "short", "digit"])
@pytest.mark.parametrize("size", [(1, 1), (100_000, 1), (1, 5000), (2, 3), (3000, 40)])
@pytest.mark.parametrize("channels", [1, 3, 5])
def test_pictures_of_any_shape_and_networks_of_any_channels(how: Any, size: tuple[int, int], channels: int) -> None:
    steps = replace(PHOTO, how=how, channels=channels).steps(noise(*size))
    assert steps.tensor.shape == (channels, 64, 64)
    assert len(steps.mean) == len(steps.std) == channels
    assert np.isfinite(steps.tensor).all()
    assert steps.seen.shape == (64, 64, 3)
    assert max(steps.resized.shape) <= THUMBNAIL
    assert min(steps.resized_size) >= 1
    assert all(map(math.isfinite, steps.box))


def test_a_long_picture_can_be_looked_at_from_end_to_end() -> None:
    picture = noise(100_000, 1)
    left = PHOTO.steps(picture, Preparation(box=(0.0, 0.0, 1e-5, 1.0)))
    right = PHOTO.steps(picture, Preparation(box=(1.0, 0.0, 1.0, 1.0)))
    pixels = np.asarray(picture.image)
    assert np.abs(left.seen.astype(int) - pixels[0, 0]).mean() < 40
    assert right.box[2] == pytest.approx(100_000)


@pytest.mark.parametrize(
    "box", [(-3.0, -3.0, -2.0, -2.0), (5.0, 5.0, 9.0, 9.0), (0.9, 0.9, 0.1, 0.1), (0.5, 0.5, 0.5, 0.5), (0, 0, 1, 1)]
)
@pytest.mark.parametrize("how", ["square", "short", "digit"])
def test_a_box_outside_is_moved_into_the_picture(box: Any, how: Any) -> None:
    steps = PHOTO.steps(noise(120, 90), Preparation(how=how, box=box))
    left, top, right, bottom = steps.box
    assert 0 <= left < right <= 120 + 1e-6
    assert 0 <= top < bottom <= 90 + 1e-6


@pytest.mark.parametrize("resize", [1, 63, LARGEST_RESIZE])
def test_a_resize_that_is_too_small_leaves_something_to_cut_out(resize: int) -> None:
    steps = PHOTO.steps(noise(90, 70), Preparation(resize=resize))
    assert steps.resize == max(resize, 64)
    assert steps.tensor.shape == (3, 64, 64)


def test_beyond_what_is_resized_whole_the_same_place_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = noise(150, 90)
    whole = PHOTO.steps(picture)
    monkeypatch.setattr("resviz.nets.preprocess.WHOLE_PIXELS", 1)
    part = PHOTO.steps(picture)
    assert (part.box, part.resized_size) == (whole.box, whole.resized_size)
    assert np.abs(part.seen.astype(int) - whole.seen).max() <= 1


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (Preparation(resize=0), "prepare_resize"),
        (Preparation(resize=LARGEST_RESIZE + 1), "prepare_resize"),
        (Preparation(mean=(math.nan,)), "prepare_mean"),
        (Preparation(mean=(0.1, math.inf, 0.2)), "prepare_mean"),
        (Preparation(std=(0.0,)), "prepare_std"),
        (Preparation(std=(0.2, -0.1, 0.2)), "prepare_std"),
        (Preparation(std=(math.nan,)), "prepare_std"),
        (Preparation(std=(1e-30,)), "prepare_std"),
        (Preparation(box=(0.0, math.nan, 1.0, 1.0)), "prepare_box"),
        (Preparation(how=cast(Any, "magic")), "prepare_word"),
        (Preparation(interpolation=cast(Any, "hamming")), "prepare_word"),
    ],
)
def test_nonsense_is_refused_in_one_sentence(wanted: Preparation, code: str) -> None:
    with pytest.raises(PrepareError) as caught:
        PHOTO.steps(noise(20, 20), wanted)
    assert caught.value.code == code
    assert "\n" not in str(caught.value)


# --- values ---------------------------------------------------------------------------------------------------


def test_changed_values_are_in_force_and_the_own_ones_are_told() -> None:
    wanted = Preparation(how="square", interpolation="lanczos", mean=(0.1,), std=(0.5, 0.6, 0.7))
    steps = PHOTO.steps(noise(100, 80), wanted)
    assert (steps.how, steps.interpolation, steps.mean, steps.std) == ("square", "lanczos", (0.1,) * 3, (0.5, 0.6, 0.7))
    expected = (steps.seen / 255 - 0.1) / (0.5, 0.6, 0.7)
    assert steps.tensor == pytest.approx(expected.transpose(2, 0, 1), abs=1e-5)
    assert steps.own == Preparation("short", 72, "bilinear", None, (0.5, 0.4, 0.3), (0.2, 0.3, 0.4))
    assert PHOTO.changed(OWN) == PHOTO


def test_values_of_another_network_fit_as_they_can() -> None:
    one = replace(PHOTO, channels=1).steps(noise(70, 70), Preparation(mean=(0.2, 0.3, 0.4), std=(0.5,)))
    assert one.mean == pytest.approx((0.3,))
    five = replace(PHOTO, channels=5).steps(noise(70, 70), Preparation(mean=(0.2, 0.3, 0.4)))
    assert five.mean == (0.2, 0.3, 0.4, 0.2, 0.3)


# --- whose values ---------------------------------------------------------------------------------------------


def test_random_weights_get_neutral_values() -> None:
    assert usage_of(PRESETS["resnet18"].spec, None, None, {}).preprocess.source == "neutral"


def test_a_card_says_whose_values_it_has(tmp_path: Path) -> None:
    path = write_weights(tmp_path).with_suffix(".json")
    for said, source in ((None, "card"), ("torchvision", "torchvision"), ("magic", "card"), ([1], "card")):
        path.write_text(json.dumps(card(source=said)))
        entry = catalog.entry_of_card(path)
        assert entry is not None
        assert entry.preprocess(SPEC).source == source
        assert catalog.card_of(entry, "x")["source"] == source


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
def test_a_card_may_ask_for_digits_and_any_interpolation(tmp_path: Path, interpolation: str) -> None:
    path = write_weights(tmp_path).with_suffix(".json")
    path.write_text(json.dumps(card(how="digit", interpolation=interpolation)))
    entry = catalog.entry_of_card(path)
    assert entry is not None
    assert (entry.preprocess(SPEC).how, entry.preprocess(SPEC).interpolation) == ("digit", interpolation)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"mean": [0.5], "std": [0.4], "crop_pct": 0.9, "interpolation": "bicubic"}, ("short", 17, "bicubic", "file")),
        ({"mean": [0.5], "std": [0.4], "crop_pct": 1.0}, ("short", 16, "bilinear", "file")),
        ({"crop_pct": 7, "interpolation": "magic"}, ("square", 16, "bilinear", "assumed")),
    ],
)
def test_timms_config_says_how_pictures_are_made_ready(tmp_path: Path, said: Any, expected: Any) -> None:
    path = write_weights(tmp_path, with_card=False)
    (tmp_path / "config.json").write_text(json.dumps({"architecture": "resnet18", "pretrained_cfg": said}))
    checkpoint = read_checkpoint(path)
    preprocess = usage_of(replace(checkpoint.reading.spec, size=16), None, checkpoint, {}).preprocess
    assert (preprocess.how, preprocess.side, preprocess.interpolation, preprocess.source) == expected


def test_transformers_numbers_name_an_interpolation(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "resnet"}))
    for number, way in ((3, "bicubic"), (0, "nearest"), (9, None), ("3", None), (True, None)):
        (tmp_path / "preprocessor_config.json").write_text(json.dumps({"resample": number, "crop_pct": 0.875}))
        said = said_beside(path)
        assert said is not None
        assert (said.interpolation, said.crop) == (way, 0.875)


# --- digits ---------------------------------------------------------------------------------------------------

DIGIT = Preprocess(28, 1, "digit", mean=(0.1307,), std=(0.3081,))


def written(size: tuple[int, int], paper: Any, ink: Any, at: tuple[int, int], high: int, pen: int) -> Picture:
    """A seven, `high` pixels high, its left top corner at a point."""
    image = Image.new("RGB", size, paper)
    x, y = at
    line = [(x, y), (x + high * 6 // 10, y), (x + high * 2 // 10, y + high)]
    ImageDraw.Draw(image).line(line, ink, pen, joint="curve")
    return Picture("seven", image, size)


def mnist_like() -> Picture:
    """A ring as MNIST has its digits: 20 pixels high, its mass in the middle of pixel 14, white on black."""
    y, x = np.mgrid[0:28, 0:28]
    away = np.abs(np.hypot((y - 14) / 7.2, (x - 14) / 5.0) - 1)
    grey = (np.clip(1.4 - 4 * away, 0, 1) * 255).astype(np.uint8)
    return Picture("ring", Image.fromarray(grey).convert("RGB"), (28, 28))


def test_a_digit_of_mnist_stays_as_it_is() -> None:
    picture = mnist_like()
    steps = DIGIT.steps(picture)
    assert np.abs(steps.seen.astype(int) - np.asarray(picture.image)).mean() < 0.5
    assert steps.box == (0, 0, 28, 28)
    assert (steps.how, steps.resize, steps.resized_size) == ("digit", 20, (28, 28))


@pytest.mark.parametrize("way", ["bilinear", "bicubic", "lanczos"])
@pytest.mark.parametrize(
    ("paper", "ink"), [("white", "black"), ("black", "white"), ((214, 208, 190), (30, 40, 120)), ((90,) * 3, (20,) * 3)]
)
@pytest.mark.parametrize(("size", "at", "high", "pen"), [((900, 600), (600, 90), 300, 24), ((60, 80), (8, 30), 30, 3)])
def test_strokes_are_found_scaled_and_centred(
    way: Any, paper: Any, ink: Any, size: tuple[int, int], at: tuple[int, int], high: int, pen: int
) -> None:
    seen = DIGIT.steps(written(size, paper, ink, at, high, pen), Preparation(interpolation=way)).seen[..., 0]
    rows, columns = (np.flatnonzero((seen > 60).any(axis=axis)) for axis in (1, 0))
    assert 18 <= rows[-1] - rows[0] + 1 <= 21
    assert columns[-1] - columns[0] < 19
    y, x = np.mgrid[0:28, 0:28]
    assert np.average(y, weights=seen) == pytest.approx(14, abs=0.6)
    assert np.average(x, weights=seen) == pytest.approx(14, abs=0.6)
    assert seen.max() == 255
    assert np.median(seen) == 0


def test_a_shaded_and_grainy_sheet_is_black_all_the_same() -> None:
    sheet = np.asarray(written((640, 480), (200,) * 3, (40,) * 3, (250, 120), 220, 18).image).astype(float)
    dice = np.random.default_rng(0)
    sheet = sheet + np.linspace(-18, 18, 640)[None, :, None] + dice.normal(0, 4, sheet.shape)
    picture = decode_pixels(np.clip(sheet, 0, 255).astype(np.uint8))
    steps = DIGIT.steps(picture)
    assert steps.seen[:, [0, -1]].max() == 0
    assert (steps.seen == 0).mean() > 0.7
    left, top, right, bottom = steps.box
    assert right - left == pytest.approx(bottom - top)
    assert right - left == pytest.approx(239 * 28 / 20, rel=0.08)


def test_a_fine_pen_is_as_bright_as_a_broad_one() -> None:
    assert DIGIT.steps(written((1600, 1200), "white", "black", (500, 200), 800, 3)).seen.max() == 255


@pytest.mark.parametrize("colour", ["white", "black", (120, 90, 60)])
def test_an_empty_sheet_is_black(colour: Any) -> None:
    steps = DIGIT.steps(Picture("empty", Image.new("RGB", (80, 50), colour), (80, 50)))
    assert steps.seen.max() == 0
    assert steps.box == pytest.approx((15, 0, 65, 50))


def test_of_two_digits_the_one_in_the_box_is_seen() -> None:
    picture = written((400, 200), "white", "black", (40, 50), 100, 10)
    ImageDraw.Draw(picture.image).ellipse((280, 60, 340, 150), outline="black", width=10)
    right = DIGIT.steps(picture, Preparation(box=(0.5, 0.0, 1.0, 1.0)))
    assert right.box == pytest.approx((200, 0, 400, 200))
    ring = right.seen[..., 0]
    assert ring[14, 14] == 0
    assert ring[14, 4:12].max() > 200


def test_digits_of_a_network_in_colour_are_grey() -> None:
    steps = replace(DIGIT, channels=3, size=32, mean=(0.5,), std=(0.5,)).steps(
        written((100, 100), "blue", "yellow", (30, 20), 60, 6)
    )
    assert (steps.seen[..., 0] == steps.seen[..., 2]).all()
    assert steps.tensor.shape == (3, 32, 32)
