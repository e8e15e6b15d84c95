"""Pages: nothing is cut, nothing is lost, all type can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest

from resviz.arch.layout.fold import Fold, Level
from resviz.arch.layout.pair import pair
from resviz.arch.layout.stack import layout
from resviz.arch.presets import PRESETS
from resviz.drawing.output import Drawing, names, svgs
from resviz.drawing.palette import DARK
from resviz.drawing.paper import INK, LEAST_PT, PAPERS, Page, Paper, pages
from resviz.drawing.primitives import Area, Curve, Primitive, Shape, Text
from resviz.drawing.text import width

NAMES = ("resnet18", "resnet50", "resnet152", "resnext101_64x4d", "plain34", "resnet1202-cifar", "resnet20-cifar")


def heights(part: Primitive) -> Iterator[float]:
    if isinstance(part, Area):
        yield from (part.rect.y, part.rect.bottom)
    elif isinstance(part, Curve):
        yield part.start[1]
        yield from (y for step in part.steps for _, y in step)
    elif isinstance(part, Shape):
        yield from (y for _, y in part.points)
    else:
        yield from (part.y - part.px, part.y + 0.3 * part.px)


def sides(part: Primitive) -> Iterator[float]:
    if isinstance(part, Area):
        yield from (part.rect.x, part.rect.right)
    elif isinstance(part, Curve):
        yield part.start[0]
        yield from (x for step in part.steps for x, _ in step)
    elif isinstance(part, Shape):
        yield from (x for x, _ in part.points)
    else:
        wide = min(width(part.text, part.px, part.bold), part.room)
        start = part.x - {"start": 0.0, "middle": wide / 2, "end": wide}[part.anchor]
        yield from (start, start + wide)


def scale_of(page: Page) -> float:
    return page.width / page.picture.bounds.w


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
@pytest.mark.parametrize("fold", ["stage", "block", "layer"])
@pytest.mark.parametrize("name", NAMES)
def test_everything_is_on_the_pages_and_readable(name: str, fold: str, paper: Paper) -> None:
    plan = layout(PRESETS[name].spec, fold)
    made = pages(plan, paper)
    assert {frozenset((page.width, page.height)) for page in made} == {frozenset((paper.width, paper.height))}
    drawn = [group.id for page in made for group in page.picture.groups]
    assert [each for each in drawn if each in {cell.id for cell in plan.cells}] == [cell.id for cell in plan.cells]
    for page in made:
        least = LEAST_PT / scale_of(page) - 1e-9
        bounds = page.picture.bounds
        for group in page.picture.groups:
            for part in group.parts:
                assert all(0 <= y + group.y <= bounds.h for y in heights(part)), (group.id, part)
                assert all(0 <= x + group.x <= bounds.w for x in sides(part)), (group.id, part)
                if isinstance(part, Text):
                    assert part.px >= least


@pytest.mark.parametrize("names", [("plain34", "resnet34"), ("resnet18", "resnet34"), ("plain34", "resnet50")])
@pytest.mark.parametrize("fold", ["stage", "block", "layer"])
def test_two_networks_side_by_side_stay_so(names: tuple[str, str], fold: Level) -> None:
    """Aligned blocks are of different heights; a cut between them goes through no more than a trunk."""
    a, b = (PRESETS[name].spec for name in names)
    plan = pair(a, b, Fold(fold))
    assert plan.beside is not None
    made = pages(plan, PAPERS["a4"])
    assert len(made) <= 7
    drawn = [group.id for page in made for group in page.picture.groups]
    for layout_of, mark in ((plan, ""), (plan.beside, "beside-")):
        wanted = [f"{mark}{cell.id}" for cell in layout_of.cells]
        assert [each for each in drawn if each in set(wanted)] == wanted
    for page in made:
        for group in page.picture.groups:
            for part in group.parts:
                assert all(0 <= y + group.y <= page.picture.bounds.h for y in heights(part)), (group.id, part)


def test_columns_do_not_overlap_and_say_where_they_go_on() -> None:
    plan = layout(PRESETS["resnet152"].spec)
    made = pages(plan, PAPERS["a4"])
    texts = [
        part.text for page in made for group in page.picture.groups for part in group.parts if isinstance(part, Text)
    ]
    onward, back = ([text for text in texts if text.startswith(word)] for word in ("to layer", "from "))
    assert len(onward) == len(back) >= len(made) - 1
    ids = [cell.id for cell in plan.cells]
    for to, come in zip(onward, back, strict=True):
        assert ids.index(to.removeprefix("to ")) == ids.index(come.removeprefix("from ")) + 1
    for page in made:
        places = [
            (group.x, group.y + min(y for part in group.parts for y in heights(part)))
            for group in page.picture.groups
            if group.id in ids
        ]
        columns = sorted({x for x, _ in places})
        assert all(b - a > 400 for a, b in pairwise(columns))


def test_title_and_legend_once_and_page_numbers() -> None:
    made = pages(layout(PRESETS["resnet50"].spec), PAPERS["letter"])
    assert [sum(group.id == "title" for group in page.picture.groups) for page in made] == [1] + [0] * (len(made) - 1)
    for number, page in enumerate(made, 1):
        (foot,) = (group for group in page.picture.groups if group.id == "foot")
        assert any(isinstance(part, Text) and part.text == f"{number} / {len(made)}" for part in foot.parts)


def test_a_small_network_is_one_page_and_not_blown_up() -> None:
    (page,) = pages(layout(PRESETS["resnet18"].spec, "stage"), PAPERS["a4"])
    assert scale_of(page) == pytest.approx(0.75)
    assert page.height > page.width


def test_paper_is_light_on_white_whatever_the_screen_is() -> None:
    drawing = Drawing(layout(PRESETS["resnet18"].spec), DARK, paper=PAPERS["a4"])
    assert drawing.ink is INK
    texts = svgs(drawing)
    assert len(texts) == len(drawing.pages()) > 1
    for text in texts:
        assert 'fill="#FFFFFF"/>' in text.splitlines()[2]
        assert DARK.ground not in text
        assert re.search(r'<svg [^>]*width="[\d.]+pt" height="[\d.]+pt"', text)


def test_files_of_pages_sort_by_number(tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert names(tmp_path / "a.svg", 1) == [tmp_path / "a.svg"]
    assert [each.name for each in names(tmp_path / "a.svg", 12)][::11] == ["a-01.svg", "a-12.svg"]
