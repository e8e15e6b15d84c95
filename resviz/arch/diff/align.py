"""Two specs side by side: what one network has that the other has not, and what that costs.

Stem is compared with stem, stage `i` with stage `i`, block `j` with block `j`, head with head; where a stage has more
blocks in B, the extra ones are its last, because a stage's first block is the one that changes the shape. Within a
block, layers are compared by the part they play: the convolution numbered 2, its norm, the shortcut's convolution.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby, zip_longest
from typing import Literal, NamedTuple

from resviz.arch.analysis import Report, report
from resviz.arch.diff.roles import Fact, aligned, roles
from resviz.arch.graph import Layer
from resviz.arch.memory import ONE_IMAGE, Setting, activation_bytes
from resviz.arch.spec import FIELDS, ResNetSpec

Status = Literal["same", "changed", "added", "removed"]
#: What may differ between two layers that play the same part. `channels` and `shape` hold what goes in and what comes
#: out; `place` is where a norm, an activation or a filter stands; `params` says that only the count differs (SE).
What = Literal["op", "place", "kernel", "stride", "dilation", "groups", "channels", "shape", "params"]
Value = str | int | tuple[object, ...]

STEM, HEAD = "stem", "head"
#: Operators whose window is a choice, not a consequence of the picture's size.
_WINDOWS = frozenset({"conv", "maxpool", "avgpool", "blur", "pad"})


class Change(NamedTuple):
    """One figure in A and in B; 0 for a part that is not there."""

    a: int
    b: int

    @property
    def delta(self) -> int:
        """B less A."""
        return self.b - self.a

    @property
    def ratio(self) -> float | None:
        """B over A; None where A has none."""
        return self.b / self.a if self.a else None


class Costs(NamedTuple):
    """The figures that add up: those of a network's parts sum to those of the whole.

    `macs` are for one image, `activation_bytes` (every layer's output once) for the diff's setting.
    """

    params: Change
    buffers: Change
    macs: Change
    activation_bytes: Change
    weighted_layers: Change


class Totals(NamedTuple):
    """Both networks as a whole; peak memory for the diff's setting, receptive field of the last stage in px."""

    costs: Costs
    peak_bytes: Change
    receptive_field: Change


class FieldDiff(NamedTuple):
    """A field of the spec that differs; None is a value that follows another field."""

    field: str
    a: object
    b: object


class Alteration(NamedTuple):
    """One thing that differs between two layers of the same part."""

    what: What
    a: Value
    b: Value


class LayerDiff(NamedTuple):
    """A layer of A, of B, or of both; `changes` is empty unless it is of both and they differ."""

    a: Layer | None
    b: Layer | None
    status: Status
    changes: tuple[Alteration, ...]

    @property
    def layer(self) -> Layer:
        """B's layer, or A's where B has none."""
        found = self.b or self.a
        assert found is not None
        return found

    @property
    def shape_only(self) -> bool:
        """Whether it works as before, on a map of another size."""
        return self.status == "changed" and all(change.what == "shape" for change in self.changes)


class BlockDiff(NamedTuple):
    """Two blocks, or the stems, or the heads. `shortcut_*` is the kind of shortcut, None where a block has none.

    `layers` hold each layer of both exactly once, in B's order; what only A has stands after what it followed there.
    """

    id_a: str | None
    id_b: str | None
    status: Status
    shortcut_a: str | None
    shortcut_b: str | None
    layers: tuple[LayerDiff, ...]
    costs: Costs

    @property
    def shape_only(self) -> bool:
        """Whether it does as before, on maps of another size."""
        return self.status == "changed" and all(pair.shape_only for pair in self.layers if pair.status != "same")


class StageDiff(NamedTuple):
    """Two stages; the stem and the head stand as stages of one block each.

    `count_*` are the stage's blocks (None for stem and head, 0 for a stage that is not there); `receptive_*` the
    receptive field where it ends, in px (None where it is not there).
    """

    id: str
    status: Status
    count_a: int | None
    count_b: int | None
    blocks: tuple[BlockDiff, ...]
    costs: Costs
    receptive_a: int | None
    receptive_b: int | None


class Diff(NamedTuple):
    """All that differs between the networks `a` and `b`."""

    a: Report
    b: Report
    fields: tuple[FieldDiff, ...]
    stages: tuple[StageDiff, ...]
    totals: Totals

    @property
    def same(self) -> bool:
        """Whether both are the same network."""
        return not self.fields

    @property
    def rebuilt(self) -> bool:
        """Whether any layer differs; fields such as `dropout` change none."""
        return any(stage.status != "same" for stage in self.stages)

    @property
    def blocks(self) -> Iterator[BlockDiff]:
        """All blocks in order, the stem first and the head last."""
        return (block for stage in self.stages for block in stage.blocks)


@lru_cache(maxsize=4)
def diff(a: ResNetSpec, b: ResNetSpec, setting: Setting = ONE_IMAGE) -> Diff:
    """What differs between two networks, in time linear in their blocks; memory is for `setting`."""
    one, other = report(a, setting), report(b, setting)
    by_number = one.spec.preact or other.spec.preact
    before, after = _parts(one), _parts(other)
    order = [STEM, *sorted((before.keys() | after.keys()) - {STEM, HEAD}), HEAD]
    stages = tuple(_stage(name, before.get(name), after.get(name), by_number, setting) for name in order)
    return Diff(one, other, _fields(one.spec, other.spec), stages, _totals(one, other))


def _fields(a: ResNetSpec, b: ResNetSpec) -> tuple[FieldDiff, ...]:
    pairs = (FieldDiff(field, getattr(a, field), getattr(b, field)) for field in FIELDS)
    return tuple(pair for pair in pairs if pair.a != pair.b)


# --- costs --------------------------------------------------------------------------------------------------


def _costs(a: Sequence[Layer], b: Sequence[Layer], setting: Setting) -> Costs:
    return Costs(*map(Change, _figures(a, setting), _figures(b, setting)))


def _figures(layers: Sequence[Layer], setting: Setting) -> list[int]:
    """In the order of `Costs`; weighted layers are the convolutions and fc on the trunk."""
    figures = [0] * len(Costs._fields)
    for layer in layers:
        figures[0] += layer.params
        figures[1] += layer.buffers
        figures[2] += layer.macs
        figures[3] += activation_bytes(layer, setting)
        figures[4] += layer.on == "trunk" and layer.op in ("conv", "fc")
    return figures


def _total(parts: Sequence[Costs]) -> Costs:
    columns = zip(*parts, strict=True)
    return Costs(*(Change(sum(pair.a for pair in column), sum(pair.b for pair in column)) for column in columns))


def _totals(a: Report, b: Report) -> Totals:
    figures = [(r.params, r.buffers, r.macs, r.activation_bytes, r.weighted_layers) for r in (a, b)]
    return Totals(
        Costs(*map(Change, *figures)),
        Change(a.peak_bytes, b.peak_bytes),
        Change(_seen(a), _seen(b)),
    )


def _seen(of: Report) -> int:
    """Receptive field of the last stage: what is quoted for a network."""
    return of.receptive_field[next(layer.id for layer in reversed(of.layers) if layer.stage)]


# --- stages and blocks ------------------------------------------------------------------------------------------


class _Block(NamedTuple):
    """The layers of one block, the stem or the head; `shortcut` as in `BlockDiff`."""

    id: str
    shortcut: str | None
    layers: tuple[Layer, ...]


class _Stage(NamedTuple):
    """One report's stage, the stem or the head, and its receptive field where it ends."""

    blocks: tuple[_Block, ...]
    receptive: int


def _parts(of: Report) -> dict[str, _Stage]:
    """Stem, stages and head, by their names."""
    kinds: dict[str, str] = dict(of.shortcuts)
    parts: dict[str, _Stage] = {}
    for name, members in groupby(of.layers, key=lambda layer: layer.stage):
        layers = tuple(members)
        end = HEAD if parts else STEM
        blocks = tuple(_blocks(layers, kinds)) if name else (_Block(end, None, layers),)
        parts[name or end] = _Stage(blocks, of.receptive_field[layers[-1].id])
    return parts


def _blocks(layers: Sequence[Layer], kinds: dict[str, str]) -> Iterator[_Block]:
    for name, members in groupby(layers, key=lambda layer: layer.block):
        assert name is not None
        yield _Block(name, kinds.get(name, "none"), tuple(members))


def _stage(name: str, a: _Stage | None, b: _Stage | None, by_number: bool, setting: Setting) -> StageDiff:
    pairs = zip_longest(a.blocks if a else (), b.blocks if b else ())
    blocks = tuple(_block(before, after, by_number, setting) for before, after in pairs)
    return StageDiff(
        name,
        _status(a, b, all(block.status == "same" for block in blocks)),
        _count(name, a),
        _count(name, b),
        blocks,
        _total([block.costs for block in blocks]),
        a.receptive if a else None,
        b.receptive if b else None,
    )


def _count(name: str, of: _Stage | None) -> int | None:
    return None if name in (STEM, HEAD) else len(of.blocks) if of else 0


def _status(a: object, b: object, same: bool) -> Status:
    if a is None or b is None:
        return "added" if a is None else "removed"
    return "same" if same else "changed"


def _block(a: _Block | None, b: _Block | None, by_number: bool, setting: Setting) -> BlockDiff:
    layers = _layers(a.layers if a else (), b.layers if b else (), by_number)
    same = all(pair.status == "same" for pair in layers)
    return BlockDiff(
        a.id if a else None,
        b.id if b else None,
        _status(a, b, same),
        a.shortcut if a else None,
        b.shortcut if b else None,
        layers,
        _costs(a.layers if a else (), b.layers if b else (), setting),
    )


# --- layers -------------------------------------------------------------------------------------------------


def _layers(a: Sequence[Layer], b: Sequence[Layer], by_number: bool) -> tuple[LayerDiff, ...]:
    ours, theirs = roles(_facts(a), by_number), roles(_facts(b), by_number)
    pairs = []
    for i, j in aligned(tuple(role.part for role in ours), tuple(role.part for role in theirs)):
        if i is None:
            assert j is not None
            pairs.append(LayerDiff(None, b[j], "added", ()))
        elif j is None:
            pairs.append(LayerDiff(a[i], None, "removed", ()))
        else:
            changes = _changes(a[i], b[j], ours[i].place, theirs[j].place)
            pairs.append(LayerDiff(a[i], b[j], "changed" if changes else "same", changes))
    return tuple(pairs)


def _facts(layers: Sequence[Layer]) -> tuple[Fact, ...]:
    return tuple(Fact(layer.name, layer.op, layer.on == "trunk") for layer in layers)


def _changes(a: Layer, b: Layer, place_a: str, place_b: str) -> tuple[Alteration, ...]:
    if a.op == b.op and place_a == place_b and a[5:] == b[5:]:  # by far the most
        return ()
    return tuple(change for change in _compared(a, b, place_a, place_b) if change.a != change.b)


def _compared(a: Layer, b: Layer, place_a: str, place_b: str) -> Iterator[Alteration]:
    yield Alteration("op", a.op, b.op)
    yield Alteration("place", place_a, place_b)
    # The last average's window is the whole map: a consequence of its size.
    if a.op in _WINDOWS and b.op in _WINDOWS and a.name != "avgpool":
        yield Alteration("kernel", a.kernel, b.kernel)
        yield Alteration("stride", a.stride, b.stride)
    if a.op == b.op == "conv":
        yield Alteration("dilation", a.dilation, b.dilation)
    if a.op == b.op and a.op in ("conv", "gn"):
        yield Alteration("groups", a.groups, b.groups)
    channels = (a.in_shape[0], a.out_shape[0]), (b.in_shape[0], b.out_shape[0])
    yield Alteration("channels", *channels)
    yield Alteration("shape", (a.in_shape[1:], a.out_shape[1:]), (b.in_shape[1:], b.out_shape[1:]))
    if a.op == b.op and a.op in ("se", "eca") and channels[0] == channels[1]:
        yield Alteration("params", a.params, b.params)
