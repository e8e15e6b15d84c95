"""Spec to graph. A layer's id is the module path it has in the torch model, so both share every key.

Names are torchvision's (`layer2.0.conv1`); the operators torchvision calls as functions (the add, each ReLU) get
names of their own, because everything one can see is something one can select.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from resviz.arch import ops
from resviz.arch.ops import Op, Shape
from resviz.arch.spec import ResNetSpec

if TYPE_CHECKING:
    import networkx as nx

Kind = Literal["trunk", "identity", "projection", "zero-pad"]
#: The graph's source: the picture itself, which is no layer.
INPUT = "input"


class Layer(NamedTuple):
    """One operator. Shapes are `(C, H, W)`, or `(C,)` after flatten; see `ops.Op` for the figures."""

    id: str
    op: str
    stage: str | None
    block: str | None
    on: Literal["trunk", "shortcut"]
    in_shape: Shape
    out_shape: Shape
    params: int
    buffers: int
    macs: int
    kernel: int
    stride: int
    padding: int

    @property
    def name(self) -> str:
        """The id without its block: `conv1`, `downsample.0`."""
        return self.id[len(self.block) + 1 :] if self.block else self.id


class Edge(NamedTuple):
    """A tensor on its way from one layer to another; every edge of a shortcut's path carries the shortcut's kind."""

    source: str
    target: str
    kind: Kind


class Shortcut(NamedTuple):
    """The path around one block."""

    block: str
    kind: Kind


class Network(NamedTuple):
    """Layers in execution order, the edges between them, and one shortcut a block (none in a plain network)."""

    spec: ResNetSpec
    layers: tuple[Layer, ...]
    edges: tuple[Edge, ...]
    shortcuts: tuple[Shortcut, ...]


class _Trace:
    """Collects layers and edges while one walks the network from the input."""

    def __init__(self, shape: Shape) -> None:
        self.layers: list[Layer] = []
        self.edges: list[Edge] = []
        self.shortcuts: list[Shortcut] = []
        self.at = INPUT
        self.shape = shape
        self.stage: str | None = None
        self.block: str | None = None

    def put(self, name: str, op: Op) -> None:
        """Append an operator on the trunk."""
        self._append(name, op, "trunk", "trunk", self.at, self.shape)
        self.at, self.shape = self.layers[-1].id, op.out_shape

    def branch(self, name: str, op: Op, kind: Kind, source: str, shape: Shape) -> str:
        """Append an operator on a shortcut that comes from `source`; returns its id."""
        self._append(name, op, "shortcut", kind, source, shape)
        return self.layers[-1].id

    def _append(
        self, name: str, op: Op, on: Literal["trunk", "shortcut"], kind: Kind, source: str, shape: Shape
    ) -> None:
        layer_id = f"{self.block}.{name}" if self.block else name
        self.layers.append(Layer(layer_id, op.op, self.stage, self.block, on, shape, *op[1:]))
        self.edges.append(Edge(source, layer_id, kind))


@lru_cache(maxsize=16)
def network(spec: ResNetSpec) -> Network:
    """Every layer, edge and shortcut of a spec, in the order the torch model computes them."""
    trace = _Trace((spec.channels, spec.size, spec.size))
    _stem(trace, spec)
    for stage, count in enumerate(spec.blocks):
        trace.stage = f"layer{stage + 1}"
        for index in range(count):
            trace.block = f"{trace.stage}.{index}"
            _block(trace, spec, spec.planes(stage), 2 if stage and not index else 1)
    trace.stage = trace.block = None
    trace.put("avgpool", ops.avgpool(trace.shape))
    trace.put("flatten", ops.flatten(trace.shape))
    trace.put("fc", ops.fc(trace.shape, spec.classes))
    return Network(spec, tuple(trace.layers), tuple(trace.edges), tuple(trace.shortcuts))


def _stem(trace: _Trace, spec: ResNetSpec) -> None:
    kernel, stride = (7, 2) if spec.stem == "imagenet" else (3, 1)
    trace.put("conv1", ops.conv(trace.shape, spec.width, kernel, stride))
    trace.put("bn1", ops.bn(trace.shape))
    trace.put("relu", ops.relu(trace.shape))
    if spec.stem == "imagenet":
        trace.put("maxpool", ops.maxpool(trace.shape))


def _convs(spec: ResNetSpec, planes: int, stride: int) -> list[tuple[int, int, int]]:
    """`(out, kernel, stride)` of each convolution on the residual branch (He 2015, fig. 5)."""
    if spec.block == "basic":
        return [(planes, 3, stride), (planes, 3, 1)]
    # torchvision strides in the 3x3 ("v1.5"); the paper strides in the first 1x1.
    return [(planes, 1, 1), (planes, 3, stride), (planes * spec.expansion, 1, 1)]


def _block(trace: _Trace, spec: ResNetSpec, planes: int, stride: int) -> None:
    entry, entry_shape = trace.at, trace.shape
    convs = _convs(spec, planes, stride)
    for number, (out, kernel, step) in enumerate(convs, 1):
        trace.put(f"conv{number}", ops.conv(trace.shape, out, kernel, step))
        trace.put(f"bn{number}", ops.bn(trace.shape))
        if number < len(convs):
            trace.put(f"relu{number}", ops.relu(trace.shape))
    if spec.residual:
        _shortcut(trace, spec, entry, entry_shape, stride)
    trace.put(f"relu{len(convs)}", ops.relu(trace.shape))


def shortcut_kind(spec: ResNetSpec, changes: bool) -> Kind:
    """What option A, B or C makes of a shortcut whose shape changes or does not (He 2015, section 4.1)."""
    if spec.shortcut == "C" or (spec.shortcut == "B" and changes):
        return "projection"
    return "zero-pad" if changes else "identity"


def _shortcut(trace: _Trace, spec: ResNetSpec, entry: str, shape: Shape, stride: int) -> None:
    kind = shortcut_kind(spec, shape != trace.shape)
    out = trace.shape[0]
    end = entry
    if kind == "projection":
        project = ops.conv(shape, out, 1, stride)
        end = trace.branch("downsample.0", project, kind, entry, shape)
        end = trace.branch("downsample.1", ops.bn(project.out_shape), kind, end, project.out_shape)
    elif kind == "zero-pad":
        end = trace.branch("downsample", ops.pad(shape, out, stride), kind, entry, shape)
    trace.put("add", ops.add(trace.shape))
    trace.edges.append(Edge(end, trace.at, kind))
    assert trace.block is not None
    trace.shortcuts.append(Shortcut(trace.block, kind))


@lru_cache(maxsize=4)
def graph_of(spec: ResNetSpec) -> nx.DiGraph:
    """The network as a frozen `networkx.DiGraph`: node attribute `layer` (none on `input`), edge attribute `kind`."""
    import networkx as nx  # a tenth of a second that neither the window's start nor a summary needs

    net = network(spec)
    graph = nx.DiGraph(spec=spec)
    graph.add_node(INPUT)
    graph.add_nodes_from((layer.id, {"layer": layer}) for layer in net.layers)
    graph.add_edges_from((edge.source, edge.target, {"kind": edge.kind}) for edge in net.edges)
    return nx.freeze(graph)
