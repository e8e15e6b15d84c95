"""A network as an ONNX file: logits out, batch size free, names those of the layers. Needs the extra `onnx`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from resviz import __version__
from resviz.arch.graph import INPUT, network
from resviz.arch.notation import format_spec, name_of
from resviz.arch.presets import title_of
from resviz.errors import UsageError
from resviz.files import reason, shown
from resviz.nets.model import ResNet
from resviz.paths import write_atomic

if TYPE_CHECKING:
    from onnx import ModelProto, ValueInfoProto

    from resviz.nets.classifier import Classifier
    from resviz.nets.export.onnx_ops import Nodes

MOST_BYTES = 2**31 - 1
"""Of one protobuf message, and so of an ONNX file that holds its weights."""
_NAMES_BYTES = 1 << 24
"""Left for nodes and names; a network of 8,000 layers needs 3 MB."""

Progress = Callable[[float, str], None]
"""Called with 0 to 1 and what is being done; what it raises stops the export."""


def _silent(done: float, text: str) -> None:
    """No progress wanted."""


class About(NamedTuple):
    """What a file says of its network: `weights` None is untrained; `mean` and `std` are of values 0 to 1."""

    weights: str | None = None
    labels: tuple[str, ...] = ()
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()


UNKNOWN = About()


def about(network: Classifier) -> About:
    """What a network with its weights knows of itself."""
    prepared = network.preprocess
    labels = network.labels if network.trained else ()
    weights = shown(Path(network.weights).name) if network.weights else None
    return About(weights, labels, tuple(prepared.mean), tuple(prepared.std))


def check_extra() -> None:
    """Raises `UsageError` where the extra is not installed."""
    try:
        import onnx  # noqa: F401
    except ImportError:
        raise UsageError("onnx_missing") from None


def export(model: ResNet, path: Path, known: About = UNKNOWN, progress: Progress = _silent) -> None:
    """Write a network as ONNX, whole or not at all; `model` is on the CPU.

    In: `input`, `(batch, channels, size, size)`, fp32; out: `logits`, `(batch, classes)`. Metadata: name, notation,
    weights, labels, mean, std. Raises `UsageError`: no extra, over 2 GB, not writable.
    """
    check_extra()
    need = sum(tensor.nbytes for tensor in model.state_dict().values()) + _NAMES_BYTES
    if need > MOST_BYTES:
        raise UsageError("onnx_size", spec=shown(name_of(model.spec), 80), size=f"{need / 1e9:.1f} GB")
    proto = proto_of(model, known, progress)
    progress(0.7, "Checking")
    import onnx

    onnx.checker.check_model(proto)
    progress(0.8, "Writing")
    try:
        write_atomic(path, proto.SerializeToString())
    except OSError as error:
        raise UsageError("output_write", name=shown(path), reason=reason(error)) from None


def proto_of(model: ResNet, known: About = UNKNOWN, progress: Progress = _silent) -> ModelProto:
    """The network as an ONNX model in memory."""
    from onnx import helper

    from resviz.nets.export.onnx_ops import OPSET, OUTPUT, Nodes

    nodes = Nodes(model)
    _fill(nodes, progress)
    layers = network(model.spec).layers
    side, channels = model.spec.size, model.spec.channels
    graph = helper.make_graph(
        nodes.nodes,
        name=title_of(model.spec),
        inputs=[_value(INPUT, (channels, side, side))],
        outputs=[_value(OUTPUT, (model.spec.classes,))],
        initializer=list(nodes.constants.values()),
        value_info=[_value(layer.id, layer.out_shape) for layer in layers[:-1]],
    )
    opsets = [helper.make_opsetid("", OPSET)]
    version = helper.find_min_ir_version_for(opsets)
    proto = helper.make_model(
        graph, opset_imports=opsets, ir_version=version, producer_name="ResViz", producer_version=__version__
    )
    helper.set_model_props(proto, _metadata(model, known))
    return proto


def _fill(nodes: Nodes, progress: Progress) -> None:
    net = network(nodes.spec)
    edges = iter(net.edges)  # in the order of the layers, an add's two next to each other
    for number, layer in enumerate(net.layers):
        progress(0.7 * number / len(net.layers), "Writing the layers")
        nodes.layer(layer, [next(edges).source for _ in range(2 if layer.op == "add" else 1)])


def _value(name: str, shape: tuple[int, ...]) -> ValueInfoProto:
    from onnx import TensorProto, helper

    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", *shape])


def _metadata(model: ResNet, known: About) -> dict[str, str]:
    spec = model.spec
    return {
        "name": name_of(spec),
        "notation": format_spec(spec),
        "weights": known.weights or "untrained",
        "labels": json.dumps(known.labels, ensure_ascii=False),
        "mean": json.dumps(known.mean),
        "std": json.dumps(known.std),
    }
