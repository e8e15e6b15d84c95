"""What lies beside a file of weights and says more than shapes: our card, or a `config.json` of the Hugging Face hub.

Imports no torch. A statement counts only where the weights fit it; what cannot be read is as good as not there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from resviz.arch.notation import from_json
from resviz.arch.presets import PRESETS
from resviz.arch.reading.assumed import LABELS, MEAN_STD, Numbers
from resviz.arch.reading.infer import Reading
from resviz.arch.reading.keys import state_shapes
from resviz.arch.spec import RANGES, ResNetSpec
from resviz.errors import SpecError
from resviz.files import read_json_object
from resviz.ways import INTERPOLATIONS, Interpolation

CONFIG, PREPROCESSOR = "config.json", "preprocessor_config.json"
#: By Pillow's numbers, which transformers writes.
_RESAMPLE: tuple[Interpolation, ...] = ("nearest", "lanczos", "bilinear", "bicubic")


class Said(NamedTuple):
    """What somebody says of weights: fields of the spec, the names of the classes, (mean, std), how pictures are
    resized, and the share of the resized short side that is cut out.
    """

    fields: dict[str, Any]
    labels: tuple[str, ...] = ()
    mean_std: tuple[Numbers, Numbers] | None = None
    interpolation: Interpolation | None = None
    crop: float | None = None


def spec_on_card(path: Path) -> ResNetSpec | None:
    """The spec on the card beside the file."""
    card = read_json_object(path.with_suffix(".json"))
    return spec_from(card.get("spec")) if card is not None and card.get("file") == path.name else None


def spec_from(value: object) -> ResNetSpec | None:
    """A spec in its JSON form, decoded or as text; None where it is not one."""
    try:
        return from_json(json.loads(value) if isinstance(value, str) else value)
    except (SpecError, ValueError, TypeError, RecursionError):
        return None


def said_beside(path: Path) -> Said | None:
    """What a `config.json` in the same folder says, transformers' or timm's."""
    config = read_json_object(path.with_name(CONFIG))
    if config is None:
        return None
    if config.get("model_type") == "resnet":
        return _transformers(config, read_json_object(path.with_name(PREPROCESSOR)) or {})
    return _timm(config) if isinstance(config.get("architecture"), str) else None


def settled(reading: Reading, said: Said) -> Reading:
    """The reading with what was said instead of what was assumed; what the weights do not fit is not believed."""
    shapes = state_shapes(reading.spec)
    settled: set[str] = set()
    spec = reading.spec
    for field, value in said.fields.items():
        try:
            changed = replace(spec, **{field: value})
        except SpecError:
            continue
        if state_shapes(changed) == shapes:
            spec = changed
            settled.add(field)
    if len(said.labels) == spec.classes:
        settled.add(LABELS)
    if said.mean_std is not None:
        settled.add(MEAN_STD)
    return reading._replace(spec=spec, assumed=tuple(a for a in reading.assumed if a.field not in settled))


def fields_of(arch: str) -> dict[str, Any]:
    """What the name of a network says that shapes do not; nothing where the name is not known."""
    preset = PRESETS.get(arch.partition(".")[0])
    if preset is None:
        return {}
    unseen = ("stride_in", "stem_pool", "antialias", "activation", "shortcut", "norm_groups", "projection")
    return {field: getattr(preset.spec, field) for field in unseen}


def _transformers(config: Mapping[str, Any], preprocessor: Mapping[str, Any]) -> Said:
    fields: dict[str, Any] = {}
    if config.get("layer_type", "bottleneck") == "bottleneck":
        fields["stride_in"] = "1x1" if config.get("downsample_in_bottleneck") is True else "3x3"
    if config.get("hidden_act", "relu") == "relu":  # another one stands only at a block's end there
        fields["activation"] = "relu"
    labels = config.get("id2label")
    names = [labels.get(str(index)) for index in range(len(labels))] if isinstance(labels, dict) else []
    resample = preprocessor.get("resample")
    return Said(
        fields,
        _labels(names),
        _mean_std(preprocessor.get("image_mean"), preprocessor.get("image_std")),
        _RESAMPLE[resample] if type(resample) is int and 0 <= resample < len(_RESAMPLE) else None,
        _crop(preprocessor.get("crop_pct")),
    )


def _timm(config: Mapping[str, Any]) -> Said:
    pretrained = config.get("pretrained_cfg")
    details: Mapping[str, Any] = pretrained if isinstance(pretrained, dict) else {}
    fields = fields_of(str(config["architecture"]))
    size = details.get("input_size")
    if isinstance(size, list) and len(size) == 3 and _is_size(size[1]):
        fields["size"] = size[1]
    labels = config.get("label_names", details.get("label_names"))
    return Said(
        fields,
        _labels(labels if isinstance(labels, list) else []),
        _mean_std(details.get("mean"), details.get("std")),
        next((known for known in INTERPOLATIONS if known == details.get("interpolation")), None),
        _crop(details.get("crop_pct")),
    )


def _is_size(value: object) -> bool:
    return type(value) is int and RANGES["size"][0] <= value <= RANGES["size"][1]


def _crop(share: object) -> float | None:
    return float(share) if isinstance(share, int | float) and 0.1 <= share <= 1 else None


def _labels(names: list[Any]) -> tuple[str, ...]:
    return tuple(names) if names and all(isinstance(name, str) for name in names) else ()


def _mean_std(mean: object, std: object) -> tuple[Numbers, Numbers] | None:
    def numbers(values: object, least: float) -> Numbers | None:
        if not isinstance(values, list) or not 1 <= len(values) <= 16:
            return None
        fine = all(isinstance(value, int | float) and least < value < 1e6 for value in values)
        return tuple(float(value) for value in values) if fine else None

    first, second = numbers(mean, -1e6), numbers(std, 0.0)
    return (first, second) if first and second and len(first) == len(second) else None
