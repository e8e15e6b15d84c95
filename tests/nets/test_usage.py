"""What a file of weights is used as: labels, size and normalisation, as assumed, said beside it, or chosen."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from resviz.arch.reading.assumed import CIFAR10_LABELS
from resviz.arch.spec import ResNetSpec
from resviz.nets.classifier import Classifier, spec_of
from resviz.nets.images import Picture
from resviz.nets.model import build_model
from tests.nets import formats
from tests.nets.formats import seeded

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
CIFAR = ((0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010))


def picture(side: int) -> Picture:
    noise = np.random.default_rng(1).integers(0, 256, (side, side, 3), dtype=np.uint8)
    return Picture("noise", Image.fromarray(noise), (side, side))


def probabilities(model: nn.Module, shown: Picture, mean: tuple[float, ...], std: tuple[float, ...]) -> torch.Tensor:
    """As the authors' evaluation has it: ToTensor, Normalize, softmax."""
    pixels = torch.from_numpy(np.asarray(shown.image).copy()).permute(2, 0, 1).float() / 255
    batch = (pixels - torch.tensor(mean)[:, None, None]) / torch.tensor(std)[:, None, None]
    with torch.inference_mode():
        return model(batch[None]).softmax(1)[0]


def opened(path: Path, **options: tuple[tuple[str, str], ...]) -> Classifier:
    return Classifier(spec_of(str(path)), str(path), "cpu", **options)


@pytest.mark.parametrize(("make", "scale"), [(formats.akamaster, IMAGENET), (formats.kuangliu, CIFAR)])
def test_a_cifar_file_says_what_its_authors_code_says(tmp_path: Path, make: type[nn.Module], scale: object) -> None:
    theirs = seeded(make())
    path = tmp_path / "best.th"
    torch.save({"state_dict": {f"module.{key}": value for key, value in theirs.state_dict().items()}}, path)
    classifier = opened(path)
    assert classifier.labels == CIFAR10_LABELS
    assert "CIFAR-10's are assumed" in classifier.note
    result = classifier.predict(lambda _least: picture(32), top=10)
    wanted = probabilities(theirs, picture(32), *scale)
    assert [score.index for score in result.top] == wanted.argsort(descending=True).tolist()
    for score in result.top:
        assert score.probability == pytest.approx(float(wanted[score.index]), abs=1e-6)


def test_what_was_assumed_can_be_chosen(tmp_path: Path) -> None:
    theirs = seeded(formats.akamaster())
    path = tmp_path / "best.th"
    torch.save(theirs.state_dict(), path)
    classifier = opened(path, choices=(("mean/std", "CIFAR-10"), ("labels", "numbers")))
    assert classifier.labels[0] == "class 0"
    told = {a.field: a for a in classifier.assumed}
    assert told["mean/std"].value == "CIFAR-10"
    assert "ImageNet" in told["mean/std"].others
    best = classifier.predict(lambda _least: picture(32), top=1).top[0]
    wanted = probabilities(theirs, picture(32), *CIFAR)
    assert best.probability == pytest.approx(float(wanted.max()), abs=1e-6)
    # What is on no list is left aside.
    assert opened(path, choices=(("mean/std", "0.1"),)).preprocess.mean == IMAGENET[0]


def test_a_chosen_field_is_shown_as_the_value(tmp_path: Path) -> None:
    path = tmp_path / "best.th"
    torch.save(seeded(formats.akamaster()).state_dict(), path)
    plain = replace(spec_of(str(path)), shortcut="none")
    classifier = Classifier(plain, str(path), "cpu")
    shortcut = next(a for a in classifier.assumed if a.field == "shortcut")
    assert (shortcut.value, shortcut.others) == ("none", ("A",))
    assert classifier.dialect == "akamaster/pytorch_resnet_cifar10"


def test_photos_are_cut_from_the_middle_as_torchvision_has_it(tmp_path: Path) -> None:
    spec = ResNetSpec("basic", (1, 1), width=8, classes=1000)
    path = tmp_path / "model.pth"
    torch.save(build_model(spec).state_dict(), path)
    classifier = opened(path)
    assert (classifier.preprocess.how, classifier.preprocess.resize, classifier.preprocess.size) == ("short", 256, 224)
    assert classifier.preprocess.mean == IMAGENET[0]
    assert classifier.labels[0] == "tench"


def test_labels_and_scale_beside_the_file_are_used(tmp_path: Path) -> None:
    spec = ResNetSpec("basic", (1, 1), width=8, classes=3, size=64)
    path = tmp_path / "model.pth"
    model = build_model(spec)
    model.bn1.running_mean += 0.1  # type: ignore[operator]  # as if it had seen a picture
    torch.save(model.state_dict(), path)
    config = {"mean": [0.1, 0.2, 0.3], "std": [0.4, 0.5, 0.6], "input_size": [3, 64, 64]}
    beside = {"architecture": "resnet18", "pretrained_cfg": config, "label_names": ["cat", "dog", "ship"]}
    (tmp_path / "config.json").write_text(json.dumps(beside))
    classifier = opened(path)
    assert classifier.labels == ("cat", "dog", "ship")
    assert (classifier.preprocess.mean, classifier.preprocess.std) == ((0.1, 0.2, 0.3), (0.4, 0.5, 0.6))
    assert classifier.spec.size == 64
    assert not {"mean/std", "labels", "size"} & {a.field for a in classifier.assumed}
    assert classifier.note == ""
