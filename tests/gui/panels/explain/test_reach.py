from __future__ import annotations

import numpy as np
import pytest

from resviz.arch.analysis import report
from resviz.arch.fields import Field
from resviz.arch.notation import parse
from resviz.arch.presets import DEFAULT, PRESETS
from resviz.gui.panels.explain.asks import mappable, short, stage_outputs
from resviz.gui.panels.explain.reach import Span, effective, nearest, span


def test_a_place_is_the_one_whose_square_is_around_the_pixel() -> None:
    field = Field(5, 2, -2, True)  # middles at 0, 2, 4, ...
    assert [nearest(field, pixel, 4) for pixel in (-9, 0, 0.9, 1.1, 4, 99)] == [0, 0, 0, 1, 2, 3]
    assert span(field, 1) == Span(0, 5)
    assert span(field, 0).within(32) == Span(0, 3)
    assert Span(40, 44).within(32).length == 0


def test_the_pixels_that_hold_most_of_the_gradient() -> None:
    values = np.zeros((10, 10), np.float32)
    values[2:6, 2:6] = 1.0
    values[3, 3] = 1000.0
    found = effective(values, Span(1, 9), Span(1, 9))
    assert found is not None
    assert (found.pixels, found.square, found.outside) == (1, 64, 0)
    values[0, 0] = 1015.0
    found = effective(values, Span(1, 9), Span(1, 9))
    assert found is not None
    assert found.outside == pytest.approx(0.5)
    assert effective(np.zeros((4, 4), np.float32), Span(0, 4), Span(0, 4)) is None
    assert effective(np.full((4, 4), np.nan, np.float32), Span(0, 4), Span(0, 4)) is None


def test_an_even_gradient_needs_nearly_the_whole_square() -> None:
    found = effective(np.ones((10, 10), np.float32), Span(0, 10), Span(0, 10))
    assert found is not None
    assert found.pixels == 95
    assert found.share == pytest.approx(0.95)


@pytest.mark.parametrize("name", [DEFAULT, "resnet50", "resnet20-cifar"])
def test_every_pixel_has_a_place_and_its_square_holds_the_pixel(name: str) -> None:
    spec = PRESETS[name].spec
    for layer in stage_outputs(spec):
        field, (_channels, height, _width) = report(spec).fields[layer], mappable(spec)[layer].out_shape
        for pixel in range(0, spec.size, 5):
            found = span(field, nearest(field, pixel, height))
            assert found.start <= pixel < found.stop


def test_layers_that_a_map_can_be_laid_over() -> None:
    spec = parse("basic:1,1,width=4,stem=cifar,classes=3,size=16")
    assert stage_outputs(spec) == ("layer1.0.relu2", "layer2.0.relu2")
    assert short("layer2.0.relu2", spec) == "layer2"
    assert short("layer2.0.conv1", spec) == "layer2.0.conv1"
    assert not {"avgpool", "flatten", "fc"} & set(mappable(spec))
    assert "layer2.0.downsample.0" in mappable(spec)
