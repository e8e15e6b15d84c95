"""What several commands take: a spec argument, a table on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from resviz.arch import notation
from resviz.arch.spec import ResNetSpec

CHECKPOINTS = (".pth", ".pt", ".th", ".safetensors")


class Source(NamedTuple):
    """What a SPEC argument named: a spec, and the weights file it was read off, if any."""

    spec: ResNetSpec
    weights: str | None


def resolve(text: str) -> Source:
    """SPEC on the command line: preset, spec file, checkpoint or notation. Raises `SpecError`, `CheckpointError`."""
    suffix = Path(text).suffix.lower()
    if suffix == ".json":
        return Source(notation.load_spec_file(Path(text)), None)
    if suffix in CHECKPOINTS:
        from resviz.nets.checkpoints import spec_of_checkpoint

        return Source(spec_of_checkpoint(Path(text)), text)
    return Source(notation.parse(text), None)


def table(rows: Sequence[Sequence[str]], right: Sequence[bool]) -> str:
    """Rows of text in aligned columns; `right` says which columns hold figures."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(
            cell.rjust(width) if figures else cell.ljust(width)
            for cell, width, figures in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in rows
    )
    return "\n".join(lines)
