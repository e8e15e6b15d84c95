"""Zooming keeps the point under the pointer; showing moves no more than it must."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QSizeF

from resviz.arch.layout.cells import Rect
from resviz.gui.graph.camera import MAX_SCALE, Camera

SIZE = QSizeF(800, 600)
BOUNDS = Rect(-300, 0, 600, 10_000)


@given(st.floats(0, 800), st.floats(0, 600), st.floats(0.2, 5))
def test_zoom_keeps_the_point(x: float, y: float, factor: float) -> None:
    camera = Camera()
    before = camera.to_scene(QPointF(x, y))
    camera.zoom(factor, QPointF(x, y))
    after = camera.to_scene(QPointF(x, y))
    assert after.x() == pytest.approx(before.x(), abs=1e-6)
    assert after.y() == pytest.approx(before.y(), abs=1e-6)
    assert camera.scale <= MAX_SCALE


@given(st.floats(-290, 200), st.floats(0, 9900), st.floats(0.3, 2))
def test_what_is_shown_is_in_sight_and_showing_again_moves_nothing(x: float, y: float, scale: float) -> None:
    camera, target = Camera(), Rect(x, y, 90, 24)
    camera.scale = scale
    camera.show(target, BOUNDS, SIZE)
    window = camera.window(SIZE).grown(0.001)
    assert window.holds(target.x, target.y)
    assert window.holds(target.right, target.bottom)
    assert not camera.show(target, BOUNDS, SIZE) or min(y, 9976 - y) * scale < 16


def test_showing_leaves_an_axis_alone_that_needs_nothing() -> None:
    camera = Camera()
    camera.x, camera.y = -400, 0
    assert camera.show(Rect(-92, 5000, 184, 26), BOUNDS, SIZE)
    assert camera.x == -400
    assert camera.y == pytest.approx(5013 - 300)


def test_showing_the_last_layer_shows_no_void_below() -> None:
    camera = Camera()
    camera.show(Rect(-92, 9950, 184, 26), BOUNDS, SIZE)
    assert camera.window(SIZE).bottom == BOUNDS.bottom


def test_the_drawing_stays_in_sight() -> None:
    camera = Camera()
    camera.pan(1e6, -1e7)
    camera.keep(BOUNDS, SIZE)
    assert camera.window(SIZE).meets(BOUNDS)


@given(st.floats(-500, 500), st.floats(0, 9000), st.floats(0.1, 3), st.floats(0.1, 3), st.floats(0, 1))
def test_on_the_way_each_point_goes_straight(x: float, y: float, before: float, after: float, part: float) -> None:
    start, end = Camera(), Camera()
    start.scale, end.scale, end.x, end.y = before, after, x, y
    there = Camera.between(start, end, part)
    for point in ((0.0, 0.0), (120.0, 700.0)):
        a, b = start.to_view(*point), end.to_view(*point)
        at = there.to_view(*point)
        assert at.x() == pytest.approx(a.x() + (b.x() - a.x()) * part, abs=1e-5)
        assert at.y() == pytest.approx(a.y() + (b.y() - a.y()) * part, abs=1e-5)
    assert vars(end.copy()) == pytest.approx(vars(end))
