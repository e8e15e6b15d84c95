"""Jobs that look into a network: right, interruptible, and out of the way of predictions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from resviz.arch.notation import parse
from resviz.engine import messages as m
from resviz.nets.interventions import blocks_of
from resviz.nets.model import build_model
from resviz.ways import Off
from tests.engine.conftest import Engine
from tests.nets import small
from tests.nets.small import LABELS, write_weights

SPEC = parse("basic:1,2,width=4,stem=cifar,classes=3,size=16")
DEEP = parse("basic:20,20,20,20,width=8,stem=cifar,classes=3,size=32")
PIXELS = np.random.default_rng(2).integers(0, 256, (24, 24, 4), dtype=np.uint8)
PICTURE = m.ImageSource(pixels=PIXELS, name="noise")


def ask(engine: Engine, request: m.Job, kind: type[m.Final]) -> m.Final:  # type: ignore[valid-type]
    engine.client.send(request)
    return engine.wait_for(kind, request.id)


def new(engine: Engine) -> int:
    return engine.client.next_id()


def test_a_block_is_taken_apart(engine: Engine) -> None:
    found = ask(engine, m.Dissect(new(engine), SPEC, "untrained", "cpu", PICTURE, "layer2.0"), m.Dissected)
    assert (found.block, found.kind) == ("layer2.0", "projection")
    assert np.array_equal(found.branch.data + found.shortcut.data, found.total.data)
    assert np.array_equal(found.after.data, np.maximum(found.total.data, 0))
    assert found.x.shape == (4, 16, 16)
    failed = ask(engine, m.Dissect(new(engine), SPEC, "untrained", "cpu", PICTURE, "layer7.0"), m.Failed)
    assert failed.code == "block_unknown"


@pytest.mark.parametrize("method", ["gradcam", "occlusion", "ig", "gradient"])
def test_a_class_is_explained(engine: Engine, method: str) -> None:
    layers = ("layer1.0.relu2", "layer2.1.relu2") if method == "gradcam" else ()
    request = m.Explain(new(engine), SPEC, "untrained", "cpu", PICTURE, method, 1, layers)
    found = ask(engine, request, m.Explained)
    shapes = [(16, 16), (8, 8)] if method == "gradcam" else [(16, 16)]
    assert [each.values.shape for each in found.maps] == shapes
    assert [each.layer for each in found.maps] == list(layers or ("",))
    assert found.box == (0, 0, 24, 24)


def test_a_sweep_comes_row_by_row(engine: Engine) -> None:
    request = m.Sweep(new(engine), SPEC, "untrained", "cpu", PICTURE)
    found = ask(engine, request, m.Swept)
    assert [row.block for row in found.rows] == list(blocks_of(SPEC))
    assert not found.trained
    parts = [row for part in engine.got if isinstance(part, m.SweepPart) and part.id == request.id for row in part.rows]
    assert tuple(parts) == found.rows
    one = engine.client.predict(SPEC, PICTURE, weights="untrained", device="cpu")
    whole = engine.wait_for(m.Prediction, one)
    assert found.rows[0].before == whole.top[0].probability


def test_a_sweep_of_labelled_pictures(engine: Engine, tmp_path: Path) -> None:
    path = write_weights(tmp_path)
    for label in LABELS:
        (tmp_path / label).mkdir()
        Image.fromarray(PIXELS[..., :3]).save(tmp_path / label / "one.png")
    request = m.Sweep(new(engine), small.SPEC, str(path), "cpu", paths=(str(tmp_path),))
    found = ask(engine, request, m.Swept)
    assert {row.images for row in found.rows} == {len(LABELS)}
    assert {round(len(LABELS) * row.before, 6) for row in found.rows} == {1}
    parts = [part.rows for part in engine.got if isinstance(part, m.SweepPart) and part.id == request.id]
    assert parts == [found.rows]  # so few are one batch
    nowhere = m.Sweep(new(engine), small.SPEC, str(path), "cpu", paths=(str(tmp_path / LABELS[0] / "one.png"),))
    assert ask(engine, nowhere, m.Swept).rows[0].images == 1


def test_a_sweep_beyond_fp32(engine: Engine, tmp_path: Path) -> None:
    """Of a picture that the network says nothing about it is refused; a lesion that ends in nothing has no class."""
    state = build_model(small.SPEC, seed=7).state_dict()
    state["bn1.weight"] *= 0
    state["bn1.bias"] += 3e38
    for name in ("layer1.0.conv1.weight", "layer1.0.bn2.weight"):
        state[name] *= 0
    torch.save(state, tmp_path / "large.pth")
    request = m.Sweep(new(engine), small.SPEC, str(tmp_path / "large.pth"), "cpu", PICTURE)
    failed = ask(engine, request, m.Failed)
    assert failed.code == "no_prediction"
    assert not [part for part in engine.got if isinstance(part, m.SweepPart) and part.id == request.id]
    state["layer1.0.bn2.bias"] -= 3e38  # takes away what the stem has put there
    torch.save(state, tmp_path / "small.pth")
    request = m.Sweep(new(engine), small.SPEC, str(tmp_path / "small.pth"), "cpu", PICTURE)
    first, second = ask(engine, request, m.Swept).rows
    assert (first.block, np.isnan(first.after), first.top_after) == ("layer1.0", True, "")
    assert 0 < second.after < 1
    assert second.top_after


def test_paths_and_fields(engine: Engine) -> None:
    found = ask(engine, m.Unravel(new(engine), SPEC, "untrained", "cpu", PICTURE, 0), m.Unravelled)
    assert [(each.length, each.paths) for each in found.lengths] == [(0, 1), (1, 3), (2, 3), (3, 1)]
    for image in (None, PICTURE):
        field = ask(
            engine, m.FieldOf(new(engine), SPEC, "untrained", "cpu", "layer1.0.relu2", (3, 4), image), m.FieldFound
        )
        assert field.values.shape == (16, 16)
        assert field.values.max() == 1


def test_a_field_is_that_of_the_network_without_what_is_off(engine: Engine) -> None:
    cut = Off(shortcuts=frozenset({"layer1.0"}), branches=frozenset({"layer1.0"}))
    request = m.FieldOf(new(engine), SPEC, "untrained", "cpu", "layer1.0.add", (3, 4), PICTURE, off=cut)
    assert not ask(engine, request, m.FieldFound).values.any()


def test_ranges_of_all_layers_come_with_a_prediction(engine: Engine) -> None:
    request = m.Predict(new(engine), SPEC, "untrained", "cpu", PICTURE, ("conv1", "layer2.0.add"), ranges=True)
    found = ask(engine, request, m.Prediction)
    assert {"relu", "layer1.0.relu2", "layer2.0.downsample.0", "avgpool"} < set(found.ranges)
    assert not {"flatten", "fc"} & set(found.ranges)
    for layer, maps in found.maps.items():
        assert found.ranges[layer] == (maps.data.min(), maps.data.max())


def test_a_prediction_with_parts_off_has_the_whole_networks_too(engine: Engine) -> None:
    plain = engine.wait_for(
        m.Prediction, engine.client.predict(SPEC, PICTURE, weights="untrained", device="cpu", capture=("layer2.0.add",))
    )
    off = Off(branches=frozenset({"layer2.0"}))
    request = m.Predict(
        new(engine),
        SPEC,
        "untrained",
        "cpu",
        PICTURE,
        ("layer2.0.add", "layer2.0.downsample.1"),
        off=off,
        strengths=True,
        film=True,
        speaks=True,
    )
    found = ask(engine, request, m.Prediction)
    assert found.whole is not None
    assert found.whole.top == plain.top
    assert found.top != plain.top
    # The maps are those of the network as it is now: the sum is the shortcut alone.
    assert np.array_equal(found.maps["layer2.0.add"].data, found.maps["layer2.0.downsample.1"].data)
    assert [(each.block, each.ratio == 0) for each in found.strengths] == [
        ("layer1.0", False),
        ("layer2.0", True),
        ("layer2.1", False),
    ]
    assert {block: frame.shape for block, frame in found.film.items()} == {
        "layer1.0": (16, 16),
        "layer2.0": (8, 8),
        "layer2.1": (8, 8),
    }
    assert {layer: values.shape for layer, values in found.speaks.items()} == {
        "layer2.0.add": (8,),
        "layer2.0.downsample.1": (8,),
    }
    again = engine.wait_for(
        m.Prediction, engine.client.predict(SPEC, PICTURE, weights="untrained", device="cpu", capture=("layer2.0.add",))
    )
    assert np.array_equal(again.logits, plain.logits)


def test_a_picture_goes_before_a_sweep_and_is_not_touched_by_it(engine: Engine) -> None:
    before = engine.wait_for(
        m.Prediction, engine.client.predict(DEEP, PICTURE, weights="untrained", device="cpu", capture=("conv1",))
    )
    sweep = m.Sweep(new(engine), DEEP, "untrained", "cpu", PICTURE)
    engine.client.send(sweep)
    engine.wait_for(m.SweepPart, sweep.id)
    during = engine.wait_for(
        m.Prediction, engine.client.predict(DEEP, PICTURE, weights="untrained", device="cpu", capture=("conv1",))
    )
    assert np.array_equal(during.logits, before.logits)
    assert not any(isinstance(reply, m.Swept) and reply.id == sweep.id for reply in engine.got)
    engine.client.cancel(sweep.id)
    assert engine.wait_for(m.Failed, sweep.id).code == m.CANCELLED


def test_what_looks_into_one_picture_takes_its_turn_in_a_sweep(engine: Engine) -> None:
    def dissected() -> m.Dissect:
        return m.Dissect(new(engine), DEEP, "untrained", "cpu", PICTURE, "layer2.3")

    def field() -> m.FieldOf:
        return m.FieldOf(new(engine), DEEP, "untrained", "cpu", image=PICTURE, layer="layer1.2.add", place=(3, 4))

    alone = ask(engine, dissected(), m.Dissected), ask(engine, field(), m.FieldFound)
    rows = ask(engine, m.Sweep(new(engine), DEEP, "untrained", "cpu", PICTURE), m.Swept).rows
    sweep = m.Sweep(new(engine), DEEP, "untrained", "cpu", PICTURE)
    engine.client.send(sweep)
    engine.wait_for(m.SweepPart, sweep.id)
    during = ask(engine, dissected(), m.Dissected), ask(engine, field(), m.FieldFound)
    explained = ask(engine, m.Explain(new(engine), DEEP, "untrained", "cpu", PICTURE, "gradcam", 1), m.Explained)
    assert not any(isinstance(reply, m.Swept) and reply.id == sweep.id for reply in engine.got)
    assert engine.wait_for(m.Swept, sweep.id).rows == rows
    assert np.array_equal(during[0].total.data, alone[0].total.data)
    assert np.array_equal(during[1].values, alone[1].values)
    assert explained.maps[0].values.shape == (4, 4)


def test_what_speaks_for_a_class_is_known_in_the_middle_of_a_sweep_too(engine: Engine) -> None:
    def predict() -> m.Prediction:
        request = engine.client.predict(
            DEEP, PICTURE, weights="untrained", device="cpu", capture=("layer3.19.add",), speaks=True
        )
        return engine.wait_for(m.Prediction, request)

    alone = predict()
    sweep = m.Sweep(new(engine), DEEP, "untrained", "cpu", PICTURE)
    engine.client.send(sweep)
    engine.wait_for(m.SweepPart, sweep.id)
    during = predict()
    assert not any(isinstance(reply, m.Swept) and reply.id == sweep.id for reply in engine.got)
    engine.client.cancel(sweep.id)
    assert np.any(alone.speaks["layer3.19.add"])
    assert np.array_equal(during.speaks["layer3.19.add"], alone.speaks["layer3.19.add"])
    assert engine.wait_for(m.Failed, sweep.id).code == m.CANCELLED
