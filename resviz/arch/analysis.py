"""Graph to report: totals, the depth formula, receptive fields, activation memory."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from resviz.arch.collector import uncollected
from resviz.arch.fields import Field, receptive_fields
from resviz.arch.graph import Edge, Layer, Shortcut, network
from resviz.arch.memory import BYTES, ONE_IMAGE, Setting, activation_bytes, intensity, traffic
from resviz.arch.notation import name_of
from resviz.arch.notation import to_json as spec_to_json
from resviz.arch.ops import Shape
from resviz.arch.presets import title_of
from resviz.arch.spec import CONVS, ResNetSpec

#: What the figures count, said wherever they stand.
CONVENTIONS: dict[str, str] = {
    "params": "Parameters are trained numbers; BN's running statistics and counter are buffers, counted apart.",
    "macs": "One MAC is one multiply-add of a convolution or fc, those of projections, SE, ECA and blur filters"
    " included; BN, activations, pooling, additions and biases count none.",
    "activations": "Activation bytes are every layer's output, once each; the input is left out.",
    "peak": "Peak memory: the tensors alive at once when every layer writes a new one and each goes after its last"
    " reader; the input is counted, weights are not.",
    "intensity": "MACs per byte: MACs over the bytes of a layer's inputs, output and parameters, each moved once.",
    "field": "A receptive field is not cut at the image's border; where paths meet it holds both; that SE's and ECA's"
    " gates and group norm's statistics take in the whole map is left out.",
}


class Report(NamedTuple):
    """All figures of one spec.

    `macs` are for one image. `activation_bytes` and `peak_bytes` are for `setting`. `receptive_field` maps a layer's id
    to the side of the square it can see, in input pixels; `fields` says where that square lies. What is counted:
    `CONVENTIONS`.
    """

    name: str
    title: str
    spec: ResNetSpec
    setting: Setting
    weighted_layers: int
    formula: str
    formula_short: str
    input: Shape
    params: int
    buffers: int
    macs: int
    activation_bytes: int
    peak_bytes: int
    peak_layer: str
    intensity: float
    layers: tuple[Layer, ...]
    edges: tuple[Edge, ...]
    shortcuts: tuple[Shortcut, ...]
    receptive_field: dict[str, int]
    fields: dict[str, Field]


@lru_cache(maxsize=16)
@uncollected
def report(spec: ResNetSpec, setting: Setting = ONE_IMAGE) -> Report:
    """Compute the report of a spec, in closed form. Raises `SpecError`."""
    net = network(spec)
    layers = net.layers
    fields = receptive_fields(net)
    moved = traffic(net)
    params, macs = sum(layer.params for layer in layers), sum(layer.macs for layer in layers)
    return Report(
        name=name_of(spec),
        title=title_of(spec),
        spec=spec,
        setting=setting,
        weighted_layers=spec.weighted_layers,
        formula=formula(spec),
        formula_short=formula_short(spec),
        input=(spec.channels, spec.size, spec.size),
        params=params,
        buffers=sum(layer.buffers for layer in layers),
        macs=macs,
        activation_bytes=setting.bytes(moved.written),
        peak_bytes=setting.bytes(moved.peak),
        peak_layer=moved.peak_layer,
        intensity=macs * setting.batch / (setting.bytes(moved.read + moved.written) + params * BYTES[setting.dtype]),
        layers=layers,
        edges=net.edges,
        shortcuts=net.shortcuts,
        receptive_field={name: field.size for name, field in fields.items()},
        fields=fields,
    )


def formula(spec: ResNetSpec) -> str:
    """`18 = 1 + (2+2+2+2)×2 + 1`: stem, blocks times convolutions a block, fc."""
    blocks = "+".join(map(str, spec.blocks))
    return f"{spec.weighted_layers} = {spec.stem_convs} + ({blocks})×{CONVS[spec.block]} + 1"


def formula_short(spec: ResNetSpec) -> str:
    """`18 = 1 + 8×2 + 1`."""
    return f"{spec.weighted_layers} = {spec.stem_convs} + {sum(spec.blocks)}×{CONVS[spec.block]} + 1"


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
        "layers": [_layer_json(result, layer) for layer in result.layers],
        "edges": [edge._asdict() for edge in result.edges],
        "shortcuts": [shortcut._asdict() for shortcut in result.shortcuts],
        "batch": result.setting.batch,
        "dtype": result.setting.dtype,
        "peak_bytes": result.peak_bytes,
        "peak_layer": result.peak_layer,
        "macs_per_byte": result.intensity,
        "conventions": CONVENTIONS,
    }


def _layer_json(result: Report, layer: Layer) -> dict[str, object]:
    field = result.fields[layer.id]
    return {
        "id": layer.id,
        "op": layer.op,
        "stage": layer.stage,
        "block": layer.block,
        "in_shape": list(layer.in_shape),
        "out_shape": list(layer.out_shape),
        "params": layer.params,
        "macs": layer.macs,
        "receptive_field": field.size,
        "buffers": layer.buffers,
        "kernel": layer.kernel,
        "stride": layer.stride,
        "padding": layer.padding,
        "dilation": layer.dilation,
        "groups": layer.groups,
        "activation_bytes": activation_bytes(layer, result.setting),
        "macs_per_byte": intensity(layer, result.setting),
        "receptive_field_jump": field.jump,
        "receptive_field_start": field.start,
        "receptive_field_aligned": field.aligned,
    }
