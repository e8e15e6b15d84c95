"""Where one looks at a drawing from: a scale and the drawing's point in the view's top left corner."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF

from resviz.arch.layout.cells import Rect

MAX_SCALE = 4.0
#: Every drawing can be seen whole, however long.
MIN_SCALE = 1e-4
#: How near the view's edge, in its px, something still counts as in sight.
EDGE = 16.0


def _shown(start: float, length: float, target: tuple[float, float], bounds: tuple[float, float], edge: float) -> float:
    """Where a stretch of `length` starts so that it holds the target; no more of the void than need be."""
    if start + edge <= target[0] and target[1] <= start + length - edge:
        return start
    centred = (target[0] + target[1] - length) / 2
    return max(min(centred, bounds[1] - length), min(bounds[0], centred))


class Camera:
    """Maps the drawing's px to the view's and back."""

    def __init__(self) -> None:
        self.scale = 1.0
        self.x = 0.0
        self.y = 0.0

    def copy(self) -> Camera:
        """Another one that looks the same way."""
        return Camera.between(self, self, 1.0)

    @staticmethod
    def between(start: Camera, end: Camera, part: float) -> Camera:
        """One on the way: each point of the drawing goes straight from where the view had it to where it will."""
        camera = Camera()
        camera.scale = start.scale + (end.scale - start.scale) * part
        for axis in ("x", "y"):
            before, after = getattr(start, axis) * start.scale, getattr(end, axis) * end.scale
            setattr(camera, axis, (before + (after - before) * part) / camera.scale)
        return camera

    def to_scene(self, point: QPointF) -> QPointF:
        return QPointF(self.x + point.x() / self.scale, self.y + point.y() / self.scale)

    def to_view(self, x: float, y: float) -> QPointF:
        return QPointF((x - self.x) * self.scale, (y - self.y) * self.scale)

    def rect_to_view(self, rect: Rect) -> QRectF:
        return QRectF(self.to_view(rect.x, rect.y), QSizeF(rect.w * self.scale, rect.h * self.scale))

    def window(self, size: QSizeF) -> Rect:
        """The part of the drawing that a view of this size shows."""
        return Rect(self.x, self.y, size.width() / self.scale, size.height() / self.scale)

    def zoom(self, factor: float, at: QPointF) -> None:
        """Scale about a point of the view, which keeps its place."""
        fixed = self.to_scene(at)
        self.scale = min(max(self.scale * factor, MIN_SCALE), MAX_SCALE)
        self.x = fixed.x() - at.x() / self.scale
        self.y = fixed.y() - at.y() / self.scale

    def pan(self, dx: float, dy: float) -> None:
        """Move the drawing by view px."""
        self.x -= dx / self.scale
        self.y -= dy / self.scale

    def centre(self, x: float, y: float, size: QSizeF) -> None:
        """Bring a point of the drawing to the middle of the view."""
        self.x = x - size.width() / self.scale / 2
        self.y = y - size.height() / self.scale / 2

    def show(self, target: Rect, bounds: Rect, size: QSizeF) -> bool:
        """Bring a rectangle into sight, moving only along axes it is out of sight on; whether it moved."""
        wide, high = size.width() / self.scale, size.height() / self.scale
        before = self.x, self.y
        self.x = _shown(self.x, wide, (target.x, target.right), (bounds.x, bounds.right), EDGE / self.scale)
        self.y = _shown(self.y, high, (target.y, target.bottom), (bounds.y, bounds.bottom), EDGE / self.scale)
        return (self.x, self.y) != before

    def keep(self, bounds: Rect, size: QSizeF) -> None:
        """Never lose the drawing: the middle of the view stays within its bounds."""
        wide, high = size.width() / self.scale, size.height() / self.scale
        self.x = min(max(self.x, bounds.x - wide / 2), bounds.right - wide / 2)
        self.y = min(max(self.y, bounds.y - high / 2), bounds.bottom - high / 2)
