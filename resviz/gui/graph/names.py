"""Names that can be read at any zoom: stages' captions and blocks' names.

Where a name fits at its own place in the drawing, it stands there and grows with it. Zoomed out it keeps a readable
size and moves beside the drawing; scrolled past, it stays at the edge as long as its stage or block is in sight.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from PySide6.QtCore import QRectF, QSizeF

from resviz.arch.layout.cells import Rect
from resviz.arch.layout.fold import stage_of
from resviz.arch.layout.stack import Cell, Layout
from resviz.drawing.figure import BODY, band_parts
from resviz.drawing.primitives import READABLE_PX, Text
from resviz.gui.graph.camera import Camera
from resviz.gui.graph.overlays import (
    EDGE,
    GAP,
    LEAST_NAME,
    LINE,
    MOST,
    PAD_X,
    PAD_Y,
    Caption,
    Line,
    above,
    any_long,
    beside,
    core_of,
    extent,
    fitting,
    lines_of,
    metrics,
    shorter,
)

#: From this scale on, there is room for a stage's caption on its band.
ON_BAND = 0.6
_CLOSE = 0.3
#: Which blocks have their names written where there is no room for all: every so many.
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


class _Item(NamedTuple):
    """A stage, or what else is on one card, and its name and notes."""

    id: str
    rect: Rect
    texts: tuple[str, ...]
    #: where the drawing would write it; None for a card, which has its name on it
    home: Rect | None


class Names:
    """The names of one plan; made once a plan, asked once a frame."""

    def __init__(self, plan: Layout, close: bool = False) -> None:
        self.plan = plan
        #: Another network stands beside this one: captions stay on their own bands, down to the scale of a few letters.
        self._on_band_from = _CLOSE if close else ON_BAND
        self._down = plan.direction == "down"
        self._items = sorted((*_of_bands(plan), *_of_cards(plan)), key=lambda item: self._along(item.rect)[0])
        self._cards = frozenset(cell.id for cell in plan.cells if "." not in cell.id)
        self._number: dict[str, int] = {}
        for _, run in groupby(plan.cells, lambda cell: stage_of(cell.id)):
            self._number.update((cell.id, i) for i, cell in enumerate(run))
        self._count = {stage_of(name): i + 1 for name, i in self._number.items()}

    def captions(self, camera: Camera, size: QSizeF, larger: float = 1.0) -> list[Caption]:
        """All names in sight, none on another."""
        names = list(self._names(camera, size, larger))
        edge = min((name.rect.left() if self._down else -name.rect.bottom() for name in names), default=None)
        stages = self._spread(list(self._stages(camera, size, larger, edge)), size)
        taken = [stage.rect for stage in stages]
        return [*stages, *(free for name in names if (free := self._freed(name, taken)) is not None)]

    def _freed(self, name: Caption, taken: Sequence[QRectF]) -> Caption | None:
        """A block's name clear of the stages' captions, further along its block if need be; None where that ends."""
        for rect in taken:
            if name.rect.intersects(rect):
                name = self._started(name, rect.bottom() if self._down else rect.right())
        end = name.rect.bottom() if self._down else name.rect.right()
        hit = any(name.rect.intersects(rect) for rect in taken)
        return None if hit or end > name.end + 0.01 else name

    def _along(self, rect: Rect) -> tuple[float, float]:
        return (rect.y, rect.bottom) if self._down else (rect.x, rect.right)

    def _ends(self, rect: QRectF) -> tuple[float, float]:
        """The same of a rectangle of the view."""
        return (rect.top(), rect.bottom()) if self._down else (rect.left(), rect.right())

    # --- stages ------------------------------------------------------------------------------------------------------

    def _stages(self, camera: Camera, size: QSizeF, larger: float, edge: float | None) -> Iterator[Caption]:
        window, scale = camera.window(size), camera.scale
        for item in self._items:
            start, end = self._along(item.rect)
            seen = self._along(window)
            if end <= seen[0] or start >= seen[1] or (item.home is None and BODY * scale >= READABLE_PX):
                continue
            frame = camera.rect_to_view(item.rect)
            length = frame.height() if self._down else size.height()
            lines = fitting(lines_of(item.texts, scale, larger), length, self._room(item, scale))
            if item.home is not None and scale >= self._on_band_from:
                caption = self._on_band(item, lines, camera)
            elif self._down:
                caption = beside(item.id, lines, frame, size, edge)
            else:
                caption = above(item.id, lines, frame, edge)
            yield caption._replace(leaves=end > seen[1])

    def _room(self, item: _Item, scale: float) -> float:
        """How wide a caption on its band may be."""
        return item.home.w * scale - PAD_X if item.home is not None and scale >= self._on_band_from else 1e9

    def _on_band(self, item: _Item, lines: tuple[Line, ...], camera: Camera) -> Caption:
        assert item.home is not None
        frame, home = camera.rect_to_view(item.rect), camera.rect_to_view(item.home)
        wide, high = extent(lines)
        x, y = home.left() - PAD_X, home.top() - PAD_Y
        kept_x = min(max(x, EDGE), max(frame.right() - wide - EDGE, x))
        kept_y = min(max(y, EDGE), max(frame.bottom() - high - EDGE, y))
        moved = (kept_x > x + 1 and self._down) or (kept_y > y + 1 and not self._down)
        if moved:  # it then stands on the drawing, and shall hide no more than it must
            lines = lines[:1]
            wide, high = extent(lines)
        return Caption(item.id, QRectF(kept_x, kept_y, wide, high), lines, pill=moved)

    def _spread(self, stages: list[Caption], size: QSizeF) -> list[Caption]:
        """Push captions apart along the trunk, back from the end of the view where they would leave it."""
        room = size.height() if self._down else size.width()
        starts = [caption.rect.top() if self._down else caption.rect.left() for caption in stages]
        lengths = [caption.rect.height() if self._down else caption.rect.width() + GAP for caption in stages]
        if sum(lengths) > room:
            return self._spread([shorter(caption) for caption in stages], size) if any_long(stages) else stages
        for i in range(1, len(stages)):
            starts[i] = max(starts[i], starts[i - 1] + lengths[i - 1])
        end = room
        for i in reversed(range(len(stages))):
            own = stages[i].rect.top() if self._down else stages[i].rect.left()
            least = min(own, starts[i]) if i == len(stages) - 1 and stages[i].leaves else -1e9
            starts[i] = max(min(starts[i], end - lengths[i]), least)
            end = starts[i]
        return [self._started(caption, start) for caption, start in zip(stages, starts, strict=True)]

    def _started(self, caption: Caption, start: float) -> Caption:
        rect = QRectF(caption.rect)
        if self._down:
            rect.moveTop(start)
        else:
            rect.moveLeft(start)
        return caption._replace(rect=rect)

    # --- blocks ------------------------------------------------------------------------------------------------------

    def _names(self, camera: Camera, size: QSizeF, larger: float) -> Iterator[Caption]:
        window, scale = camera.window(size), camera.scale
        cells = [cell for cell in self.plan.visible(window) if "." in cell.id]
        if not cells or not self._written(cells, scale):
            return
        px = max(BODY * min(scale, MOST), LEAST_NAME * larger)
        widest = max(metrics(BODY, False).horizontalAdvance(_text(cell)) for cell in (cells[0], cells[-1])) * px / BODY
        start, end = self._along(cells[0].rect)[0], self._along(cells[-1].rect)[1]
        pitch = (end - start) * scale / len(cells)
        least = px * LINE if self._down else widest + GAP
        step = next((step for step in _STEPS if step * pitch >= least), 0)
        last = -1e9  # where the name before ended
        for cell in cells:
            if step and self._number[cell.id] % step == 0 and self._is_outside(cell, scale):
                name = self._name(cell, camera, size, px, thinned=step > 1)
                begin, end = self._ends(name.rect)
                if begin >= last:
                    last = end
                    yield name

    def _written(self, cells: Sequence[Cell], scale: float) -> bool:
        return any(self._is_outside(cell, scale) for cell in cells)

    def _is_outside(self, cell: Cell, scale: float) -> bool:
        """Whether a block's name is written beside it: one on a card only where the card's own cannot be read."""
        return cell.label is None or cell.label.role == "block" or BODY * scale < READABLE_PX

    def _name(self, cell: Cell, camera: Camera, size: QSizeF, px: float, thinned: bool) -> Caption:
        assert cell.label is not None
        line = Line(cell.label.text, BODY, px, False, "muted")
        core, scale = core_of(cell), camera.scale
        frame = camera.rect_to_view(core)
        wide, high = line.width, px * LINE
        apart = cell.label.role == "block"
        if not self._down:
            off = (cell.label.y + cell.y - core.bottom) * scale - high / 2 if apart else 0.0
            x = _kept(frame.center().x() - wide / 2, wide, frame.left(), frame.right(), size.width(), thinned)
            rect = QRectF(x, frame.bottom() + max(off, 2.0), wide, high)
            return Caption(cell.id, rect, (line,), end=max(frame.right(), rect.right()))
        off = max((core.x - cell.label.x - cell.x if apart else 12.0) * scale, 5.0)
        lift = (core.cy - cell.label.y - cell.y) * scale if apart else 0.0
        x = frame.left() - off - wide
        if x < EDGE and wide + x - EDGE > wide * LEAST_NAME / px:  # a little smaller it fits
            line = line._replace(px=px * (wide + x - EDGE) / wide)
            x, wide, high = EDGE, line.width, line.px * LINE
        y = _kept(frame.center().y() - lift - high / 2, high, frame.top(), frame.bottom(), size.height(), thinned)
        rect = QRectF(max(x, EDGE), y, wide, high)
        end = max(frame.bottom(), rect.bottom())
        return Caption(cell.id, rect, (line,), pill=x < EDGE, to_right=True, end=end)


def _kept(place: float, length: float, start: float, end: float, room: float, thinned: bool) -> float:
    """Where a name stands: in the middle of its block; near the view's edge where that is out of sight."""
    if thinned or end - start < length:  # it stands for its neighbours too: a little aside is as good
        return min(max(place, 2.0), room - length - 2.0)
    return min(max(place, min(EDGE, end - length), start), max(room - EDGE - length, start))


def _text(cell: Cell) -> str:
    return cell.label.text if cell.label is not None else ""


def _of_bands(plan: Layout) -> Iterator[_Item]:
    for band in plan.bands:
        texts = [part for part in band_parts(band) if isinstance(part, Text)]
        x, y = texts[0].x, texts[0].y - 0.9 * texts[0].px
        home = Rect(x, y, max(text.room for text in texts), 1.0)
        yield _Item(band.id, band.rect, tuple(band.lines), home)


def _of_cards(plan: Layout) -> Iterator[_Item]:
    for cell in plan.cells:
        if "." not in cell.id and cell.label is not None:
            notes = [label.text for label in cell.body.labels if label.role == "note"][:1]
            said = [part for text in notes for part in text.split(" · ")] if stage_of(cell.id) else []
            yield _Item(cell.id, core_of(cell), (cell.id, *said), None)
