"""The columns of the layer table: what each shows of a layer, how it sorts, copies, and is counted."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any, NamedTuple

from PySide6.QtCore import QCoreApplication

from resviz.arch.analysis import Report
from resviz.arch.costs import METRICS
from resviz.arch.graph import Layer
from resviz.arch.memory import activation_bytes, intensity
from resviz.arch.ops import Shape
from resviz.gui.panels import figures
from resviz.gui.panels.builder.formula import convention_of

translate = QCoreApplication.translate


class Column(IntEnum):
    """The columns, left to right."""

    ID = 0
    OPERATOR = 1
    KERNEL = 2
    STRIDE = 3
    PADDING = 4
    DILATION = 5
    GROUPS = 6
    INPUT = 7
    OUTPUT = 8
    PARAMS = 9
    BUFFERS = 10
    MACS = 11
    BYTES = 12
    INTENSITY = 13
    FIELD = 14
    JUMP = 15
    START = 16
    MS = 17


#: Shown until others are chosen.
USUAL = (Column.ID, Column.OPERATOR, Column.OUTPUT, Column.PARAMS, Column.MACS)
#: Those that have a sum.
SUMMED = (Column.PARAMS, Column.BUFFERS, Column.MACS, Column.BYTES, Column.MS)
#: The column that holds a measure of `arch.costs`.
OF_METRIC = {
    "params": Column.PARAMS,
    "macs": Column.MACS,
    "activations": Column.BYTES,
    "field": Column.FIELD,
    "time": Column.MS,
}


class Facts(NamedTuple):
    """What the cells tell: the report, and milliseconds by layer id where they were measured."""

    report: Report
    times: Mapping[str, float] = {}


Get = Callable[[Facts, Layer], Any]


class Words(NamedTuple):
    """A column's heading, its name in the menu, and what its figures count."""

    heading: str
    name: str
    hint: str


class _Rule(NamedTuple):
    """The value that sorts, its text for the eye, its text for a copy (the value itself where there is none)."""

    key: Get
    text: Callable[[Any], str]
    copied: Callable[[Any], str] = str


def _exact_or_none(value: int) -> str:
    return figures.NONE if value == 0 else str(value)


def _windowed(field: str) -> _Rule:
    """What only layers with a window have."""
    return _Rule(lambda _facts, layer: getattr(layer, field), _exact_or_none, _exact_or_none)


def _padding(_facts: Facts, layer: Layer) -> int:
    return layer.padding if layer.kernel else -1


def _padded(value: int) -> str:
    return figures.NONE if value < 0 else str(value)


def _shape(field: str) -> _Rule:
    return _Rule(lambda _facts, layer: _Volume(getattr(layer, field)), str)


class _Volume:
    """A shape that sorts by how much it holds."""

    def __init__(self, shape: Shape) -> None:
        self.key, self.shape = (math.prod(shape), shape), shape

    def __lt__(self, other: _Volume) -> bool:
        return self.key < other.key

    def __str__(self) -> str:
        return figures.shape(self.shape)


class _Id:
    """An id that sorts with `layer1.10` after `layer1.9`."""

    def __init__(self, layer: Layer) -> None:
        stage, _, block = (layer.block or layer.id).partition(".")
        self.id = layer.id
        self.key = (stage, int(block), layer.id) if layer.block else (layer.id, 0, "")

    def __lt__(self, other: _Id) -> bool:
        return self.key < other.key

    def __str__(self) -> str:
        return self.id


class _Operator:
    """An operator that sorts by its window."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.key = (layer.op, layer.kernel, layer.stride, layer.groups, layer.dilation)

    def __lt__(self, other: _Operator) -> bool:
        return self.key < other.key

    def __str__(self) -> str:
        return figures.operator(self.layer)


def _milliseconds(value: float) -> str:
    return METRICS["time"].text(value) if value >= 0 else figures.NONE


def _bare_milliseconds(value: float) -> str:
    return f"{value:.6g}" if value >= 0 else ""


_RULES: dict[int, _Rule] = {
    Column.ID: _Rule(lambda _facts, layer: _Id(layer), str),
    Column.OPERATOR: _Rule(lambda _facts, layer: _Operator(layer), str),
    Column.KERNEL: _windowed("kernel"),
    Column.STRIDE: _windowed("stride"),
    Column.PADDING: _Rule(_padding, _padded, _padded),
    Column.DILATION: _windowed("dilation"),
    Column.GROUPS: _windowed("groups"),
    Column.INPUT: _shape("in_shape"),
    Column.OUTPUT: _shape("out_shape"),
    Column.PARAMS: _Rule(lambda _facts, layer: layer.params, figures.exact),
    Column.BUFFERS: _Rule(lambda _facts, layer: layer.buffers, figures.exact),
    Column.MACS: _Rule(lambda _facts, layer: layer.macs, figures.count),
    Column.BYTES: _Rule(lambda facts, layer: activation_bytes(layer, facts.report.setting), figures.size),
    Column.INTENSITY: _Rule(
        lambda facts, layer: intensity(layer, facts.report.setting), figures.ratio, lambda value: f"{value:.6g}"
    ),
    Column.FIELD: _Rule(lambda facts, layer: facts.report.fields[layer.id].size, figures.exact),
    Column.JUMP: _Rule(lambda facts, layer: facts.report.fields[layer.id].jump, figures.exact),
    Column.START: _Rule(lambda facts, layer: facts.report.fields[layer.id].start, lambda value: f"{value:,}"),
    Column.MS: _Rule(lambda facts, layer: facts.times.get(layer.id, -1.0), _milliseconds, _bare_milliseconds),
}


def key(facts: Facts, layer: Layer, column: int) -> Any:
    """What a column sorts and sums by."""
    return _RULES[column].key(facts, layer)


def text(facts: Facts, layer: Layer, column: int) -> str:
    """What a cell shows."""
    rule = _RULES[column]
    return rule.text(rule.key(facts, layer))


def copied(facts: Facts, layer: Layer, column: int) -> str:
    """What a cell gives a spreadsheet: figures bare and exact."""
    rule = _RULES[column]
    return rule.copied(rule.key(facts, layer))


def widest(facts: Facts, column: int) -> set[str]:
    """Texts that decide how wide a column is: few, even of thousands of blocks. A maxpool may be elided."""
    rule, layers = _RULES[column], facts.report.layers
    if column == Column.OPERATOR:
        kinds = {(one.op, one.kernel, one.stride, one.groups, one.dilation): one for one in layers if one.op == "conv"}
        return set(map(figures.operator, kinds.values()))
    if column in (Column.INPUT, Column.OUTPUT):
        field = "in_shape" if column == Column.INPUT else "out_shape"
        return {figures.shape(shape) for shape in {getattr(layer, field) for layer in layers}}
    if column == Column.MS:
        return {"88.8 µs", "88.8 ms", "8888 ms"}
    if column in (Column.MACS, Column.BYTES, Column.INTENSITY):
        return {"888 kB" if column == Column.BYTES else "88.8 M"}
    values = [rule.key(facts, layer) for layer in layers]
    return {rule.text(min(values)), rule.text(max(values))}


def words() -> dict[int, Words]:
    """What each column is called."""
    return {**_shape_words(), **_cost_words()}


def _shape_words() -> dict[int, Words]:
    return {
        Column.ID: Words(
            translate("LayerModel", "Layer"),
            translate("LayerModel", "Layer"),
            translate("LayerModel", "The module's path in the PyTorch model; the keys of its weights begin with it."),
        ),
        Column.OPERATOR: Words(
            translate("LayerModel", "Operator"),
            translate("LayerModel", "Operator"),
            translate("LayerModel", "s: stride, d: dilation, g: groups, where they are not 1."),
        ),
        Column.KERNEL: Words(
            translate("LayerModel", "Kernel"),
            translate("LayerModel", "Kernel"),
            translate("LayerModel", "Side of the window; “-” where an operator has none."),
        ),
        Column.STRIDE: Words(
            translate("LayerModel", "Stride"),
            translate("LayerModel", "Stride"),
            translate("LayerModel", "Step of the window; “-” where an operator has none."),
        ),
        Column.PADDING: Words(
            translate("LayerModel", "Pad"),
            translate("LayerModel", "Padding"),
            translate("LayerModel", "Zeros added on each side; “-” where an operator has no window."),
        ),
        Column.DILATION: Words(
            translate("LayerModel", "Dil."),
            translate("LayerModel", "Dilation"),
            translate("LayerModel", "Distance between the taps of the window; “-” where there is none."),
        ),
        Column.GROUPS: Words(
            translate("LayerModel", "Groups"),
            translate("LayerModel", "Groups"),
            translate("LayerModel", "Groups of channels that are computed apart; “-” where there are none."),
        ),
        Column.INPUT: Words(
            translate("LayerModel", "Input"),
            translate("LayerModel", "Input shape"),
            translate("LayerModel", "Channels × height × width of one input."),
        ),
        Column.OUTPUT: Words(
            translate("LayerModel", "Output"),
            translate("LayerModel", "Output shape"),
            translate("LayerModel", "Channels × height × width."),
        ),
    }


def _cost_words() -> dict[int, Words]:
    one_image = translate("LayerModel", "For one image.") + " "
    in_fp32 = translate("LayerModel", "One image in fp32.") + " "
    along = translate("LayerModel", "Along one axis, in pixels of the input.") + " "
    return {
        Column.PARAMS: Words(
            translate("LayerModel", "Params"),
            translate("LayerModel", "Parameters"),
            convention_of("params"),
        ),
        Column.BUFFERS: Words(
            translate("LayerModel", "Buffers"),
            translate("LayerModel", "Buffers"),
            convention_of("params"),
        ),
        Column.MACS: Words(
            translate("LayerModel", "MACs"),
            translate("LayerModel", "MACs"),
            one_image + convention_of("macs"),
        ),
        Column.BYTES: Words(
            translate("LayerModel", "Bytes"),
            translate("LayerModel", "Activation bytes"),
            in_fp32 + convention_of("activations"),
        ),
        Column.INTENSITY: Words(
            translate("LayerModel", "MACs/B"),
            translate("LayerModel", "MACs per byte"),
            in_fp32 + convention_of("intensity"),
        ),
        Column.FIELD: Words(
            translate("LayerModel", "Field"),
            translate("LayerModel", "Receptive field"),
            along + convention_of("field"),
        ),
        Column.JUMP: Words(
            translate("LayerModel", "Jump"),
            translate("LayerModel", "Jump of the field"),
            translate("LayerModel", "Pixels of the input from one output to the next: the stride so far."),
        ),
        Column.START: Words(
            translate("LayerModel", "Start"),
            translate("LayerModel", "Start of the field"),
            translate("LayerModel", "First pixel that the first output sees; a negative one lies in the padding."),
        ),
        Column.MS: Words(
            translate("LayerModel", "Time"),
            translate("LayerModel", "Time"),
            translate(
                "LayerModel",
                "Measured: the median over several passes of one image; “-” until the graph is coloured by it.",
            ),
        ),
    }
