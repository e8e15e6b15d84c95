"""Folding by hand, one step at a time: layer, its block, its stage, and back."""

from __future__ import annotations

from resviz.arch.layout.fold import LEVELS, Fold, stage_of
from resviz.arch.layout.stack import Cell, Layout
from resviz.arch.spec import ResNetSpec


def opened(fold: Fold, cell: Cell) -> Fold:
    """One step more of what a cell holds; a run of equal blocks comes apart first."""
    stage = stage_of(cell.id)
    if not stage:
        return fold.put(cell.id, "layer")
    if cell.id == stage:
        return fold.put(stage, "block")
    if cell.times > 1:
        return fold._replace(but=fold.but ^ {stage})
    return fold.put(cell.id, "layer")


def closed(fold: Fold, cell: Cell) -> Fold:
    """One step less: a block's layers become its card, blocks their run if they were unrolled, else their stage."""
    stage = stage_of(cell.id)
    if not stage:
        return fold.put(cell.id, "stage")
    if cell.id == stage:
        return fold
    if fold.of(cell.id) == "layer":
        return _put_all(fold, blocks_in(cell))
    if fold.repeats and stage in fold.but:
        return fold._replace(but=fold.but - {stage})
    return fold.put(stage, "stage")


def toggled(fold: Fold, cell: Cell) -> Fold:
    """What a double click does: a card opens, an open block, stem or head closes."""
    is_open = fold.of(cell.id) == "layer" or (fold.of(cell.id) == "block" and not stage_of(cell.id))
    return closed(fold, cell) if is_open and cell.times == 1 else opened(fold, cell)


def stepped(fold: Fold, by: int) -> Fold:
    """The whole graph one level further open (1) or closed (-1)."""
    at = LEVELS.index(fold.level) + by
    return fold.to(LEVELS[min(max(at, 0), len(LEVELS) - 1)])


def showing(fold: Fold, plan: Layout, layer_id: str) -> Fold:
    """What has to be open for a layer to have a box of its own; a run comes apart for any but its first block."""
    place = plan.place(layer_id)
    if place is None:
        return fold
    stage, block = stage_of(layer_id), ".".join(layer_id.split(".", 2)[:2])
    if not stage:
        return fold.put(place.cell.id, "layer") if place.box.parts else fold
    if fold.of(stage) == "stage":
        fold = fold.put(stage, "block")
    if place.cell.times > 1 and place.cell.id != block:
        fold = fold._replace(but=fold.but ^ {stage})
    return fold if fold.of(block) == "layer" else fold.put(block, "layer")


def pruned(fold: Fold, spec: ResNetSpec) -> Fold:
    """Without the exceptions of stages and blocks that the network does not have."""
    parts = frozenset((part, level) for part, level in fold.parts if _exists(part, spec))
    return fold._replace(parts=parts, but=frozenset(stage for stage in fold.but if _exists(stage, spec)))


def blocks_in(cell: Cell) -> list[str]:
    """Ids of the blocks that a cell draws: one, or those of a run."""
    return list(dict.fromkeys(".".join(layer.split(".", 2)[:2]) for layer in cell.layers))


def _put_all(fold: Fold, blocks: list[str]) -> Fold:
    for block in blocks:
        fold = fold.put(block, "block")
    return fold


def _exists(part: str, spec: ResNetSpec) -> bool:
    stage = stage_of(part)
    if not stage:
        return True
    number = int(stage.removeprefix("layer"))
    block = part.partition(".")[2]
    return number <= len(spec.blocks) and (not block or int(block) < spec.blocks[number - 1])
