"""Changing one field of a spec as a person does by hand: what the change leaves without a meaning goes back."""

from __future__ import annotations

from dataclasses import replace
from math import gcd
from typing import Any, NamedTuple

from resviz.arch.spec import DEFAULTS, ResNetSpec
from resviz.errors import SpecError

#: What an error says does not fit -> the field that gives way.
_GIVES_WAY = {
    "output_stride_range": "output_stride",
    "group_width_small": "group_width",
    "reduce_first_uneven": "reduce_first",
    "norm_groups_uneven": "norm_groups",
}
#: The narrowest stem that can be tiered.
_LEAST_TIERED = 8


class Edit(NamedTuple):
    """A spec after a change, and the fields beside it that had to be put back or made to fit."""

    spec: ResNetSpec
    reset: tuple[str, ...] = ()


def changed(spec: ResNetSpec, **changes: Any) -> Edit:
    """`spec` with other values of some fields.

    A field that the change leaves without a meaning goes back to its default (`groups` where Basic is chosen), as does
    one that does not fit any more (`output_stride` after a stage went). `norm_groups` becomes the largest divisor that
    fits, and a deep stem gets an even `stem_width`. A field in `changes` never gives way: raises `SpecError` where it
    is out of its range or contradicts the rest.
    """
    values: dict[str, Any] = dict(changes)
    settled = set(changes)
    while True:
        try:
            return Edit(replace(spec, **values), tuple(field for field in values if field not in changes))
        except SpecError as problem:
            repairs = _repairs({**vars(spec), **values}, problem, frozenset(changes))
            field, value = next((each for each in repairs if each[0] not in settled), ("", None))
            if not field:
                raise
            values[field] = value
            if field != "norm_groups":  # goes on from divisor to divisor; all others give way once
                settled.add(field)


def _repairs(values: dict[str, Any], problem: SpecError, changes: frozenset[str]) -> list[tuple[str, Any]]:
    """The fields that may give way with their values, those first that are missed least."""
    about: dict[str, Any] = problem.values
    field = about["field"] if problem.code == "field_needs" else _GIVES_WAY.get(problem.code)
    if field is None or (field in ("shortcut", "stem") and "stem_width" in changes):
        return []
    if field == "stem":
        return [("stem_width", _even_stem(values)), ("stem", DEFAULTS["stem"])]
    if field == "shortcut":  # option A cannot leave channels out: the stem is too wide
        return [("stem_width", None), ("shortcut", DEFAULTS["shortcut"])]
    uneven = problem.code == "norm_groups_uneven"
    return [(field, gcd(values[field], about["channels"]) if uneven else DEFAULTS[field])]


def _even_stem(values: dict[str, Any]) -> int:
    """The next width that a deep stem can have, below where there is one: no shortcut has to leave channels out."""
    width: int = values["stem_width"] or values["width"]
    return max(width - width % 2, _LEAST_TIERED if values["stem"] == "deep_tiered" else 2)
