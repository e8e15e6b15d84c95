"""SVG: well-formed, vector text, every block a group with its id."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resviz.arch import notation
from resviz.arch.layout.cells import Rect
from resviz.arch.layout.fold import LEVELS, Level
from resviz.arch.layout.stack import layout
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.drawing.palette import DARK, LIGHT, PALETTES
from resviz.drawing.primitives import Group, Picture, Text
from resviz.drawing.sheet import sheet
from resviz.drawing.svg import svg
from tests.strategies import specs

NS = "{http://www.w3.org/2000/svg}"


def drawn(text: str, level: Level = "layer", theme: str = "light") -> ElementTree.Element:
    return ElementTree.fromstring(svg(sheet(layout(notation.parse(text), level)), PALETTES[theme]))


@settings(max_examples=40, deadline=None)
@given(specs(), st.sampled_from(LEVELS))
def test_every_drawing_is_well_formed_with_unique_ids(spec: ResNetSpec, level: Level) -> None:
    root = ElementTree.fromstring(svg(sheet(layout(spec, level)), LIGHT))
    ids = [group.get("id") for group in root.iter(f"{NS}g")]
    assert len(ids) == len(set(ids))
    assert root.get("viewBox")


def test_text_is_text() -> None:
    root = drawn("resnet18-w16-cifar")
    texts = [text.text for text in root.iter(f"{NS}text")]
    assert "ResNet-18 · ¼ width · CIFAR stem" in texts
    assert "conv1 3×3, 32, s=2" in texts
    assert "layer4.1" in texts
    assert "Inter" in (root.get("font-family") or "")


def test_every_block_is_a_group() -> None:
    ids = {group.get("id") for group in drawn("resnet50").iter(f"{NS}g")}
    assert {"stem", "layer3.5", "band-layer4", "head", "title"} <= ids


def test_equal_blocks_are_equal_but_for_their_place() -> None:
    groups = {group.get("id"): group for group in drawn("resnet50").iter(f"{NS}g")}
    one, other = groups["layer3.2"], groups["layer3.3"]
    assert one.get("transform") != other.get("transform")
    assert [ElementTree.tostring(part) for part in one] == [ElementTree.tostring(part) for part in other]


@pytest.mark.parametrize(
    ("text", "dashes"),
    [
        ("plain18", set()),
        ("basic:2,2,shortcut=B", {"6 4"}),
        ("basic:2,2,shortcut=A", {"8 4 1.5 4"}),
    ],
)
def test_dashes_mark_projections_and_zero_pads(text: str, dashes: set[str]) -> None:
    found = {path.get("stroke-dasharray") for path in drawn(text).iter(f"{NS}path")} - {None}
    assert found == dashes


def test_the_theme_colours_the_ground() -> None:
    for theme, palette in (("light", LIGHT), ("dark", DARK)):
        ground = drawn("resnet18", "stage", theme).find(f"{NS}rect")
        assert ground is not None
        assert ground.get("fill") == palette.ground


def test_what_xml_forbids_is_escaped() -> None:
    part = Text(0, 10, 'a < "b" & c', "text", 12, False, "start", 200)
    picture = Picture("<&>", Rect(0, 0, 10, 10), (Group('x"', "x", 0, 0, (part,)),))
    root = ElementTree.fromstring(svg(picture, LIGHT))
    assert [text.text for text in root.iter(f"{NS}text")] == ['a < "b" & c']


def test_the_largest_preset_stays_small() -> None:
    assert len(svg(sheet(layout(PRESETS["resnet1202-cifar"].spec)), LIGHT)) < 2_000_000
