"""Graph to report: totals, the depth formula, receptive fields, activation memory."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from resviz.arch.graph import INPUT, Edge, Layer, Network, Shortcut, network
from resviz.arch.notation import name_of
from resviz.arch.notation import to_json as spec_to_json
from resviz.arch.ops import Shape
from resviz.arch.presets import title_of
from resviz.arch.spec import CONVS, ResNetSpec

#: Bytes of one fp32 number.
FLOAT_BYTES = 4


class Report(NamedTuple):
    """All figures of one spec.

    `macs` are for one image. `activation_bytes` is the fp32 output of every layer, once each, for one image, the input
    left out. `receptive_field` maps a layer's id to the side, in input pixels, of the square it can see; it is not
    cut at the border of the image.
    """

    name: str
    title: str
    spec: ResNetSpec
    weighted_layers: int
    formula: str
    formula_short: str
    input: Shape
    params: int
    buffers: int
    macs: int
    activation_bytes: int
    layers: tuple[Layer, ...]
    edges: tuple[Edge, ...]
    shortcuts: tuple[Shortcut, ...]
    receptive_field: dict[str, int]


@lru_cache(maxsize=16)
def report(spec: ResNetSpec) -> Report:
    """Compute the report of a spec, in closed form."""
    net = network(spec)
    layers = net.layers
    return Report(
        name=name_of(spec),
        title=title_of(spec),
        spec=spec,
        weighted_layers=spec.weighted_layers,
        formula=formula(spec),
        formula_short=formula_short(spec),
        input=(spec.channels, spec.size, spec.size),
        params=sum(layer.params for layer in layers),
        buffers=sum(layer.buffers for layer in layers),
        macs=sum(layer.macs for layer in layers),
        activation_bytes=sum(activation_bytes(layer) for layer in layers),
        layers=layers,
        edges=net.edges,
        shortcuts=net.shortcuts,
        receptive_field=receptive_fields(net),
    )


def formula(spec: ResNetSpec) -> str:
    """`18 = 1 + (2+2+2+2)×2 + 1`: stem, blocks times convolutions a block, fc."""
    return f"{spec.weighted_layers} = 1 + ({'+'.join(map(str, spec.blocks))})×{CONVS[spec.block]} + 1"


def formula_short(spec: ResNetSpec) -> str:
    """`18 = 1 + 8×2 + 1`."""
    return f"{spec.weighted_layers} = 1 + {sum(spec.blocks)}×{CONVS[spec.block]} + 1"


def activation_bytes(layer: Layer) -> int:
    """fp32 bytes of a layer's output for one image."""
    count = FLOAT_BYTES
    for side in layer.out_shape:
        count *= side
    return count


def receptive_fields(net: Network) -> dict[str, int]:
    """Side in input pixels of what each layer sees: `r' = r + (k - 1) j`, `j' = j s` (Araujo 2019, section 2).

    Where paths meet, the union counts: both paths of a block have the same jump, so it is the larger of the two.
    """
    sources: dict[str, list[str]] = {}
    for edge in net.edges:
        sources.setdefault(edge.target, []).append(edge.source)
    field, jump = {INPUT: 1}, {INPUT: 1}
    for layer in net.layers:
        before = sources[layer.id]
        step = jump[before[0]]
        field[layer.id] = max(field[source] for source in before) + max(layer.kernel - 1, 0) * step
        jump[layer.id] = step * max(layer.stride, 1)
    del field[INPUT]
    return field


def to_json(result: Report) -> dict[str, object]:
    """The one object that `resviz summary --format json` prints."""
    return {
        "name": result.name,
        "spec": spec_to_json(result.spec),
        "weighted_layers": result.weighted_layers,
        "formula": result.formula,
        "input": list(result.input),
        "params": result.params,
        "buffers": result.buffers,
        "macs": result.macs,
        "activation_bytes": result.activation_bytes,
        "layers": [_layer_json(layer, result.receptive_field[layer.id]) for layer in result.layers],
        "edges": [edge._asdict() for edge in result.edges],
        "shortcuts": [shortcut._asdict() for shortcut in result.shortcuts],
    }


def _layer_json(layer: Layer, receptive_field: int) -> dict[str, object]:
    return {
        "id": layer.id,
        "op": layer.op,
        "stage": layer.stage,
        "block": layer.block,
        "in_shape": list(layer.in_shape),
        "out_shape": list(layer.out_shape),
        "params": layer.params,
        "macs": layer.macs,
        "receptive_field": receptive_field,
    }
