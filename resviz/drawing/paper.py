"""A drawing laid out for paper: its cells flow in columns over pages, none is cut, and all type can be read."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from resviz.arch.layout.cells import LABEL_GAP, LEAD, Point, Rect
from resviz.arch.layout.stack import Layout
from resviz.drawing.palette import LIGHT
from resviz.drawing.primitives import Area, Curve, Group, Picture, Primitive, Shape, Text, middle
from resviz.drawing.sheet import sheet

if TYPE_CHECKING:
    from resviz.drawing.heat import Heat

#: Ink on white.
INK = LIGHT._replace(ground="#FFFFFF")
#: The least size of type on paper, in points, and the most that a px of the drawing gets.
LEAST_PT, MOST_SCALE = 6.0, 0.75
_MARGIN_PT, _GAP_PT, _FOOT_PT = 30.0, 16.0, 16.0
#: Sizes of type that are tried, from the least to the largest that fits.
_TRIES = 4
#: Room above and below a column for the arrows that lead from the last one and on to the next.
_BREAK = 30.0
_MUTED_PX = 11.0
_NEAR = 0.5


class Paper(NamedTuple):
    """A size in points (1/72 inch), upright."""

    name: str
    width: float
    height: float


PAPERS: dict[str, Paper] = {"a4": Paper("A4", 595.28, 841.89), "letter": Paper("Letter", 612.0, 792.0)}


class Page(NamedTuple):
    """What stands on a page, and the page's size in points."""

    picture: Picture
    width: float
    height: float


class _Row(NamedTuple):
    """Cells between two heights at which nothing is cut."""

    top: float
    bottom: float


class _Plan(NamedTuple):
    """One way to lay out: the page's size in points, px -> points, columns a page, and the rows of each column."""

    width: float
    height: float
    scale: float
    across: int
    columns: tuple[tuple[_Row, ...], ...]

    @property
    def pages(self) -> int:
        return -(-len(self.columns) // self.across)


def pages(plan: Layout, paper: Paper, heat: Heat | None = None, turns: bool = True) -> tuple[Page, ...]:
    """The drawing on pages, title and legend on the first; `turns` allows pages that lie. The trunk goes down."""
    drawing = sheet(plan, heat)
    head, *groups = drawing.groups
    high = plan.bounds.y - drawing.bounds.y
    rows = _rows(plan)
    wide = plan.bounds.w
    best = _best(rows, wide, max(wide, drawing.bounds.w), high, _least_scale(groups), paper, turns)
    setter = _Setter(plan, drawing, head, groups, rows, high, best)
    return tuple(setter.page(number) for number in range(best.pages))


def _rows(plan: Layout) -> list[_Row]:
    """What stands between two heights at which a cut goes through nothing but, at most, a trunk."""
    layouts = _layouts(plan)
    cuts = sorted({cell.rect.y for layout in layouts for cell in layout.cells})
    tops = [cut for cut in cuts if all(_clean(layout, cut) for layout in layouts)]
    bottoms = [0.0] * len(tops)
    for layout in layouts:
        for cell in layout.cells:
            row = _row_at(tops, cell.y)
            bottoms[row] = max(bottoms[row], cell.rect.bottom)
    return [_Row(top, bottom) for top, bottom in zip(tops, bottoms, strict=True)]


def _clean(plan: Layout, cut: float) -> bool:
    """Whether a cut at a height meets no more of a network than the trunk before a cell."""
    cells = plan.visible(Rect(plan.bounds.x, cut - 1, plan.bounds.w, 2))
    return not any(
        cell.rect.y < cut - _NEAR < cut + _NEAR < cell.rect.bottom and cell.y - LEAD < cut - _NEAR for cell in cells
    )


def _row_at(tops: Sequence[float], y: float) -> int:
    return max(bisect_right(tops, y) - 1, 0)


def _layouts(plan: Layout) -> list[Layout]:
    """The drawing's own layout, and the one beside it."""
    return [plan] if plan.beside is None else [plan, plan.beside]


def _least_scale(groups: Sequence[Group]) -> float:
    sizes = [part.px for group in groups for part in group.parts if isinstance(part, Text)]
    return LEAST_PT / min(sizes, default=_MUTED_PX)


def _best(
    rows: Sequence[_Row], wide: float, head_wide: float, head: float, least: float, paper: Paper, turns: bool
) -> _Plan:
    """The fewest pages; among those, the largest type. It is less than it should be only where nothing else fits."""
    sizes = [(paper.width, paper.height)] + [(paper.height, paper.width)] * turns
    found: list[_Plan] = []
    for width, height in sizes:
        room = width - 2 * _MARGIN_PT
        for across in range(1, 9):
            most = min(MOST_SCALE, (room - (across - 1) * _GAP_PT) / (across * wide), room / head_wide)
            if most >= least or across == 1:
                low = min(least, most)
                scales = {low + (most - low) * step / (_TRIES - 1) for step in range(_TRIES)}
                found += [_flow(rows, width, height, scale, across, head) for scale in scales]
    readable = [one for one in found if one.scale >= least] or found
    return min(readable, key=lambda one: (one.pages, -one.scale))


def _flow(rows: Sequence[_Row], width: float, height: float, scale: float, across: int, head: float) -> _Plan:
    """Rows from column to column, as many as go in each."""
    tallest = max(row.bottom - row.top for row in rows)
    usable = height - 2 * _MARGIN_PT - _FOOT_PT
    scale = min(scale, usable / (tallest + 2 * _BREAK), usable / (rows[0].bottom - rows[0].top + head + 2 * _BREAK))
    columns: list[list[_Row]] = [[]]
    for row in rows:
        room = usable / scale - 2 * _BREAK - (head if len(columns) <= across else 0.0)
        if columns[-1] and row.bottom - columns[-1][0].top > room:
            columns.append([])
        columns[-1].append(row)
    return _Plan(width, height, scale, across, tuple(map(tuple, columns)))


class _Setter:
    """Puts groups on pages. All in the drawing's px; a page is `1 / scale` times its points."""

    def __init__(
        self,
        plan: Layout,
        drawing: Picture,
        head: Group,
        groups: Sequence[Group],
        rows: Sequence[_Row],
        head_high: float,
        way: _Plan,
    ) -> None:
        self.drawing, self.head, self.head_high, self.way = drawing, head, head_high, way
        self.left, self.wide = plan.bounds.x, plan.bounds.w
        #: Each network with the heights of its cells, by which they are found.
        self.layouts = [(layout, [cell.y for cell in layout.cells]) for layout in _layouts(plan)]
        self.bands = [group for group in groups if _is_band(group)]
        self.rows, self.row_of = rows, {row: at for at, row in enumerate(rows)}
        others = [group for group in groups if not _is_band(group)]
        tops = [row.top for row in rows]
        self.of_row: dict[int, list[Group]] = {}
        for group in others:
            self.of_row.setdefault(_row_at(tops, _height(group)), []).append(group)

    def page(self, number: int) -> Page:
        """One page, counted from 0."""
        way, unit = self.way, 1 / self.way.scale
        first = number * way.across
        groups: list[Group] = []
        if number == 0:
            x, y = self.drawing.bounds.x, self.drawing.bounds.y
            groups.append(self.head._replace(x=_MARGIN_PT * unit - x - 24.0, y=_MARGIN_PT * unit - y - 20.0))
        for place, _ in enumerate(way.columns[first : first + way.across]):
            groups += self._column(first + place, place, 0.0 if number else self.head_high)
        groups.append(self._foot(number))
        bounds = Rect(0.0, 0.0, way.width * unit, way.height * unit)
        return Page(Picture(self.drawing.title, bounds, tuple(groups)), way.width, way.height)

    def _column(self, index: int, place: int, below: float) -> Iterator[Group]:
        """The groups of a column, `place` counted from the left of its page."""
        way, unit = self.way, 1 / self.way.scale
        rows = way.columns[index]
        used = way.across * self.wide + (way.across - 1) * _GAP_PT * unit
        spare = (way.width - 2 * _MARGIN_PT) * unit - used
        dx = _MARGIN_PT * unit + place * (self.wide + _GAP_PT * unit) + spare / 2 - self.left
        dy = _MARGIN_PT * unit + below + _BREAK - rows[0].top
        for group in self._bands_of(rows, index):
            yield group._replace(x=group.x + dx, y=group.y + dy)
        first = self.row_of[rows[0]]
        for at in range(first, first + len(rows)):
            for group in self.of_row.get(at, ()):
                whole = _trimmed(group, rows[0].top) if index else group
                yield whole._replace(x=group.x + dx, y=group.y + dy)
        yield Group(f"breaks-{index}", f"breaks {index}", dx, dy, tuple(self._breaks(index)))

    def _bands_of(self, rows: Sequence[_Row], index: int) -> Iterator[Group]:
        """The parts of stages' bands behind a column."""
        top, bottom = rows[0].top - _BREAK, rows[-1].bottom + _BREAK
        for band in self.bands:
            area = band.parts[0]
            assert isinstance(area, Area)
            rect = area.rect.moved(0, band.y)
            if any(rect.y < row.bottom - 1 < rect.bottom for row in rows):
                piece = Rect(rect.x, max(rect.y, top), rect.w, 0.0)
                piece = piece._replace(h=min(rect.bottom, bottom) - piece.y)
                parts = tuple(_clipped(band, area, piece))
                yield Group(f"{band.id}-{index}", f"{band.key} {index}", band.x, 0.0, parts)

    def _breaks(self, index: int) -> Iterator[Primitive]:
        """Where each trunk comes from and goes on, on both ends of a column."""
        rows = self.way.columns[index]
        top, bottom = rows[0].top, rows[-1].bottom
        for layout, heights in self.layouts:
            x = layout.cells[0].x
            first, end = bisect_left(heights, top), bisect_right(heights, bottom)
            if 0 < first < len(heights):
                yield Curve((x, top - _BREAK + 8), (((x, top if first < end else bottom),),), "trunk")
                yield _note(x, top - _BREAK / 2, f"from {layout.cells[first - 1].id}")
            if 0 < end < len(heights):
                tip, last = (x, bottom + _BREAK - 4), layout.cells[end - 1].rect.bottom
                yield Curve((x, max(last, top)), (((x, tip[1] - 6),),), "trunk")
                yield Shape((tip, (x - 4, tip[1] - 8), (x + 4, tip[1] - 8)), "trunk")
                yield _note(x, bottom + _BREAK - 7, f"to {layout.cells[end].id}")

    def _foot(self, number: int) -> Group:
        way, unit = self.way, 1 / self.way.scale
        y, px = (way.height - _MARGIN_PT) * unit, 7 * unit
        left, right = _MARGIN_PT * unit, (way.width - _MARGIN_PT) * unit
        room = (right - left) / 2
        parts: list[Primitive] = []
        if number:
            parts.append(Text(left, y, self.drawing.title, "muted", px, False, "start", room))
        if way.pages > 1:
            parts.append(Text(right, y, f"{number + 1} / {way.pages}", "muted", px, False, "end", room))
        return Group("foot", f"foot {number}", 0.0, 0.0, tuple(parts))


def _note(x: float, y: float, text: str) -> Text:
    return Text(x + LABEL_GAP, middle(y, _MUTED_PX), text, "muted", _MUTED_PX, False, "start", 5 * LEAD)


def _is_band(group: Group) -> bool:
    first = group.parts[0] if group.parts else None
    return isinstance(first, Area) and first.fill == "band"


def _clipped(band: Group, area: Area, piece: Rect) -> Iterator[Primitive]:
    """A band's part with its caption, as many lines as there is room for."""
    top = area.rect.y + band.y
    goes_on = piece.y > top + 1
    yield area._replace(rect=piece)
    for number, part in enumerate(band.parts[1:]):
        if isinstance(part, Text):
            y = part.y + band.y - top + piece.y
            if y < piece.bottom - 4:
                text = f"{part.text}, cont." if goes_on and number == 0 else part.text
                yield part._replace(y=y, text=text)


def _trimmed(group: Group, top: float) -> Group:
    """A group without the upper part of a trunk that was stretched: a column starts below it."""
    least = top - group.y
    parts: list[Primitive] = []
    for part in group.parts:
        if isinstance(part, Curve) and part.start[1] < least:
            part = part._replace(start=(part.start[0], least))
        elif isinstance(part, Text) and part.y < least + part.px:
            part = part._replace(y=least + 14 + 0.36 * part.px)
        parts.append(part)
    same = tuple(parts) == group.parts
    return group if same else group._replace(key=f"{group.key} from {least}", parts=tuple(parts))


def _height(group: Group) -> float:
    """Where a group belongs: a cell's groups are placed at its card, what has no place of its own by its middle."""
    if group.y:
        return group.y
    heights = [y for part in group.parts for _, y in _points(part)]
    return (min(heights) + max(heights)) / 2 if heights else 0.0


def _points(part: Primitive) -> Iterator[Point]:
    """Points that say how far a primitive reaches."""
    if isinstance(part, Area):
        yield part.rect.x, part.rect.y
        yield part.rect.right, part.rect.bottom
    elif isinstance(part, Curve):
        yield part.start
        for step in part.steps:
            yield from step
    elif isinstance(part, Shape):
        yield from part.points
    else:
        yield part.x, part.y
