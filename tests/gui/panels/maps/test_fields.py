from __future__ import annotations

import numpy as np
import pytest

from resviz.arch.analysis import report
from resviz.arch.fields import Field
from resviz.arch.presets import PRESETS
from resviz.gui.panels.maps.fields import Span, cell, effective_side, laid_over, seen_by


def test_conv1_of_resnet18_sees_seven_pixels_two_apart() -> None:
    field = report(PRESETS["resnet18"].spec).fields["conv1"]
    assert seen_by(field, 0, 0) == Span(-3, -3, 7, 7)
    assert seen_by(field, 1, 5) == Span(7, -1, 7, 7)
    assert not seen_by(field, 0, 0).within(224, 224)
    assert seen_by(field, 2, 2).within(224, 224)
    # The cell's own square lies in the middle of it, one step wide.
    assert cell(field, 0, 0) == Span(-0.5, -0.5, 2, 2)
    assert laid_over(field, 112, 112, 1) == Span(-0.5, -0.5, 224, 224)


def test_a_thinned_map_covers_as_much_as_the_whole_one() -> None:
    field = Field(3, 1, -1, True)
    assert laid_over(field, 50, 50, 2) == laid_over(field, 100, 100, 1)


@pytest.mark.parametrize("side", [1, 5, 9])
def test_the_effective_side_is_that_of_the_square_that_holds_most(side: int) -> None:
    values = np.zeros((21, 21), np.float32)
    low = 10 - side // 2
    values[low : low + side, low : low + side] = 1
    assert effective_side(values, (10.5, 10.5)) == side


def test_a_little_far_away_does_not_count_and_nothing_is_nothing() -> None:
    values = np.zeros((21, 21), np.float32)
    values[10, 10], values[0, 0] = 1, 0.01
    assert effective_side(values, (10.5, 10.5)) == 1
    assert effective_side(np.zeros((21, 21), np.float32), (10.5, 10.5)) == 0
