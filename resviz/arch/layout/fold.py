"""What of a network is drawn folded: one level for all, and what was opened or closed by hand."""

from __future__ import annotations

from typing import Literal, NamedTuple

Level = Literal["stage", "block", "layer"]
LEVELS: tuple[Level, ...] = ("stage", "block", "layer")
STEM, HEAD = "stem", "head"


def stage_of(part: str) -> str:
    """The stage of a stage's, block's or layer's id; empty for what is in none."""
    first = part.split(".", 1)[0]
    return first if first.startswith("layer") else ""


class Fold(NamedTuple):
    """A frozen state of folding.

    `parts` are the exceptions: (id, level) of a stage (`layer3`), a block (`layer3.1`), `stem` or `head`. A stage is
    drawn at its level, a block at `block` or `layer`; stem and head are one card at `stage`, else open. `repeats` says
    that equal blocks in a row are drawn once, "× 22"; in the stages of `but` it is the other way round.
    """

    level: Level = "layer"
    parts: frozenset[tuple[str, Level]] = frozenset()
    repeats: bool = False
    but: frozenset[str] = frozenset()

    def of(self, part: str) -> Level:
        """The level at which a stage, a block, the stem or the head is drawn."""
        set_by_hand: dict[str, Level] = dict(self.parts)
        if part in set_by_hand:
            return set_by_hand[part]
        return set_by_hand.get(stage_of(part), self.level)

    def repeats_in(self, stage: str) -> bool:
        """Whether equal blocks in a row of a stage are drawn once."""
        return self.repeats != (stage in self.but)

    def to(self, level: Level) -> Fold:
        """Everything at one level."""
        return Fold(level, repeats=self.repeats, but=self.but)

    def put(self, part: str, level: Level) -> Fold:
        """One stage, block, the stem or the head at a level; what was set by hand within a stage is forgotten.

        A block cannot be a stage: its stage is folded.
        """
        if "." in part and level == "stage":
            part = stage_of(part)
        kept = {(name, was) for name, was in self.parts if name != part and not name.startswith(part + ".")}
        plain = Fold(self.level, frozenset(kept), self.repeats, self.but)
        return plain if plain.of(part) == level else plain._replace(parts=plain.parts | {(part, level)})
