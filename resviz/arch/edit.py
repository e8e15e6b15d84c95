"""Changing a spec as a person does by hand, a field, a block or a stage: what is left without a meaning goes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import gcd
from typing import Any, NamedTuple

from resviz.arch.spec import DEFAULTS, MAX_BLOCKS, MAX_STAGES, ResNetSpec
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
        return [("stem_width", None), ("shortcut", _projecting_first(values["shortcut"]))]
    uneven = problem.code == "norm_groups_uneven"
    return [(field, gcd(values[field], about["channels"]) if uneven else DEFAULTS[field])]


def _projecting_first(shortcut: Any) -> Any:
    """The first stage projects; what the others have stays."""
    usual = DEFAULTS["shortcut"]
    return (usual, *shortcut[1:]) if isinstance(shortcut, tuple) else usual


def _even_stem(values: dict[str, Any]) -> int:
    """The next width that a deep stem can have, below where there is one: no shortcut has to leave channels out."""
    width: int = values["stem_width"] or values["width"]
    return max(width - width % 2, _LEAST_TIERED if values["stem"] == "deep_tiered" else 2)


# --- blocks and stages: `stage` counts from 0; all raise `SpecError` where it cannot be -----------------------


def more_blocks(spec: ResNetSpec, stage: int, by: int = 1) -> Edit:
    """So many blocks more in a stage."""
    count = spec.blocks[stage] + by
    if count > MAX_BLOCKS:
        raise SpecError("blocks_range", value=count, high=MAX_BLOCKS)
    if count < 1:
        raise SpecError("edit_last_block", stage=f"layer{stage + 1}")
    return with_blocks(spec, (*spec.blocks[:stage], count, *spec.blocks[stage + 1 :]))


def without_block(spec: ResNetSpec, stage: int) -> Edit:
    """One block less in a stage, which keeps one."""
    return more_blocks(spec, stage, -1)


def with_stage_after(spec: ResNetSpec, stage: int, blocks: int | None = None) -> Edit:
    """A stage more after a stage: with as many blocks, or so many, and with its shortcut option."""
    if len(spec.blocks) == MAX_STAGES:
        raise SpecError("stages_range", value=MAX_STAGES + 1, high=MAX_STAGES)
    count = spec.blocks[stage] if blocks is None else blocks
    return _staged(
        spec, lambda each, own: (*each[: stage + 1], count if own is None else own, *each[stage + 1 :]), stage
    )


def without_stage(spec: ResNetSpec, stage: int) -> Edit:
    """One stage less; those after it come one resolution up."""
    if len(spec.blocks) == 1:
        raise SpecError("edit_last_stage")
    return _staged(spec, lambda each, _own: (*each[:stage], *each[stage + 1 :]), stage)


def with_stage_shortcut(spec: ResNetSpec, stage: int, option: str) -> Edit:
    """Another shortcut option for one stage."""
    options = [spec.shortcut_of(at) for at in range(len(spec.blocks))]
    options[stage] = option
    return changed(spec, shortcut=tuple(options))


def with_blocks(spec: ResNetSpec, blocks: tuple[int, ...]) -> Edit:
    """Other block counts; a shortcut option by stage goes with its stage, and a new last stage has that before it."""
    if not isinstance(spec.shortcut, tuple) or len(blocks) == len(spec.blocks):
        return changed(spec, blocks=blocks)
    options = (*spec.shortcut, *[spec.shortcut[-1]] * len(blocks))[: len(blocks)]
    return changed(spec, blocks=blocks, shortcut=options)


def _staged(spec: ResNetSpec, move: Callable[[tuple[Any, ...], Any], tuple[Any, ...]], stage: int) -> Edit:
    """The same step for the counts and, where each stage has its own, for the shortcut options."""
    changes: dict[str, Any] = {"blocks": move(spec.blocks, None)}
    if isinstance(spec.shortcut, tuple):
        changes["shortcut"] = move(spec.shortcut, spec.shortcut[stage])
    return changed(spec, **changes)
