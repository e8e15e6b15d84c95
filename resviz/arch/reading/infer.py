"""The architecture behind a file of weights, from the names and shapes of its tensors alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from resviz.arch.notation import name_of
from resviz.arch.reading.assumed import KEYS, Assumption, assume
from resviz.arch.reading.dialects import TIMM_V2, Translation, translate
from resviz.arch.reading.keys import Shape
from resviz.arch.reading.lookalikes import first_foreign, looks_like
from resviz.arch.reading.measure import MisfitError, measure
from resviz.arch.spec import ResNetSpec
from resviz.errors import CheckpointError
from resviz.files import shown

__all__ = ["MOST_TENSORS", "Assumption", "Reading", "infer", "times"]

#: A ResNet of 8 stages of 1000 Bottlenecks has 144,000 tensors.
MOST_TENSORS = 200_000
BIT = "a BiT ResNet, with group norm and standardised weights"


class Reading(NamedTuple):
    """What a file of weights holds.

    `names`: their key -> our key, for the tensors of the network; `assumed`: what names and shapes do not tell, first
    the fields of the spec, then what is needed to look at pictures.
    """

    spec: ResNetSpec
    dialect: str
    names: dict[str, str]
    assumed: tuple[Assumption, ...]


def infer(shapes: Mapping[str, Shape], name: str = "the file") -> Reading:
    """Read block, counts, widths, stem, shortcuts, attention, norm, order and classes off names and shapes.

    Raises `CheckpointError` that calls the file `name` and says what it looks like instead, and what was the first key
    that does not fit.
    """
    if len(shapes) > MOST_TENSORS:
        raise CheckpointError("checkpoint_many", name=name, count=len(shapes), most=MOST_TENSORS)
    found = translate(shapes)
    try:
        spec = _measured(shapes, found)
    except MisfitError as misfit:
        raise _told(shapes, found, misfit, name) from misfit
    spec, assumed = assume(spec, found.dialect)
    if found.foreign:
        why = "left over from training, no part of the network"
        listed = ", ".join(shown(key, 40) for key in found.foreign[:5])
        assumed = (*assumed, Assumption(KEYS, f"{listed}{', …' if len(found.foreign) > 5 else ''}", (), why))
    return Reading(spec, found.dialect, found.names, assumed)


def _measured(shapes: Mapping[str, Shape], found: Translation) -> ResNetSpec:
    ours: dict[str, Shape] = {}
    for key, name in found.names.items():
        if name in ours:  # two names for one thing: one of the two is something else
            raise MisfitError(key, shapes[key])
        ours[name] = shapes[key]
    spec = measure(ours)
    if found.dialect == TIMM_V2 and spec.norm == "group" and spec.stem == "imagenet":
        # Only BiT is named so, and its convolutions standardise their weights (Kolesnikov 2020), which these do not.
        raise MisfitError("conv1.weight", ours["conv1.weight"])
    return spec


# --- what went wrong ----------------------------------------------------------------------------------------


def _told(shapes: Mapping[str, Shape], found: Translation, misfit: MisfitError, name: str) -> CheckpointError:
    """Which key did not fit, in the file's own words, and what the file looks like."""
    looks = BIT if found.dialect == TIMM_V2 and misfit.key == "conv1.weight" else looks_like(shapes)
    if misfit.key == "fc.weight" and misfit.found is None and (spec := _headless(shapes, found)) is not None:
        return CheckpointError("checkpoint_headless", name=name, spec=shown(name_of(spec), 60))
    theirs = {ours: key for key, ours in found.names.items()}
    foreign = first_foreign(found.names)
    key = theirs.get(misfit.key, misfit.key)
    if misfit.found is None and foreign is not None:  # a name too many says more than one that is missing
        key, misfit = foreign, MisfitError(foreign, shapes[foreign])
    values = {"name": name, "looks": looks, "key": shown(key, 60)}
    if misfit.found is None:
        return CheckpointError("checkpoint_lacks", **values)
    if misfit.wanted is None:
        return CheckpointError("checkpoint_foreign", **values, found=times(misfit.found))
    return CheckpointError("checkpoint_other", **values, found=times(misfit.found), wanted=times(misfit.wanted))


def _headless(shapes: Mapping[str, Shape], found: Translation) -> ResNetSpec | None:
    """What it would be with a head: the body of a ResNet alone cannot classify."""
    ours = {name: shapes[key] for key, name in found.names.items()}
    last = max((key for key in ours if key.endswith(("conv2.weight", "conv3.weight"))), default=None, key=_place)
    features = ours[last][0] if last is not None and ours[last] else 1
    try:
        return measure({**ours, "fc.weight": (1, features), "fc.bias": (1,)})
    except MisfitError:
        return None


def _place(key: str) -> tuple[int, int, str]:
    """Where in the network a block's convolution is."""
    stage, block, *rest = key.removeprefix("layer").split(".")
    return (int(stage), int(block), "".join(rest)) if stage.isdecimal() and block.isdecimal() else (0, 0, "")


def times(shape: Shape) -> str:
    """`64×3×7×7`, short even where a hostile file claims numbers without end."""
    return shown("×".join(f"{length:,}" if length > 99_999 else str(length) for length in shape), 60) or "one number"
