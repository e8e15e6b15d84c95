from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resviz.gui.panels.seen import boxes
from resviz.gui.panels.seen.boxes import Size, Square

sizes = st.builds(Size, st.integers(1, 5000), st.integers(1, 5000))
anything = st.floats(-1e5, 1e5)
squares = st.builds(Square, anything, anything, st.floats(0, 1e5))


def is_inside(square: Square, size: Size) -> bool:
    slack = 1e-6 * max(size)
    return (
        square.left >= -slack
        and square.top >= -slack
        and square.right <= size.width + slack
        and square.bottom <= size.height + slack
        and square.side > 0
    )


@given(sizes, squares, anything, anything)
def test_a_square_never_leaves_the_picture(size: Size, start: Square, x: float, y: float) -> None:
    square = boxes.inside(start, size)
    assert is_inside(square, size)
    assert is_inside(boxes.moved(square, x, y, size), size)
    assert boxes.moved(square, x, y, size).side == square.side
    assert is_inside(boxes.grown(square, x, size), size)


@given(sizes, squares, st.sampled_from([(0, 0), (0, 1), (1, 0), (1, 1)]), anything, anything)
def test_a_pulled_corner_leaves_the_opposite_one(
    size: Size, start: Square, corner: tuple[int, int], x: float, y: float
) -> None:
    square = boxes.inside(start, size)
    pulled = boxes.pulled(square, corner, x, y, size)
    assert is_inside(pulled, size)
    fixed = (square.left if corner[0] else square.right, square.top if corner[1] else square.bottom)
    assert (pulled.left if corner[0] else pulled.right) == pytest.approx(fixed[0], abs=1e-6)
    assert (pulled.top if corner[1] else pulled.bottom) == pytest.approx(fixed[1], abs=1e-6)


@given(sizes, squares)
def test_shares_lead_back(size: Size, start: Square) -> None:
    square = boxes.inside(start, size)
    assert boxes.of_shares(boxes.shares(square, size), size) == pytest.approx(tuple(square), abs=1e-6 * max(size))


def test_a_box_beyond_the_picture_is_shown_within_it() -> None:
    assert boxes.square_of((-3, -3, 31, 31), Size(28, 28)) == (0, 0, 28)
