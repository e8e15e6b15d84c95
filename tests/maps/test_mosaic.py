from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resviz.maps.mosaic import FIRST, GAP, LAST, Grid, grid_for, indices, lay_out, limits

MIDDLE = (FIRST + LAST) // 2


def drawn(*channels: list[float]) -> np.ndarray:
    return np.array(channels, np.float32)[:, None, :]


def test_each_channel_has_a_scale_of_its_own() -> None:
    maps = drawn([0, 1, 2], [0, 10, 20])
    tiles = indices(maps, *limits(maps, per_channel=True, signed=False))
    assert tiles[0].tolist() == tiles[1].tolist() == [[FIRST, MIDDLE, LAST]]


def test_one_scale_for_the_layer_keeps_channels_comparable() -> None:
    maps = drawn([0, 10], [0, 20])
    tiles = indices(maps, *limits(maps, per_channel=False, signed=False))
    assert tiles.tolist() == [[[FIRST, MIDDLE]], [[FIRST, LAST]]]


def test_a_signed_scale_has_zero_in_the_middle() -> None:
    maps = drawn([-1, 0, 4])
    tiles = indices(maps, *limits(maps, per_channel=True, signed=True))
    assert tiles[0, 0, 1] == MIDDLE
    assert tiles[0, 0, 2] == LAST
    assert tiles[0, 0, 0] == pytest.approx(MIDDLE - (LAST - FIRST) / 8, abs=1)


def test_a_dead_channel_is_plain_and_at_the_scales_zero() -> None:
    maps = drawn([0, 0])
    assert (indices(maps, *limits(maps, per_channel=True, signed=False)) == FIRST).all()
    assert (indices(maps, *limits(maps, per_channel=True, signed=True)) == MIDDLE).all()


def test_what_is_no_number_is_a_gap_and_harms_nothing_else() -> None:
    maps = drawn([0, np.nan, 2, np.inf, -np.inf])
    tiles = indices(maps, *limits(maps, per_channel=True, signed=False))
    assert tiles.tolist() == [[[FIRST, GAP, LAST, GAP, GAP]]]


@pytest.mark.parametrize("size", [1e-45, 3e38])
def test_numbers_at_the_ends_of_float32_are_drawn(size: float) -> None:
    maps = drawn([-size, size])
    tiles = indices(maps, *limits(maps, per_channel=True, signed=False))
    assert tiles.min() >= GAP  # and no warning, which would be an error here


@given(
    st.tuples(st.integers(1, 70), st.integers(1, 9), st.integers(1, 9)),
    st.floats(0.1, 10),
    st.integers(0, 2**32 - 1),
)
def test_every_value_is_found_where_the_grid_says(shape: tuple[int, int, int], aspect: float, seed: int) -> None:
    tiles = np.random.default_rng(seed).integers(1, 256, shape, dtype=np.uint8)
    grid = grid_for(shape, aspect)
    picture = lay_out(tiles, grid)
    assert picture.shape == grid.size
    found = 0
    for y, x in np.ndindex(picture.shape):
        at = grid.at(x + 0.5, y + 0.5)
        assert picture[y, x] == (GAP if at is None else tiles[at])
        found += at is not None
    assert found == tiles.size


@given(st.integers(1, 3000), st.floats(0.2, 5))
def test_no_other_number_of_columns_makes_larger_tiles(channels: int, aspect: float) -> None:
    grid = grid_for((channels, 7, 7), aspect)

    def scale(columns: int) -> float:
        return min(aspect / (columns * 8), 1 / (-(-channels // columns) * 8))

    best = max(scale(columns) for columns in range(1, min(channels, 400) + 1))
    assert scale(grid.columns) >= 0.9 * best


def test_beside_the_grid_there_is_no_channel() -> None:
    grid = Grid(channels=5, height=4, width=4, columns=3, gap=1)
    assert grid.size == (9, 14)
    assert grid.at(-0.5, 0) is None
    assert grid.at(0, 9.5) is None
    assert grid.at(11, 6) is None  # the sixth tile of five
    assert grid.at(4.2, 0) is None  # the gap
    assert grid.at(6.0, 6.9) == (4, 1, 1)
    assert grid.corner(4) == (5, 5)
