"""Every way a drawing can lie: partly folded, equal blocks once, down and to the right, two networks side by side."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resviz.arch import notation
from resviz.arch.graph import INPUT, network
from resviz.arch.layout.cells import Label, Rect
from resviz.arch.layout.fold import LEVELS, Fold
from resviz.arch.layout.frame import Direction
from resviz.arch.layout.pair import pair
from resviz.arch.layout.plan import Cell, Layout
from resviz.arch.layout.stack import layout
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.drawing.text import width
from tests.strategies import specs

DIRECTION: st.SearchStrategy[Direction] = st.sampled_from(("down", "right"))
PART = st.one_of(
    st.tuples(st.sampled_from(("stem", "head")), st.sampled_from(("stage", "layer"))),
    st.tuples(st.integers(1, 5).map(lambda n: f"layer{n}"), st.sampled_from(LEVELS)),
    st.tuples(
        st.builds(lambda stage, block: f"layer{stage}.{block}", st.integers(1, 5), st.integers(0, 2)),
        st.sampled_from(("block", "layer")),
    ),
)
STAGES = st.frozensets(st.integers(1, 5).map(lambda n: f"layer{n}"))
FOLDS = st.builds(Fold, st.sampled_from(LEVELS), st.frozensets(PART, max_size=5), st.booleans(), STAGES)
NAMES = (
    "resnet18",
    "resnet152",
    "resnet20-cifar",
    "plain34",
    "resnet50d",
    "resnext101_64x4d",
    "seresnet50",
    "senet154",
)


def said(label: Label) -> Rect:
    """What a label covers, by an upper estimate of its width."""
    px = {"heading": 15, "title": 12, "block": 12}.get(label.role, 11)
    wide = min(width(label.text, px, label.role in ("heading", "title", "projection", "zero-pad")), label.width)
    left = {"start": label.x, "middle": label.x - wide / 2, "end": label.x - wide}[label.anchor]
    return Rect(left, label.y - 5, wide, 10)


def labels(cell: Cell) -> Iterator[Rect]:
    """All text of a cell that is on no layer's box, in the drawing."""
    for label in (*cell.body.labels, *((cell.label,) if cell.label else ())):
        yield said(label).moved(cell.x, cell.y)


def boxes(cell: Cell) -> Iterator[Rect]:
    """The boxes that hold no text but their own; folded cards hold labels."""
    yield from (box.rect.moved(cell.x, cell.y) for box in cell.body.boxes if not box.parts)


def lines(cell: Cell) -> Iterator[tuple[str, Rect]]:
    """Every straight stretch of every route, in the drawing."""
    for route in cell.body.routes:
        for (x0, y0), (x1, y1) in pairwise(route.points):
            rect = Rect(min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0))
            yield route.kind, rect.moved(cell.x, cell.y)


def check(plan: Layout) -> None:
    """Nothing on top of anything, everything inside."""
    for before, after in pairwise(plan.cells):
        assert plan.frame.end(before.rect) == pytest.approx(plan.frame.start(after.rect))
    for near in zip(plan.cells, plan.cells[1:] or plan.cells, strict=False):
        for one, other in combinations([rect for cell in dict.fromkeys(near) for rect in boxes(cell)], 2):
            assert not one.meets(other), (one, other)
        text = [rect for cell in dict.fromkeys(near) for rect in labels(cell)]
        for one, other in combinations(text, 2):
            assert not one.meets(other), (one, other)
        for cell in near:
            for one in boxes(cell):
                assert not any(one.meets(other) for other in text), (cell.id, one)
            for kind, line in lines(cell):
                crossed = [rect for rect in text if rect.meets(line.grown(0.5))]
                assert not crossed, (cell.id, kind, line, crossed)
                if kind == "trunk":
                    continue
                away = abs(line.cx if plan.frame.down else line.cy) if not plan.beside else 1.0
                along = line.h if plan.frame.down else line.w
                assert away > 5 or along <= 1, "a shortcut lies on the trunk"
                assert not any(rect.grown(-0.5).meets(line) for rect in boxes(cell)), (cell.id, kind, line)
    for cell in plan.cells:
        assert inside(cell.rect, plan.bounds)
        for rect in (*labels(cell), *boxes(cell)):
            assert inside(rect, plan.bounds), (cell.id, rect, plan.bounds)
    for band, cell in ((band, cell) for band in plan.bands for cell in plan.cells if cell.id.startswith(band.id + ".")):
        assert inside(cell.body.card.moved(cell.x, cell.y), band.rect)  # type: ignore[union-attr]


def inside(rect: Rect, outer: Rect) -> bool:
    return (
        outer.x <= rect.x + 1e-6
        and outer.y <= rect.y + 1e-6
        and rect.right <= outer.right + 1e-6
        and rect.bottom <= outer.bottom + 1e-6
    )


@given(specs(), FOLDS, DIRECTION)
def test_no_drawing_lies_on_itself(spec: ResNetSpec, fold: Fold, direction: Direction) -> None:
    check(layout(spec, fold, direction))


@pytest.mark.parametrize("direction", ["down", "right"])
@pytest.mark.parametrize("repeats", [False, True])
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", NAMES)
def test_no_known_network_lies_on_itself(name: str, level: str, repeats: bool, direction: Direction) -> None:
    check(layout(PRESETS[name].spec, Fold(level, repeats=repeats), direction))  # type: ignore[arg-type]


@given(specs(), FOLDS, DIRECTION)
def test_every_layer_has_a_place_and_a_click_on_a_box_finds_it(
    spec: ResNetSpec, fold: Fold, direction: Direction
) -> None:
    plan = layout(spec, fold, direction)
    for layer in network(spec).layers:
        place = plan.place(layer.id)
        assert place is not None
        assert layer.id in place.cell.layers
        assert plan.hit(place.rect.cx, place.rect.cy) == place
    assert plan.place("layer9.0.conv1") is None
    assert [name for cell in plan.cells for name in cell.layers] == [layer.id for layer in network(spec).layers]


@given(specs(), FOLDS, DIRECTION, st.floats(-500, 4000), st.floats(1, 900))
def test_what_is_visible_is_found_by_bisection(
    spec: ResNetSpec, fold: Fold, direction: Direction, start: float, long: float
) -> None:
    plan = layout(spec, fold, direction)
    window = plan.frame.span(start, start + long, -10_000, 10_000)
    expected = [cell.id for cell in plan.cells if cell.rect.meets(window)]
    found = [cell.id for cell in plan.visible(window)]
    assert [name for name in found if name in expected] == expected
    assert len(found) <= len(expected) + 1


@given(specs(), DIRECTION)
def test_links_are_the_edges_of_the_graph(spec: ResNetSpec, direction: Direction) -> None:
    plan, net = layout(spec, "layer", direction), network(spec)
    for layer in net.layers[:: max(1, len(net.layers) // 12)]:
        found = plan.links(layer.id)
        reads = {edge.source for edge in net.edges if edge.target == layer.id} - {INPUT}
        feeds = {edge.target for edge in net.edges if edge.source == layer.id}
        assert {place.cell.layer_of(place.box) for place in found.inputs} == reads
        assert {place.cell.layer_of(place.box) for place in found.outputs} == feeds


def test_a_shortcut_lights_from_either_end_and_is_found_by_its_line() -> None:
    plan = layout(PRESETS["resnet50"].spec)
    for name in ("layer2.0.add", "layer2.0.downsample.0", "layer1.2.relu3"):
        assert {route.kind for _, route in plan.links(name).routes} >= {"projection"}, name
    assert {route.kind for _, route in plan.links("layer2.0.conv2").routes} == {"trunk"}
    cell = next(cell for cell in plan.cells if cell.id == "layer2.1")
    line = max((rect for kind, rect in lines(cell) if kind == "identity"), key=lambda rect: rect.h)
    assert plan.shortcut_at(line.cx + 2, line.cy, 4) == (cell, "identity")
    assert plan.shortcut_at(line.cx + 9, line.cy, 4) is None


def test_equal_blocks_are_drawn_once() -> None:
    plan = layout(PRESETS["resnet152"].spec, Fold("block", repeats=True, but=frozenset({"layer2"})))
    times = {cell.id: cell.times for cell in plan.cells}
    assert times == {
        **dict.fromkeys(("stem", "layer1.0", "layer3.0", "layer4.0", "head"), 1),
        **{f"layer2.{i}": 1 for i in range(8)},
        **{"layer1.1": 2, "layer3.1": 35, "layer4.1": 2},
    }
    run = next(cell for cell in plan.cells if cell.id == "layer3.1")
    assert [label.text for label in (*run.body.labels, run.label) if label][1:] == [
        "× 35", "1×1 · 3×3 · 1×1, 1024", "35 identity", "layer3.1 – 35"
    ]  # fmt: skip
    seen = plan.place("layer3.20.conv2")
    assert (seen and seen.cell) == run


@given(specs(), specs(), FOLDS, DIRECTION)
def test_a_pair_is_aligned_and_apart(a: ResNetSpec, b: ResNetSpec, fold: Fold, direction: Direction) -> None:
    plan = pair(a, b, fold, direction)
    other = plan.beside
    assert other is not None
    assert (plan.spec, other.spec) == (b, a)
    origin = {cell.id: plan.frame.start(Rect(cell.x, cell.y, 0, 0)) for cell in plan.cells}
    for cell in other.cells:
        if cell.id in origin:
            assert plan.frame.start(Rect(cell.x, cell.y, 0, 0)) == pytest.approx(origin[cell.id]), cell.id
    assert not any(cell.rect.meets(one.rect) for cell in plan.cells[:3] for one in other.cells[:3])
    assert inside(other.bounds, plan.bounds)
    for each in (plan, other):
        for before, after in pairwise(each.cells):
            assert each.frame.end(before.rect) == pytest.approx(each.frame.start(after.rect))


@given(specs(), FOLDS, DIRECTION)
def test_a_network_beside_itself_has_no_marks(spec: ResNetSpec, fold: Fold, direction: Direction) -> None:
    plan = pair(spec, spec, fold, direction)
    assert plan.beside is not None
    assert not any((plan.marks.cells, plan.marks.layers, plan.beside.marks.cells, plan.beside.marks.layers))


def test_what_one_has_more_is_marked() -> None:
    plan = pair(notation.parse("basic:2,2,2,2"), notation.parse("basic:2,3,2"), "block")
    assert plan.beside is not None
    assert plan.marks.cells["layer2.2"] == "added"
    assert plan.beside.marks.cells["layer4.1"] == "removed"
    assert "layer1.0" not in plan.marks.cells


def test_another_shortcut_is_marked_at_its_block_alone() -> None:
    plan = pair(notation.parse("basic:2,2,shortcut=A"), notation.parse("basic:2,2,shortcut=B"))
    assert {name for name in plan.marks.cells if "." in name} == {"layer2.0"}
    assert {name for name, status in plan.marks.layers.items() if status == "added"} >= {"layer2.0.downsample.1"}


def test_a_click_beside_finds_the_other_network() -> None:
    plan = pair(notation.parse("resnet18"), notation.parse("resnet34"), "block")
    assert plan.beside is not None
    there = plan.beside.place("layer1.0.conv1")
    assert there is not None
    found = plan.hit(there.rect.cx, there.rect.cy)
    assert found is not None
    assert found.plan is plan.beside
