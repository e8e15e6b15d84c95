from __future__ import annotations

import csv
import io
import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resviz.arch.notation import parse
from resviz.arch.presets import PRESETS
from resviz.engine import messages as m
from resviz.gui.panels.unravelled import paths


def test_only_blocks_with_a_shortcut_double_the_paths() -> None:
    assert paths.residual_blocks(parse("basic:1,2")) == ("layer1.0", "layer2.0", "layer2.1")
    assert paths.residual_blocks(parse("basic:1,1,shortcut=none/B")) == ("layer2.0",)
    assert paths.residual_blocks(PRESETS["plain20-cifar"].spec) == ()


@settings(deadline=None)
@given(st.integers(0, 300))
def test_counts_are_binomial_and_exact(blocks: int) -> None:
    found = paths.counts(blocks)
    assert list(found) == [math.comb(blocks, length) for length in range(blocks + 1)]
    assert sum(found) == 2**blocks
    assert math.isclose(sum(paths.shares(blocks)), 1, rel_tol=1e-9)


@settings(deadline=None)
@given(st.integers(1, 200))
def test_95_percent_lie_in_the_middle(blocks: int) -> None:
    low, high = paths.middle(blocks)
    found = paths.counts(blocks)
    assert low + high == blocks
    assert Fraction(sum(found[low : high + 1]), 2**blocks) >= Fraction(95, 100)
    if high - low > 1:
        assert Fraction(sum(found[low + 1 : high]), 2**blocks) < Fraction(95, 100)


def test_few_paths_are_listed_the_shortest_first() -> None:
    found = paths.paths(("a", "b", "c"))
    assert found == [(), ("a",), ("b",), ("c",), ("a", "b"), ("a", "c"), ("b", "c"), ("a", "b", "c")]


@settings(deadline=None)
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=12), st.floats(0.01, 1))
def test_the_shortest_run_that_holds_a_share(weights: list[float], share: float) -> None:
    low, high = paths.shortest(weights, share)
    wanted = share * math.fsum(weights)
    assert math.fsum(weights[low : high + 1]) >= wanted * (1 - 1e-9)
    for first in range(len(weights)):
        for last in range(first, min(first + high - low, len(weights))):
            assert math.fsum(weights[first : last + 1]) <= wanted * (1 + 1e-9)


def flow(*gradients: float) -> paths.Flow:
    last = len(gradients) - 1
    lengths = (m.PathLength(at, math.comb(last, at), each, 3) for at, each in enumerate(gradients))
    return paths.Flow(tuple(lengths))


def test_the_share_of_a_length_is_its_paths_times_their_mean() -> None:
    assert flow(4, 1, 0.5).shares == pytest.approx((4 / 6.5, 2 / 6.5, 0.5 / 6.5))
    assert flow(0, 0).shares == (0, 0)
    assert flow(math.nan, 1, 0).shares == (0, 1, 0)
    # 2^1500 paths are more than a float holds.
    many = flow(*(2.0 ** -(3 * length) for length in range(301)))
    assert math.isclose(sum(many.shares), 1)
    assert max(range(301), key=lambda at: many.shares[at]) == pytest.approx(300 / 9, abs=1)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (256, "256"),
        (2**50, "1,125,899,906,842,624"),
        (10**21 - 1, "999,999,999,999,999,999,999"),
        (10**21, "1.00 × 10²¹"),
        (10**30 - 1, "9.99 × 10²⁹"),
        (2**600, "4.14 × 10¹⁸⁰"),
    ],
)
def test_big_numbers(number: int, text: str) -> None:
    assert paths.big(number) == text


def test_a_table_has_every_number_in_full() -> None:
    plain = list(csv.DictReader(io.StringIO(paths.csv(200, None))))
    assert [int(line["paths"]) for line in plain] == list(paths.counts(200))
    found = list(csv.DictReader(io.StringIO(paths.csv(2, flow(4, 1, 0.5)))))
    assert [float(line["mean_gradient"]) for line in found] == [4, 1, 0.5]
    assert [line["samples"] for line in found] == ["3"] * 3
    assert sum(float(line["share_of_gradient"]) for line in found) == pytest.approx(1)


@settings(deadline=None)
@given(st.integers(1, 300), st.data())
def test_the_share_of_a_run_is_counted(blocks: int, data: st.DataObject) -> None:
    low = data.draw(st.integers(0, blocks))
    high = data.draw(st.integers(low, blocks))
    exact = Fraction(sum(math.comb(blocks, length) for length in range(low, high + 1)), 2**blocks)
    assert paths.between(blocks, low, high) == pytest.approx(float(exact))
