"""The report as text that other programs take: CSV, JSON, Markdown and LaTeX. The window and the command line share it.

CSV and JSON hold every figure, bare; Markdown and LaTeX are for reading: one column for a layer's window, figures
grouped by thousands, the totals and what is counted below.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from typing import NamedTuple

from resviz.arch.analysis import CONVENTIONS, Report, to_json
from resviz.arch.graph import Layer
from resviz.arch.memory import activation_bytes, intensity
from resviz.arch.ops import Shape

Value = str | int | float | None


class Column(NamedTuple):
    """A column of the tables for reading; `figures` is set to the right."""

    title: str
    figures: bool
    cell: Callable[[Report, Layer], str]


#: Marks a receptive field whose paths are not concentric.
LOOSE = "*"
LOOSE_NOTE = f"{LOOSE} the paths that meet see squares that are not concentric; this one holds them both"
WINDOW_NOTE = "window: kernel, then s stride, p padding, d dilation, g groups"

COLUMNS: tuple[Column, ...] = (
    Column("layer", False, lambda _result, layer: layer.id),
    Column("operator", False, lambda _result, layer: layer.op),
    Column("output", True, lambda _result, layer: _shape(layer.out_shape, "×")),
    Column("parameters", True, lambda _result, layer: f"{layer.params:,}"),
    Column("MACs", True, lambda _result, layer: f"{layer.macs:,}"),
    Column("receptive field", True, lambda result, layer: _field(result, layer)),
    Column("jump", True, lambda result, layer: str(result.fields[layer.id].jump)),
    Column("start", True, lambda result, layer: str(result.fields[layer.id].start)),
    Column("window", False, lambda _result, layer: window(layer)),
    Column("activation bytes", True, lambda result, layer: f"{activation_bytes(layer, result.setting):,}"),
    Column("MACs per byte", True, lambda result, layer: f"{intensity(layer, result.setting):.2f}"),
)


def window(layer: Layer) -> str:
    """`3×3 s2 p1`: kernel, and of stride, padding, dilation and groups what is not the usual; "-" without a window."""
    if not layer.kernel:
        return "-"
    parts = [f"{layer.kernel}×{layer.kernel}"]
    usual = (("s", layer.stride, 1), ("p", layer.padding, 0), ("d", layer.dilation, 1), ("g", layer.groups, 1))
    parts += [f"{letter}{value}" for letter, value, plain in usual if value > plain]
    return " ".join(parts)


def _field(result: Report, layer: Layer) -> str:
    field = result.fields[layer.id]
    return f"{field.size:,}{'' if field.aligned else LOOSE}"


def _shape(shape: Shape, times: str) -> str:
    return times.join(map(str, shape))


def cells(result: Report) -> list[list[str]]:
    """The tables for reading, a row a layer."""
    return [[column.cell(result, layer) for column in COLUMNS] for layer in result.layers]


def totals(result: Report) -> list[tuple[str, str]]:
    """Figures of the whole network, each with its name."""
    kinds = [shortcut.kind for shortcut in result.shortcuts]
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds)) or "none"
    batch, dtype = result.setting
    setting = f"{dtype}, batch of {batch:,}"
    return [
        ("layers", f"{len(result.layers):,}, {result.weighted_layers:,} weighted; shortcuts: {counts}"),
        ("parameters", f"{result.params:,} (buffers {result.buffers:,})"),
        ("MACs", f"{result.macs:,} (one image)"),
        ("activations", f"{result.activation_bytes:,} bytes ({setting})"),
        ("peak memory", f"{result.peak_bytes:,} bytes at {result.peak_layer} ({setting})"),
        ("MACs per byte", f"{result.intensity:.2f} ({setting})"),
    ]


def notes(result: Report) -> list[str]:
    """What the figures count and how they are written, to stand where they stand."""
    loose = [LOOSE_NOTE] if any(not field.aligned for field in result.fields.values()) else []
    return [WINDOW_NOTE, *loose, *CONVENTIONS.values()]


def as_json(result: Report) -> str:
    """The object of `resviz summary --format json`, on one line."""
    return json.dumps(to_json(result)) + "\n"


# --- CSV ----------------------------------------------------------------------------------------------------

_CSV: tuple[str, ...] = (
    *("id", "op", "stage", "block", "output", "params", "macs", "receptive_field"),
    *("input", "kernel", "stride", "padding", "dilation", "groups", "buffers", "activation_bytes", "macs_per_byte"),
    *("receptive_field_jump", "receptive_field_start", "receptive_field_aligned"),
)


def as_csv(result: Report) -> str:
    """A row a layer, figures bare, shapes as `64x112x112`."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_CSV)
    writer.writerows(_bare(result, layer) for layer in result.layers)
    return text.getvalue()


def _bare(result: Report, layer: Layer) -> tuple[Value, ...]:
    size, jump, start, aligned = result.fields[layer.id]
    before, after = _shape(layer.in_shape, "x"), _shape(layer.out_shape, "x")
    return (
        *(layer.id, layer.op, layer.stage, layer.block, after, layer.params, layer.macs, size, before),
        *(layer.kernel, layer.stride, layer.padding, layer.dilation, layer.groups, layer.buffers),
        *(activation_bytes(layer, result.setting), round(intensity(layer, result.setting), 6)),
        *(jump, start, str(aligned).lower()),
    )


# --- Markdown -----------------------------------------------------------------------------------------------


def as_markdown(result: Report) -> str:
    """A table with the totals and the conventions below, as GitHub and Pandoc read it."""
    # A bare asterisk could begin emphasis; a bar in a cell would end it, but none holds one.
    rows = [[cell.replace(LOOSE, f"\\{LOOSE}") for cell in row] for row in cells(result)]
    lines = [f"**{result.title}**: {result.formula}", ""]
    lines += [_bars(column.title for column in COLUMNS)]
    lines += ["|" + "|".join("--:" if column.figures else "---" for column in COLUMNS) + "|"]
    lines += map(_bars, rows)
    lines += [_bars(_sums(result, "**total**")), ""]
    lines += [f"- **{name}**: {text}" for name, text in totals(result)]
    lines += ["", *(f"- {note.replace(LOOSE, chr(92) + LOOSE)}" for note in notes(result))]
    return "\n".join(lines) + "\n"


def _bars(row: Iterable[str]) -> str:
    return f"| {' | '.join(row)} |"


def _sums(result: Report, name: str) -> list[str]:
    sums = {"layer": name, "parameters": f"{result.params:,}", "MACs": f"{result.macs:,}"}
    sums |= {"activation bytes": f"{result.activation_bytes:,}", "MACs per byte": f"{result.intensity:.2f}"}
    return [sums.get(column.title, "") for column in COLUMNS]


# --- LaTeX --------------------------------------------------------------------------------------------------

_ESCAPES = {
    **{char: f"\\{char}" for char in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "*": "$^*$",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "¼": r"$\frac14$",
    "½": r"$\frac12$",
    "–": "--",
    "’": "'",
}


def escaped(text: str) -> str:
    """Text as LaTeX sets it."""
    if text[:1] == "-" and text[1:].isdigit():
        return f"${text}$"  # a minus, not a hyphen
    return "".join(_ESCAPES.get(char, char) for char in text)


def as_latex(result: Report) -> str:
    r"""A `longtable` to `\input`: it breaks across pages and repeats its heading; needs no other package."""
    heading = " & ".join(r"\textbf{" + column.title + "}" for column in COLUMNS) + r" \\"
    align = "".join("r" if column.figures else "l" for column in COLUMNS)
    return "\n".join(
        [
            rf"% {result.title}: \usepackage{{longtable}} in the preamble, \input this file; best set in landscape.",
            r"\begingroup\scriptsize\setlength{\tabcolsep}{3pt}",
            rf"\begin{{longtable}}{{{align}}}",
            rf"\caption{{{escaped(f'{result.title}: {result.formula} weighted layers')}}}\\",
            *(r"\hline", heading, r"\hline", r"\endfirsthead"),
            *(r"\hline", heading, r"\hline", r"\endhead"),
            *(r"\hline", r"\endfoot"),
            *_latex_rows(result),
            r"\hline",
            " & ".join(map(escaped, _sums(result, "total"))) + r" \\",
            r"\end{longtable}",
            r"\begin{itemize}",
            *(rf"\item {escaped(f'{name}: {text}')}" for name, text in totals(result)),
            *(rf"\item {escaped(note)}" for note in notes(result)),
            r"\end{itemize}",
            r"\endgroup",
            "",
        ]
    )


def _latex_rows(result: Report) -> Iterable[str]:
    """A line between stages."""
    stage = result.layers[0].stage
    for layer, row in zip(result.layers, cells(result), strict=True):
        if layer.stage != stage:
            stage = layer.stage
            yield r"\hline"
        name, *rest = map(escaped, row)
        yield " & ".join([rf"\texttt{{{name}}}", *rest]) + r" \\"
