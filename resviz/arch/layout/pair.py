"""Two networks side by side, aligned by stage and block: each trunk stretches where the other has more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from resviz.arch.diff.align import BlockDiff, Diff, StageDiff, diff
from resviz.arch.graph import network
from resviz.arch.layout.cells import Rect
from resviz.arch.layout.fold import HEAD, Fold, Level
from resviz.arch.layout.frame import Direction
from resviz.arch.layout.groups import Group
from resviz.arch.layout.plan import Layout, Marks, Status
from resviz.arch.layout.stack import Stack
from resviz.arch.presets import title_of
from resviz.arch.spec import ResNetSpec

#: Between the two drawings.
GAP = 40.0


def pair(a: ResNetSpec, b: ResNetSpec, fold: Fold | Level = "layer", direction: Direction = "down") -> Layout:
    """The layout of `b` with that of `a` beside it: on its left, or above it where the trunk goes to the right."""
    return _pair(a, b, Fold(fold) if isinstance(fold, str) else fold, direction)


@lru_cache(maxsize=4)
def _pair(a: ResNetSpec, b: ResNetSpec, fold: Fold, direction: Direction) -> Layout:
    one = Stack(network(a), fold, direction, title_of(a))
    other = Stack(network(b), fold, direction, title_of(b))
    for before, after in _rows(one.groups, other.groups):
        _put(one, before, other, after)
    marks_a, marks_b = _marks(diff(a, b))
    left, right = _marked(one.result(), marks_a), _marked(other.result(), marks_b)
    beside = _shifted(left, right.bounds)
    return replace(right, beside=beside, bounds=right.bounds.united(beside.bounds))


def _marked(plan: Layout, marks: Marks) -> Layout:
    """A layout with what differs; a run differs as its blocks do."""
    cells = dict(marks.cells)
    for cell in plan.cells:
        if cell.times > 1:
            found = {cells.get(".".join(name.split(".", 2)[:2])) for name in cell.layers}
            status = found.pop() if len(found) == 1 else "changed"
            cells.update({cell.id: status} if status else {})
    return replace(plan, marks=Marks(cells, marks.layers))


def _rows(a: list[Group], b: list[Group]) -> Iterator[tuple[Group | None, Group | None]]:
    """Groups of the same id together, in order."""
    mine, theirs = ({group.id: group for group in groups} for groups in (a, b))
    for name in sorted(mine.keys() | theirs.keys(), key=_order):
        yield mine.get(name), theirs.get(name)


def _order(name: str) -> tuple[int, int]:
    """The stem first, stages and blocks by number, the head last."""
    if not name.startswith("layer"):
        return (10**9 if name == HEAD else -1, 0)
    stage, _, block = name[5:].partition(".")
    return int(stage), int(block or 0)


def _put(one: Stack, before: Group | None, other: Stack, after: Group | None) -> None:
    """A cell of each, both cards starting at the same height."""
    found = [(stack, group, stack.lead(group)) for stack, group in ((one, before), (other, after)) if group]
    target = max(stack.origin(group, lead) for stack, group, lead in found)
    for stack, group, lead in found:
        slack = target - stack.origin(group, lead)
        stack.put(group, lead._replace(length=lead.length + slack))


def _shifted(plan: Layout, by: Rect) -> Layout:
    """A layout moved to stand before another."""
    if plan.direction == "down":
        dx, dy = by.x - GAP - plan.bounds.right, 0.0
    else:
        dx, dy = 0.0, by.y - GAP - plan.bounds.bottom
    return replace(
        plan,
        bounds=plan.bounds.moved(dx, dy),
        bands=tuple(band._replace(rect=band.rect.moved(dx, dy)) for band in plan.bands),
        cells=tuple(cell._replace(x=cell.x + dx, y=cell.y + dy) for cell in plan.cells),
    )


def _marks(found: Diff) -> tuple[Marks, Marks]:
    """What differs, for A and for B. A map of another size is a consequence, and not marked."""
    a, b = Marks({}, {}), Marks({}, {})
    cells: tuple[dict[str, Status], dict[str, Status]] = ({}, {})
    layers: tuple[dict[str, Status], dict[str, Status]] = ({}, {})
    for stage in found.stages:
        _mark(cells, stage.id, stage.id, _status(stage))
        for block in stage.blocks:
            _mark(cells, block.id_a, block.id_b, _status(block))
            for layer in block.layers:
                status = None if layer.status == "same" or layer.shape_only else layer.status
                _mark(layers, layer.a and layer.a.id, layer.b and layer.b.id, status)
    a, b = (Marks(*both) for both in zip(cells, layers, strict=True))
    return a, b


def _status(part: StageDiff | BlockDiff) -> Status | None:
    if part.status == "same":
        return None
    if isinstance(part, BlockDiff):
        return None if part.shape_only else part.status
    return None if part.status == "changed" and all(_status(block) is None for block in part.blocks) else part.status


def _mark(
    into: tuple[dict[str, Status], dict[str, Status]], a: str | None, b: str | None, status: Status | None
) -> None:
    if status is None:
        return
    if a is not None and status != "added":
        into[0][a] = status
    if b is not None and status != "removed":
        into[1][b] = status
