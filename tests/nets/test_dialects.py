"""Files in their authors' own formats: opened unseen, they compute what their authors' code computes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import timm
import torch
import torchvision
import transformers
from torch import nn

from resviz.arch.reading.infer import Reading
from resviz.arch.spec import ResNetSpec
from resviz.errors import CheckpointError
from resviz.nets.checkpoints import model_with, read_checkpoint
from tests.nets import formats
from tests.nets.formats import seeded

TOLERANCE = 1e-5


def batch(channels: int = 3, size: int = 32) -> torch.Tensor:
    return torch.randn(2, channels, size, size, generator=torch.Generator().manual_seed(1))


def difference(path: Path, theirs: Callable[[torch.Tensor], torch.Tensor], size: int = 32, **changes: Any) -> float:
    """Between the logits of the file, opened as what it says it is (but for `changes`), and of their model."""
    opened = read_checkpoint(path)
    model = model_with(replace(opened.reading.spec, **changes), opened.state, opened.name)
    with torch.inference_mode():
        wanted, found = theirs(batch(size=size)), model(batch(size=size))
    assert wanted.abs().max() > 1e-3
    return float((wanted - found).abs().max() / wanted.abs().max())


def reading(path: Path) -> Reading:
    return read_checkpoint(path).reading


def assumed(path: Path) -> dict[str, tuple[object, tuple[object, ...]]]:
    return {a.field: (a.value, a.others) for a in reading(path).assumed}


def saved(model: nn.Module, path: Path, wrap: Callable[[dict[str, Any]], Any] = dict) -> Path:
    torch.save(wrap(model.state_dict()), path)
    return path


# --- CIFAR repositories -------------------------------------------------------------------------------------


def parallel(weights: dict[str, Any]) -> dict[str, Any]:
    return {f"module.{key}": value for key, value in weights.items()}


CIFAR: dict[str, tuple[Callable[[], nn.Module], str, Callable[[dict[str, Any]], Any], ResNetSpec]] = {
    "akamaster/pytorch_resnet_cifar10": (
        formats.akamaster,
        ".th",
        lambda weights: {"state_dict": parallel(weights), "best_prec1": 91.73},
        ResNetSpec("basic", (2, 2, 2), 8, shortcut="A", stem="cifar", classes=10, size=32),
    ),
    "kuangliu/pytorch-cifar": (
        formats.kuangliu,
        ".pth",
        lambda weights: {"net": parallel(weights), "acc": 95.1, "epoch": 199},
        ResNetSpec("basic", (2, 1, 1, 2), 8, stem="cifar", classes=10, size=32),
    ),
    "kuangliu/pytorch-cifar, Bottleneck": (
        formats.kuangliu_narrow,
        ".t7.pth",
        lambda weights: weights,
        ResNetSpec("bottleneck", (1, 2, 1), 8, stem="cifar", classes=10, size=32),
    ),
    "weiaicunzai/pytorch-cifar100": (
        lambda: formats.FunctionNet(narrow=False),
        ".pth",
        lambda weights: weights,
        ResNetSpec("basic", (2, 1, 1, 2), 8, stem="cifar", classes=100, size=32),
    ),
    "weiaicunzai/pytorch-cifar100, BottleNeck": (
        lambda: formats.FunctionNet(narrow=True),
        ".pth",
        lambda weights: weights,
        ResNetSpec("bottleneck", (2, 1, 1, 2), 8, stem="cifar", classes=100, size=32),
    ),
    "xternalz/WideResNet-pytorch": (
        formats.WideNet,
        ".pth.tar.pth",
        lambda weights: {"epoch": 200, "state_dict": weights, "best_prec1": torch.tensor(96.1)},
        ResNetSpec("basic", (2, 2, 2), 16, order="pre", stem="cifar", stem_width=8, classes=10, size=32),
    ),
}


@pytest.mark.parametrize("name", CIFAR)
def test_public_cifar_files_compute_what_their_code_computes(tmp_path: Path, name: str) -> None:
    make, suffix, wrap, spec = CIFAR[name]
    theirs = seeded(make())
    path = saved(theirs, tmp_path / f"model{suffix}", wrap)
    assert reading(path).spec == spec
    assert reading(path).dialect == name.partition(",")[0]
    assert difference(path, theirs) <= TOLERANCE


def test_what_a_cifar_file_does_not_tell_is_assumed_as_its_authors_have_it(tmp_path: Path) -> None:
    path = saved(seeded(formats.akamaster()), tmp_path / "resnet20.th", CIFAR["akamaster/pytorch_resnet_cifar10"][2])
    told = assumed(path)
    assert told["shortcut"] == ("A", ("none",))
    assert told["mean/std"][0] == "ImageNet"  # akamaster's trainer.py
    assert told["labels"] == ("CIFAR-10", ("numbers",))
    assert told["size"][0] == 32
    path = saved(seeded(formats.kuangliu()), tmp_path / "ckpt.pth")
    assert assumed(path)["mean/std"][0] == "CIFAR-10"
    path = saved(seeded(formats.FunctionNet(narrow=False)), tmp_path / "c100.pth")
    assert assumed(path)["mean/std"][0] == "CIFAR-100"


def test_a_plain_network_can_be_chosen_where_a_padded_shortcut_was_assumed(tmp_path: Path) -> None:
    theirs = seeded(formats.akamaster())
    for module in theirs.modules():
        if isinstance(module, formats.PlainBlock):
            module.shortcut = formats.Nothing()
    path = saved(theirs, tmp_path / "plain.th")
    assert difference(path, theirs, shortcut="none") <= TOLERANCE
    assert difference(path, theirs) > 0.01


def test_a_preactivation_network_without_its_last_norm_is_told(tmp_path: Path) -> None:
    path = saved(formats.kuangliu_pre(), tmp_path / "preact.pth")
    with pytest.raises(CheckpointError, match=r"there is no bn\.weight"):
        read_checkpoint(path)


# --- torchvision and timm -----------------------------------------------------------------------------------

#: Name -> what must be chosen by hand because no shape tells it.
TIMM: dict[str, dict[str, Any]] = {
    "resnet10t": {},
    "resnet14t": {},
    "resnet18": {},
    "resnet18d": {},
    "resnetblur18": {"antialias": "blur"},
    "resnetaa34d": {"antialias": "avgpool"},
    "seresnet18": {},
    "resnet26d": {},
    "ecaresnext26t_32x4d": {},
    "seresnext26d_32x4d": {},
    "resnetv2_18": {},
    "resnetv2_18d": {},
    "resnetrs50": {"activation": "relu"},
    "resnet50_gn": {},
    "resnetv2_50t": {},
}


@pytest.mark.parametrize("name", TIMM)
def test_timms_networks_compute_the_same_from_their_files(tmp_path: Path, name: str) -> None:
    theirs = seeded(timm.create_model(name, num_classes=7))
    path = tmp_path / "model.safetensors"
    safetensors.torch.save_file(theirs.state_dict(), path)
    assert reading(path).dialect.split()[0] in ("torchvision", "timm")
    assert difference(path, theirs, size=64, **TIMM[name]) <= TOLERANCE


@pytest.mark.parametrize("name", ["resnet18", "resnext50_32x4d"])
def test_torchvisions_networks_compute_the_same_to_the_bit(tmp_path: Path, name: str) -> None:
    theirs = seeded(torchvision.models.get_model(name, num_classes=5))
    path = saved(theirs, tmp_path / "model.pth")
    assert reading(path).dialect == "torchvision"
    assert difference(path, theirs, size=64) == 0


def test_the_stride_can_be_chosen_and_changes_what_comes_out(tmp_path: Path) -> None:
    theirs = seeded(timm.create_model("resnet26", num_classes=7))
    path = saved(theirs, tmp_path / "model.pth")
    assert assumed(path)["stride_in"] == ("3x3", ("1x1",))
    assert difference(path, theirs, size=64) <= TOLERANCE
    assert difference(path, theirs, size=64, stride_in="1x1") > 0.001


def test_a_pool_after_a_small_stem_can_be_chosen(tmp_path: Path) -> None:
    """huyvnphan/PyTorch_CIFAR10 keeps torchvision's pool behind a 3x3 convolution of stride 1."""
    theirs = torchvision.models.ResNet(torchvision.models.resnet.BasicBlock, [1, 1, 1, 1], num_classes=10).eval()
    theirs.conv1 = torch.nn.Conv2d(3, 64, 3, 1, 1, bias=False)
    torch.save(theirs.state_dict(), tmp_path / "resnet.pt")
    checkpoint = read_checkpoint(tmp_path / "resnet.pt")
    assumed = next(each for each in checkpoint.reading.assumed if each.field == "stem_pool")
    assert (assumed.value, assumed.others) == ("none", ("max",))
    model = model_with(replace(checkpoint.reading.spec, stem_pool="max"), checkpoint.state, "resnet.pt")
    picture = torch.randn(2, 3, 32, 32)
    with torch.inference_mode():
        assert torch.equal(model(picture), theirs(picture))


def test_dilation_can_be_chosen(tmp_path: Path) -> None:
    theirs = seeded(timm.create_model("resnet26", num_classes=7, output_stride=8))
    path = saved(theirs, tmp_path / "model.pth")
    assert assumed(path)["output_stride"] == (None, (16, 8))
    assert difference(path, theirs, size=64, output_stride=8) <= TOLERANCE


def test_the_average_pool_of_a_preactivation_projection_can_be_chosen(tmp_path: Path) -> None:
    theirs = seeded(timm.create_model("resnetv2_18d", num_classes=7))
    path = saved(theirs, tmp_path / "model.pth")
    assert assumed(path)["projection"] == ("avgpool", ("1x1",))
    assert difference(path, theirs, size=64, projection="1x1") > 0.001


# --- transformers -------------------------------------------------------------------------------------------


def hugging(**changes: Any) -> nn.Module:
    settings = {"embedding_size": 8, "hidden_sizes": [16, 32, 64], "depths": [1, 2, 1], "num_labels": 5}
    config = transformers.ResNetConfig(**{**settings, **changes})
    return seeded(transformers.ResNetForImageClassification(config))


@pytest.mark.parametrize("kind", ["basic", "bottleneck"])
def test_transformers_networks_compute_the_same(tmp_path: Path, kind: str) -> None:
    theirs = hugging(layer_type=kind)
    path = tmp_path / "model.safetensors"
    safetensors.torch.save_file(theirs.state_dict(), path, metadata={"format": "pt"})
    assert reading(path).dialect == "transformers"
    assert reading(path).spec.block == kind
    assert difference(path, lambda x: theirs(x).logits, size=64) <= TOLERANCE


def test_a_body_without_a_head_is_told(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    safetensors.torch.save_file(hugging().resnet.state_dict(), path)
    with pytest.raises(CheckpointError) as caught:
        read_checkpoint(path)
    assert caught.value.code == "checkpoint_headless"


def test_the_config_beside_settles_what_shapes_do_not_tell(tmp_path: Path) -> None:
    theirs = hugging(downsample_in_bottleneck=True, id2label=dict(enumerate("abcde")))
    theirs.save_pretrained(tmp_path)
    (tmp_path / "preprocessor_config.json").write_text(json.dumps({"image_mean": [0.1] * 3, "image_std": [0.3] * 3}))
    opened = read_checkpoint(tmp_path / "model.safetensors")
    assert (opened.reading.spec.stride_in, opened.reading.spec.activation) == ("1x1", "relu")
    assert opened.said is not None
    assert opened.said.labels == tuple("abcde")
    assert opened.said.mean_std == ((0.1,) * 3, (0.3,) * 3)
    assert not {"stride_in", "activation", "labels", "mean/std"} & {a.field for a in opened.reading.assumed}
    assert difference(tmp_path / "model.safetensors", lambda x: theirs(x).logits, size=64) <= TOLERANCE


def test_timms_config_beside_names_the_network(tmp_path: Path) -> None:
    theirs = seeded(timm.create_model("resnetblur18", num_classes=3))
    path = tmp_path / "model.safetensors"
    safetensors.torch.save_file(theirs.state_dict(), path)
    config = {"mean": [0.5] * 3, "std": [0.4] * 3, "input_size": [3, 288, 288], "label_names": ["a", "b", "c"]}
    (tmp_path / "config.json").write_text(json.dumps({"architecture": "resnetblur18", "pretrained_cfg": config}))
    opened = read_checkpoint(path)
    assert (opened.reading.spec.antialias, opened.reading.spec.size) == ("blur", 288)
    assert difference(path, theirs, size=64) <= TOLERANCE
    # What the weights do not fit is not believed.
    (tmp_path / "config.json").write_text(json.dumps({"architecture": "resnet50", "pretrained_cfg": {"std": [0] * 3}}))
    assert read_checkpoint(path).reading.spec.antialias == "none"
    assert read_checkpoint(path).reading.spec.block == "basic"


# --- wrappings ----------------------------------------------------------------------------------------------

PREFIXES = ["", "module.", "model.", "backbone.", "_orig_mod.", "encoder.", "net.", "resnet.", "module.model.module.",
            "_orig_mod.module.backbone.", "student.encoder."]  # fmt: skip


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("make", [formats.akamaster, formats.WideNet, lambda: hugging(layer_type="basic")])
def test_prefixes_are_taken_off(tmp_path: Path, prefix: str, make: Callable[[], nn.Module]) -> None:
    theirs = seeded(make())
    bare = reading(saved(theirs, tmp_path / "bare.pth"))
    weights = {prefix + key: value for key, value in theirs.state_dict().items()}
    torch.save(weights, tmp_path / "wrapped.pth")
    wrapped = reading(tmp_path / "wrapped.pth")
    assert (wrapped.spec, wrapped.dialect) == (bare.spec, bare.dialect)
    assert wrapped.names == {prefix + key: ours for key, ours in bare.names.items()}


def test_a_head_outside_the_wrapper_is_found(tmp_path: Path) -> None:
    weights = seeded(formats.akamaster()).state_dict()
    torch.save(
        {("head." if key.startswith("linear") else "backbone.") + key.removeprefix("linear."): value
         for key, value in weights.items()},
        tmp_path / "model.pth",
    )  # fmt: skip
    assert reading(tmp_path / "model.pth").names["head.weight"] == "fc.weight"


def test_a_network_after_its_normalisation_is_found(tmp_path: Path) -> None:
    theirs = seeded(formats.WideNet())
    bare = reading(saved(theirs, tmp_path / "bare.pth"))
    unused = {f"sub_block1.{key}": value for key, value in theirs.block1.state_dict().items()}
    weights = {f"module.1.{key}": value for key, value in {**theirs.state_dict(), **unused}.items()}
    scale = {"module.0.mu": torch.zeros(1, 3, 1, 1), "module.0.sigma": torch.ones(1, 3, 1, 1)}
    torch.save({"state_dict": {**scale, **weights}}, tmp_path / "robust.pt")
    assert reading(tmp_path / "robust.pt").spec == bare.spec
    assert "module.0.mu" in next(str(a.value) for a in reading(tmp_path / "robust.pt").assumed if a.field == "keys")


HEADS = ["fc", "linear", "classifier", "head", "head.fc", "classifier.1", "fc.1", "last_linear"]


@pytest.mark.parametrize("head", HEADS)
def test_heads_by_any_name(tmp_path: Path, head: str) -> None:
    weights = seeded(formats.kuangliu()).state_dict()
    renamed = {key.replace("linear", head): value for key, value in weights.items()}
    torch.save(renamed, tmp_path / "model.pth")
    assert torch.equal(read_checkpoint(tmp_path / "model.pth").state["fc.weight"], weights["linear.weight"])


WRAPPINGS: dict[str, Callable[[dict[str, Any], dict[str, Any]], Any]] = {
    "model_state": lambda weights, _: {"model_state": weights, "optimizer_state": {"state": {}, "param_groups": []}},
    "net": lambda weights, _: {"net": weights, "acc": 93.2},
    "twice": lambda weights, _: {"state": {"model": weights}, "step": 1},
    "ema alone": lambda weights, _: {"state_dict_ema": weights, "epoch": 3},
    "ema beside": lambda weights, ema: {"ema": ema, "model": weights},
    "an unknown name": lambda weights, _: {"trained_resnet": weights, "history": {"loss": torch.zeros(3)}},
    "Lightning": lambda weights, _: {
        "state_dict": {**{f"net.{key}": value for key, value in weights.items()}, "criterion.weight": torch.ones(10)},
        "hyper_parameters": {"lr": 0.1},
        "optimizer_states": [{"state": {0: {"momentum_buffer": torch.zeros(2)}}, "param_groups": [{"lr": 1}]}],
    },
    "averaged": lambda weights, _: {"n_averaged": torch.tensor(3), **parallel(weights)},
    "mixed": lambda weights, _: {**weights, "epoch": 3, "arch": "resnet20"},
}


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_the_network_is_found_in_its_wrapping(tmp_path: Path, wrapping: str) -> None:
    weights = seeded(formats.akamaster()).state_dict()
    average = seeded(formats.akamaster(), seed=5).state_dict()
    path = tmp_path / "best.pth"
    torch.save(WRAPPINGS[wrapping](weights, average), path)
    opened = read_checkpoint(path)
    assert torch.equal(opened.state["bn1.weight"], weights["bn1.weight"])
    notes = [a.why for a in opened.reading.assumed if a.field == "keys"]
    assert len(notes) == (wrapping in ("ema beside", "Lightning", "averaged"))
