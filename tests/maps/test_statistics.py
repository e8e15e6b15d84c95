from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resviz.maps.statistics import BINS, SAMPLED, Channels


def layer(*channels: list[float]) -> Channels:
    return Channels(np.array(channels, np.float32)[:, None, :])


def test_figures_of_a_channel_and_of_the_layer() -> None:
    found = layer([0, 0, 2, 4], [1, 1, 1, 1])
    assert found.of(0) == pytest.approx((1.5, np.std([0, 0, 2, 4]), 0.5, 0, 4))
    everything = [0, 0, 2, 4, 1, 1, 1, 1]
    assert found.whole == pytest.approx((np.mean(everything), np.std(everything), 0.25, 0, 4), rel=1e-6)


def test_channels_are_sorted_the_most_first_and_by_number_where_equal() -> None:
    found = layer([0, 9, 0, 0], [3, 3, 3, 3], [0, 0, 0, 0], [3, 3, 3, 3])
    assert found.order("index").tolist() == [0, 1, 2, 3]
    assert found.order("mean").tolist() == [1, 3, 0, 2]
    assert found.order("max").tolist() == [0, 1, 3, 2]
    assert found.order("sparsity").tolist() == [2, 0, 1, 3]
    assert found.order("class", np.array([-1, 0, 5, 0], np.float32)).tolist() == [2, 1, 3, 0]
    assert found.order("class").tolist() == [0, 1, 2, 3]
    assert found.order("class", np.array([1.0], np.float32)).tolist() == [0, 1, 2, 3]  # of another layer


def test_a_channel_of_one_value_is_dead_and_a_single_cell_only_if_it_is_zero() -> None:
    assert layer([0, 0], [2, 2], [0, 1]).dead.tolist() == [True, True, False]
    assert layer([0], [2]).dead.tolist() == [True, False]


def test_what_is_no_number_harms_no_figure() -> None:
    found = layer([np.nan, np.inf, 1, 2], [-np.inf, 0, 0, 0])
    assert found.whole.high == 2
    assert found.of(0).mean == 0.75
    assert found.dead.tolist() == [False, True]


def test_the_largest_numbers_there_are_need_no_warning() -> None:
    found = layer([-3e38, 3e38], [3e38, 3e38])
    assert np.isfinite(found.of(0).std)
    assert found.whole.high == pytest.approx(3e38)
    assert found.histogram().counts.sum() == 4


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 400))
def test_a_histogram_counts_every_value_once(seed: int, channels: int, cells: int) -> None:
    data = np.random.default_rng(seed).normal(size=(channels, cells, 1)).astype(np.float32)
    found = Channels(data)
    for channel in (None, 0):
        values = data if channel is None else data[channel]
        histogram = found.histogram(channel)
        assert len(histogram.counts) == BINS
        assert histogram.counts.sum() == values.size
        assert (histogram.low, histogram.high) == (values.min(), values.max())


def test_of_a_large_layer_a_histogram_takes_values_evenly() -> None:
    dice = np.random.default_rng(3)
    data = dice.normal(size=(64, 64, 64)).astype(np.float32)
    histogram = Channels(data).histogram()
    counted = int(histogram.counts.sum())
    assert SAMPLED / 2 < counted < 2 * SAMPLED
    expected, _ = np.histogram(data, BINS, (histogram.low, histogram.high))
    assert np.abs(histogram.counts / counted - expected / data.size).max() < 0.01
