"""Receptive fields: what square of the input each layer sees, and where it lies."""

from __future__ import annotations

from typing import NamedTuple

from resviz.arch.graph import INPUT, Network


class Field(NamedTuple):
    """What one output sees, in input pixels along one axis; the border of the image does not cut it.

    Output `i` sees the pixels from `start + i * jump` to `start + i * jump + size - 1`; a negative start lies in the
    padding. Where the two paths of a block see squares that are not concentric (an average pool on the shortcut, for
    one), the square is the smallest that holds both, and `aligned` is False from there on.
    """

    size: int
    jump: int
    start: int
    aligned: bool


def receptive_fields(net: Network) -> dict[str, Field]:
    """The field of every layer: `r' = r + (k - 1) d j`, `j' = j s` (Araujo 2019, section 2), a union where paths meet.

    The gates of SE and ECA and the statistics of group norm take in the whole map; what is counted is what
    they scale.
    """
    found = {INPUT: Field(1, 1, 0, True)}
    edges = iter(net.edges)  # in the order of the layers, an add's two next to each other
    for layer in net.layers:
        field = found[next(edges).source]
        if layer.op == "add":
            field = _union(field, found[next(edges).source])
        elif layer.kernel:
            size, jump, start, aligned = field
            size += layer.dilation * (layer.kernel - 1) * jump
            field = Field(size, jump * layer.stride, start - layer.padding * jump, aligned)
        found[layer.id] = field
    del found[INPUT]
    return found


def _union(one: Field, other: Field) -> Field:
    """The smallest square that holds both."""
    start = min(one.start, other.start)
    end = max(one.start + one.size, other.start + other.size)
    concentric = 2 * one.start + one.size == 2 * other.start + other.size
    return Field(end - start, one.jump, start, concentric and one.aligned and other.aligned)
