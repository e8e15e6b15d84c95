"""Finding layers by what one sees of them: `layer3 conv s=2`, `7x7`, `conv 512`, `projection`.

Every word of a query must match. Equal blocks are looked at once, so that a network of thousands is searched while
one types.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate, groupby
from typing import NamedTuple

from resviz.arch.collector import uncollected
from resviz.arch.graph import Kind, Layer, network
from resviz.arch.ops import Shape
from resviz.arch.spec import ResNetSpec

_TIMES = re.compile(r"(?<=\d)\s*[x×]\s*(?=\d)|×")
#: `512`, `56x56`, `s=2`: these are figures of a layer, and all of them must be meant.
_FIGURE = re.compile(r"\d+|\d+(x\d+)+|[a-z_]+=\d+")
#: `56x`, `g=`: a figure on its way.
_HALF = re.compile(r"(\d+x)+|[a-z_]+=")
_PLAIN = re.compile(r"[a-z_-]+")


class _Sort(NamedTuple):
    """Layers that differ in nothing but their block's number."""

    name: str
    op: str
    part: str
    figures: frozenset[str]
    words: frozenset[str]

    def has(self, word: str) -> bool:
        """Whether such a layer is meant by a word that is no id."""
        if _FIGURE.fullmatch(word):
            return word in self.figures
        if _HALF.fullmatch(word):
            return any(figure.startswith(word) for figure in self.figures)
        held = any(word in one for one in (self.name, self.op, self.part))
        return held or any(one.startswith(word) for one in self.words)


class _Index(NamedTuple):
    """All ids, one a line, where each line starts, and which sort each layer is of."""

    ids: tuple[str, ...]
    text: str
    starts: tuple[int, ...]
    sorts: tuple[_Sort, ...]
    sort_of: tuple[int, ...]


def find(spec: ResNetSpec, query: str) -> tuple[str, ...]:
    """Ids of the layers that every word of the query matches, in the order of execution; none for an empty query.

    A word is a part of an id (a number in it a whole number: `layer1.1` is not `layer1.10`), an operator, a kernel or
    resolution (`7x7`), a number of output channels, a figure (`s=2`, `g=32`, `d=2`, `p=3`), `stem`, `head`, or the kind
    of a shortcut: an identity, which has no layer, is found by the add it ends in. `×`, `x` and `X` are one letter.
    """
    words = words_of(query)
    if not words:
        return ()
    index = _index(spec)
    hits = set.intersection(*(_hits(index, word) for word in words))
    return tuple([index.ids[at] for at in sorted(hits)])


def words_of(query: str) -> list[str]:
    """The words of a query, small, `×` written as `x`, `3 × 3` as one word."""
    words = _TIMES.sub("x", query.lower()).split()
    return [word for word in dict.fromkeys(words) if word != "x"]


def _hits(index: _Index, word: str) -> set[int]:
    held = [sort.has(word) for sort in index.sorts]
    hits = {at for at, sort in enumerate(index.sort_of) if held[sort]} if any(held) else set()
    # Plain words are in the names and parts of sorts already, and a figure is never an id.
    return hits if _PLAIN.fullmatch(word) or _FIGURE.fullmatch(word) else hits | _by_id(index, word)


def _by_id(index: _Index, word: str) -> set[int]:
    """Numbers at either end of the word must be whole ones."""
    before = r"(?<!\d)" if word[0].isdigit() else ""
    after = r"(?!\d)" if word[-1].isdigit() else ""
    found = re.finditer(before + re.escape(word) + after, index.text)
    return {bisect_right(index.starts, match.start()) - 1 for match in found}


@lru_cache(maxsize=4)
@uncollected
def _index(spec: ResNetSpec) -> _Index:
    net = network(spec)
    kinds = dict(net.shortcuts)
    sorts: dict[_Sort, int] = {}
    sort_of: list[int] = []
    for stage, run in groupby(net.layers, lambda layer: layer.stage):
        layers = list(run)
        part = stage or ("head" if sort_of else "stem")
        # From its second block on, all blocks of a stage are alike.
        known = layers if not stage else [layer for layer in layers if layer.block in (f"{stage}.0", f"{stage}.1")]
        numbers = [sorts.setdefault(_sort(layer, part, kinds), len(sorts)) for layer in known]
        period = sum(layer.block == f"{stage}.1" for layer in known)
        times = (len(layers) - len(known)) // period if period else 0
        sort_of += numbers + numbers[len(numbers) - period :] * times
    ids = tuple([layer.id for layer in net.layers])
    starts = tuple(accumulate((len(name) + 1 for name in ids[:-1]), initial=0))
    return _Index(ids, "\n".join(ids).lower(), starts, tuple(sorts), tuple(sort_of))


def _sort(layer: Layer, part: str, kinds: dict[str, Kind]) -> _Sort:
    kind = kinds.get(layer.block or "")
    words: set[str] = set()
    if kind and (layer.on == "shortcut" or (layer.op == "add" and kind == "identity")):
        words |= {kind, "shortcut"}
    return _Sort(layer.name, layer.op, part, frozenset(_figures(layer)), frozenset(words))


def _figures(layer: Layer) -> Iterator[str]:
    yield from _shape(layer.out_shape)
    if layer.op == "fc":
        yield str(layer.in_shape[0])
    if layer.op == "eca":
        yield f"k={layer.params}"
    if layer.op == "se":
        yield str(layer.macs // (2 * layer.out_shape[0]))
    if layer.kernel:
        yield f"{layer.kernel}x{layer.kernel}"
        yield f"k={layer.kernel}"
    values = {"s": layer.stride, "p": layer.padding, "d": layer.dilation, "g": layer.groups}
    words = {"s": "stride", "p": "padding", "d": "dilation", "g": "groups"}
    for letter, value in values.items():
        if value or (letter == "p" and layer.kernel):
            yield f"{letter}={value}"
            yield f"{words[letter]}={value}"


def _shape(shape: Shape) -> Iterator[str]:
    """`64`, `56x56`, `64x56x56`."""
    yield str(shape[0])
    if len(shape) > 1:
        yield "x".join(map(str, shape[1:]))
        yield "x".join(map(str, shape))
