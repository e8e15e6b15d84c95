"""Text and JSON forms of a spec.

Text: `basic:2,2,2,2,width=16,stem=cifar`: the block type, the block counts, then `field=value` for every field that
is not at its default; or a preset with changes, `resnet20-cifar,classes=3`. JSON: the same words as keys, with a
version. A shortcut option for each stage is `shortcut=A/B/B/none`, in JSON a list. Where no size is given it is the
stem's usual one: 32 for cifar, 224 for the others. `auto` (in JSON: null) lets a field follow another one, as
`expansion` follows `block`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from resviz.arch.presets import PRESETS, preset_of
from resviz.arch.spec import BLOCKS, DEFAULTS, FIELDS, FLAGS, OPTIONAL, SHARES, WORDS, ResNetSpec
from resviz.errors import SpecError
from resviz.files import open_regular, reason, shown
from resviz.paths import write_atomic

#: Version of the JSON form; a file of a newer version is refused, never guessed at. Version 1 had eight fields; those
#: that came with 2 are at their defaults in it. Version 3 may have a list of shortcut options, one a stage; a file
#: without one is written as version 2, so that older programs read it.
VERSION = 3
WITHOUT_STAGED = 2
#: A spec file holds a few hundred bytes; anything larger is not one.
MAX_FILE_BYTES = 1 << 20

_USUAL_SIZE, _CIFAR_SIZE = 224, 32
_FLAGS = {"true": True, "false": False}
_KEYS = tuple(name for name in FIELDS if name not in ("block", "blocks"))


def parse(text: str) -> ResNetSpec:
    """The spec that a preset's name or the notation stands for. Raises `SpecError`."""
    text = text.strip()
    if not text:
        raise SpecError("notation_empty")
    head, comma, changes = text.partition(",")
    if head.strip() in PRESETS:
        spec = PRESETS[head.strip()].spec
        return with_changes(spec, changes) if comma else spec
    block, colon, rest = text.partition(":")
    if not colon or block.strip() not in BLOCKS:
        raise SpecError("notation_unknown", text=_short(text), hint=_did_you_mean(text))
    return _parse_fields(block.strip(), rest)


def with_changes(spec: ResNetSpec, text: str) -> ResNetSpec:
    """`spec` with the fields that `text`, such as `classes=3,stride_in=1x1`, gives. Raises `SpecError`."""
    return replace(spec, **_named(text.split(",")))


def _parse_fields(block: str, rest: str) -> ResNetSpec:
    parts = rest.split(",")
    counts = [_number(part.strip()) for part in parts if "=" not in part]
    return _build({"block": block, "blocks": counts, **_named(part for part in parts if "=" in part)})


def _named(parts: Iterable[str]) -> dict[str, Any]:
    """`width=16` and the like."""
    values: dict[str, Any] = {}
    for part in parts:
        key, _, value = (piece.strip() for piece in part.partition("="))
        if key not in _KEYS:
            raise SpecError("notation_key", key=_short(key), known=", ".join(_KEYS))
        if key in values:
            raise SpecError("notation_twice", key=key)
        values[key] = _value(key, value)
    return values


def _value(key: str, text: str) -> Any:
    """A field's value; a word that is not one of the field's is left for the spec to refuse."""
    if key in OPTIONAL and text == "auto":
        return None
    if key == "shortcut" and "/" in text:
        return tuple(word.strip() for word in text.split("/"))
    if key in WORDS:
        return text
    if key in FLAGS:
        return _FLAGS.get(text.lower(), text)
    return _share(text) if key in SHARES else _number(text)


def _share(text: str) -> float:
    if not re.fullmatch(r"[0-9]{0,3}\.?[0-9]{1,400}", text):
        raise SpecError("notation_number", text=_short(text))
    return float(text)


def _number(text: str) -> int:
    # int() would also take "1_0" and other scripts' digits, and is slow on very long ones.
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise SpecError("notation_number", text=_short(text))
    return int(text)


def _build(values: Mapping[str, Any]) -> ResNetSpec:
    """The spec checks every value itself, so whatever JSON held may be passed on."""
    sized = {"size": _usual_size(values.get("stem")), **values}
    shortcut = values.get("shortcut")
    staged = {"shortcut": tuple(shortcut)} if isinstance(shortcut, list) else {}
    return ResNetSpec(**{**sized, **staged, "blocks": tuple(values["blocks"])})


def _usual_size(stem: object) -> int:
    return _CIFAR_SIZE if stem == "cifar" else _USUAL_SIZE


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def _did_you_mean(text: str) -> str:
    near = get_close_matches(text, PRESETS, n=1)
    return f"; did you mean {near[0]}?" if near else ""


def format_spec(spec: ResNetSpec) -> str:
    """The shortest notation of a spec; `parse` gives the spec back."""
    counts = ",".join(map(str, spec.blocks))
    usual = {**DEFAULTS, "size": _usual_size(spec.stem)}
    named = [f"{key}={value_text(getattr(spec, key))}" for key in _KEYS if getattr(spec, key) != usual[key]]
    return f"{spec.block}:{','.join([counts, *named])}"


def value_text(value: object) -> str:
    """A value as the notation has it."""
    if isinstance(value, tuple):
        return "/".join(value)
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")  # never 1e-05, which the notation does not take
    return str(value).lower() if isinstance(value, bool) else str(value)


def name_of(spec: ResNetSpec) -> str:
    """The preset's name where the spec is one, else its notation."""
    preset = preset_of(spec)
    return preset.name if preset else format_spec(spec)


def to_json(spec: ResNetSpec) -> dict[str, object]:
    """A JSON-ready mapping with every field and the version."""
    values: dict[str, object] = {name: getattr(spec, name) for name in FIELDS}
    staged = {"shortcut": list(spec.shortcut)} if isinstance(spec.shortcut, tuple) else {}
    return {"version": VERSION if staged else WITHOUT_STAGED, **values, **staged, "blocks": list(spec.blocks)}


def from_json(obj: object, source: str = "this text") -> ResNetSpec:
    """The spec in a decoded JSON object; `source` names it in errors. Raises `SpecError`."""
    if not isinstance(obj, dict):
        raise SpecError("spec_json", path=source, reason="it holds no JSON object")
    version = obj.get("version", VERSION)
    if type(version) is not int or version < 1:  # True is an int as well
        raise SpecError("spec_json", path=source, reason='its "version" is no whole number from 1')
    if version > VERSION:
        raise SpecError("spec_version", path=source, version=_short(str(version)), known=VERSION)
    values = {key: value for key, value in obj.items() if key != "version"}
    unknown = sorted(set(values) - set(FIELDS))
    if unknown:
        raise SpecError("notation_key", key=_short(unknown[0]), known=", ".join(FIELDS))
    if "block" not in values or not isinstance(values.get("blocks"), list):
        raise SpecError("spec_json", path=source, reason='it lacks "block" or a list "blocks"')
    return _build(values)


def load_spec_file(path: Path) -> ResNetSpec:
    """Read a spec file. Raises `SpecError` for anything that is not one."""
    name = shown(path.name)
    try:
        with open_regular(path, SpecError, "spec") as file:
            data = file.read(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            raise SpecError("spec_json", path=name, reason="it is too large for one")
        obj = json.loads(data.decode("utf-8-sig"))  # editors on Windows begin a file with a byte order mark
    except OSError as error:
        raise SpecError("spec_unreadable", name=name, reason=reason(error)) from None
    except (ValueError, RecursionError):
        raise SpecError("spec_json", path=name, reason="it is not JSON text") from None
    return from_json(obj, name)


def save_spec_file(path: Path, spec: ResNetSpec) -> None:
    """Write a spec file, whole or not at all. Raises `SpecError`."""
    try:
        write_atomic(path, (json.dumps(to_json(spec), indent=2) + "\n").encode())
    except OSError as error:
        raise SpecError("spec_write", path=str(path), reason=error.strerror or str(error)) from None
