from __future__ import annotations

import pytest

from resviz.accuracy import interval


@pytest.mark.parametrize(
    ("right", "count", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (15, 50, 0.1910, 0.4375),
        (8884, 10000, 0.8821, 0.8944),
    ],
)
def test_wilsons_interval(right: int, count: int, low: float, high: float) -> None:
    found = interval(right, count)
    assert found == pytest.approx((low, high), abs=2e-4)
    assert 0 <= found[0] <= right / count <= found[1] <= 1


def test_nothing_counted_is_nothing_known() -> None:
    assert interval(0, 0) == (0.0, 1.0)
