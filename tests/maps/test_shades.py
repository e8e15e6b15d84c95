from __future__ import annotations

import numpy as np
import pytest

from resviz.maps import mosaic, plots, shades
from resviz.maps.mosaic import FIRST, GAP, LAST
from resviz.maps.statistics import Channels

MIDDLE = (FIRST + LAST) // 2


def layer(*channels: list[float]) -> Channels:
    return Channels(np.array(channels, np.float32)[:, None, :])


def test_automatic_is_sequential_after_a_relu_and_diverging_before() -> None:
    assert shades.colour_map(shades.AUTOMATIC, "relu", 0.0) == "viridis"
    assert shades.colour_map(shades.AUTOMATIC, "silu", -0.2) == plots.SIGNED
    for op in ("conv", "bn", "gn", "add"):
        assert shades.colour_map(shades.AUTOMATIC, op, 0.5) == plots.SIGNED
    assert shades.colour_map("grey", "conv", -1) == "grey"


def test_the_range_of_a_channel_of_a_layer_and_of_the_network() -> None:
    found, seen = layer([0, 2], [1, 5]), (-8.0, 5.0)
    assert [end.tolist() for end in shades.ends(found, "channel", seen, signed=False)] == [[0, 1], [2, 5]]
    assert [end.tolist() for end in shades.ends(found, "layer", seen, signed=False)] == [[0, 0], [5, 5]]
    assert [end.tolist() for end in shades.ends(found, "network", seen, signed=False)] == [[0, 0], [5, 5]]
    below = Channels(np.array([[[-1.0, 2.0]], [[0.0, 5.0]]], np.float32))
    assert [end.tolist() for end in shades.ends(below, "network", seen, signed=False)] == [[-8, -8], [5, 5]]
    assert [end.tolist() for end in shades.ends(found, "network", seen, signed=True)] == [[-8, -8], [8, 8]]
    assert [end.tolist() for end in shades.ends(found, "network", None, signed=False)] == [[0, 0], [5, 5]]


def test_a_channel_of_one_value_has_the_range_of_the_layer() -> None:
    single, several = Channels(np.ones((3, 1, 1), np.float32)), Channels(np.ones((3, 1, 2), np.float32))
    assert [shades.reach(single, over) for over in shades.RANGES] == ["layer", "layer", "network"]
    assert [shades.reach(several, over) for over in shades.RANGES] == list(shades.RANGES)


@pytest.mark.parametrize("gamma", [0.7, 0.5, 0.3])
def test_gamma_brings_out_small_values_and_keeps_the_ends(gamma: float) -> None:
    maps = np.array([[[0, 0.1, 1]]], np.float32)
    ends = np.zeros(1, np.float32), np.ones(1, np.float32)
    bent = mosaic.indices(maps, *ends, gamma)[0, 0]
    assert (bent[0], bent[2]) == (FIRST, LAST)
    assert bent[1] == pytest.approx(FIRST + 254 * 0.1**gamma, abs=1)
    both = mosaic.indices(np.array([[[-1, -0.1, 0, 0.1, 1]]], np.float32), -ends[1], ends[1], gamma, signed=True)[0, 0]
    assert (both[0], both[2], both[4]) == (FIRST, MIDDLE, LAST)
    assert both[3] == pytest.approx(MIDDLE + 127 * 0.1**gamma, abs=1)
    assert int(both[1]) + int(both[3]) == pytest.approx(2 * MIDDLE, abs=1)


def test_gamma_leaves_gaps_gaps() -> None:
    maps = np.array([[[0, np.nan, 2, np.inf]]], np.float32)
    assert mosaic.indices(maps, np.zeros(1, np.float32), np.full(1, 2, np.float32), 0.5).tolist() == [
        [[FIRST, GAP, LAST, GAP]]
    ]


def test_the_scale_shows_the_colour_of_each_value() -> None:
    table = plots.table("grey")
    bar = shades.bent_bar(table, 0.5, signed=False)
    at = FIRST + 254 // 4
    assert bar[at, 0] == pytest.approx(255 * 0.5, abs=2)
    assert (shades.bent_bar(table, 1.0, signed=True) == table).all()


def test_a_dead_tile_is_struck_out_and_no_other() -> None:
    tiles = np.full((3, 16, 16), 7, np.uint8)
    struck = mosaic.strike_out(tiles, np.array([False, True, False]))
    assert (struck[[0, 2]] == 7).all()
    assert (np.diag(struck[1][:, ::-1]) == GAP).all()
    assert (struck[1] == 7).sum() == 16 * 15
    assert mosaic.strike_out(tiles, np.zeros(3, np.bool_)) is tiles


def test_a_dead_tile_of_few_values_is_left_out() -> None:
    struck = mosaic.strike_out(np.full((2, 4, 4), 7, np.uint8), np.array([False, True]))
    assert (struck[0] == 7).all()
    assert (struck[1] == GAP).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 6), (7, 3)])
def test_a_stroke_fits_any_tile(shape: tuple[int, int]) -> None:
    tiles = np.full((1, *shape), 7, np.uint8)
    struck = mosaic.strike_out(tiles, np.array([True]))[0] == GAP
    assert struck.any(axis=1).all()
