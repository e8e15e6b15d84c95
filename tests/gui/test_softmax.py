from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resviz.gui.softmax import Softmax, margin, softmax

finite = st.lists(st.floats(-1e4, 1e4, width=32), min_size=1, max_size=40)
temperatures = st.floats(0.05, 20)


def of(values: list[float], temperature: float = 1.0) -> Softmax:
    found = softmax(np.array(values, np.float32), temperature)
    assert found is not None
    return found


def test_each_step_is_what_its_name_says() -> None:
    found = of([1.0, 3.0, 2.0], 2.0)
    assert found.scaled == pytest.approx([0.5, 1.5, 1.0])
    assert found.powers == pytest.approx([math.exp(-1), 1.0, math.exp(-0.5)])
    assert found.total == pytest.approx(found.powers.sum())
    assert found.probabilities == pytest.approx(found.powers / found.powers.sum())


@given(finite, temperatures)
def test_probabilities_add_up_and_keep_the_order(values: list[float], temperature: float) -> None:
    found = of(values, temperature)
    assert found.probabilities.sum() == pytest.approx(1.0)
    assert found.best(1) == [int(np.argmax(found.logits))]
    ranked = found.probabilities[found.best(len(values))]
    assert bool((np.diff(ranked) <= 0).all())


@given(finite, temperatures)
def test_entropy_is_between_nothing_and_all_alike(values: list[float], temperature: float) -> None:
    found = of(values, temperature)
    assert 0 <= found.entropy <= found.most_entropy + 1e-9
    assert 1 <= found.perplexity <= len(values) + 1e-6


@given(finite, st.floats(-1e3, 1e3, width=32))
def test_only_differences_of_logits_count(values: list[float], more: float) -> None:
    shifted = softmax(np.array(values, np.float64) + more)
    assert shifted is not None
    assert shifted.probabilities == pytest.approx(of(values).probabilities, abs=1e-9)


def test_entropy_of_known_cases() -> None:
    assert of([5.0] * 8).entropy == pytest.approx(3.0)
    assert of([5.0] * 8).perplexity == pytest.approx(8.0)
    assert of([900.0, 0.0]).entropy == 0.0
    assert of([math.log(3), 0.0]).entropy == pytest.approx(0.811278, abs=1e-6)


def test_a_low_temperature_sharpens_and_a_high_one_evens_out() -> None:
    values = [2.0, 1.0, 0.0]
    assert of(values, 0.05).probabilities[0] == pytest.approx(1.0, abs=1e-8)
    assert of(values, 20.0).entropy > of(values).entropy > of(values, 0.05).entropy


@pytest.mark.parametrize("values", [[], [math.nan, 1.0], [math.inf, 1.0], [math.inf] * 2, [-math.inf] * 2])
def test_there_are_no_probabilities_where_numbers_overflowed(values: list[float]) -> None:
    assert softmax(np.array(values, np.float32)) is None


def test_minus_infinity_is_no_chance_at_all() -> None:
    found = of([1.0, -math.inf, 1.0])
    assert found.probabilities == pytest.approx([0.5, 0.0, 0.5])
    assert found.entropy == pytest.approx(1.0)


def test_the_largest_numbers_of_float32_do_not_overflow() -> None:
    largest = float(np.finfo(np.float32).max)
    found = of([largest, -largest, 0.0], 0.05)
    assert found.probabilities == pytest.approx([1.0, 0.0, 0.0])
    assert found.entropy == 0.0


@pytest.mark.parametrize("temperature", [0.0, -1.0, math.nan])
def test_a_temperature_is_above_zero(temperature: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        softmax(np.zeros(2), temperature)


@given(st.lists(st.floats(-30, 30, width=32), min_size=2, max_size=9), st.floats(0.5, 20))
def test_odds_of_two_are_those_of_their_probabilities(values: list[float], temperature: float) -> None:
    found = of(values, temperature)
    gap = margin(found, 0, 1)
    p = found.probabilities
    assert gap.difference >= 0
    assert gap.odds == pytest.approx(p[gap.ahead] / p[gap.behind], rel=1e-6)


def test_the_likelier_class_comes_first_whichever_was_named_first() -> None:
    found = of([1.0, 4.2])
    assert margin(found, 0, 1) == margin(found, 1, 0)
    assert (margin(found, 0, 1).ahead, margin(found, 0, 1).behind) == (1, 0)


def test_odds_beyond_all_numbers() -> None:
    gap = margin(of([1e6, 0.0], 0.05), 0, 1)
    assert gap.odds == math.inf
    assert gap.log_odds == pytest.approx(2e7 / math.log(10))
    assert margin(of([0.0, -math.inf]), 0, 1).difference == math.inf
    assert margin(of([0.0, -math.inf, -math.inf]), 1, 2).difference == 0.0
