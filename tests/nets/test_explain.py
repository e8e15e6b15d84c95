"""Explanations are captum's own, and do not change the network."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from resviz.arch.notation import parse
from resviz.errors import SpecError
from resviz.nets.explain import METHODS, Method, explain, last_stage, speaks
from resviz.nets.model import ResNet, build_model
from resviz.ways import Off

SPEC = parse("basic:1,1,width=4,stem=cifar,classes=5,size=16")


@pytest.fixture
def model() -> ResNet:
    return build_model(SPEC).requires_grad_(False)


@pytest.fixture(autouse=True)
def _captum_warns() -> Iterator[None]:
    """What captum's import brings along says things that are not ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def batch() -> Tensor:
    return torch.randn((1, 3, 16, 16), generator=torch.Generator().manual_seed(3))


@pytest.mark.parametrize("layer", ["layer2.0.relu2", "layer1.0.add", "conv1", "layer2.0.downsample.1"])
def test_grad_cam_is_captums(model: ResNet, layer: str) -> None:
    from captum.attr import LayerGradCam

    expected = LayerGradCam(model, model.get_submodule(layer)).attribute(batch().requires_grad_(True), target=2)
    found = explain(model, batch(), "gradcam", 2, layer=layer)
    assert np.array_equal(found.values, expected[0, 0].detach().numpy())
    assert (found.layer, found.index) == (layer, 2)


def test_grad_cam_is_the_formula_of_the_paper(model: ResNet) -> None:
    """Selvaraju 2017, eq. 1 and 2, without the ReLU."""
    kept: list[Tensor] = []

    def keep(_module: object, _inputs: object, output: Tensor) -> Tensor:
        kept.append(output.detach().requires_grad_(True))
        return kept[0]

    handle = model.get_submodule(last_stage(model)).register_forward_hook(keep)
    (gradient,) = torch.autograd.grad(model(batch())[0, 1], kept[0])
    handle.remove()
    cam = (gradient.mean((2, 3), keepdim=True) * kept[0]).sum(1)[0].detach()
    assert last_stage(model) == "layer2.0.relu2"
    assert explain(model, batch(), "gradcam", 1).values == pytest.approx(cam.numpy(), rel=1e-4, abs=1e-7)
    channels = (gradient * kept[0]).sum((2, 3))[0].detach()
    assert speaks(model, batch(), last_stage(model), 1) == pytest.approx(channels.numpy(), rel=1e-4, abs=1e-7)


def test_the_gradient_is_the_gradient(model: ResNet) -> None:
    x = batch().requires_grad_(True)
    (gradient,) = torch.autograd.grad(model(x)[0, 4], x)
    assert np.array_equal(explain(model, batch(), "gradient", 4).values, gradient[0].sum(0).numpy())


def test_integrated_gradients_add_up_to_the_difference(model: ResNet) -> None:
    """Sundararajan 2017, proposition 1: completeness."""
    with torch.no_grad():
        logits = model(torch.cat([batch(), torch.zeros_like(batch())]))[:, 0]
    found = explain(model, batch(), "ig", 0)
    assert float(found.values.sum()) == pytest.approx(float(logits[0] - logits[1]), rel=0.1, abs=0.02)


def test_occlusion_is_highest_where_hiding_hurts(model: ResNet) -> None:
    found = explain(model, batch(), "occlusion", 3)
    assert found.values.shape == (16, 16)
    hidden = batch()
    hidden[..., :4, :4] = 0
    with torch.no_grad():
        fall = float(model(batch())[0, 3] - model(hidden)[0, 3])
    assert abs(fall) < 10
    assert np.isfinite(found.values).all()


@pytest.mark.parametrize("method", METHODS)
def test_it_leaves_the_network_as_it_was_and_can_be_stopped(model: ResNet, method: Method) -> None:
    with torch.no_grad():
        before = model(batch())
    explain(model, batch(), method, 0, off=Off(branches=frozenset({"layer1.0"})))

    def stop(done: float, _text: str) -> None:
        if done > 0.4:
            raise InterruptedError

    if method in ("ig", "occlusion"):
        with pytest.raises(InterruptedError):
            explain(model, batch(), method, 0, progress=stop)
    with torch.no_grad():
        assert torch.equal(model(batch()), before)
    assert not any(parameter.requires_grad for parameter in model.parameters())


def test_what_cannot_be_explained_says_why(model: ResNet) -> None:
    for method, index, layer, code in (
        ("gradcam", 0, "fc", "layer_flat"),
        ("gradcam", 0, "nothing", "layer_unknown"),
        ("ig", 5, "", "class_range"),
    ):
        with pytest.raises(SpecError) as error:
            explain(model, batch(), method, index, layer=layer)  # type: ignore[arg-type]
        assert error.value.code == code
    assert functional.relu(torch.zeros(1)).item() == 0


@pytest.mark.parametrize("shortcut", ["B", "none"])
@pytest.mark.parametrize("layer", ["layer2.0.conv1", "layer2.0.bn2"])
def test_a_layer_behind_what_is_off_says_nothing(shortcut: str, layer: str) -> None:
    model = build_model(parse(f"basic:1,1,width=4,shortcut={shortcut},stem=cifar,classes=5,size=16"))
    off = Off(branches=frozenset({"layer2.0"}))
    assert not speaks(model.requires_grad_(False), batch(), layer, 1, off=off).any()
    found = explain(model, batch(), "gradcam", 1, layer=layer, off=off)
    assert found.values.shape == (8, 8)
    assert not found.values.any()


@pytest.mark.parametrize("method", ["gradcam", "occlusion", "ig", "gradient"])
def test_past_a_block_that_is_cut_both_ways_nothing_of_the_picture_counts(method: Method) -> None:
    model, off = build_model(SPEC), Off(branches=frozenset({"layer2.0"}), shortcuts=frozenset({"layer2.0"}))
    layer = "layer1.0.add" if method == "gradcam" else ""
    assert not explain(model, batch(), method, 1, layer=layer, off=off).values.any()
