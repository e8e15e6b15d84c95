from __future__ import annotations

import math

import pytest

from resviz.gui.panels.prediction.words import logit_text, odds_text, points, small_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12.344, "12.34"),
        (-0.2, "−0.20"),
        (-0.001, "0.00"),
        (12345.6, "12,346"),
        (-3.1e20, "−3.10·10²⁰"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
    ],
)
def test_logits(value: float, text: str) -> None:
    assert logit_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.000"), (1.0, "1.000"), (0.0236, "0.024"), (3.14e-7, "3.1·10⁻⁷"), (16.7071, "16.707"), (734.21, "734.2")],
)
def test_powers(value: float, text: str) -> None:
    assert small_text(value) == text


@pytest.mark.parametrize(
    ("odds", "text"),
    [(1.0, "1.00"), (1.05, "1.05"), (6.686, "6.69"), (24.53, "24.5"), (1234.4, "1,234"), (3.14e9, "3.1·10⁹")],
)
def test_odds(odds: float, text: str) -> None:
    assert odds_text(math.log10(odds)) == text


def test_odds_beyond_all_numbers() -> None:
    assert odds_text(8685.889) == "7.7·10⁸⁶⁸⁵"
    assert odds_text(6.99999) == "1.0·10⁷"


@pytest.mark.parametrize(("gap", "text"), [(0.031, "+3.1"), (-0.12, "−12.0"), (0.0004, "0.0"), (-0.0004, "0.0")])
def test_points(gap: float, text: str) -> None:
    assert points(gap) == text
