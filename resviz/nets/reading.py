"""What network a file of weights is of: by its card, its metadata, or the names and shapes of its tensors.

Imports no torch, so that a safetensors file can be summarised from its header alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from resviz.arch.reading.assumed import LABELS, MEAN_STD, about_pictures
from resviz.arch.reading.dialects import translate
from resviz.arch.reading.infer import Reading, infer
from resviz.arch.reading.keys import Shape
from resviz.arch.spec import ResNetSpec
from resviz.files import shown
from resviz.nets.beside import Said, fields_of, said_beside, settled, spec_from, spec_on_card
from resviz.nets.safetensors_header import read_header


class Told(NamedTuple):
    """A reading, and what somebody says of the file beside it or in it, if anybody does."""

    reading: Reading
    said: Said | None = None


def told(path: Path, shapes: Mapping[str, Shape], metadata: Mapping[str, Any], arch: str = "") -> Told:
    """The network of a file with tensors of these names and shapes, which calls itself `arch`.

    A card beside the file, or its metadata, outranks what shapes say; what others say (`config.json`, `arch`) counts
    where the shapes agree. Raises `CheckpointError` where it is no ResNet.
    """
    carded = spec_on_card(path)
    spec = carded or spec_from(metadata.get("spec"))
    if spec is not None:
        return Told(_stated(spec, shapes, with_card=carded is not None))
    reading = infer(shapes, shown(path.name))
    said = said_beside(path)
    if said is None and arch:
        said = Said(fields_of(arch))
    return Told(settled(reading, said), said) if said is not None else Told(reading)


def told_by_header(path: Path) -> Told:
    """The network of a safetensors file; its data is not read. Raises `CheckpointError`."""
    header = read_header(path)
    return told(path, header.shapes, header.metadata)


def _stated(spec: ResNetSpec, shapes: Mapping[str, Shape], *, with_card: bool) -> Reading:
    """The spec was written down; a card also says how pictures were normalised and what the classes are called."""
    found = translate(shapes)
    assumed = () if with_card else tuple(about_pictures(spec, found.dialect))
    return Reading(spec, found.dialect, found.names, tuple(a for a in assumed if a.field in (MEAN_STD, LABELS)))
