from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.engine import messages as m
from resviz.nets.classifier import UNTRAINED, Classifier
from resviz.nets.images import decode_pixels
from tests.engine.conftest import Engine
from tests.nets import formats
from tests.nets.formats import seeded
from tests.nets.small import LABELS, SPEC

SLOW = PRESETS["resnet1202-cifar"].spec
PIXELS = np.random.default_rng(2).integers(0, 256, (30, 40, 4), dtype=np.uint8)
PICTURE = m.ImageSource(pixels=PIXELS, name="noise")


def test_ready_names_devices_weights_and_torch(engine: Engine) -> None:
    assert engine.ready is not None
    assert engine.ready.torch_version == str(torch.__version__)
    cpu = engine.ready.devices[0]
    assert (cpu.name, cpu.title, cpu.available, cpu.reason) == ("cpu", "CPU", True, "")
    small = next(entry for entry in engine.ready.catalog if entry.name == "small")
    assert (small.spec, small.labels, small.accuracy) == (SPEC, LABELS, 0.875)


def test_a_prediction_equals_that_of_nets_to_the_bit(engine: Engine) -> None:
    layers = ("conv1", "layer2.0.add", "fc")
    request = engine.client.predict(SPEC, PICTURE, weights=UNTRAINED, device="cpu", capture=layers, top=2)
    got = engine.wait_for(m.Prediction, request)
    expected = Classifier(SPEC, UNTRAINED, "cpu").predict(lambda _least: decode_pixels(PIXELS), layers=layers, top=2)
    assert [(score.label, score.index, score.probability) for score in got.top] == [
        (score.label, score.index, score.probability) for score in expected.top
    ]
    assert list(got.maps) == list(layers)
    for layer in layers:
        np.testing.assert_array_equal(got.maps[layer].data, expected.maps[layer].data)
        assert got.maps[layer].data.dtype == np.float32
    np.testing.assert_array_equal(got.seen, expected.seen)
    assert got.preview.shape == (30, 40, 3)
    assert (got.name, got.original_size, got.device) == ("noise", (40, 30), "cpu")
    assert (got.weights, got.trained) == (None, False)
    assert "untrained" in got.note
    assert set(got.ms) == {"decode", "preprocess", "forward"}


def test_weights_are_automatic_or_named(engine: Engine) -> None:
    for weights in (None, "small"):
        got = engine.wait_for(m.Prediction, engine.client.predict(SPEC, PICTURE, weights=weights, device="cpu"))
        assert (got.weights, got.trained, got.note) == ("small", True, "")
        assert {score.label for score in got.top} == set(LABELS)


def test_warm_tells_what_a_prediction_would_use(engine: Engine) -> None:
    request = engine.client.warm(SPEC, device="cpu")
    ready = engine.wait_for(m.ModelReady, request)
    assert ready == m.ModelReady(request, "small", True, LABELS, "cpu", SPEC, 0.875, dialect="torchvision")
    other = engine.wait_for(m.ModelReady, engine.client.warm(replace(SPEC, classes=2), device="cpu"))
    assert (other.weights, other.trained) == (None, False)


def test_warm_without_a_spec_reads_it_off_the_weights(engine: Engine) -> None:
    named = engine.wait_for(m.ModelReady, engine.client.warm(None, weights="small", device="cpu"))
    assert (named.spec, named.weights) == (SPEC, "small")
    assert engine.ready is not None
    path = next(entry.path for entry in engine.ready.catalog if entry.name == "small")
    assert engine.wait_for(m.ModelReady, engine.client.warm(None, weights=path, device="cpu")).spec == SPEC


def test_large_layers_come_thinned_and_say_so(engine: Engine) -> None:
    spec = ResNetSpec("basic", (1,), width=16, stem="cifar", classes=2, size=600)
    got = engine.wait_for(
        m.Prediction,
        engine.client.predict(spec, PICTURE, weights=UNTRAINED, device="cpu", capture=("conv1",)),
    )
    assert got.maps["conv1"].stride == 2
    assert got.maps["conv1"].data.shape == (16, 300, 300)
    assert got.maps["conv1"].shape == (16, 600, 600)
    assert "conv1 is shown at 1/2" in got.note


def test_the_latest_prediction_wins(engine: Engine) -> None:
    slow = engine.client.predict(SLOW, PICTURE, weights=UNTRAINED, device="cpu")
    engine.wait_for(m.Progress, slow)
    ids = [engine.client.predict(SPEC, PICTURE, device="cpu") for _ in range(5)]
    answers = engine.answers(slow, *ids)
    assert isinstance(answers[slow], m.Failed)
    assert answers[slow].code == m.CANCELLED
    assert isinstance(answers[ids[-1]], m.Prediction)
    for request in ids[:-1]:
        answer = answers[request]
        assert isinstance(answer, m.Prediction) or answer.code == m.CANCELLED


def test_a_running_prediction_can_be_cancelled(engine: Engine) -> None:
    slow = engine.client.predict(SLOW, PICTURE, weights=UNTRAINED, device="cpu")
    progress = engine.wait_for(m.Progress, slow)
    assert 0 <= progress.done <= 1
    engine.client.cancel(slow)
    assert engine.wait_for(m.Failed, slow).code == m.CANCELLED


def test_a_waiting_request_can_be_cancelled_and_a_done_one_is_left_alone(engine: Engine) -> None:
    done = engine.client.predict(SPEC, PICTURE, device="cpu")
    engine.wait_for(m.Prediction, done)
    engine.client.cancel(done)
    engine.client.cancel(4711)
    slow = engine.client.predict(SLOW, PICTURE, weights=UNTRAINED, device="cpu")
    engine.wait_for(m.Progress, slow)
    waiting = engine.client.warm(SPEC, device="cpu")
    engine.client.cancel(waiting)
    engine.client.cancel(slow)
    answers = engine.answers(slow, waiting)
    assert [answer.code for answer in answers.values() if isinstance(answer, m.Failed)] == [m.CANCELLED] * 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"image": m.ImageSource(path="/no/such\nfile.png")}, "image_no_file"),
        ({"image": m.ImageSource(data=b"no picture")}, "image_unknown"),
        ({"image": m.ImageSource()}, "image_nothing"),
        ({"image": m.ImageSource(pixels=np.zeros((2, 2), np.uint8))}, "image_pixels"),
        ({"capture": ("layer9.0.add",)}, "layer_unknown"),
        ({"device": "cuda:999"}, "device_missing"),
        ({"weights": "no such weights"}, "weights_unknown"),
        ({"weights": "/no/such.pth"}, "checkpoint_no_file"),
        ({"spec": ResNetSpec("bottleneck", (1000,) * 8)}, "model_memory"),
        ({"top": "five"}, m.INTERNAL),
    ],
)
def test_a_failure_is_told_and_the_engine_goes_on(engine: Engine, changes: dict[str, object], code: str) -> None:
    request = m.Predict(engine.client.next_id(), SPEC, "small", "cpu", PICTURE)
    bad = replace(request, **changes)
    engine.client.send(bad)
    failed = engine.wait_for(m.Failed, bad.id)
    assert failed.code == code
    assert "\n" not in failed.message
    assert 0 < len(failed.message) <= 300
    good = engine.client.predict(SPEC, PICTURE, weights="small", device="cpu")
    assert engine.wait_for(m.Prediction, good).top


def test_many_networks_do_not_pile_up(engine: Engine) -> None:
    for width in range(1, 12):
        request = engine.client.warm(replace(SPEC, width=width), weights=UNTRAINED, device="cpu")
        engine.wait_for(m.ModelReady, request)
    assert engine.wait_for(m.Prediction, engine.client.predict(SPEC, PICTURE, device="cpu")).weights == "small"


def test_ctrl_c_does_not_reach_the_engine(engine: Engine) -> None:
    pid = engine.pid()
    os.kill(pid, signal.SIGINT)
    engine.wait_for(m.Prediction, engine.client.predict(SPEC, PICTURE, device="cpu"))
    assert engine.pid() == pid


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_the_gpu_answers_and_out_of_memory_leaves_it_usable(engine: Engine) -> None:
    huge = ResNetSpec("basic", (1,), width=4096, stem="cifar", size=4096)
    failed = engine.wait_for(m.Failed, engine.client.predict(huge, PICTURE, weights=UNTRAINED, device="cuda"))
    assert "memory" in failed.code
    got = engine.wait_for(m.Prediction, engine.client.predict(SPEC, PICTURE, device="cuda"))
    assert got.device == "cuda:0"


def shown(engine: Engine, image: m.ImageSource, **options: Any) -> m.Prediction:
    return engine.wait_for(m.Prediction, engine.client.predict(SPEC, image, device="cpu", **options))


@pytest.mark.parametrize("form", ["path", "data"])
def test_the_same_picture_is_decoded_once(engine: Engine, tmp_path: Path, form: str) -> None:
    path = tmp_path / "picture.png"
    Image.fromarray(PIXELS).save(path)
    image = m.ImageSource(path=str(path)) if form == "path" else m.ImageSource(data=path.read_bytes())
    first = shown(engine, image)
    again = shown(engine, image, capture=("conv1",))
    assert again.ms["decode"] == first.ms["decode"] > 0
    np.testing.assert_array_equal(again.preview, first.preview)
    other = shown(engine, PICTURE)
    assert other.name == "noise"
    assert shown(engine, image).ms["decode"] != first.ms["decode"]


def test_a_changed_file_is_decoded_again_and_a_vanished_one_stays(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    image = m.ImageSource(path=str(path))
    for colour in ("red", "blue"):
        Image.new("RGB", (9, 9), colour).save(path)
        last = shown(engine, image)
    assert last.preview[0, 0].tolist() == [0, 0, 255]
    path.unlink()
    missing = m.ImageSource(path=str(tmp_path / "none.png"))
    assert engine.wait_for(m.Failed, engine.client.predict(SPEC, missing, device="cpu")).code == "image_no_file"
    gone = shown(engine, image, weights=UNTRAINED, capture=("conv1",))
    np.testing.assert_array_equal(gone.preview, last.preview)
    assert "conv1" in gone.maps
    shown(engine, PICTURE)
    assert engine.wait_for(m.Failed, engine.client.predict(SPEC, image, device="cpu")).code == "image_no_file"


def test_a_file_tells_its_network_and_what_was_assumed(engine: Engine, tmp_path: Path) -> None:
    theirs = seeded(formats.akamaster())
    path = tmp_path / "best.th"
    torch.save({"state_dict": {f"module.{key}": value for key, value in theirs.state_dict().items()}}, path)
    ready = engine.wait_for(m.ModelReady, engine.client.warm(None, weights=str(path), device="cpu"))
    assert ready.spec == ResNetSpec("basic", (2, 2, 2), 8, shortcut="A", stem="cifar", classes=10, size=32)
    assert ready.dialect == "akamaster/pytorch_resnet_cifar10"
    assert {a.field: a.value for a in ready.assumed}["mean/std"] == "ImageNet"
    choices = (("mean/std", "CIFAR-10"),)
    chosen = engine.client.predict(ready.spec, PICTURE, weights=str(path), device="cpu", choices=choices)
    got = engine.wait_for(m.Prediction, chosen)
    assert {a.field: a.value for a in got.assumed}["mean/std"] == "CIFAR-10"
    assert got.dialect == ready.dialect


def test_a_file_of_another_network_says_what_it_looks_like(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "vit.pth"
    torch.save({"cls_token": torch.zeros(1, 1, 8), "pos_embed": torch.zeros(1, 5, 8)}, path)
    failed = engine.wait_for(m.Failed, engine.client.warm(None, weights=str(path), device="cpu"))
    assert failed.code == "checkpoint_foreign"
    assert "a Vision Transformer; first misfit: cls_token" in failed.message
