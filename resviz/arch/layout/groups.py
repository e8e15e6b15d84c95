"""Which layers become one cell of the drawing, at the level of folding that holds for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from resviz.arch.graph import Layer, Network
from resviz.arch.layout.blocks import Way
from resviz.arch.layout.cells import facts_of
from resviz.arch.layout.fold import HEAD, STEM, Fold, Level


class Group(NamedTuple):
    """Consecutive layers that become one cell, drawn at a level.

    `layers` are those that are drawn, the first block's in a run of `times` equal ones; `ids` are all it stands for.
    `alike` is equal for groups that hold the same.
    """

    id: str
    stage: str | None
    level: Level
    layers: tuple[Layer, ...]
    ids: tuple[str, ...]
    alike: tuple[object, ...]
    times: int = 1

    @property
    def is_stage(self) -> bool:
        return self.level == "stage" and self.stage is not None

    @property
    def folded(self) -> bool:
        """Whether it is one card."""
        return self.level == "stage" or (self.level == "block" and self.stage is not None)

    @property
    def face(self) -> str:
        """The layer that a folded box stands for: the output, or what enters the plus that is drawn after it."""
        last = self.layers[-1]
        if self.level == "block" and last.op == "add":  # a pre-activation block: its plus has a box of its own
            return next(layer for layer in reversed(self.layers[:-1]) if layer.on == "trunk").id
        return self.ids[-1]

    @property
    def name(self) -> str:
        """The id, or of a run its first and last block: `layer3.1 – 22`."""
        if self.times == 1:
            return self.id
        return f"{self.id} – {int(self.id.rpartition('.')[2]) + self.times - 1}"


def groups_of(net: Network, fold: Fold, ways: Mapping[str, Way]) -> list[Group]:
    """The cells of a drawing, in order."""
    found: list[Group] = []
    for stage, run in groupby(net.layers, lambda layer: layer[2]):
        layers = tuple(run)
        name = stage or (HEAD if found else STEM)
        level = fold.of(name)
        if not stage or level == "stage":
            ids = tuple([layer[0] for layer in layers])
            found.append(Group(name, stage, level, layers, ids, () if stage else (facts_of(layers), name)))
            continue
        blocks = _blocks(stage, layers, fold, ways)
        found += _merged(blocks) if fold.repeats_in(stage) else blocks
    return found


def _blocks(stage: str, layers: Sequence[Layer], fold: Fold, ways: Mapping[str, Way]) -> Iterator[Group]:
    by_hand: dict[str, Level] = dict(fold.parts)
    level = fold.of(stage)
    for block, run in groupby(layers, lambda layer: layer[3]):
        assert block is not None
        members = tuple(run)
        ids = tuple([layer[0] for layer in members])
        yield Group(block, stage, by_hand.get(block, level), members, ids, (facts_of(members), ways.get(block), ""))


def _merged(blocks: Iterator[Group]) -> Iterator[Group]:
    """Equal blocks in a row as one group."""
    for _, run in groupby(blocks, lambda group: (group.level, group.alike)):
        members = list(run)
        ids = tuple([name for group in members for name in group.ids])
        yield members[0]._replace(ids=ids, times=len(members))
