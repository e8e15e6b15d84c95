"""The weights of a convolution: as they are, and out of the way of everything else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from resviz.engine import messages as m
from resviz.engine.depths import MOST_FILTERS, MOST_NUMBERS, filter_stride
from tests.engine.conftest import Engine
from tests.engine.test_depths import DEEP, PICTURE, ask, new
from tests.nets.small import SPEC, write_weights


@pytest.mark.parametrize("layer", ["conv1", "layer1.0.conv2"])
def test_they_are_those_of_the_file(engine: Engine, tmp_path: Path, layer: str) -> None:
    path = write_weights(tmp_path)
    found = ask(engine, m.Kernels(new(engine), SPEC, str(path), "cpu", layer), m.KernelsFound)
    assert np.array_equal(found.weights, load_file(path)[f"{layer}.weight"])
    assert found.weights.dtype == np.float32
    assert (found.layer, found.stride, found.shape, found.trained) == (layer, 1, found.weights.shape, True)


def test_untrained_ones_say_so(engine: Engine) -> None:
    found = ask(engine, m.Kernels(new(engine), SPEC, "untrained", "cpu", "conv1"), m.KernelsFound)
    assert not found.trained


@pytest.mark.parametrize(("layer", "code"), [("bn1", "layer_no_conv"), ("conv77", "layer_unknown")])
def test_what_is_no_convolution_has_none(engine: Engine, layer: str, code: str) -> None:
    failed = ask(engine, m.Kernels(new(engine), SPEC, "untrained", "cpu", layer), m.Failed)
    assert failed.code == code


def test_they_do_not_wait_for_a_sweep_nor_end_it(engine: Engine) -> None:
    sweep = m.Sweep(new(engine), DEEP, "untrained", "cpu", PICTURE)
    engine.client.send(sweep)
    engine.wait_for(m.SweepPart, sweep.id)
    ask(engine, m.Kernels(new(engine), DEEP, "untrained", "cpu", "layer1.0.conv1"), m.KernelsFound)
    engine.wait_for(m.SweepPart, sweep.id)
    engine.client.cancel(sweep.id)
    assert engine.wait_for(m.Failed, sweep.id).code == m.CANCELLED


def test_a_prediction_and_kernels_are_both_answered(engine: Engine) -> None:
    request = m.Kernels(new(engine), SPEC, "untrained", "cpu", "conv1")
    engine.client.send(request)
    picture = engine.client.predict(SPEC, PICTURE, weights="untrained", device="cpu")
    answers = engine.answers(request.id, picture)
    assert isinstance(answers[request.id], m.KernelsFound)
    assert isinstance(answers[picture], m.Prediction)


@pytest.mark.parametrize(
    "shape", [(64, 3, 7, 7), (512, 512, 3, 3), (2048, 1024, 1, 1), (1024, 1024, 3, 3), (9000, 1, 3, 3)]
)
def test_very_large_ones_are_thinned_by_whole_filters(shape: tuple[int, ...]) -> None:
    stride = filter_stride(shape)
    kept = -(-shape[0] // stride)
    assert kept <= MOST_FILTERS
    assert kept * shape[1] * shape[2] * shape[3] <= MOST_NUMBERS + shape[1] * shape[2] * shape[3]
    assert (stride > 1) == (shape in ((1024, 1024, 3, 3), (9000, 1, 3, 3)))
