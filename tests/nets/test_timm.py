"""Every name of timm's `resnet.py`: a preset with the same weights and outputs, or listed with why not.

`python -m tests.nets.test_timm` prints the list.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import timm
import torch

from resviz.arch.analysis import report
from resviz.arch.notation import parse
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.nets.model import build_model

NAMES: list[str] = timm.list_models(module="resnet")
#: What one spec cannot say.
NOT_COVERED = {
    "ecaresnet50d_pruned": "pruned: every convolution has a width of its own",
    "ecaresnet101d_pruned": "pruned: every convolution has a width of its own",
    "test_resnet": "mixes Basic and Bottleneck blocks and gives every stage a width of its own",
}
COVERED = [name for name in NAMES if name not in NOT_COVERED]
#: One of each idea, for outputs: the whole list is too slow to compute. Sizes are small and even all the way down.
COMPUTED = (
    "resnet18",
    "resnet10t",
    "resnet14t",
    "resnet26d",
    "resnet50s",
    "resnet50_gn",
    "resnext50_32x4d",
    "wide_resnet50_2",
    "seresnet18",
    "ecaresnet26t",
    "ecaresnetlight",
    "resnetblur18",
    "resnetaa34d",
    "seresnetaa50d",
    "resnetrs50",
    "senet154",
)


def test_the_list_is_timms_and_long_enough() -> None:
    assert set(NOT_COVERED) < set(NAMES)
    assert set(COVERED) <= set(PRESETS)
    assert len(COVERED) >= 60


@pytest.mark.parametrize("name", COVERED)
def test_parameters_keys_and_shapes_are_timms(name: str) -> None:
    with torch.device("meta"):
        theirs = timm.create_model(name)
    ours = build_model(PRESETS[name].spec, device="meta").state_dict()
    assert {k: v.shape for k, v in ours.items()} == {k: v.shape for k, v in theirs.state_dict().items()}
    assert list(ours) == list(theirs.state_dict())
    assert report(PRESETS[name].spec).params == sum(p.numel() for p in theirs.parameters())


def assert_same_output(spec: ResNetSpec, theirs: torch.nn.Module, difference: float = 0.0) -> None:
    """The same weights give the same logits, BN statistics off their starting values."""
    generator = torch.Generator().manual_seed(1)
    for key, tensor in theirs.state_dict().items():
        if key.endswith(("bias", "running_mean")):
            tensor.normal_(0, 0.1, generator=generator)
        elif key.endswith("running_var") or tensor.dim() == 1:
            tensor.uniform_(0.5, 1.5, generator=generator)
    ours = build_model(spec, device="meta")
    ours.load_state_dict(theirs.state_dict(), assign=True)
    picture = torch.randn(2, spec.channels, spec.size, spec.size, generator=generator)
    with torch.inference_mode():
        expected, got = theirs.eval()(picture), ours.eval()(picture)
    assert float((expected - got).abs().max()) <= difference * float(expected.abs().max())


@pytest.mark.parametrize("name", COMPUTED)
def test_outputs_are_timms(name: str) -> None:
    spec = replace(PRESETS[name].spec, size=64, classes=10)
    # timm's blur multiplies by a stored filter and its SE is fused alike: only the order of sums may differ.
    assert_same_output(spec, timm.create_model(name, num_classes=10), 1e-6)


@pytest.mark.parametrize("name", ["resnet18", "resnet26d", "resnetblur18", "senet154", "resnet14t"])
@pytest.mark.parametrize("stride", [8, 16])
def test_dilated_outputs_are_timms(name: str, stride: int) -> None:
    spec = replace(PRESETS[name].spec, size=64, classes=10, output_stride=stride)
    assert_same_output(spec, timm.create_model(name, num_classes=10, output_stride=stride), 1e-6)


@pytest.mark.parametrize("activation", ["silu", "gelu", "leaky_relu", "elu", "mish"])
def test_activations_are_timms(activation: str) -> None:
    spec = replace(PRESETS["resnet10t"].spec, size=32, classes=10, activation=activation)
    assert_same_output(spec, timm.create_model("resnet10t", num_classes=10, act_layer=activation), 1e-6)


def test_a_filter_behind_a_stem_that_strides_rounds_as_timms() -> None:
    text = "basic:1,1,1,1,width=16,stem=deep,stem_width=48,stem_pool=conv,antialias=avgpool,size=66,classes=3"
    theirs = timm.models.resnet.ResNet(
        timm.models.resnet.BasicBlock,
        (1, 1, 1, 1),
        num_classes=3,
        stem_width=24,
        stem_type="deep",
        replace_stem_pool=True,
        channels=(16, 32, 64, 128),
        aa_layer=torch.nn.AvgPool2d,
    )
    assert_same_output(parse(text), theirs, 1e-6)


def _from_v2(key: str) -> str:
    """A key of timm's `resnetv2.py` in the names of `resnet.py`."""
    key = re.sub(r"^stages\.(\d+)\.blocks\.", lambda found: f"layer{int(found[1]) + 1}.", key)
    key = key.replace("downsample.conv", "downsample.0").replace("head.fc", "fc").replace("stem.conv.", "conv1.")
    for theirs, ours in (("conv1", 0), ("norm1", 1), ("conv2", 3), ("norm2", 4), ("conv3", 6)):
        key = key.replace(f"stem.{theirs}.", f"conv1.{ours}.")
    return key.replace("norm.", "bn.") if key.startswith("norm.") else re.sub(r"norm(\d)", r"bn\1", key)


@pytest.mark.parametrize("name", ["resnetv2_18", "resnetv2_34d", "resnetv2_50", "resnetv2_50d", "resnetv2_101"])
def test_preactivation_outputs_are_timms(name: str) -> None:
    spec = replace(PRESETS[name].spec, size=64, classes=10)
    theirs = timm.create_model(name, num_classes=10)
    state = {_from_v2(key): value for key, value in theirs.state_dict().items()}
    if spec.projection == "avgpool":
        state = {key.replace("downsample.0", "downsample.1"): value for key, value in state.items()}
    state["fc.weight"] = state["fc.weight"].flatten(1)
    ours = build_model(spec)
    ours.load_state_dict(state)
    picture = torch.randn(2, 3, 64, 64)
    with torch.inference_mode():
        expected, got = theirs.eval()(picture), ours(picture)
    assert float((expected - got).abs().max()) <= 1e-5 * float(expected.abs().max())


def test_odd_sizes_and_grey_pictures_are_timms() -> None:
    for name, size in (("resnet26d", 51), ("resnetblur18", 75), ("resnetrs50", 33)):
        spec = replace(PRESETS[name].spec, size=size, classes=3, channels=1)
        assert_same_output(spec, timm.create_model(name, num_classes=3, in_chans=1), 1e-6)


if __name__ == "__main__":
    for each in NAMES:
        print(f"{each:24} {NOT_COVERED.get(each, 'covered')}")
    print(f"{len(COVERED)} of {len(NAMES)} names of timm {timm.__version__} covered")
