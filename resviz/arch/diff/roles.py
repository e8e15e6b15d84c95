"""Which layers of two blocks play the same part, whatever they are called and wherever they stand."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple, get_args

from resviz.arch.spec import Activation

ACTIVATIONS = frozenset(get_args(Activation))
_FAMILIES = {"bn": "norm", "gn": "norm", "avgpool": "filter", "blur": "filter"} | dict.fromkeys(ACTIVATIONS, "act")


class Role(NamedTuple):
    """The part a layer plays in its block, and where it stands (`after conv1`) if that is a choice, else empty."""

    part: str
    place: str


class Fact(NamedTuple):
    """What tells a layer's part: its name in the block, its operator, and whether it is on the trunk."""

    name: str
    op: str
    trunk: bool


Pair = tuple[int | None, int | None]


@lru_cache(maxsize=256)
def aligned(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[Pair, ...]:
    """Places of the same parts in `a` and `b`, in the order of `b`; what only `a` has follows what it followed."""
    index = {part: i for i, part in enumerate(a)}
    shared = index.keys() & set(b)
    left: dict[str, list[Pair]] = {"": []}
    last = ""
    for i, part in enumerate(a):
        last = part if part in shared else last
        if part not in shared:
            left.setdefault(last, []).append((i, None))
    pairs = left[""]
    for j, part in enumerate(b):
        pairs.append((index.get(part), j))
        pairs += left.get(part, ())
    return tuple(pairs)


@lru_cache(maxsize=256)
def roles(facts: tuple[Fact, ...], by_number: bool) -> tuple[Role, ...]:
    """The part of every layer of one block, the stem or the head; no two play the same.

    A block's last activation, behind the addition, is one part in Basic (`relu2`) and Bottleneck (`relu3`), unless
    one of the networks has it before its convolution (`by_number`).
    """
    convs, found = 0, []
    for place, fact in enumerate(facts):
        convs += fact.op == "conv" and fact.trunk
        behind = place == len(facts) - 1 and fact.op in ACTIVATIONS and fact.name[-1].isdigit()
        found.append(Role("act.out", "") if behind and not by_number else _role(fact, convs))
    return tuple(found)


def _role(fact: Fact, convs: int) -> Role:
    """`convs` are the convolutions that the block's trunk has had by then, this one included."""
    head, _, tail = fact.name.partition(".")
    family = _FAMILIES.get(fact.op, fact.op)
    if not fact.trunk:
        return Role(f"shortcut.{family}", "")
    if head == "maxpool":  # the stem's pool, whatever stands for it
        return Role("pool" if fact.op == "maxpool" or not tail else f"pool.{family}", "")
    if head == "aa":
        return Role(head, f"after conv{convs}")
    number = head[-1] if head[-1].isdigit() and not tail else ""
    if family in ("norm", "act") and not tail:
        return Role(family + number, _place(number, convs))
    return Role(fact.name, "")


def _place(number: str, convs: int) -> str:
    return f"{'after' if convs >= int(number) else 'before'} conv{number}" if number else ""
