"""Where a drawing is looked at first, and where after a fold: arithmetic on the camera."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSizeF

from resviz.arch.layout.cells import Rect
from resviz.arch.layout.stack import Layout
from resviz.gui.graph.camera import Camera
from resviz.gui.graph.legend import MARGIN
from resviz.gui.graph.minimap import STRIP

#: Scales between which the first showing chooses: all text readable, nothing coarse. Two side by side may be smaller.
LEAST_HOME, MOST_HOME = 0.66, 1.1
_LEAST_PAIR = 0.4
#: The legend gets a column of its own as long as the drawing stays this large; the minimap, which would hide some of
#: it, as long as the drawing reads well.
_ROOMY = 0.75
#: The minimap's column.
_AFTER = STRIP + 2 * MARGIN


def fit(camera: Camera, bounds: Rect, size: QSizeF, most: float = MOST_HOME) -> None:
    """All of the drawing."""
    camera.scale = min(size.width() / bounds.w, size.height() / bounds.h, most)
    camera.centre(bounds.cx, bounds.cy, size)


def has_column(plan: Layout, size: QSizeF, legend: QSizeF) -> bool:
    """Whether the legend can stand beside the drawing at a size that reads well."""
    bounds, down = plan.bounds, plan.direction == "down"
    across, breadth = (bounds.w, size.width()) if down else (bounds.h, size.height())
    before = (legend.width() if down else legend.height()) + 2 * MARGIN
    return (breadth - before - _AFTER) / across >= _ROOMY


def home(camera: Camera, plan: Layout, size: QSizeF, legend: QSizeF, larger: float = 1.0, along: bool = False) -> None:
    """The start of the drawing, as much across the trunk as fits, and as large as reads well. Of what does not fit,
    `along` has the outer edge in sight, where things stand along the drawing, and not the middle.
    """
    bounds, down = plan.bounds, plan.direction == "down"
    whole, across = (bounds.h, bounds.w) if down else (bounds.w, bounds.h)
    length, breadth = (size.height(), size.width()) if down else (size.width(), size.height())
    least = _LEAST_PAIR if plan.beside is not None else LEAST_HOME
    most = MOST_HOME * larger
    before = (legend.width() if down else legend.height()) + 2 * MARGIN
    after = _AFTER
    if (breadth - before - after) / across < _ROOMY:
        before = MARGIN
    if (breadth - before - after) / across < least:
        after = MARGIN
    scale = min(max((breadth - before - after) / across, least), most)
    if length / whole >= least:
        scale = min(scale, length / whole)
    camera.scale = scale
    camera.centre(bounds.cx, bounds.cy, size)
    # In the middle of the view where that leaves the columns free, else in the middle between them.
    spare = (breadth - across * scale) / 2
    shift = (max(before - spare, 0) - max(after - spare, 0)) / scale
    if along and spare < 0:
        shift = (spare - MARGIN) / scale
    camera.x -= shift if down else 0
    camera.y -= 0 if down else shift
    if whole * scale > length:
        camera.x, camera.y = (camera.x, bounds.y) if down else (bounds.x, camera.y)


def enlarge(camera: Camera, plan: Layout, size: QSizeF, at: QPointF) -> None:
    """Nearer, where the drawing would be a speck: not smaller than reads well, unless only so all of it fits."""
    bounds = plan.bounds
    least = min(size.width() / bounds.w, size.height() / bounds.h, LEAST_HOME)
    camera.zoom(max(1.0, least / camera.scale), at)


def settle(camera: Camera, plan: Layout, size: QSizeF) -> None:
    """Along the trunk: in the middle if all of it is in the view, else no void before its start or after its end."""
    bounds, down = plan.bounds, plan.direction == "down"
    first, length = (bounds.y, bounds.h) if down else (bounds.x, bounds.w)
    room = (size.height() if down else size.width()) / camera.scale
    at = camera.y if down else camera.x
    at = first + (length - room) / 2 if length <= room else min(max(at, first), first + length - room)
    if down:
        camera.y = at
    else:
        camera.x = at


def hold(camera: Camera, before: Rect, after: Rect, at: QPointF, size: QSizeF, plan: Layout) -> None:
    """Move along the trunk so that what was in `before` and now is in `after` stays under a point of the view.

    `before` is in the view's px, `after` in the drawing's. What opens to more than the view shows keeps its start
    where it was; anything else keeps, under the point, the part of it that was there.
    """
    down = plan.direction == "down"
    point = at.y() if down else at.x()
    old, old_length = (before.y, before.h) if down else (before.x, before.w)
    new, new_length = (after.y, after.h) if down else (after.x, after.w)
    room = size.height() if down else size.width()
    if new_length * camera.scale > max(room, old_length):
        start = new - old / camera.scale
    else:
        part = min(max((point - old) / max(old_length, 1e-9), 0.0), 1.0)
        start = new + part * new_length - point / camera.scale
    if down:
        camera.y = start
    else:
        camera.x = start
