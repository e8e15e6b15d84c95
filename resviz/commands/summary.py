"""`resviz summary SPEC`: the layer report, without torch."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from textwrap import wrap

from resviz.arch.analysis import Report, report
from resviz.arch.export import tables
from resviz.arch.memory import DTYPES, Setting
from resviz.commands.common import resolve, table

WIDTH = 100
"""Columns of the notes below the table."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("spec", metavar="SPEC", help="preset, spec file, checkpoint or notation (basic:2,2,2,2)")
    parser.add_argument("--image-size", type=int, metavar="N", help="height and width of the input in pixels")
    parser.add_argument("--batch", type=int, default=1, metavar="N", help="images at once (default 1)")
    parser.add_argument("--dtype", choices=DTYPES, default="fp32", help="precision of the tensors (default fp32)")
    parser.add_argument("--format", choices=FORMATS, default="table")


def run(args: argparse.Namespace) -> int:
    """Print the report."""
    spec = resolve(args.spec).spec
    if args.image_size is not None:
        spec = replace(spec, size=args.image_size)
    print(FORMATS[args.format](report(spec, Setting(args.batch, args.dtype))), end="")
    return 0


def _table(result: Report) -> str:
    rows = [[column.title for column in tables.COLUMNS], *tables.cells(result)]
    body = table(rows, [column.figures for column in tables.COLUMNS])
    sums = table(tables.totals(result), (False, False))
    notes = "\n".join(line for note in tables.notes(result) for line in wrap(note, WIDTH))
    return f"{result.title}   {result.formula}\n\n{body}\n\n{sums}\n\n{notes}\n"


FORMATS: dict[str, Callable[[Report], str]] = {
    "table": _table,
    "json": tables.as_json,
    "csv": tables.as_csv,
    "markdown": tables.as_markdown,
    "latex": tables.as_latex,
}
