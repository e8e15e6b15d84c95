"""Folders of pictures by a real engine: rows as they are done, beside predictions, replaced and cancelled."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.engine import messages as m
from resviz.ways import Compute
from tests.engine.conftest import Engine
from tests.nets.small import LABELS, SPEC
from tests.pictures import folder, png, shape

PICTURE = m.ImageSource(pixels=np.full((20, 30, 3), 90, np.uint8), name="grey")
DEEP = PRESETS["resnet152"].spec


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Twenty pictures of each of two classes, and one that is broken."""
    names = [f"{name}/{number}.png" for name in ("cat", "dog") for number in range(20)]
    found = folder(tmp_path, {name: png(shape("disc", at)) for at, name in enumerate(names)})
    (found / "cat" / "x.png").write_text("no picture")
    return found


def ask(engine: Engine, spec: ResNetSpec, root: Path, weights: str = "small", compute: Compute | None = None) -> int:
    number = engine.client.next_id()
    engine.client.send(m.Batch(number, spec, weights, "cpu", (str(root),), compute=compute or Compute()))
    return number


def result(engine: Engine, number: int) -> tuple[m.Batched | m.Failed, list[m.BatchPart]]:
    """The answer and the parts before it."""
    parts: list[m.BatchPart] = []
    while True:
        message = engine.wait_for(m.BatchPart | m.Batched | m.Failed, number)  # type: ignore[arg-type]
        if not isinstance(message, m.BatchPart):
            return message, parts
        parts.append(message)


@pytest.mark.parametrize("way", ["exact", "fast"])
def test_rows_come_before_the_answer(engine: Engine, root: Path, way: str) -> None:
    compute = Compute(way="fast" if way == "fast" else "exact")
    answer, parts = result(engine, ask(engine, SPEC, root, compute=compute))
    assert isinstance(answer, m.Batched)
    assert (answer.images, answer.failed, answer.weights, answer.trained) == (41, 1, "small", True)
    assert answer.labels == LABELS
    assert answer.way.startswith(way)
    rows = [row for part in parts for row in part.rows]
    assert len(rows) == 41
    assert [part.whole for part in parts] == [41] * len(parts)
    assert parts[-1].done == 41
    assert parts[-1].per_second > 0
    for row in rows:
        assert bool(row.error) != bool(row.top)
        assert row.error or (row.label == Path(row.path).parent.name and row.size == (16, 16) and row.thumb)


def test_a_picture_is_looked_at_between_two_batches(engine: Engine, root: Path) -> None:
    long = ask(engine, DEEP, root, "untrained")
    engine.wait_for(m.BatchPart, long)
    picture = engine.client.predict(SPEC, PICTURE, weights="untrained", device="cpu")
    assert isinstance(engine.wait_for(m.Prediction | m.Batched, None), m.Prediction)  # type: ignore[arg-type]
    engine.client.cancel(long)
    answer, _ = result(engine, long)
    assert isinstance(answer, m.Failed)
    assert answer.code == m.CANCELLED
    assert picture


def test_a_newer_folder_replaces_an_older_one(engine: Engine, root: Path) -> None:
    first = ask(engine, DEEP, root, "untrained")
    engine.wait_for(m.BatchPart, first)
    second = ask(engine, SPEC, root / "dog")
    answer, _ = result(engine, first)
    assert isinstance(answer, m.Failed)
    assert answer.code == m.CANCELLED
    answer, parts = result(engine, second)
    assert isinstance(answer, m.Batched)
    assert (answer.images, sum(len(part.rows) for part in parts)) == (20, 20)


def test_weights_that_are_not_there_fail_the_whole(engine: Engine, root: Path) -> None:
    answer, parts = result(engine, ask(engine, SPEC, root, "no such"))
    assert isinstance(answer, m.Failed)
    assert answer.code == "weights_unknown"
    assert not parts
