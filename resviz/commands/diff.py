"""`resviz diff A B`: what differs between two networks, and what it costs.

`--format json` prints the object that `resviz.arch.diff.form` documents; its `a` and `b` hold besides `label`, what was
typed, and `assumed`, the fields that a checkpoint's names and shapes do not tell: `[{"field", "value", "others",
"why"}]`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from textwrap import wrap
from typing import NamedTuple

from resviz.arch.diff import words
from resviz.arch.diff.align import HEAD, Change, Costs, Diff, diff
from resviz.arch.diff.form import to_json
from resviz.arch.reading.assumed import Assumption
from resviz.arch.spec import FIELDS, ResNetSpec
from resviz.commands.common import assumptions, resolve, table
from resviz.files import holds_weights, shown

WIDTH = 100
"""Columns of the table form."""
_WHERE = 38
"""Columns for the names of blocks; longer ones have a line to themselves."""
_COUNTED = (
    "One image, fp32. MACs: multiply-adds of convolutions (projections, SE, ECA, blur too) and fc; BN, activations, "
    "pools and biases count none. Activations: every layer's output once. Peak: the input counted, weights not."
)
_TIE = "\N{NO-BREAK SPACE}"


class Side(NamedTuple):
    """One of the two networks as the user named it, and what had to be assumed of a checkpoint."""

    label: str
    assumed: tuple[Assumption, ...]

    def value(self, field: str, text: str) -> str:
        """A field's value, marked where it was assumed."""
        return f"{text} (assumed)" if any(guess.field == field for guess in self.assumed) else text


class Sides(NamedTuple):
    """Both."""

    a: Side
    b: Side


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    what = "preset, spec file, checkpoint or notation (basic:2,2,2,2)"
    parser.add_argument("a", metavar="A", help=what)
    parser.add_argument("b", metavar="B", help="the network to compare it with, in any of these forms")
    parser.add_argument("--format", choices=FORMATS, default="table")
    parser.epilog = "Exits with 0 whether the networks differ or not, with 2 if one cannot be read."


def run(args: argparse.Namespace) -> int:
    """Print what differs."""
    (a, before), (b, after) = _named(args.a), _named(args.b)
    print(FORMATS[args.format](diff(a, b), Sides(before, after)), end="")
    return 0


def _named(text: str) -> tuple[ResNetSpec, Side]:
    """What SPEC names. Raises `SpecError`, `CheckpointError`."""
    source = resolve(text)
    assumed = source.reading.assumed if source.reading is not None else ()
    return source.spec, Side(_label(text), tuple(guess for guess in assumed if guess.field in FIELDS))


def _label(text: str) -> str:
    """What was typed; a file by its name alone."""
    path = Path(text)
    return shown(path.name if path.suffix.lower() == ".json" or holds_weights(path) else text.strip())


# --- table --------------------------------------------------------------------------------------------------


def _table(found: Diff, sides: Sides) -> str:
    parts = [_heading(found, sides)]
    if found.fields:
        parts.append(_field_table(_fields(found, sides)))
    if found.rebuilt:
        parts += [_lines(found), _stages(found), _totals(found), "\n".join(wrap(_COUNTED, WIDTH))]
    return "\n\n".join(parts) + "\n"


def _heading(found: Diff, sides: Sides) -> str:
    title = f"{sides.a.label} → {sides.b.label}"
    title = title if len(title) <= WIDTH else f"A  {sides.a.label}\nB  {sides.b.label}"
    assumed = (line for text in _assumed(sides) for line in wrap(text, WIDTH, subsequent_indent="  "))
    return "\n".join([title, *_summary(found), *assumed])


def _summary(found: Diff) -> list[str]:
    return [words.gist(found)] if found.same else [words.cost(found), words.gist(found)]


def _assumed(sides: Sides) -> list[str]:
    """What had to be assumed of the checkpoints among the two."""
    labels: dict[str, list[str]] = {}
    for side in filter(lambda side: side.assumed, sides):
        labels.setdefault(assumptions(side.assumed), []).append(side.label)
    return [f"assumed, as {' and '.join(files)} cannot tell: {values}" for values, files in labels.items()]


def _fields(found: Diff, sides: Sides) -> list[list[str]]:
    return [
        [name, sides.a.value(name, before), sides.b.value(name, after), meaning]
        for name, before, after, meaning in words.fields(found)
    ]


def _field_table(fields: list[list[str]]) -> str:
    """The fields that differ; what they decide is folded to the room there is."""
    values = table([["spec field", "A", "B"], *(field[:3] for field in fields)], (False,) * 3).splitlines()
    width = max(map(len, values))
    lines = [values[0]]
    for value, field in zip(values[1:], fields, strict=True):
        first, *rest = wrap(field[3], max(WIDTH - width - 2, 24))
        lines += [f"{value:{width}}  {first}", *(f"{'':{width}}  {part}" for part in rest)]
    return "\n".join(lines)


def _lines(found: Diff) -> str:
    lines = words.lines(found)
    width = max((len(line.where) for line in lines if len(line.where) <= _WHERE), default=0)
    return "\n".join(text for line in lines for text in _wrapped(line, width))


def _wrapped(line: words.Line, width: int) -> Iterator[str]:
    """A line of two columns; where the first is too long for its own, the second begins below it."""
    first, *rest = _folded(line.what, WIDTH - width - 2)
    if len(line.where) <= width:
        yield f"{line.where:{width}}  {first}"
    else:
        yield from _folded(line.where, WIDTH)
        yield f"{'':{width}}  {first}"
    yield from (f"{'':{width}}  {text}" for text in rest)


def _folded(text: str, width: int) -> list[str]:
    """Lines of at most so many characters; what stands beside an arrow stays there."""
    for sign in "→…":
        text = text.replace(f" {sign} ", f"{_TIE}{sign}{_TIE}")
    return [part.replace(_TIE, " ") for part in wrap(text, width)]


class Unit(NamedTuple):
    """How MACs are written."""

    name: str
    scale: float
    digits: int


EXACT = Unit("MACs", 1, 0)
#: The first that leaves the table narrow enough is taken.
_UNITS = (EXACT, Unit("MACs, millions", 1e6, 2), Unit("MACs, billions", 1e9, 3))


def _stages(found: Diff) -> str:
    """Stage by stage, and in total."""
    tables = (_stage_table(found, unit) for unit in _UNITS)
    return next((text for text in tables if text.index("\n") <= WIDTH), _stage_table(found, _UNITS[-1]))


def _stage_table(found: Diff, unit: Unit) -> str:
    heads = [
        ["", "", "parameters", "", "", unit.name, "", "", "receptive"],
        ["stage", "blocks", "A", "B", "B - A", "A", "B", "B - A", "field, px"],
    ]
    return table([*heads, *_stage_rows(found, unit)], (False, *(True,) * 8))


def _stage_rows(found: Diff, unit: Unit) -> list[list[str]]:
    rows, totals = [], found.totals
    for stage in found.stages:
        counts = "" if stage.count_a is None else _arrow(stage.count_a, stage.count_b)
        seen = "" if stage.id == HEAD else _arrow(stage.receptive_a, stage.receptive_b)
        rows.append([stage.id, counts, *_costs(stage.costs, stage.status, unit), seen])
    counts = _arrow(*(sum(of.spec.blocks) for of in (found.a, found.b)))
    return [*rows, ["total", counts, *_costs(totals.costs, "changed", unit), _arrow(*totals.receptive_field)]]


def _costs(costs: Costs, status: str, unit: Unit) -> list[str]:
    """Parameters and MACs; `-` where there is no such stage."""
    cells = [*_figures(costs.params), *_scaled(costs.macs, unit)]
    for column, absent in ((0, "added"), (1, "removed")):
        if status == absent:
            cells[column] = cells[column + 3] = "-"
    return cells


def _scaled(change: Change, unit: Unit) -> list[str]:
    return [_cell(change.a, unit), _cell(change.b, unit), _cell(change.delta, unit, "+")]


def _cell(figure: int, unit: Unit, sign: str = "") -> str:
    """A figure in a unit; what would round to zero without being it says so."""
    if figure and abs(figure) < unit.scale * 0.5 / 10**unit.digits:
        return f"<{1 / 10**unit.digits}"
    return f"{figure / unit.scale:{sign},.{unit.digits}f}" if figure else "0"


def _figures(change: Change) -> list[str]:
    return _scaled(change, EXACT)


def _arrow(a: int | None, b: int | None) -> str:
    """`3 → 4`, or `3` where nothing changes."""
    before, after = ("-" if figure is None else str(figure) for figure in (a, b))
    return before if before == after else f"{before} → {after}"


def _totals(found: Diff) -> str:
    return table([["", "A", "B", "B - A", ""], *_total_rows(found)], (False, *(True,) * 4))


def _total_rows(found: Diff) -> list[list[str]]:
    costs = found.totals.costs
    figures = {
        "parameters": costs.params,
        "buffers": costs.buffers,
        "MACs (one image)": costs.macs,
        "activations, bytes (fp32, one image)": costs.activation_bytes,
        "peak memory, bytes (fp32, one image)": found.totals.peak_bytes,
        "receptive field, px": found.totals.receptive_field,
        "weighted layers": costs.weighted_layers,
    }
    return [[name, *_figures(change), words.relative(change)] for name, change in figures.items()]


# --- markdown -----------------------------------------------------------------------------------------------


def _markdown(found: Diff, sides: Sides) -> str:
    parts = [f"**`{sides.a.label}` → `{sides.b.label}`**", *_summary(found), *_assumed(sides)]
    if found.fields:
        parts.append(_grid(["spec field", "A", "B", "what it decides"], _fields(found, sides), "lrrl"))
    if found.rebuilt:
        parts.append("\n".join(f"- {line.where}: {line.what}" for line in words.lines(found)))
        heads = [f"{name} {side}" for name in ("parameters", "MACs") for side in ("A", "B", "B - A")]
        parts.append(_grid(["stage", "blocks", *heads, "receptive field, px"], _stage_rows(found, EXACT), "lrrrrrrrr"))
        parts.append(_grid(["total", "A", "B", "B - A", "relative"], _total_rows(found), "lrrrr"))
        parts.append(_COUNTED)
    return "\n\n".join(parts) + "\n"


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]], sides: str) -> str:
    """A table; `sides` holds l or r for each column."""
    rule = ["---" if side == "l" else "--:" for side in sides]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))


# --- JSON ---------------------------------------------------------------------------------------------------


def _json(found: Diff, sides: Sides) -> str:
    result = to_json(found)
    for key, side in zip(("a", "b"), sides, strict=True):
        assumed = [guess._asdict() for guess in side.assumed]
        result[key] = {"label": side.label, **result[key], "assumed": assumed}
    return json.dumps(result) + "\n"


FORMATS: dict[str, Callable[[Diff, Sides], str]] = {"table": _table, "json": _json, "markdown": _markdown}
