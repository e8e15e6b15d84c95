"""`resviz summary SPEC`: the layer report, without torch."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Callable
from dataclasses import replace

from resviz.arch.analysis import Report, report, to_json
from resviz.arch.graph import Layer
from resviz.commands.common import resolve, table

_HEAD = ("layer", "operator", "output", "parameters", "MACs", "receptive field")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("spec", metavar="SPEC", help="preset, spec file, checkpoint or notation (basic:2,2,2,2)")
    parser.add_argument("--image-size", type=int, metavar="N", help="height and width of the input in pixels")
    parser.add_argument("--format", choices=FORMATS, default="table")


def run(args: argparse.Namespace) -> int:
    """Print the report."""
    spec = resolve(args.spec).spec
    if args.image_size is not None:
        spec = replace(spec, size=args.image_size)
    print(FORMATS[args.format](report(spec)), end="")
    return 0


def _cells(result: Report, layer: Layer) -> list[str]:
    shape = "×".join(map(str, layer.out_shape))
    figures = (layer.params, layer.macs, result.receptive_field[layer.id])
    return [layer.id, layer.op, shape, *(f"{figure:,}" for figure in figures)]


def _table(result: Report) -> str:
    rows = [list(_HEAD), *(_cells(result, layer) for layer in result.layers)]
    body = table(rows, (False, False, True, True, True, True))
    kinds = [shortcut.kind for shortcut in result.shortcuts]
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds)) or "none"
    return (
        f"{result.title}   {result.formula}\n\n{body}\n\n"
        f"{len(result.layers)} layers, {result.weighted_layers} weighted; shortcuts: {counts}\n"
        f"parameters   {result.params:,} (buffers {result.buffers:,})\n"
        f"MACs         {result.macs:,} (one image; convolutions and fc)\n"
        f"activations  {result.activation_bytes:,} bytes (fp32, every layer's output once)\n"
    )


def _json(result: Report) -> str:
    return json.dumps(to_json(result)) + "\n"


def _csv(result: Report) -> str:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("id", "op", "stage", "block", "output", "params", "macs", "receptive_field"))
    for layer in result.layers:
        shape = "x".join(map(str, layer.out_shape))
        field = result.receptive_field[layer.id]
        writer.writerow((layer.id, layer.op, layer.stage, layer.block, shape, layer.params, layer.macs, field))
    return ""


def _markdown(result: Report) -> str:
    lines = [f"**{result.title}**: {result.formula}", "", f"| {' | '.join(_HEAD)} |"]
    lines.append("|---|---|--:|--:|--:|--:|")
    lines += [f"| {' | '.join(_cells(result, layer))} |" for layer in result.layers]
    lines.append(f"| **total** | | | {result.params:,} | {result.macs:,} | |")
    return "\n".join(lines) + "\n"


FORMATS: dict[str, Callable[[Report], str]] = {
    "table": _table,
    "json": _json,
    "csv": _csv,
    "markdown": _markdown,
}
