"""The report as text: every figure, in forms that other programs read."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from hypothesis import given, settings

from resviz.arch.analysis import Report, report
from resviz.arch.export import tables
from resviz.arch.memory import Setting
from resviz.arch.notation import parse
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from tests.strategies import specs


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def of(text: str, setting: Setting = Setting()) -> Report:  # noqa: B008
    return report(parse(text), setting)


def test_csv_holds_every_figure_of_the_json() -> None:
    result = of("resnet50d", Setting(8, "fp16"))
    layers = json.loads(tables.as_json(result))["layers"]
    rows = rows_of(tables.as_csv(result))
    shapes = {"in_shape": "input", "out_shape": "output"}
    for layer, row in zip(layers, rows, strict=True):
        for key, value in layer.items():
            text = row[shapes.get(key, key)]
            if isinstance(value, list):
                assert text == "x".join(map(str, value))
            elif isinstance(value, bool):
                assert text == str(value).lower()
            elif isinstance(value, float):
                assert float(text) == pytest.approx(value, abs=1e-6)
            else:
                assert text == ("" if value is None else str(value))


def test_csv_begins_with_the_columns_it_always_had() -> None:
    heading = tables.as_csv(of("resnet18")).splitlines()[0].split(",")
    assert heading[:8] == ["id", "op", "stage", "block", "output", "params", "macs", "receptive_field"]


@pytest.mark.parametrize(
    "name", ["resnet18", "resnet50d", "resnetblur50", "plain20-cifar", "resnet50_gn", "resnetv2_50"]
)
def test_markdown_is_a_table_with_its_totals(name: str) -> None:
    result = of(name)
    lines = tables.as_markdown(result).splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert len(table) == len(result.layers) + 3
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in table} == {len(tables.COLUMNS) + 1}
    assert f"{result.params:,}" in table[-1]
    assert f"{result.macs:,}" in table[-1]
    assert any("peak memory" in line and f"{result.peak_bytes:,}" in line for line in lines)
    assert any(line.startswith("- One MAC is") for line in lines)


@pytest.mark.parametrize("name", PRESETS)
def test_latex_is_well_formed(name: str) -> None:
    result = of(name)
    text = tables.as_latex(result)
    body = text.split("\\endfoot\n")[1].split("\\end{longtable}")[0]
    cells = [line for line in body.splitlines() if line != "\\hline"]
    assert len(cells) == len(result.layers) + 1
    assert all(len(re.findall(r"(?<!\\)&", line)) == len(tables.COLUMNS) - 1 for line in cells)
    assert all(line.endswith(r" \\") for line in cells)
    assert balanced(text)
    # What TeX takes for a command or cannot set: none is left bare, outside the comment of the first line.
    plain = re.sub(r"\\([A-Za-z]+|[&%$#_{}\\,])", "", text.split("\n", 1)[1])
    assert not re.search(r"[%#_~^\\]", re.sub(r"\$[^$]*\$", "", plain))
    assert plain.isascii()


def balanced(text: str) -> bool:
    bare = re.sub(r"\\[{}]", "", text)
    environments = re.findall(r"\\(begin|end){(\w+)}", text)
    opened: list[str] = []
    for what, name in environments:
        if what == "begin":
            opened.append(name)
        elif not opened or opened.pop() != name:
            return False
    return bare.count("{") == bare.count("}") and not opened and text.count("$") % 2 == 0


@settings(max_examples=40, deadline=None)
@given(specs())
def test_any_spec_has_every_form(spec: ResNetSpec) -> None:
    result = report(spec)
    assert len(rows_of(tables.as_csv(result))) == len(result.layers)
    assert balanced(tables.as_latex(result))
    assert all(len(row) == len(tables.COLUMNS) for row in tables.cells(result))


def test_what_is_special_to_latex_is_escaped() -> None:
    assert tables.escaped(r"50% of $x_1^2 & {~#\}") == (
        r"50\% of \$x\_1\textasciicircum{}2 \& \{\textasciitilde{}\#\textbackslash{}\}"
    )
    assert tables.escaped("-215") == "$-215$"


def test_a_window_says_what_is_not_usual() -> None:
    windows = {layer.id: tables.window(layer) for layer in of("resnext50_32x4d,output_stride=8").layers}
    assert windows["conv1"] == "7×7 s2 p3"
    assert windows["layer4.1.conv2"] == "3×3 p4 d4 g32"
    assert windows["layer4.1.conv3"] == "1×1"
    assert windows["relu"] == "-"


def test_fields_that_do_not_align_are_marked_and_explained() -> None:
    loose, aligned = of("resnet50d"), of("resnet50")
    assert tables.LOOSE_NOTE in tables.notes(loose)
    assert tables.LOOSE_NOTE not in tables.notes(aligned)
    marked = [row for row in tables.cells(loose) if row[5].endswith(tables.LOOSE)]
    assert len(marked) == sum(not field.aligned for field in loose.fields.values()) > 0


def test_bytes_are_of_the_setting_and_say_so() -> None:
    text = dict(tables.totals(of("resnet50", Setting(32, "bf16"))))["activations"]
    one = of("resnet50").activation_bytes
    assert text == f"{one * 16:,} bytes (bf16, batch of 32)"
