"""Receptive fields and peak memory of `arch`, against what a real model looks at and holds."""

from __future__ import annotations

import weakref
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from torch import Tensor, nn

from resviz.arch.analysis import report
from resviz.arch.graph import graph_of
from resviz.arch.notation import parse
from resviz.arch.spec import ResNetSpec
from resviz.nets.model import build_model
from tests.strategies import specs


class _Mean(nn.Module):
    """A max-pool's window with a gradient into every pixel of it."""

    def __init__(self, pool: nn.MaxPool2d) -> None:
        super().__init__()
        self.mean = nn.AvgPool2d(pool.kernel_size, pool.stride, pool.padding)

    def forward(self, x: Tensor) -> Tensor:
        return self.mean(x)


def _seen(spec: ResNetSpec, layer_id: str) -> tuple[int, int, int]:
    """First and last input row that the middle output row of a layer depends on, and that row's index."""
    model = build_model(spec).double()
    if isinstance(model.maxpool, nn.MaxPool2d):
        model.maxpool = _Mean(model.maxpool)
    elif isinstance(model.maxpool, nn.Sequential) and isinstance(model.maxpool[0], nn.MaxPool2d):
        model.maxpool[0] = _Mean(model.maxpool[0])
    for parameter in model.parameters():
        parameter.data.abs_().add_(1e-3)  # nothing cancels, no ReLU closes
    found: list[Tensor] = []
    model.get_submodule(layer_id).register_forward_hook(lambda _module, _inputs, out: found.append(out))
    picture = torch.rand(1, spec.channels, spec.size, spec.size, dtype=torch.float64, requires_grad=True)
    model(picture)
    row = found[0].shape[2] // 2
    found[0][0, :, row, found[0].shape[3] // 2].sum().backward()
    rows = picture.grad[0].abs().sum((0, 2)).nonzero().flatten().tolist()
    return rows[0], rows[-1], row


@pytest.mark.parametrize(
    "text",
    [
        "basic:1,1,width=4",
        "bottleneck:1,1,width=4",
        "bottleneck:1,1,width=4,stride_in=1x1",
        "bottleneck:1,1,width=4,stem=deep,projection=avgpool",
        "basic:1,1,width=4,stem=deep_tiered,stem_width=8,projection=3x3",
        "basic:1,1,1,width=4,output_stride=4,projection=avgpool",
        "basic:1,1,1,width=4,output_stride=4,projection=3x3",
        "basic:1,1,width=4,antialias=blur",
        "bottleneck:1,1,width=4,antialias=avgpool",
        "basic:1,1,width=4,stem_pool=conv,antialias=blur,shortcut=A",
        "basic:1,1,width=4,order=pre",
        "basic:2,1,width=4,shortcut=none",
    ],
)
def test_a_layer_sees_the_rows_its_field_says(text: str) -> None:
    spec = replace(parse(text), size=192, classes=2)
    result = report(spec)
    last = [layer for layer in result.layers if layer.stage][-1]
    for layer_id in (last.id, next(layer.id for layer in result.layers if layer.block == "layer2.0")):
        field = result.fields[layer_id]
        first, end, row = _seen(spec, layer_id)
        start = field.start + row * field.jump
        assert start > 0  # the border cuts nothing off
        assert (first, end) == (start, start + field.size - 1)


@pytest.mark.parametrize(
    ("name", "size"),
    [
        *(("resnet18", 435), ("resnet34", 899), ("resnet50", 427), ("resnet101", 971), ("resnet152", 1451)),
        *(("resnet50-v1", 483), ("resnet101-v1", 1027), ("resnet152-v1", 1507)),
    ],
)
def test_published_fields(name: str, size: int) -> None:
    """Araujo 2019's table for the stride in the 3x3; with it in the 1x1 they are wider."""
    result = report(parse(name))
    field = result.fields[[layer.id for layer in result.layers if layer.stage][-1]]
    assert (field.size, field.jump, field.aligned) == (size, 32, True)
    assert field.start == -(size - 1) // 2


def test_an_average_pool_on_the_shortcut_is_not_concentric() -> None:
    fields = report(parse("resnet50d")).fields
    assert fields["layer1.2.relu3"].aligned
    assert fields["layer2.0.downsample.0"].aligned
    assert not fields["layer2.0.add"].aligned
    assert not fields["fc"].aligned


def _held(spec: ResNetSpec) -> int:
    """Most bytes that tensors hold while the layers run one by one in the order of the graph, freed when read last."""
    model, graph = build_model(spec), graph_of(spec)
    held, most = 0, 0

    def freed(size: int) -> None:
        nonlocal held
        held -= size

    values: dict[str, Tensor] = {}
    readers = {node: list(graph.successors(node)) for node in graph}
    for node in graph:
        if node == "input":
            value = torch.zeros(1, spec.channels, spec.size, spec.size)
        else:
            inputs = [values[source] for source in graph.predecessors(node)]
            value = model.get_submodule(node)(*inputs)
            del inputs
        size = value.numel() * value.element_size()
        held += size
        most = max(most, held)
        weakref.finalize(value, freed, size)
        values[node] = value
        del value
        for source in graph.predecessors(node) if node != "input" else ():
            readers[source].remove(node)
            if not readers[source]:
                del values[source]
    return most


@settings(max_examples=40, deadline=None)
@given(specs(max_stages=3, max_size=40))
def test_peak_memory_is_what_a_run_holds(spec: ResNetSpec) -> None:
    with torch.inference_mode():
        assert report(spec).peak_bytes == _held(spec)
