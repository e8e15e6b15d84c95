"""Each layer of the graph as nodes of ONNX. Nodes are named after layers, constants after keys of the state_dict.

Written off the graph and not traced: tracing a thousand layers takes a minute, cannot be cancelled, and forgets names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper
from torch import nn

from resviz.arch.graph import Layer
from resviz.arch.spec import ResNetSpec
from resviz.nets.model import ResNet

OPSET = 21
"""The first whose group normalisation scales each channel."""
OUTPUT = "logits"


class Nodes:
    """Collects nodes and constants; a node's only output has the node's name."""

    def __init__(self, model: ResNet) -> None:
        self.spec: ResNetSpec = model.spec
        self.modules: Mapping[str, nn.Module] = dict(model.named_modules())
        self.nodes: list[NodeProto] = []
        self.constants: dict[str, TensorProto] = {}

    def node(self, op: str, name: str, inputs: Sequence[str], **attributes: Any) -> str:
        """Append a node; returns the name of what it gives."""
        output = OUTPUT if name == "fc" else name
        self.nodes.append(helper.make_node(op, inputs, [output], name=name, **attributes))
        return output

    def weights(self, module: str, *names: str) -> list[str]:
        """Parameters and buffers of a module, by their keys."""
        held = self.modules[module]
        return [self.constant(f"{module}.{name}", getattr(held, name).detach().cpu().numpy()) for name in names]

    def constant(self, name: str, values: NDArray[Any]) -> str:
        """A tensor, written once."""
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name

    def numbers(self, *values: int) -> str:
        """Whole numbers, such as axes."""
        return self.constant(f"[{', '.join(map(str, values))}]", np.array(values, np.int64))

    def layer(self, layer: Layer, sources: Sequence[str]) -> None:
        """Append what computes a layer from the layers before it."""
        _MAKERS[layer.op](self, layer, sources)


def _plain(op: str, **attributes: Any) -> Callable[[Nodes, Layer, Sequence[str]], None]:
    def make(nodes: Nodes, layer: Layer, sources: Sequence[str]) -> None:
        nodes.node(op, layer.id, sources, **attributes)

    return make


def _conv(nodes: Nodes, layer: Layer, sources: Sequence[str]) -> None:
    weights = nodes.weights(layer.id, "weight")
    nodes.node("Conv", layer.id, [*sources, *weights], **_window(layer), group=layer.groups)


def _window(layer: Layer) -> dict[str, Any]:
    return {
        "kernel_shape": [layer.kernel] * 2,
        "strides": [layer.stride] * 2,
        "pads": [layer.padding] * 4,
        "dilations": [layer.dilation] * 2,
    }


def _bn(nodes: Nodes, layer: Layer, sources: Sequence[str]) -> None:
    weights = nodes.weights(layer.id, "weight", "bias", "running_mean", "running_var")
    nodes.node("BatchNormalization", layer.id, [*sources, *weights], epsilon=nodes.modules[layer.id].eps)


def _gn(nodes: Nodes, layer: Layer, sources: Sequence[str]) -> None:
    weights, groups = nodes.weights(layer.id, "weight", "bias"), nodes.spec.norm_groups
    epsilon = nodes.modules[layer.id].eps
    nodes.node("GroupNormalization", layer.id, [*sources, *weights], epsilon=epsilon, num_groups=groups)


def _silu(nodes: Nodes, layer: Layer, sources: Sequence[str]) -> None:
    gate = nodes.node("Sigmoid", f"{layer.id}.sigmoid", sources)
    nodes.node("Mul", layer.id, [*sources, gate])


def _maxpool(nodes: Nodes, layer: Layer, sources: Sequence[str]) -> None:
    nodes.node("MaxPool", layer.id, sources, **_window(layer))


def _avgpool(nodes: Nodes, layer: Layer, sources: Sequence[str]) -> None:
    """The global one, or 2x2: what its last window lacks is padded, and counted only where it does not stride."""
    if layer.id == "avgpool":
        nodes.node("GlobalAveragePool", layer.id, sources)
        return
    lacking = [
        max(0, (out - 1) * layer.stride + layer.kernel - size)
        for size, out in zip(layer.in_shape[1:], layer.out_shape[1:], strict=True)
    ]
    window = {**_window(layer), "pads": [0, 0, *lacking]}
    nodes.node("AveragePool", layer.id, sources, **window, count_include_pad=int(layer.stride == 1))


def _blur(nodes: Nodes, layer: Layer, sources: Sequence[str]) -> None:
    """A map one pixel high has nothing to reflect: its only line repeats."""
    line, channels = np.array((0.25, 0.5, 0.25), np.float32), layer.in_shape[0]
    kernel = nodes.constant(f"blur.{channels}", np.tile(np.outer(line, line), (channels, 1, 1, 1)))
    mode = "reflect" if min(layer.in_shape[1:]) > 1 else "edge"
    padded = nodes.node("Pad", f"{layer.id}.pad", [*sources, nodes.numbers(0, 0, 1, 1, 0, 0, 1, 1)], mode=mode)
    window = {**_window(layer), "pads": [0] * 4}
    nodes.node("Conv", layer.id, [padded, kernel], **window, group=channels)


def _pad(nodes: Nodes, layer: Layer, sources: Sequence[str]) -> None:
    """Option A: every `stride`-th pixel, then zero channels on both sides."""
    channels, out = layer.in_shape[0], layer.out_shape[0]
    ends, steps = nodes.numbers(*layer.in_shape[1:]), nodes.numbers(layer.stride, layer.stride)
    rest = [nodes.numbers(0, 0), ends, nodes.numbers(2, 3), steps]
    thinned = nodes.node("Slice", f"{layer.id}.slice", [*sources, *rest])
    before = (out - channels) // 2
    pads = nodes.numbers(0, before, 0, 0, 0, out - channels - before, 0, 0)
    nodes.node("Pad", layer.id, [thinned, pads])


def _se(nodes: Nodes, layer: Layer, sources: Sequence[str]) -> None:
    x = nodes.node("GlobalAveragePool", f"{layer.id}.mean", sources)
    x = nodes.node("Conv", f"{layer.id}.fc1", [x, *nodes.weights(f"{layer.id}.fc1", "weight", "bias")])
    x = nodes.node("Relu", f"{layer.id}.relu", [x])
    x = nodes.node("Conv", f"{layer.id}.fc2", [x, *nodes.weights(f"{layer.id}.fc2", "weight", "bias")])
    gate = nodes.node("Sigmoid", f"{layer.id}.sigmoid", [x])
    nodes.node("Mul", layer.id, [*sources, gate])


def _eca(nodes: Nodes, layer: Layer, sources: Sequence[str]) -> None:
    """The channels' means become one line, `(N, 1, C)`, and their gates channels again."""
    channels = layer.in_shape[0]
    kernel = nodes.weights(f"{layer.id}.conv", "weight")
    reach = layer.params // 2
    x = nodes.node("GlobalAveragePool", f"{layer.id}.mean", sources)
    x = nodes.node("Reshape", f"{layer.id}.line", [x, nodes.numbers(-1, 1, channels)])
    x = nodes.node("Conv", f"{layer.id}.conv", [x, *kernel], pads=[reach, reach])
    x = nodes.node("Sigmoid", f"{layer.id}.sigmoid", [x])
    gate = nodes.node("Reshape", f"{layer.id}.gate", [x, nodes.numbers(-1, channels, 1, 1)])
    nodes.node("Mul", layer.id, [*sources, gate])


def _fc(nodes: Nodes, layer: Layer, sources: Sequence[str]) -> None:
    nodes.node("Gemm", layer.id, [*sources, *nodes.weights("fc", "weight", "bias")], transB=1)


_MAKERS: dict[str, Callable[[Nodes, Layer, Sequence[str]], None]] = {
    "conv": _conv,
    "bn": _bn,
    "gn": _gn,
    "relu": _plain("Relu"),
    "leaky_relu": _plain("LeakyRelu", alpha=0.01),
    "elu": _plain("Elu", alpha=1.0),
    "silu": _silu,
    "gelu": _plain("Gelu"),
    "mish": _plain("Mish"),
    "hardswish": _plain("HardSwish"),
    "maxpool": _maxpool,
    "avgpool": _avgpool,
    "blur": _blur,
    "pad": _pad,
    "se": _se,
    "eca": _eca,
    "add": _plain("Add"),
    "flatten": _plain("Flatten", axis=1),
    "fc": _fc,
}
