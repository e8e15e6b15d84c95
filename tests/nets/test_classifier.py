from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torchvision
from PIL import Image

from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.errors import CheckpointError, DeviceError, ImageError, SpecError
from resviz.nets import images
from resviz.nets.classifier import OVERFLOW, UNTRAINED, Classifier
from resviz.nets.images import Picture
from resviz.nets.model import build_model
from resviz.paths import weights_dir
from tests.nets.small import LABELS, SPEC, write_weights


def picture(size: tuple[int, int] = (40, 30)) -> Picture:
    noise = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    return Picture("noise", Image.fromarray(noise), size)


def test_weights_of_this_very_spec_are_found() -> None:
    write_weights(weights_dir())
    classifier = Classifier(SPEC, device="cpu")
    assert (classifier.weights, classifier.trained, classifier.labels) == ("small", True, LABELS)
    assert torch.equal(classifier.model.fc.weight, build_model(SPEC, seed=7).fc.weight)
    other = Classifier(replace(SPEC, classes=4), device="cpu")
    assert (other.weights, other.trained) == (None, False)
    assert other.note.startswith("untrained")


def test_untrained_can_be_asked_for() -> None:
    write_weights(weights_dir())
    classifier = Classifier(SPEC, UNTRAINED, "cpu")
    assert not classifier.trained
    assert classifier.labels == ("class 0", "class 1", "class 2")


def test_a_prediction_is_the_softmax_of_the_networks_logits() -> None:
    path = write_weights(weights_dir())
    classifier = Classifier(SPEC, str(path), "cpu")
    assert classifier.weights == "small"
    result = classifier.predict(lambda _least: picture(), layers=("fc", "layer1.0.add", "conv1"), top=99)
    batch = classifier.preprocess.tensor(classifier.preprocess.seen(picture().image))
    with torch.no_grad():
        expected = build_model(SPEC, seed=7)(batch).softmax(1)[0]
    assert [score.index for score in result.top] == expected.argsort(descending=True).tolist()
    assert [score.probability for score in result.top] == expected.sort(descending=True).values.tolist()
    assert [score.label for score in result.top] == [LABELS[score.index] for score in result.top]
    assert {name: maps.data.shape for name, maps in result.maps.items()} == {
        "fc": (3,),
        "layer1.0.add": (4, 16, 16),
        "conv1": (4, 16, 16),
    }
    assert set(result.ms) == {"decode", "preprocess", "forward"}
    assert all(value >= 0 for value in result.ms.values())


def test_the_same_weights_give_torchvisions_output_to_the_bit(tmp_path: Path) -> None:
    torch.manual_seed(0)
    theirs = torchvision.models.resnet18().eval()
    path = tmp_path / "weights.pth"
    torch.save(theirs.state_dict(), path)
    classifier = Classifier(PRESETS["resnet18"].spec, str(path), "cpu")
    result = classifier.predict(lambda _least: picture((300, 200)), layers=("fc",))
    transform = torchvision.models.ResNet18_Weights.IMAGENET1K_V1.transforms()
    with torch.inference_mode():
        expected = theirs(transform(picture((300, 200)).image)[None])[0].numpy()
    assert (result.maps["fc"].data == expected).all()
    assert classifier.labels[281] == "tabby"
    assert "assumed" in classifier.note


def test_decoding_leaves_as_much_as_the_network_looks_at() -> None:
    asked: list[int] = []
    classifier = Classifier(replace(SPEC, size=2048, width=1, blocks=(1,)), UNTRAINED, "cpu")

    def load(least: int) -> Picture:
        asked.append(least)
        return picture()

    classifier.predict(load)
    assert asked == [2048]


def test_progress_is_told_for_each_block_and_can_stop_the_job() -> None:
    spec = ResNetSpec("basic", (3, 3), width=4, stem="cifar", classes=3, size=16)
    told: list[tuple[float, str]] = []
    classifier = Classifier(spec, UNTRAINED, "cpu", lambda *step: told.append(step))
    assert {text for _, text in told} == {"Building the network"}
    assert told[-1][0] == pytest.approx(1.0, abs=0.35)
    told.clear()
    classifier.predict(lambda _least: picture(), progress=lambda *step: told.append(step))
    assert told == [(index / 6, "Forward pass") for index in range(6)]

    def stop(*_: object) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        classifier.predict(lambda _least: picture(), progress=stop)
    with pytest.raises(InterruptedError):
        Classifier(spec, UNTRAINED, "cpu", stop)
    assert classifier.predict(lambda _least: picture()).top


def test_errors_keep_their_kind() -> None:
    classifier = Classifier(SPEC, UNTRAINED, "cpu")
    with pytest.raises(ImageError):
        classifier.predict(lambda least: images.decode_bytes(b"no picture", least=least))
    with pytest.raises(SpecError):
        classifier.predict(lambda _least: picture(), layers=("layer9",))
    with pytest.raises(CheckpointError):
        Classifier(SPEC, "no such name", "cpu")
    with pytest.raises(CheckpointError):
        Classifier(replace(SPEC, width=8), str(write_weights(weights_dir())), "cpu")
    with pytest.raises(DeviceError):
        Classifier(SPEC, UNTRAINED, "cuda:999")
    with pytest.raises(DeviceError, match="memory"):
        Classifier(ResNetSpec("bottleneck", (1000,) * 8), UNTRAINED, "cpu")


def test_numbers_that_overflow_are_no_prediction() -> None:
    classifier = Classifier(SPEC, UNTRAINED, "cpu")
    with torch.no_grad():
        classifier.model.fc.bias.fill_(float("inf"))
    result = classifier.predict(lambda _least: picture())
    assert result.top == ()
    assert result.note.startswith(f"{OVERFLOW}, as they do in very deep untrained networks; ")
    classifier.trained, classifier.note = True, "a note"
    assert classifier.predict(lambda _least: picture()).note == f"{OVERFLOW}; a note"


@pytest.mark.parametrize("channels", [1, 4])
def test_other_channel_counts_run(channels: int) -> None:
    classifier = Classifier(replace(SPEC, channels=channels), UNTRAINED, "cpu")
    assert len(classifier.predict(lambda _least: picture()).top) == 3


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_the_gpu_agrees_with_the_cpu() -> None:
    write_weights(weights_dir())
    results = [
        Classifier(SPEC, "small", device).predict(lambda _least: picture(), layers=("fc",))
        for device in ("cpu", "cuda:0")
    ]
    cpu, gpu = (result.maps["fc"].data for result in results)
    np.testing.assert_allclose(gpu, cpu, rtol=1e-4, atol=1e-5)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_a_network_too_large_for_the_gpu_is_refused_and_the_gpu_works_on() -> None:
    with pytest.raises(DeviceError, match="memory"):
        Classifier(ResNetSpec("basic", (1,), width=4096, stem="cifar", size=4096), UNTRAINED, "cuda:0")
    assert Classifier(SPEC, UNTRAINED, "cuda:0").predict(lambda _least: picture()).top


def test_a_file_of_weights_that_saw_no_picture_is_told(tmp_path: Path) -> None:
    model = build_model(SPEC, seed=3)
    torch.save(model.state_dict(), tmp_path / "random.pth")
    assert "look like random weights" in Classifier(SPEC, str(tmp_path / "random.pth"), "cpu").note
    model.bn1.running_mean += 0.1
    torch.save(model.state_dict(), tmp_path / "trained.pth")
    assert "random" not in Classifier(SPEC, str(tmp_path / "trained.pth"), "cpu").note
