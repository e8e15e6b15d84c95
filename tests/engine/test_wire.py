from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from multiprocessing.connection import Connection

import numpy as np
import pytest

from resviz.arch.presets import PRESETS
from resviz.engine import messages as m
from resviz.engine import wire


@pytest.fixture
def ends() -> Iterator[tuple[Connection, Connection]]:
    left, right = multiprocessing.Pipe()
    with left, right:
        yield left, right


def test_messages_and_their_arrays_arrive_as_they_were_sent(ends: tuple[Connection, Connection]) -> None:
    rng = np.random.default_rng(0)
    arrays = (
        np.zeros((0, 3), np.uint8),
        rng.integers(0, 256, (5, 7, 4), dtype=np.uint8),
        rng.random((3, 8, 8), dtype=np.float32)[:, ::2, ::3],
        np.asfortranarray(rng.random((4, 5))),
    )
    for array in arrays:
        wire.send(ends[0], m.ImageSource(pixels=array, name="x"))
        received = wire.receive(ends[1]).pixels
        assert received.dtype == array.dtype
        np.testing.assert_array_equal(received, array)


def test_requests_and_errors_of_all_kinds_arrive(ends: tuple[Connection, Connection]) -> None:
    spec = PRESETS["resnet18"].spec
    for message in (
        m.Warm(3, spec, None, "cpu"),
        m.Cancel(4),
        m.Failed(1, "x", {"a": 1}, "text"),
        m.Died(-9),
    ):
        wire.send(ends[0], message)
        assert wire.receive(ends[1]) == message


def test_the_other_end_closing_is_told(ends: tuple[Connection, Connection]) -> None:
    ends[0].close()
    with pytest.raises(EOFError):
        wire.receive(ends[1])
    with pytest.raises(BrokenPipeError):
        wire.send(ends[1], m.Shutdown())
