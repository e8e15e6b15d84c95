from __future__ import annotations

import pytest
import torch
from torch import nn

from resviz.arch.graph import network
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.errors import SpecError
from resviz.nets.capture import MOST_SHOWN, capture, check_layer, shown_stride, to_maps
from resviz.nets.model import build_model

SPECS = [
    ResNetSpec("basic", (1, 2), width=4, stem="cifar", classes=3, size=16, shortcut=shortcut)
    for shortcut in ("none", "A", "B", "C")
] + [ResNetSpec("bottleneck", (1, 1), width=4, classes=3, size=32)]


@pytest.mark.parametrize("spec", SPECS)
def test_every_layer_of_the_graph_can_be_captured_in_its_shape(spec: ResNetSpec) -> None:
    model = build_model(spec)
    layers = network(spec).layers
    with torch.inference_mode(), capture(model, [layer.id for layer in layers]) as outputs:
        logits = model(torch.rand(1, spec.channels, spec.size, spec.size))
    assert {name: tuple(output.shape[1:]) for name, output in outputs.items()} == {
        layer.id: layer.out_shape for layer in layers
    }
    assert torch.equal(outputs["fc"], logits)


def test_capturing_changes_nothing_and_leaves_nothing_behind() -> None:
    model = build_model(SPECS[2])
    batch = torch.rand(1, 3, 16, 16)
    with torch.inference_mode():
        before = model(batch)
        with capture(model, ["layer1.0.add", "conv1"]) as outputs:
            assert torch.equal(model(batch), before)
        outputs.clear()
        model(batch)
    assert not outputs
    assert torch.equal(torch.relu(_captured(model, batch, "layer1.0.add")), _captured(model, batch, "layer1.0.relu2"))


def _captured(model: nn.Module, batch: torch.Tensor, layer: str) -> torch.Tensor:
    with torch.inference_mode(), capture(model, [layer]) as outputs:
        model(batch)
    return outputs[layer]


def test_a_layer_that_works_in_place_does_not_spoil_the_map_before_it() -> None:
    model = nn.Sequential(nn.Conv2d(1, 1, 1), nn.ReLU(inplace=True))
    with torch.no_grad():
        model[0].weight.fill_(-1.0)
        model[0].bias.zero_()
    assert _captured(model, torch.ones(1, 1, 2, 2), "0").max() == -1.0


def test_the_sum_is_residual_branch_plus_shortcut() -> None:
    model = build_model(SPECS[2])
    batch = torch.rand(1, 3, 16, 16)
    parts = [_captured(model, batch, f"layer2.0.{name}") for name in ("bn2", "downsample.1", "add")]
    assert torch.equal(parts[0] + parts[1], parts[2])


def test_an_unknown_layer_is_refused_with_near_ones() -> None:
    spec = PRESETS["resnet18"].spec
    assert check_layer(spec, "layer1.0.add") == "layer1.0.add"
    for wrong in ("layer1.0.addd", "layer1", "relu9", "", "x" * 500, "input"):
        with pytest.raises(SpecError) as caught:
            check_layer(spec, wrong)
        assert caught.value.code == "layer_unknown"
        assert len(str(caught.value)) < 300
    with pytest.raises(SpecError, match=r"layer1\.0\.add"):
        check_layer(spec, "layer1.0.addd")


@pytest.mark.parametrize("shape", [(10,), (64, 112, 112), (64, 512, 512), (2048, 1000, 1000), (1, 1, 2**24)])
def test_large_layers_are_thinned_to_what_can_be_shown(shape: tuple[int, ...]) -> None:
    stride = shown_stride(shape)
    if len(shape) == 1:
        assert stride == 1
        return

    def left(step: int) -> int:
        return shape[0] * -(-shape[1] // step) * -(-shape[2] // step)

    assert left(stride) <= MOST_SHOWN
    assert stride == 1 or left(stride - 1) > MOST_SHOWN


def test_thinned_maps_are_every_nth_pixel() -> None:
    output = torch.arange(64 * 512 * 512, dtype=torch.float32).view(1, 64, 512, 512)
    maps = to_maps("conv1", output)
    assert maps.stride == 2
    assert maps.shape == (64, 512, 512)
    assert (maps.data == output[0, :, ::2, ::2].numpy()).all()
    assert maps.data.flags.c_contiguous
