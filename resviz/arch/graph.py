"""Spec to graph. A layer's id is the module path it has in the torch model, so both share every key.

Names are torchvision's (`layer2.0.conv1`); the operators torchvision calls as functions (the add, each ReLU) get
names of their own, because everything one can see is something one can select. What torchvision lacks (deep stems, SE,
ECA, blur, pooled projections) has timm's names; a pre-activation network ends in `bn` and `relu`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from resviz.arch import ops
from resviz.arch.collector import uncollected
from resviz.arch.ops import Op, Shape
from resviz.arch.plan import BlockPlan, Conv, Projection, StemPlan, block_plan, stem_plan
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
    dilation: int = 0
    groups: int = 0

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

    def repeat(self, first: int, start: int, times: int) -> None:
        """Append the block whose layers and edges begin at `first` and `start` so many times more.

        It must keep the shape: then they are all alike but for their names.
        """
        last, cut = self.block or "", len(self.block or "") + 1
        layers = [(layer.id[cut:], layer[1:3], layer[4:]) for layer in self.layers[first:]]
        entry = self.edges[start].source
        edges = [
            ("" if edge.source == entry else edge.source[cut:], edge.target[cut:], edge.kind)
            for edge in self.edges[start:]
        ]
        shortcuts = [one for one in self.shortcuts[-1:] if one.block == last]  # a plain stage has none
        number = int(last[last.rindex(".") + 1 :])
        for index in range(number + 1, number + 1 + times):
            block = f"{self.stage}.{index}"
            names = {name: f"{block}.{name}" for name, _, _ in layers}
            names[""] = self.at
            self.layers += [Layer._make((names[name], *head, block, *tail)) for name, head, tail in layers]
            self.edges += [Edge._make((names[source], names[target], kind)) for source, target, kind in edges]
            self.shortcuts += [Shortcut(block, shortcut.kind) for shortcut in shortcuts]
            self.at = names[layers[-1][0]]

    def _append(
        self, name: str, op: Op, on: Literal["trunk", "shortcut"], kind: Kind, source: str, shape: Shape
    ) -> None:
        layer_id = f"{self.block}.{name}" if self.block else name
        self.layers.append(Layer(layer_id, op.op, self.stage, self.block, on, shape, *op[1:]))
        self.edges.append(Edge(source, layer_id, kind))


@lru_cache(maxsize=16)
@uncollected
def network(spec: ResNetSpec) -> Network:
    """Every layer, edge and shortcut of a spec, in the order the torch model computes them."""
    trace = _Trace((spec.channels, spec.size, spec.size))
    _stem(trace, spec)
    for stage, count in enumerate(spec.blocks):
        trace.stage = f"layer{stage + 1}"
        for index in range(min(count, 2)):
            trace.block = f"{trace.stage}.{index}"
            first, start = len(trace.layers), len(trace.edges)
            _block(trace, spec, block_plan(spec, stage, index))
        if count > 2:
            trace.repeat(first, start, count - 2)
    trace.stage = trace.block = None
    if spec.preact:
        trace.put("bn", _norm(spec, trace.shape))
        trace.put(act_name(spec), ops.activation(spec.activation, trace.shape))
    trace.put("avgpool", ops.avgpool(trace.shape))
    trace.put("flatten", ops.flatten(trace.shape))
    trace.put("fc", ops.fc(trace.shape, spec.classes))
    return Network(spec, tuple(trace.layers), tuple(trace.edges), tuple(trace.shortcuts))


def act_name(spec: ResNetSpec, number: int | None = None) -> str:
    """What an activation is called: torchvision's `relu`, or timm's `act` where it is another function."""
    name = "relu" if spec.activation == "relu" else "act"
    return name if number is None else f"{name}{number}"


def _stem(trace: _Trace, spec: ResNetSpec) -> None:
    plan = stem_plan(spec)
    if len(plan.convs) == 1:
        trace.put("conv1", ops.conv(trace.shape, plan.convs[0]))
    else:
        for index, conv in enumerate(plan.convs):
            trace.put(f"conv1.{3 * index}", ops.conv(trace.shape, conv))
            if index < len(plan.convs) - 1:
                trace.put(f"conv1.{3 * index + 1}", _norm(spec, trace.shape))
                trace.put(f"conv1.{3 * index + 2}", ops.activation(spec.activation, trace.shape))
    if not spec.preact:
        trace.put("bn1", _norm(spec, trace.shape))
        trace.put(act_name(spec), ops.activation(spec.activation, trace.shape))
    _stem_pool(trace, spec, plan)


def _stem_pool(trace: _Trace, spec: ResNetSpec, plan: StemPlan) -> None:
    """All of it is called `maxpool`, whatever it is, because timm's weights are."""
    if plan.pool == "avgpool":
        trace.put("maxpool", ops.avgpool_stem(trace.shape))
    elif plan.pool == "conv":
        trace.put("maxpool.0", ops.conv(trace.shape, Conv(spec.stem_out, spec.stem_out, 3, plan.pool_stride)))
        if plan.filtered:
            blurs = spec.antialias == "blur"
            trace.put("maxpool.1", ops.blur(trace.shape, 2) if blurs else ops.avgpool_stem(trace.shape))
        after = 1 + plan.filtered
        trace.put(f"maxpool.{after}", _norm(spec, trace.shape))
        trace.put(f"maxpool.{after + 1}", ops.activation(spec.activation, trace.shape))
    elif plan.pool == "max":
        trace.put("maxpool.0" if plan.filtered else "maxpool", ops.maxpool(trace.shape, plan.pool_stride))
        if plan.filtered:
            trace.put("maxpool.1", _filter(spec, trace.shape, 2))


def _norm(spec: ResNetSpec, shape: Shape) -> Op:
    return ops.norm(spec.norm, shape, spec.norm_groups)


def _filter(spec: ResNetSpec, shape: Shape, stride: int) -> Op:
    return ops.blur(shape, stride) if spec.antialias == "blur" else ops.avgpool2(shape, stride)


def _block(trace: _Trace, spec: ResNetSpec, plan: BlockPlan) -> None:
    entry, entry_shape = trace.at, trace.shape
    last = len(plan.convs)
    for number, conv in enumerate(plan.convs, 1):
        if spec.preact:
            _normed(trace, spec, plan, number)
            if number == 1 and plan.shortcut != "identity":  # both paths share the first BN and ReLU
                entry, entry_shape = trace.at, trace.shape
        trace.put(f"conv{number}", ops.conv(trace.shape, conv))
        if not spec.preact:
            _normed(trace, spec, plan, number, activated=number < last)
    if spec.attention == "se":
        trace.put("se", ops.se(trace.shape, spec.reduction))
    elif spec.attention == "eca":
        trace.put("se", ops.eca(trace.shape))
    if plan.shortcut != "none":
        _shortcut(trace, spec, plan, entry, entry_shape)
    if not spec.preact:
        trace.put(act_name(spec, last), ops.activation(spec.activation, trace.shape))


def _normed(trace: _Trace, spec: ResNetSpec, plan: BlockPlan, number: int, *, activated: bool = True) -> None:
    """BN and ReLU number `number`, and the filter that strides for the convolution before them."""
    trace.put(f"bn{number}", _norm(spec, trace.shape))
    if activated:
        trace.put(act_name(spec, number), ops.activation(spec.activation, trace.shape))
        if plan.filtered and plan.filtered == number - spec.preact:
            trace.put("aa", _filter(spec, trace.shape, plan.filter_stride))


def _shortcut(trace: _Trace, spec: ResNetSpec, plan: BlockPlan, entry: str, shape: Shape) -> None:
    assert plan.shortcut != "none"
    kind: Kind = plan.shortcut
    end = entry
    if plan.projection is not None:
        for name, op in _projection(spec, plan.projection, shape):
            end = trace.branch(name, op, kind, end, shape)
            shape = op.out_shape
    elif kind == "zero-pad":
        end = trace.branch("downsample", ops.pad(shape, plan.out, plan.stride), kind, entry, shape)
    trace.put("add", ops.add(trace.shape))
    trace.edges.append(Edge(end, trace.at, kind))
    assert trace.block is not None
    trace.shortcuts.append(Shortcut(trace.block, kind))


def _projection(spec: ResNetSpec, plan: Projection, shape: Shape) -> Iterator[tuple[str, Op]]:
    if plan.pool:
        pool = ops.avgpool2(shape, plan.pool)
        yield "downsample.0", pool
        shape = pool.out_shape
    project = ops.conv(shape, plan.conv)
    yield f"downsample.{plan.place}", project
    if not spec.preact:
        yield f"downsample.{plan.place + 1}", _norm(spec, project.out_shape)


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
