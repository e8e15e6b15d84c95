"""What several commands share: a spec argument, what to show in the window, a table on the terminal."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from resviz.arch import notation
from resviz.arch.spec import ResNetSpec

if TYPE_CHECKING:
    from resviz.gui.view import View

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


def add_view_arguments(parser: argparse.ArgumentParser) -> None:
    """What the window and a snapshot of it have in common."""
    parser.add_argument("--spec", metavar="SPEC", help="preset, spec file, checkpoint or notation (basic:2,2,2,2)")
    parser.add_argument("--image", metavar="FILE", help="picture to classify")
    parser.add_argument("--weights", metavar="W", help="a name from `resviz weights list`, or a file")
    parser.add_argument("--lang", choices=("en", "zh"), default="en", help="language of the window")
    parser.add_argument("--theme", choices=("light", "dark"))


def view_of(args: argparse.Namespace) -> View:
    """What the arguments ask to be shown. Raises `SpecError`, `CheckpointError`."""
    from resviz.gui.view import View

    source = resolve(args.spec) if args.spec else None
    return View(
        spec=source.spec if source else None,
        weights=args.weights or (source.weights if source else None),
        image=args.image,
        device=getattr(args, "device", "auto"),
        theme=args.theme,
        lang=args.lang,
    )


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
