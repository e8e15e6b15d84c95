from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from resviz import heatmap


def test_the_ends_of_the_colours() -> None:
    values = np.array([[-3, 1], [2, 0]], np.float32)
    assert heatmap.reach(values) == 3
    assert heatmap.reach(np.zeros((2, 2), np.float32)) == 1
    assert heatmap.reach(np.array([[np.nan, np.inf, 2]], np.float32)) == 2
    sparse = np.zeros((100, 100), np.float32)
    sparse[:2] = 1
    sparse[0, 0] = 1000
    assert heatmap.reach(sparse, "ig") == 1
    assert heatmap.reach(sparse, "occlusion") == 1000
    sparse[:2] = 0
    sparse[0, 0] = 5
    assert heatmap.reach(sparse, "ig") == 5


def test_shares_are_clipped_and_may_leave_out_what_speaks_against() -> None:
    values = np.array([[-4, 1, np.nan, 8]], np.float32)
    assert heatmap.shares(values, 4).tolist() == [[-1, 0.25, 0, 1]]
    assert heatmap.shares(values, 4, only_for=True).tolist() == [[0, 0.25, 0, 1]]


@pytest.mark.parametrize("shape", [(4, 4), (1, 1), (7, 3), (32, 32)])
def test_enlarging_is_bilinear_as_elsewhere(shape: tuple[int, int]) -> None:
    values = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    found = heatmap.enlarged(values, 32, 33)
    wanted = np.asarray(Image.fromarray(values).resize((33, 32), Image.Resampling.BILINEAR))
    assert np.allclose(found, wanted, atol=1e-5)


def test_what_does_not_count_leaves_the_picture_as_it_is() -> None:
    picture = np.full((8, 8, 3), 100, np.uint8)
    assert (heatmap.laid_over(picture, np.zeros((2, 2), np.float32)) == picture).all()
    over = heatmap.laid_over(picture, np.array([[1, -1]], np.float32), strength=1.0)
    assert over[0, 0].tolist() == list(heatmap.DIVERGING[-1])
    assert over[0, -1].tolist() == list(heatmap.DIVERGING[0])
    assert (heatmap.laid_over(picture, np.array([[1, -1]], np.float32), strength=0.0) == picture).all()


def test_a_sheet_has_the_size_asked_for_and_covers_more_where_more_counts() -> None:
    sheet = heatmap.overlay(np.array([[0, 0.5, 1]], np.float32), 10, 30)
    assert sheet.shape == (10, 30, 4)
    assert sheet[5, 0, 3] == 0
    assert sheet[5, -1, 3] == 255
    assert 0 < sheet[5, 15, 3] < 255
