"""Names at every zoom: readable, in sight as long as what they name is, and none on another."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRectF, QSizeF

from resviz.arch.layout.fold import LEVELS, Fold
from resviz.arch.layout.pair import pair
from resviz.arch.layout.stack import Layout, layout
from resviz.arch.presets import PRESETS
from resviz.drawing.palette import LIGHT
from resviz.drawing.primitives import READABLE_PX
from resviz.gui.document import Document
from resviz.gui.graph.camera import Camera
from resviz.gui.graph.names import Names
from resviz.gui.graph.overlays import LEAST_NAME, LEAST_NOTE, Caption
from resviz.gui.graph.view import GraphView

SIZE = QSizeF(900, 640)
NAMES = ["resnet18", "resnet50", "resnet152", "resnet1202-cifar", "resnext101_64x4d", "resnetv2_50", "plain34"]
DIRECTIONS = ["down", "right"]


def looking(plan: Layout, scale: float, part: float, size: QSizeF = SIZE) -> Camera:
    camera, bounds = Camera(), plan.bounds
    camera.scale = scale
    down = plan.direction == "down"
    x, y = (bounds.cx, bounds.y + bounds.h * part) if down else (bounds.x + bounds.w * part, bounds.cy)
    camera.centre(x, y, size)
    return camera


def stages_in_sight(plan: Layout, camera: Camera, size: QSizeF) -> set[str]:
    window = camera.window(size)
    return {band.id for band in plan.bands if band.rect.meets(window)}


@settings(max_examples=150)
@given(
    st.sampled_from(NAMES),
    st.sampled_from(LEVELS),
    st.sampled_from(DIRECTIONS),
    st.booleans(),
    st.floats(-8.0, 1.4).map(lambda power: 2.0**power),
    st.floats(0, 1),
)
def test_names_are_readable_and_apart(name: str, level, direction, repeats: bool, scale: float, part: float) -> None:
    plan = layout(PRESETS[name].spec, Fold(level, repeats=repeats), direction)
    camera = looking(plan, scale, part)
    captions = Names(plan).captions(camera, SIZE)
    for caption in captions:
        assert all(line.px >= min(LEAST_NOTE, LEAST_NAME) for line in caption.lines)
        assert all(line.width <= caption.rect.width() + 0.5 for line in caption.lines)
    for one, other in combinations(captions, 2):
        shared = one.rect.intersected(other.rect)
        assert shared.width() < 1 or shared.height() < 1, (one.id, other.id)
    assert stages_in_sight(plan, camera, SIZE) <= {caption.id for caption in captions}


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("name", NAMES)
def test_a_whole_network_at_a_glance_names_all_its_stages_in_the_view(name: str, direction) -> None:
    for level in LEVELS:
        plan = layout(PRESETS[name].spec, Fold(level), direction)
        scale = min(SIZE.width() / plan.bounds.w, SIZE.height() / plan.bounds.h, 0.5)
        captions = {caption.id: caption for caption in Names(plan).captions(looking(plan, scale, 0.5), SIZE)}
        for stage in range(1, len(plan.spec.blocks) + 1):
            caption = captions[f"layer{stage}"]
            assert QRectF(0, 0, SIZE.width(), SIZE.height()).contains(caption.rect)
            assert caption.lines[0].text == f"layer{stage}"


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_a_stage_one_scrolls_within_keeps_its_caption_in_view(direction) -> None:
    plan = layout(PRESETS["resnet152"].spec, "layer", direction)
    for scale in (0.3, 0.66, 1.0, 2.0):
        for part in (0.35, 0.5, 0.65):  # all within layer3
            captions = {one.id: one for one in Names(plan).captions(looking(plan, scale, part), SIZE)}
            rect = captions["layer3"].rect
            assert rect.left() >= 0
            assert rect.top() >= 0
            assert rect.bottom() <= SIZE.height()
            assert rect.right() <= SIZE.width()


def test_a_blocks_name_stays_beside_what_is_in_sight_of_it() -> None:
    plan = layout(PRESETS["resnet50"].spec)
    place = plan.place("layer2.1.relu3")
    assert place is not None
    camera = Camera()
    camera.scale = 3.0
    camera.centre(0, place.rect.cy, SIZE)
    names = {one.id: one for one in Names(plan).captions(camera, SIZE)}
    assert 0 <= names["layer2.1"].rect.top() < SIZE.height()


def test_where_there_is_no_room_for_all_every_so_many_blocks_are_named() -> None:
    plan = layout(PRESETS["resnet1202-cifar"].spec)
    names = Names(plan).captions(looking(plan, SIZE.height() / plan.bounds.h, 0.5), SIZE)
    named = [one.id for one in names if one.id.startswith("layer2.")]
    numbers = [int(name.split(".")[1]) for name in named]
    assert 3 <= len(numbers) < 30
    assert len({after - before for before, after in pairwise(numbers)}) == 1


def test_a_readable_card_has_its_name_once() -> None:
    plan = layout(PRESETS["resnet50"].spec, "stage")
    readable = Names(plan).captions(looking(plan, READABLE_PX / 12 + 0.01, 0.5), SIZE)
    assert not [one for one in readable if one.id == "layer2"]
    far = Names(plan).captions(looking(plan, READABLE_PX / 12 - 0.01, 0.5), SIZE)
    assert [one for one in far if one.id == "layer2"]


def test_two_networks_side_by_side_have_their_names() -> None:
    plan = pair(PRESETS["resnet18"].spec, PRESETS["resnet34"].spec, "layer")
    assert plan.beside is not None
    camera = looking(plan, 0.2, 0.3)
    for one in (plan, plan.beside):
        ids = {caption.id for caption in Names(one).captions(camera, SIZE)}
        assert stages_in_sight(one, camera, SIZE) <= ids


def test_the_view_paints_them(view: GraphView, document: Document) -> None:
    document.set_spec(PRESETS["resnet152"].spec, "deep")
    view.fit()
    captions: list[Caption] = Names(view.plan).captions(view._camera, QSizeF(view.size()))
    stage = next(caption for caption in captions if caption.id == "layer3")
    image = view.grab(stage.rect.toAlignedRect()).toImage()
    shades = {image.pixelColor(x, y).lightness() for x in range(image.width()) for y in range(image.height())}
    assert min(shades) < 90, "dark letters"
    assert image.pixelColor(0, 0).name().upper() == LIGHT.ground
