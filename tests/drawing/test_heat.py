"""Colour by cost: every box is worth what it holds, in a colour and in words; and the marks of what differs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resviz.arch import costs, notation
from resviz.arch.analysis import report
from resviz.arch.costs import METRICS
from resviz.arch.graph import network
from resviz.arch.layout.cells import Box
from resviz.arch.layout.fold import LEVELS, Fold, Level
from resviz.arch.layout.frame import Direction
from resviz.arch.layout.pair import pair
from resviz.arch.layout.plan import Cell, Layout, Status
from resviz.arch.layout.stack import layout
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.drawing.figure import heat_parts
from resviz.drawing.heat import NOTHING, Heat, Shades, heat_of
from resviz.drawing.legend import SCALE_WIDTH, legend, scale_parts
from resviz.drawing.marks import STATUSES, cell_marks, sign
from resviz.drawing.palette import PALETTES, Palette, heat_role, hex_of
from resviz.drawing.primitives import Area, Curve, Picture, Primitive, Text
from resviz.drawing.sheet import sheet
from resviz.drawing.text import LEAST_PX, elide, width
from tests.arch.layout.test_ways import DIRECTION, FOLDS, NAMES
from tests.drawing.test_palette import _luminance, contrast
from tests.strategies import specs

COMPUTED = ("params", "macs", "activations", "field")
METRIC = st.sampled_from(COMPUTED)
PARTS = [part / 100 for part in range(101)]


def times_of(spec: ResNetSpec) -> dict[str, float]:
    """Milliseconds that a clock might have shown, each layer's its own."""
    return {layer.id: 0.0004 * (at + 1) ** 1.7 for at, layer in enumerate(network(spec).layers)}


def held(plan: Layout, cell: Cell, box: Box) -> list[str]:
    """The layers a box stands for, told from the ids of the cell and the boxes beside it."""
    names = {layer: layer.split(".", 2)[2] if "." in cell.id else layer for layer in cell.layers}
    if box.name:
        return [layer for layer, name in names.items() if name == box.name]
    apart = {one.name for one in cell.body.boxes if one.name}
    return [layer for layer, name in names.items() if name not in apart]


def boxes(plan: Layout) -> Iterator[tuple[Cell, Box]]:
    for cell in plan.cells:
        for box in cell.body.boxes:
            yield cell, box


# --- colours ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
class TestColours:
    def test_what_stands_on_a_colour_can_be_read(self, palette: Palette) -> None:
        for part in PARTS:
            ink, fill = hex_of(palette, heat_role(part, ink=True)), hex_of(palette, heat_role(part))
            assert contrast(ink, fill) >= 4.5, part

    def test_lightness_goes_one_way(self, palette: Palette) -> None:
        lights = [_luminance(hex_of(palette, heat_role(part))) for part in PARTS]
        steps = [after - before for before, after in pairwise(lights)]
        dark = _luminance(palette.ground) < 0.5
        assert all(step > 0 if dark else step < 0 for step in steps)

    def test_little_and_much_are_far_apart_and_much_stands_out_from_the_ground(self, palette: Palette) -> None:
        least, most = hex_of(palette, heat_role(0)), hex_of(palette, heat_role(1))
        assert contrast(least, most) >= 7
        assert contrast(most, palette.card) > contrast(least, palette.card)
        assert contrast(most, palette.card) >= 3

    def test_other_roles_are_the_palettes(self, palette: Palette) -> None:
        assert hex_of(palette, "conv") == palette.conv
        assert hex_of(palette, NOTHING) == palette.control
        assert contrast(palette.muted, palette.control) >= 4.5

    def test_a_part_beyond_the_scale_is_at_its_end(self, palette: Palette) -> None:
        assert hex_of(palette, heat_role(1.2)) == hex_of(palette, heat_role(1))
        assert hex_of(palette, heat_role(-0.1)) == hex_of(palette, heat_role(0))


# --- what a box is worth ----------------------------------------------------------------------------------------------


@settings(max_examples=150)
@given(specs(), FOLDS, DIRECTION, METRIC, st.booleans())
def test_a_box_is_worth_the_layers_it_holds(
    spec: ResNetSpec, fold: Fold, direction: Direction, metric: str, log: bool
) -> None:
    plan = layout(spec, fold, direction)
    shades, own = Shades(plan, heat_of(plan, metric, log)), costs.values(report(spec), metric)
    combine = max if metric == "field" else sum
    seen: list[str] = []
    for cell, box in boxes(plan):
        members = held(plan, cell, box)
        seen += members
        value = combine([own[name] for name in members])
        assert shades.value(plan, cell, box) == value
        tint = shades.tint(plan, cell, box)
        assert tint.text == said(metric, value, cell.times)
        assert tint.fill == (heat_role(shades.scale.part(value)) if value else NOTHING)
    assert sorted(seen) == sorted(layer.id for layer in network(spec).layers)


def said(metric: str, value: float, times: int) -> str:
    """What a box says: of a run of equal blocks, how many times how much."""
    measure = METRICS[metric]
    if times == 1 or not value or measure.combine == "max":
        return measure.text(value)
    return f"{times} × {measure.text(value / times)}"


@settings(max_examples=60)
@given(specs(), FOLDS, METRIC)
def test_the_boxes_together_are_worth_the_network(spec: ResNetSpec, fold: Fold, metric: str) -> None:
    plan, found = layout(spec, fold), report(spec)
    shades = Shades(plan, heat_of(plan, metric))
    shown = [shades.value(plan, cell, box) for cell, box in boxes(plan)]
    assert METRICS[metric].of(shown) == costs.total(METRICS[metric], costs.values(found, metric))


@pytest.mark.parametrize("repeats", [False, True])
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", NAMES)
def test_known_totals_at_every_level(name: str, level: Level, repeats: bool) -> None:
    spec = PRESETS[name].spec
    plan, found = layout(spec, Fold(level, repeats=repeats)), report(spec)
    for metric, total in (("params", found.params), ("macs", found.macs), ("activations", found.activation_bytes)):
        shades = Shades(plan, heat_of(plan, metric))
        assert sum(shades.value(plan, cell, box) or 0 for cell, box in boxes(plan)) == total


def test_a_run_counts_all_its_blocks() -> None:
    spec = PRESETS["resnet152"].spec
    open_, folded = layout(spec, Fold("layer", repeats=True)), layout(spec, Fold("block", repeats=True))
    own = costs.values(report(spec), "params")
    for plan, name in ((open_, "conv2"), (folded, "")):
        shades = Shades(plan, heat_of(plan, "params"))
        cell = next(cell for cell in plan.cells if cell.id == "layer3.1")
        assert cell.times == 35
        box = next(box for box in cell.body.boxes if box.name == name)
        one = own["layer3.1.conv2"] if name else sum(own[f"layer3.1.{part}"] for part in PARTS_OF_A_BLOCK)
        assert shades.value(plan, cell, box) == 35 * one


PARTS_OF_A_BLOCK = ("conv1", "bn1", "conv2", "bn2", "conv3", "bn3")


def test_a_folded_stage_is_the_sum_and_sees_as_far_as_its_last_layer() -> None:
    spec = PRESETS["resnet50"].spec
    plan, found = layout(spec, "stage"), report(spec)
    cell = next(cell for cell in plan.cells if cell.id == "layer2")
    box = cell.body.boxes[0]
    params = sum(layer.params for layer in found.layers if layer.stage == "layer2")
    assert Shades(plan, heat_of(plan, "params")).value(plan, cell, box) == params
    field = found.receptive_field["layer2.3.relu3"]
    shades = Shades(plan, heat_of(plan, "field"))
    assert (shades.value(plan, cell, box), shades.tint(plan, cell, box).text) == (field, f"{field} px")


def test_the_dearest_box_has_the_last_colour_and_what_costs_nothing_has_none() -> None:
    plan = layout(PRESETS["resnet18"].spec)
    for log in (False, True):
        shades = Shades(plan, heat_of(plan, "params", log))
        tints = {cell.layer_of(box): shades.tint(plan, cell, box) for cell, box in boxes(plan)}
        assert tints["layer4.1.conv2"].fill == heat_role(1)
        assert tints["layer4.1.conv2"].text == "2.36 M"
        assert (tints["relu"].fill, tints["relu"].text) == (NOTHING, "0")
    straight, log = (Shades(plan, heat_of(plan, "params", log)).scale for log in (False, True))
    assert straight.part(9408) < 0.01 < log.part(9408)


def test_a_cell_seen_from_afar_has_the_colour_of_its_whole() -> None:
    plan = layout(PRESETS["resnet18"].spec)
    for log in (True, False):
        shades = Shades(plan, heat_of(plan, "params", log))
        of = {cell.id: shades.worth(plan, cell) for cell in plan.cells}
        assert of["layer4.1"] == heat_role(1)
        assert of["layer1.0"] == of["layer1.1"] != of["layer4.1"]
    timeless = Shades(plan, heat_of(plan, "time"))
    assert {timeless.worth(plan, cell) for cell in plan.cells} == {NOTHING}


# --- measured times ---------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(specs(), FOLDS, st.data())
def test_a_layer_without_a_time_has_none_and_takes_it_from_its_card(
    spec: ResNetSpec, fold: Fold, data: st.DataObject
) -> None:
    plan, times = layout(spec, fold), times_of(spec)
    missing = data.draw(st.sampled_from([layer.id for layer in network(spec).layers]))
    del times[missing]
    shades = Shades(plan, heat_of(plan, "time", times=times))
    for cell, box in boxes(plan):
        tint, members = shades.tint(plan, cell, box), held(plan, cell, box)
        if missing in members:
            assert (tint.fill, tint.text) == (NOTHING, "-")
        else:
            assert tint.text == said("time", sum(times[name] for name in members), cell.times)
            assert tint.fill != NOTHING


def test_before_anything_is_measured_all_is_a_dash() -> None:
    plan = layout(PRESETS["resnet18"].spec, "block")
    shades = Shades(plan, heat_of(plan, "time"))
    assert {shades.tint(plan, cell, box).text for cell, box in boxes(plan)} == {"-"}
    assert [part.text for part in scale_parts(shades, 0, 0) if isinstance(part, Text)] == ["Time, log", "", "-", "-"]


# --- side by side -----------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(specs(), specs(), FOLDS, METRIC)
def test_two_networks_share_a_scale_and_each_box_has_its_own_networks_value(
    a: ResNetSpec, b: ResNetSpec, fold: Fold, metric: str
) -> None:
    plan = pair(a, b, fold)
    assert plan.beside is not None
    shades = Shades(plan, heat_of(plan, metric))
    combine, highest = max if metric == "field" else sum, 0.0
    for side, spec in ((plan, b), (plan.beside, a)):
        own = costs.values(report(spec), metric)
        for cell, box in boxes(side):
            value = shades.value(side, cell, box)
            assert value == combine([own[name] for name in held(side, cell, box)])
            highest = max(highest, value)
    assert shades.scale.high == highest


def test_times_of_one_network_are_not_the_other_ones() -> None:
    spec = PRESETS["resnet18"].spec
    plan = pair(spec, spec, "block")
    assert plan.beside is not None
    shades = Shades(plan, heat_of(plan, "time", times=times_of(spec)))
    assert all(shades.tint(plan, cell, box).text != "-" for cell, box in boxes(plan))
    assert {shades.tint(plan.beside, cell, box).text for cell, box in boxes(plan.beside)} == {"-"}


# --- the drawing ------------------------------------------------------------------------------------------------------


def fits(part: Text) -> bool:
    return elide(part.text, part.px, part.bold, part.room) == part.text and part.px >= LEAST_PX


@pytest.mark.parametrize("direction", ["down", "right"])
@pytest.mark.parametrize("repeats", [False, True])
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", NAMES)
def test_no_cost_is_cut_or_leaves_its_box(name: str, level: Level, repeats: bool, direction: Direction) -> None:
    spec = PRESETS[name].spec
    plan = layout(spec, Fold(level, repeats=repeats), direction)
    for metric in METRICS:
        shades = Shades(plan, heat_of(plan, metric, times=times_of(spec)))
        for cell in plan.cells:
            check_texts(cell, tuple(heat_parts(plan, cell, shades)))


def check_texts(cell: Cell, parts: tuple[Primitive, ...]) -> None:
    areas = [part.rect for part in parts if isinstance(part, Area)]
    for part in parts:
        if isinstance(part, Text):
            assert fits(part), (cell.id, part)
            wide = width(part.text, part.px, part.bold)
            left = part.x - {"start": 0, "middle": wide / 2, "end": wide}[part.anchor]
            assert any(
                area.x <= left and left + wide <= area.right and area.y < part.y < area.bottom for area in areas
            ), (cell.id, part)


@settings(max_examples=60)
@given(specs(), FOLDS, DIRECTION, METRIC)
def test_every_box_is_coloured_once_in_ink_one_can_read(
    spec: ResNetSpec, fold: Fold, direction: Direction, metric: str
) -> None:
    plan = layout(spec, fold, direction)
    shades = Shades(plan, heat_of(plan, metric))
    for cell in plan.cells:
        parts = tuple(heat_parts(plan, cell, shades))
        check_texts(cell, parts)
        areas = [part for part in parts if isinstance(part, Area)]
        assert [area.rect for area in areas] == [box.rect for box in cell.body.boxes]
        assert [area.fill for area in areas] == [shades.tint(plan, cell, box).fill for box in cell.body.boxes]
        for part in parts:
            if isinstance(part, Text | Curve):
                assert part.role == "muted" or part.role.startswith("on_heat"), part


def texts(drawing: Picture) -> list[str]:
    return [part.text for group in drawing.groups for part in group.parts if isinstance(part, Text)]


def test_the_sheet_says_what_a_colour_means_and_names_no_operator() -> None:
    plan = layout(PRESETS["resnet18"].spec, "block")
    said = texts(sheet(plan, heat_of(plan, "macs", log=False)))
    assert "MACs, linear" in said
    assert not {"conv", "bn", "relu", "fc"} & set(said)
    assert {"identity", "projection"} <= set(said)
    assert any(text.endswith(" MACs") for text in said)
    assert {"conv", "bn", "relu", "fc"} <= set(texts(sheet(plan)))


@pytest.mark.parametrize("log", [True, False])
@pytest.mark.parametrize("metric", METRICS)
def test_the_scale_has_three_values_that_fit(metric: str, log: bool) -> None:
    for name in NAMES:
        spec = PRESETS[name].spec
        plan = layout(spec)
        shades = Shades(plan, heat_of(plan, metric, log, times_of(spec)))
        title, *values = [part for part in scale_parts(shades, 0, 0) if isinstance(part, Text)]
        assert title.text == f"{METRICS[metric].title}, {'log' if log else 'linear'}"
        assert all(map(fits, (title, *values)))
        text = METRICS[metric].text
        assert [part.text for part in values] == [text(shades.scale.at(part)) for part in (0, 0.5, 1)]
        assert values[-1].text == text(max(shades.value(plan, cell, box) or 0 for cell, box in boxes(plan)))
        assert values[0].text == text(0) or log
        steps = [part for part in scale_parts(shades, 0, 0) if isinstance(part, Area)]
        assert (steps[0].fill, steps[-1].fill) == (heat_role(0), heat_role(1))
        assert steps[-1].rect.right == pytest.approx(SCALE_WIDTH)


def test_a_drawing_coloured_by_cost_has_no_colours_of_operators_to_explain() -> None:
    plan = layout(PRESETS["resnet18"].spec)
    assert [entry.text for entry in legend(plan, heat=True)] == ["identity", "projection"]
    shades = Shades(plan, Heat("params", costs.values(report(plan.spec), "params")))
    assert shades.metric == METRICS["params"]


# --- marks of what differs --------------------------------------------------------------------------------------------


def strokes(status: Status) -> set[tuple[float, ...]]:
    """A badge's lines, whatever their colour."""
    return {
        tuple(round(value, 2) for value in (*part.start, *part.steps[0][0]))
        for part in sign(status, 0, 0)
        if isinstance(part, Curve)
    }


def test_each_status_has_a_sign_of_its_own_beside_its_colour() -> None:
    signs = {status: strokes(status) for status in STATUSES}
    assert len(signs["changed"]) == 3
    assert len(signs["added"]) == 2
    assert len(signs["removed"]) == 1
    assert signs["removed"] < signs["added"]
    for status in STATUSES:
        badge = next(part for part in sign(status, 5, 7) if isinstance(part, Area))
        assert badge.fill == status
        assert (badge.rect.cx, badge.rect.cy) == (5, 7)
        lines = [part for part in sign(status, 5, 7) if isinstance(part, Curve)]
        assert all(badge.rect.holds(*part.start) and badge.rect.holds(*part.steps[0][0]) for part in lines)


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_a_sign_can_be_seen(palette: Palette) -> None:
    for status in STATUSES:
        assert contrast(getattr(palette, status), palette.ground) >= 3


@settings(max_examples=100)
@given(specs(), specs(), FOLDS, DIRECTION)
def test_every_marked_cell_has_an_outline_and_a_sign_and_no_other_has(
    a: ResNetSpec, b: ResNetSpec, fold: Fold, direction: Direction
) -> None:
    plan = pair(a, b, fold, direction)
    assert plan.beside is not None
    for side in (plan, plan.beside):
        for cell in side.cells:
            check_marks(side, cell)


def check_marks(plan: Layout, cell: Cell) -> None:
    status, parts = plan.marks.cells.get(cell.id), tuple(cell_marks(plan, cell))
    if status is None:
        assert parts == ()
        return
    areas = [part for part in parts if isinstance(part, Area)]
    outline, *layers, badge = areas
    assert (outline.fill, outline.stroke) == (None, status)
    assert all(
        outline.rect.x <= box.rect.x and box.rect.right <= outline.rect.right
        for box in cell.body.boxes
        if box.parts or cell.body.card is None
    )
    assert badge.fill == status
    assert all(part.fill is None and part.stroke in STATUSES for part in layers)
    expected = [
        plan.marks.layers[cell.layer_of(box)]
        for box in cell.body.boxes
        if box.name and cell.layer_of(box) in plan.marks.layers and status == "changed"
    ]
    assert [part.stroke for part in layers] == expected


@pytest.mark.parametrize("level", LEVELS)
def test_an_added_block_a_removed_stage_and_another_shortcut_are_marked(level: Level) -> None:
    plan = pair(notation.parse("basic:2,2,2"), notation.parse("basic:2,3,shortcut=C"), level)
    assert plan.beside is not None
    here = {cell.id: plan.marks.cells.get(cell.id) for cell in plan.cells}
    there = {cell.id: plan.beside.marks.cells.get(cell.id) for cell in plan.beside.cells}
    if level == "stage":
        assert (here["layer2"], there["layer3"]) == ("changed", "removed")
    else:
        assert (here["layer2.2"], there["layer3.0"], here["layer1.0"]) == ("added", "removed", "changed")
        assert here["layer2.0"] is None
    for side in (plan, plan.beside):
        for cell in side.cells:
            check_marks(side, cell)
    entries = {entry.text for entry in legend(plan)}
    assert {"differs", "missing there"} <= entries
