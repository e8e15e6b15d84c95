"""`resviz summary SPEC`: the layer report, without torch."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from textwrap import wrap

from resviz.arch.analysis import Report, report, to_json
from resviz.arch.export import tables
from resviz.arch.memory import DTYPES, Setting
from resviz.arch.reading.infer import Reading
from resviz.commands.common import assumptions, resolve, table
from resviz.files import shown

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
    source = resolve(args.spec)
    spec = source.spec if args.image_size is None else replace(source.spec, size=args.image_size)
    result = report(spec, Setting(args.batch, args.dtype))
    if source.reading is None:
        print(FORMATS[args.format](result), end="")
    elif args.format == "json":
        print(json.dumps({**to_json(result), **_read_off(source.reading)}))
    else:
        heading = _heading(args.spec, source.reading) if args.format == "table" else ""
        print(heading + FORMATS[args.format](result), end="")
    return 0


def _heading(file: str, reading: Reading) -> str:
    """What the file was taken for, above its table."""
    lines = [f"{shown(Path(file).name)}, in the names of {reading.dialect}"]
    if reading.assumed:
        lines.append(f"assumed, as names and shapes cannot tell: {assumptions(reading.assumed)}")
    return "\n".join(line for text in lines for line in wrap(text, WIDTH)) + "\n\n"


def _read_off(reading: Reading) -> dict[str, object]:
    """What JSON holds besides of a file of weights."""
    return {"dialect": reading.dialect, "assumed": [guess._asdict() for guess in reading.assumed]}


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
