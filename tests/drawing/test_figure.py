"""The drawing of every preset at every fold level: nothing cut, nothing outside, every colour known."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resviz.arch import notation
from resviz.arch.layout.fold import LEVELS, Level
from resviz.arch.layout.stack import layout
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.drawing.figure import CAPTION, picture
from resviz.drawing.legend import legend
from resviz.drawing.palette import Palette
from resviz.drawing.primitives import Area, Curve, Group, Picture, Primitive, Shape, Text
from resviz.drawing.sheet import sheet
from resviz.drawing.text import elide, width
from tests.strategies import specs

PARTS = st.sampled_from(LEVELS)


def parts(drawing: Picture) -> Iterator[tuple[Group, Primitive]]:
    for group in drawing.groups:
        for part in group.parts:
            yield group, part


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", PRESETS)
def test_no_text_is_cut(name: str, level: Level) -> None:
    for _, part in parts(sheet(layout(PRESETS[name].spec, level))):
        if isinstance(part, Text):
            assert elide(part.text, part.px, part.bold, part.room) == part.text
            assert part.px >= CAPTION, "no small print"


@settings(max_examples=40, deadline=None)
@given(specs(), PARTS)
def test_all_text_is_within_the_bounds(spec: ResNetSpec, level: Level) -> None:
    drawing = sheet(layout(spec, level))
    for _, part in parts(drawing):
        if isinstance(part, Text):
            wide = min(width(part.text, part.px, part.bold), part.room)
            left = part.x - {"start": 0, "middle": wide / 2, "end": wide}[part.anchor]
            assert drawing.bounds.x <= left
            assert left + wide <= drawing.bounds.right, part.text


@given(specs(), PARTS)
def test_colours_are_roles_of_the_palette(spec: ResNetSpec, level: Level) -> None:
    for _, part in parts(sheet(layout(spec, level))):
        roles = [part.fill, part.stroke] if isinstance(part, Area) else []
        roles += [part.fill] if isinstance(part, Shape) else []
        roles += [part.role] if isinstance(part, (Curve, Text)) else []
        assert all(role is None or role in Palette._fields for role in roles)


@pytest.mark.parametrize(
    ("text", "styles"),
    [
        ("basic:2,2,shortcut=none", {"solid"}),
        ("basic:2,2,shortcut=A", {"solid", "dashdot"}),
        ("basic:2,2,shortcut=B", {"solid", "dash"}),
    ],
)
@pytest.mark.parametrize("level", LEVELS)
def test_line_styles_tell_shortcuts_apart(text: str, styles: set[str], level: Level) -> None:
    drawing = picture(layout(notation.parse(text), level))
    assert {part.style for _, part in parts(drawing) if isinstance(part, Curve)} == styles


@given(specs(), PARTS)
def test_the_legend_names_what_is_drawn_and_nothing_else(spec: ResNetSpec, level: Level) -> None:
    drawing = picture(layout(spec, level))
    fills = {part.fill for _, part in parts(drawing) if isinstance(part, Area)}
    operators = fills & {"conv", "bn", "relu", "attention", "add", "pad", "pool", "fc"}
    roles = {part.role for _, part in parts(drawing) if isinstance(part, Curve)}
    entries = legend(layout(spec, level))
    assert {entry.role for entry in entries if not entry.line} == operators
    drawn = {entry.role for entry in entries if entry.line}
    if level == "stage":  # a bundle is drawn as the rarest kind it holds, and names them all
        assert roles & {"identity", "projection", "zero_pad"} <= drawn
    else:
        assert drawn == roles & {"identity", "projection", "zero_pad"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("resnet18", ["identity", "projection", "conv", "bn", "relu", "add", "pool", "fc"]),
        ("resnet18,attention=se", ["identity", "projection", "conv", "bn", "relu", "se", "add", "pool", "fc"]),
        ("plain18,attention=eca,activation=silu", ["conv", "bn", "silu", "eca", "pool", "fc"]),
        ("plain20-cifar,antialias=blur,norm=group,norm_groups=4", ["conv", "gn", "relu", "pool, blur", "fc"]),
        ("resnet20-cifar", ["identity", "zero-pad", "conv", "bn", "relu", "add", "pad", "pool", "fc"]),
    ],
)
def test_the_legend_calls_operators_by_their_names(text: str, said: list[str]) -> None:
    assert [entry.text for entry in legend(layout(notation.parse(text)))] == said


@given(specs(), PARTS)
def test_title_and_legend_are_above_the_drawing(spec: ResNetSpec, level: Level) -> None:
    plan, drawing = layout(spec, level), sheet(layout(spec, level))
    head = drawing.groups[0]
    assert head.id == "title"
    for part in head.parts:
        bottom = part.rect.bottom if isinstance(part, Area) else part.y if isinstance(part, Text) else part.start[1]
        assert drawing.bounds.y <= bottom < plan.bounds.y


def test_groups_with_one_key_share_their_parts() -> None:
    seen: dict[str, tuple[Primitive, ...]] = {}
    for group in picture(layout(PRESETS["resnet110-cifar"].spec)).groups:
        assert seen.setdefault(group.key, group.parts) == group.parts
