"""A widget that shows a part of a drawing at some scale: zooming, panning, gliding. What it paints is others' work."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSizeF, Signal
from PySide6.QtWidgets import QWidget

from resviz.arch.layout.cells import Rect
from resviz.arch.layout.stack import Layout
from resviz.gui.graph import framing
from resviz.gui.graph.camera import Camera
from resviz.gui.graph.motion import Motion

_STEP = 1.25
#: How far out one may zoom, as a part of the scale at which all fits.
_LEAST_FIT = 0.7


class Surface(QWidget):
    """Knows a plan's bounds and nothing else of it."""

    scale_changed = Signal(float)

    def __init__(self, plan: Layout, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plan = plan
        self._camera = Camera()
        #: What the middle of the view stays within: the drawing, and where a fold has left one looking.
        self._reach = plan.bounds
        #: True until someone zooms or pans: then the view may choose what to show.
        self._untouched = True
        self._larger = 1.0
        self._glide: Camera | None = None
        self._motion = Motion(self)
        self._motion.stepped.connect(self.update)
        self._motion.ended.connect(self._on_motion_ended)

    @property
    def plan(self) -> Layout:
        """What is drawn."""
        return self._plan

    @property
    def zoom(self) -> float:
        """Screen px for one px of the drawing."""
        return self._camera.scale

    @property
    def animation_ms(self) -> int:
        """How long a fold takes to be seen; 0 for at once."""
        return self._motion.duration_ms

    @animation_ms.setter
    def animation_ms(self, duration: int) -> None:
        self._motion.duration_ms = duration

    @property
    def moving(self) -> bool:
        """Whether something is on its way."""
        return self._motion.running

    def settle(self) -> None:
        """What is on its way is there now."""
        self._motion.stop()

    def zoom_in(self) -> None:
        self._zoom(_STEP, self._middle())

    def zoom_out(self) -> None:
        self._zoom(1 / _STEP, self._middle())

    def actual_size(self) -> None:
        """100 %."""
        self._zoom(1 / self._camera.scale, self._middle())

    def fit(self) -> None:
        """The whole drawing in the view."""
        self._reach = self._plan.bounds
        framing.fit(self._camera, self._plan.bounds, self._size())
        self._untouched = False
        self._moved()

    def home(self) -> None:
        """The start of the drawing, in a size that reads well."""
        self._reach = self._plan.bounds
        framing.home(self._camera, self._plan, self._size(), self._legend_size(), self._larger, self._has_columns())
        self._untouched = True
        self._moved()

    def _has_columns(self) -> bool:
        """Whether anything stands along the drawing."""
        return False

    def _legend_size(self) -> QSizeF:
        return QSizeF(0, 0)

    def _size(self) -> QSizeF:
        return QSizeF(max(self.width(), 1), max(self.height(), 1))

    def _middle(self) -> QPointF:
        return QPointF(self.width() / 2, self.height() / 2)

    def _window(self) -> Rect:
        return self._camera.window(self._size())

    def _zoom(self, factor: float, at: QPointF) -> None:
        bounds, size = self._plan.bounds, self._size()
        # Not much farther out than the whole drawing: beyond is nothing to see.
        least = _LEAST_FIT * min(size.width() / bounds.w, size.height() / bounds.h, 1)
        self._camera.zoom(max(factor, min(1.0, least / self._camera.scale)), at)
        self._untouched = False
        self._moved()

    def _pan(self, dx: float, dy: float) -> None:
        self._camera.pan(dx, dy)
        self._untouched = False
        self._moved()

    def _page(self, pages: float) -> None:
        """Scroll along the trunk."""
        if self._plan.direction == "down":
            self._pan(0, -self.height() * pages)
        else:
            self._pan(-self.width() * pages, 0)

    def _go_to_height(self, along: float) -> None:
        """Bring a place along the trunk to the middle of the view."""
        window, down = self._window(), self._plan.direction == "down"
        self._camera.centre(*((window.cx, along) if down else (along, window.cy)), self._size())
        self._untouched = False
        self._moved()

    def _hold(self, before: Rect, after: Rect, at: QPointF, pointed: bool = True) -> None:
        """Keep under a point of the view what was in `before` (its px) and is in `after` (the drawing's) now.

        Where nobody pointed at it or selected it, the drawing may move so far that no void is shown.
        """
        framing.enlarge(self._camera, self._plan, self._size(), at)
        framing.hold(self._camera, before, after, at, self._size(), self._plan)
        if not pointed:
            framing.settle(self._camera, self._plan, self._size())
        window = self._window()
        self._reach = _with_point(self._plan.bounds, window.cx, window.cy)
        self._moved()

    def _moved(self) -> None:
        """After any change of the camera: what was on its way is there."""
        self._motion.stop()
        self._camera.keep(self._reach, self._size())
        self._refresh()
        self.scale_changed.emit(self._camera.scale)

    def _glide_from(self, start: Camera) -> None:
        """The camera is where it shall be; let it be seen going there."""
        if self._motion.able() and vars(start) != vars(self._camera):
            self._glide = start
            self._motion.start()

    def _seen_by(self) -> Camera:
        """The camera to paint with now."""
        if self._glide is None or not self._motion.running:
            return self._camera
        return Camera.between(self._glide, self._camera, self._motion.part)

    def _on_motion_ended(self) -> None:
        self._glide = None
        self.update()

    def _refresh(self) -> None:
        """Everything that shows where one is."""
        self.update()


def _with_point(rect: Rect, x: float, y: float) -> Rect:
    left, top = min(rect.x, x), min(rect.y, y)
    return Rect(left, top, max(rect.right, x) - left, max(rect.bottom, y) - top)
