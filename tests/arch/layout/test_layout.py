"""The layout: every layer once, nothing on top of anything, shortcuts beside the trunk."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resviz.arch import notation
from resviz.arch.graph import network
from resviz.arch.layout.cells import PLUS, Rect
from resviz.arch.layout.fold import LEVELS, Fold, Level
from resviz.arch.layout.stack import layout, short_number
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.drawing.text import width
from tests.strategies import specs

LEVEL = st.sampled_from(LEVELS)


@given(specs())
def test_every_layer_has_one_box(spec: ResNetSpec) -> None:
    plan = layout(spec)
    found = [place.cell.layer_of(place.box) for place in plan.boxes()]
    assert sorted(found) == sorted(layer.id for layer in network(spec).layers)


@given(specs(), LEVEL)
def test_no_box_lies_on_another(spec: ResNetSpec, level: Level) -> None:
    for cell in layout(spec, level).cells:
        for one, other in combinations(cell.body.boxes, 2):
            assert not one.rect.meets(other.rect), (cell.id, one.name, other.name)


@given(specs(), LEVEL)
def test_the_trunk_is_unbroken_and_straight(spec: ResNetSpec, level: Level) -> None:
    plan = layout(spec, level)
    for before, after in pairwise(plan.cells):
        assert after.top == before.bottom
    for cell in plan.cells:
        assert {x for route in cell.body.routes if route.kind == "trunk" for x, _ in route.points} == {0.0}


@given(specs(), LEVEL)
def test_everything_is_within_the_bounds(spec: ResNetSpec, level: Level) -> None:
    plan = layout(spec, level)
    bounds = plan.bounds
    for cell in plan.cells:
        body, held = cell.body, [pill.rect for pill in cell.body.pills] + [box.rect for box in cell.body.boxes]
        held += [Rect(x, y, 0, 0) for route in body.routes for x, y in route.points]
        assert max([one.x + min(width(one.text, 11, True), one.width) for one in body.labels] or [0]) <= bounds.right
        assert min(rect.x for rect in held) >= body.left - 1e-6
        assert max(rect.right for rect in held) <= body.right + 1e-6
        assert min(rect.y for rect in held) >= body.top
        assert max(rect.bottom for rect in held) <= body.height
        assert (bounds.x <= body.left, body.right <= bounds.right) == (True, True)
        assert (bounds.y <= cell.top, cell.bottom <= bounds.bottom) == (True, True)
    for band in plan.bands:
        assert bounds.x <= band.rect.x
        assert band.rect.right <= bounds.right


@given(specs())
def test_shortcuts_run_beside_the_cards_to_the_plus(spec: ResNetSpec) -> None:
    plan = layout(spec)
    kinds = dict(network(spec).shortcuts)
    for cell in plan.cells:
        routes = [route for route in cell.body.routes if route.kind != "trunk"]
        if cell.id not in kinds:
            assert not routes
            continue
        card, plus = cell.body.card, next(box.rect for box in cell.body.boxes if box.op == "add")
        assert card is not None
        assert {route.kind for route in routes} == {kinds[cell.id]}
        assert routes[-1].points[-1] == (plus.right, plus.cy)
        assert routes[-1].arrow
        for route in routes:
            for (x0, y0), (x1, y1) in pairwise(route.points):
                assert y0 == y1 or (x0 == x1 and x0 > card.right), "only horizontal runs cross the card"
                assert not (x0 == x1 == 0)


@given(specs(), st.sampled_from(["block", "layer"]))
def test_a_shortcut_starts_at_its_source(spec: ResNetSpec, level: Level) -> None:
    plan = layout(spec, level)
    cells = {cell.id: cell for cell in plan.cells}
    for block, source in sources(spec).items():
        cell = cells[block]
        x, y = next(route.points[0] for route in cell.body.routes if route.kind != "trunk")
        place, card = plan.place(source), cell.body.boxes[0].rect
        assert place is not None
        if place.cell is not cell:  # the block's input: between the box above and the card
            assert (x, place.rect.bottom < cell.y + y < cell.y) == (0.0, True)
        elif level == "block":  # inside the folded card: out of its side
            assert (x, card.y < y < card.bottom) == (card.right, True)
        else:
            below = min(box.rect.y for box in cell.body.boxes if box.rect.x < 0 and box.rect.y > place.box.rect.y)
            assert (x, place.box.rect.bottom < y < below) == (0.0, True)


def sources(spec: ResNetSpec) -> dict[str, str]:
    """Block -> the layer whose output its shortcut takes."""
    net, found = network(spec), dict[str, str]()
    for edge in net.edges:
        if edge.kind != "trunk":
            found.setdefault(".".join(edge.target.split(".")[:2]), edge.source)
    return found


@given(specs())
def test_a_shortcut_passes_its_layers_in_their_order(spec: ResNetSpec) -> None:
    plan = layout(spec)
    for cell in plan.cells:
        side = [box for box in cell.body.boxes if box.name.startswith("downsample")]
        ids = [layer.id for layer in network(spec).layers if layer.on == "shortcut" and layer.block == cell.id]
        assert [cell.layer_of(box) for box in side] == ids
        if not side:
            continue
        before, after = (route for route in cell.body.routes if route.kind != "trunk")
        stops = [before.points[-1], *((box.rect.cx, box.rect.bottom) for box in side)]
        for (x, y), box in zip(stops, side, strict=False):
            assert (x, 0 <= box.rect.y - y <= 3) == (box.rect.cx, True)
        assert after.points[0] == stops[-1]


@given(specs(), LEVEL)
def test_text_beside_lies_on_nothing(spec: ResNetSpec, level: Level) -> None:
    for cell in layout(spec, level).cells:
        boxes = [box.rect for box in cell.body.boxes if not box.parts]
        lines = [
            Rect(min(x0, x1), min(y0, y1), abs(x1 - x0) + 0.1, abs(y1 - y0) + 0.1)
            for route in cell.body.routes
            for (x0, y0), (x1, y1) in pairwise(route.points)
        ]
        for label in cell.body.labels:
            area = Rect(label.x, label.y - 6, min(width(label.text, 11, True), label.width), 12)
            assert label.anchor == "start"
            assert not any(area.meets(other) for other in boxes + lines), (cell.id, label.text)


@given(specs())
def test_no_shortcut_crosses_a_layer_of_the_trunk(spec: ResNetSpec) -> None:
    for cell in layout(spec).cells:
        trunk = [box for box in cell.body.boxes if not box.name.startswith("downsample")]
        for route in cell.body.routes:
            if route.kind == "trunk":
                continue
            for (x0, y0), (x1, y1) in pairwise(route.points):
                line = Rect(min(x0, x1), min(y0, y1) - 0.5, abs(x1 - x0), abs(y1 - y0) + 1)
                assert not any(line.meets(box.rect.grown(-0.1)) for box in trunk)


def test_the_layers_of_a_projection_sit_on_its_line() -> None:
    cell = next(cell for cell in layout(PRESETS["resnet50"].spec).cells if cell.id == "layer2.0")
    conv, bn = (box for box in cell.body.boxes if box.name.startswith("downsample"))
    before, after = (route for route in cell.body.routes if route.kind == "projection")
    assert conv.text == "1×1, 512, s=2"
    assert before.points[-1] == (conv.rect.cx, conv.rect.y)
    assert after.points[0] == (bn.rect.cx, bn.rect.bottom)
    assert [label.text for label in cell.body.labels if label.x > 200] == ["projection", "256→512", "½ size"]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("basic:2,2,shortcut=none", set()),
        ("basic:2,2,shortcut=A", {"identity", "zero-pad"}),
        ("basic:2,2,shortcut=B", {"identity", "projection"}),
        ("basic:2,2,shortcut=C", {"projection"}),
    ],
)
@pytest.mark.parametrize("level", ["block", "layer"])
def test_shortcuts_stay_visible_when_blocks_fold(text: str, kinds: set[str], level: Level) -> None:
    plan = layout(notation.parse(text), level)
    drawn = {route.kind for cell in plan.cells for route in cell.body.routes} - {"trunk"}
    assert drawn == kinds


def test_a_folded_stage_bundles_its_shortcuts() -> None:
    cells = {cell.id: cell for cell in layout(PRESETS["resnet50"].spec, "stage").cells}
    body = cells["layer2"].body
    assert [route.kind for route in body.routes if route.kind != "trunk"] == ["projection", "identity"]
    assert [label.text for label in body.labels if label.x > 128] == ["3 identity,", "1 projection"]
    assert cells["layer2"].label is not None
    assert cells["layer2"].label.text == "layer2 · 4 × Bottleneck"


def test_a_bundle_without_projection_is_not_dashed() -> None:
    cells = {cell.id: cell for cell in layout(PRESETS["resnet20-cifar"].spec, "stage").cells}
    assert {route.kind for route in cells["layer1"].body.routes} == {"trunk", "identity"}
    assert {route.kind for route in cells["layer2"].body.routes} == {"trunk", "zero-pad", "identity"}


def test_shapes_stand_where_they_change() -> None:
    plan = layout(PRESETS["resnet18-w16-cifar"].spec)
    shapes = {cell.id: [label.text for label in cell.body.labels if label.role == "shape"] for cell in plan.cells}
    assert shapes["stem"] == []
    assert shapes["layer1.0"] == ["16 × 32 × 32"]
    assert shapes["layer1.1"] == []
    assert shapes["layer2.0"] == ["16 × 32 × 32"]
    assert shapes["layer2.1"] == ["32 × 16 × 16"]
    assert shapes["head"] == ["128 × 4 × 4", "128 × 1 × 1", "128"]


def test_boxes_say_kernel_channels_and_stride() -> None:
    plan = layout(PRESETS["resnet18-w16-cifar"].spec)
    texts = {place.cell.layer_of(place.box): place.box.text for place in plan.boxes()}
    assert texts["layer1.0.conv1"] == "conv1 3×3, 16"
    assert texts["layer2.0.conv1"] == "conv1 3×3, 32, s=2"
    assert texts["fc"] == "fc 128 → 10"
    assert [pill.text for cell in plan.cells for pill in cell.body.pills] == [
        "input 3 × 32 × 32",
        "10 classes",
    ]


def test_a_dilated_stage_says_why_it_does_not_shrink() -> None:
    spec = notation.parse("bottleneck:3,4,6,3,output_stride=8")
    assert [band.lines[1] for band in layout(spec).bands] == [
        "56 × 56",
        "28 × 28",
        "28 × 28 · dilation 2",
        "28 × 28 · dilation 4",
    ]
    notes = [label.text for cell in layout(spec, "stage").cells for label in cell.body.labels if label.role == "note"]
    assert "28 × 28 · d=4 · 15.0 M parameters" in notes
    projection = next(cell for cell in layout(spec).cells if cell.id == "layer3.0")
    assert [label.text for label in projection.body.labels if label.x > 200] == ["projection", "512→1024"]


def test_bands_name_resolution_and_cost() -> None:
    band = layout(PRESETS["resnet18-w16-cifar"].spec).bands[1]
    assert band.lines == ("layer2", "16 × 16", "2 × Basic", "33.1 k parameters")


def test_a_folded_block_whose_plus_is_its_last_layer_stands_for_what_enters_it() -> None:
    plan = layout(notation.parse("basic:2,2,order=pre,attention=se"), "block")
    card, plus = next(cell for cell in plan.cells if cell.id == "layer2.0").body.boxes
    found = {place.box: place.cell.layer_of(place.box) for place in plan.boxes() if place.cell.id == "layer2.0"}
    assert found == {card: "layer2.0.se", plus: "layer2.0.add"}


@settings(max_examples=30)
@given(specs(), LEVEL)
def test_equal_keys_mean_equal_pictures(spec: ResNetSpec, level: Level) -> None:
    bodies = {}
    for cell in layout(spec, level).cells:
        assert bodies.setdefault(cell.body.key, cell.body) == cell.body
    assert len({body._replace(key="") for body in bodies.values()}) == len(bodies)


def test_six_hundred_blocks_are_ten_pictures() -> None:
    assert len({cell.body.key for cell in layout(PRESETS["resnet1202-cifar"].spec).cells}) == 10


@given(specs(), LEVEL)
def test_layers_are_found_where_they_are_drawn(spec: ResNetSpec, level: Level) -> None:
    plan = layout(spec, level)
    for layer in network(spec).layers:
        place = plan.place(layer.id)
        assert place is not None
        assert layer.id in place.cell.layers
        assert plan.hit(place.rect.cx, place.rect.cy) == place
    assert plan.place("layer9.0.conv1") is None
    assert plan.hit(plan.bounds.x, 0) is None


def test_a_folded_box_stands_for_its_output() -> None:
    plan = layout(PRESETS["resnet50"].spec, "block")
    place = plan.place("layer2.0.conv2")
    assert place is not None
    assert place.cell.layer_of(place.box) == "layer2.0.relu3"
    add = plan.place("layer2.0.add")
    assert add is not None
    assert (add.rect.w, add.cell.layer_of(add.box)) == (PLUS, "layer2.0.add")


@given(specs(), LEVEL, st.floats(0, 4000), st.floats(1, 900))
def test_visible_cells_by_bisection(spec: ResNetSpec, level: Level, top: float, high: float) -> None:
    plan = layout(spec, level)
    expected = [cell for cell in plan.cells if cell.top < top + high and cell.bottom > top]
    assert [cell for cell in plan.visible(Rect(0, top, 1, high)) if cell.bottom > top] == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (999, "999"), (1000, "1.00 k"), (9344, "9.34 k"), (33_088, "33.1 k"), (701_466, "701 k"),
     (999_600, "1.00 M"), (1_814_073_344, "1.81 G"), (3e21, "3000000 P")],
)  # fmt: skip
def test_short_numbers_have_three_figures(value: float, text: str) -> None:
    assert short_number(value) == text


def test_one_stage_folds_and_one_block_opens() -> None:
    fold = Fold("block").put("layer3", "stage").put("layer2.1", "layer")
    plan = layout(PRESETS["resnet50"].spec, fold)
    ids = [cell.id for cell in plan.cells]
    assert ids[5:9] == ["layer2.1", "layer2.2", "layer2.3", "layer3"]
    assert [band.id for band in plan.bands] == ["layer1", "layer2", "layer4"]
    opened, shut = (next(cell for cell in plan.cells if cell.id == name) for name in ("layer2.1", "layer2.2"))
    assert len(opened.body.boxes) > 5
    assert len(shut.body.boxes) == 2


def test_folding_a_stage_forgets_what_was_set_within_and_going_back_leaves_nothing() -> None:
    fold = Fold("layer").put("layer2.1", "block")
    assert fold.of("layer2.1") == "block"
    assert fold.of("layer2.0") == "layer"
    assert fold.put("layer2", "stage") == Fold("layer", frozenset({("layer2", "stage")}))
    assert fold.put("layer2.1", "layer") == Fold("layer")
    assert fold.to("stage") == Fold("stage")
