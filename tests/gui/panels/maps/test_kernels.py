from __future__ import annotations

import numpy as np

from resviz.gui.panels.maps.kernels import colour_tiles, signed_tiles
from resviz.maps.mosaic import FIRST, LAST

MIDDLE = (FIRST + LAST) // 2


def test_kernels_of_colours_are_grey_where_they_are_zero() -> None:
    weights = np.zeros((2, 3, 1, 1), np.float32)
    weights[0, :, 0, 0] = (2, 0, -1)
    weights[1, :, 0, 0] = (0.2, 0, 0)
    tiles = colour_tiles(weights, True, 1.0)
    assert tiles[0, 0, 0].tolist() == [255, 128, 64]
    assert tiles[1, 0, 0].tolist() == [255, 128, 128]
    assert colour_tiles(weights, False, 1.0)[1, 0, 0].tolist() == [140, 128, 128]
    assert (colour_tiles(np.zeros((2, 3, 1, 1), np.float32), True, 1.0) == 128).all()


def test_other_kernels_have_zero_in_the_middle_of_the_scale() -> None:
    tiles, low, high = signed_tiles(np.array([[[-4, 0, 2]]], np.float32), False, 1.0)
    assert (low, high) == (-4, 4)
    assert tiles[0, 0, 1] == MIDDLE
    assert tiles[0, 0, 0] == FIRST
