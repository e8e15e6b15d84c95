"""What the window believes of the engine's replies; the engine itself is not started here."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from resviz.arch.presets import PRESETS
from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.ways import Off
from tests.gui.panels.desk import LABELS, PICTURE, PREDICTION, SPEC, built, deliver, failed

OTHER = PRESETS["plain20-cifar"].spec
TENSOR = m.FeatureMaps("", np.zeros((2, 3, 3), np.float32), 1, (2, 3, 3))


@pytest.fixture
def asked(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> tuple[Document, Jobs, list[m.Request]]:
    """A document, its jobs, and every request that would go to the engine."""
    document = Document()
    jobs = Jobs(document)
    sent: list[m.Request] = []
    monkeypatch.setattr(jobs._client, "send", sent.append)
    return document, jobs, sent


def answer(request: m.Request, **changes: object) -> m.Prediction:
    assert isinstance(request, m.Predict)
    return replace(PREDICTION, id=request.id, **changes)


def test_the_answer_of_a_network_that_was_left_is_dropped(
    qtbot: QtBot, asked: tuple[Document, Jobs, list[m.Request]]
) -> None:
    document, jobs, sent = asked
    document.set_image(PICTURE)
    late = answer(sent[-1])
    document.set_spec(OTHER, "Architecture")
    deliver(jobs, late)
    assert jobs.prediction is None
    assert jobs.model is None
    qtbot.waitUntil(lambda: isinstance(sent[-1], m.Predict) and sent[-1].spec == OTHER)
    deliver(jobs, answer(sent[-1], trained=False, weights=None))
    assert jobs.model is not None
    assert (jobs.model.spec, jobs.model.trained) == (OTHER, False)


def test_a_prediction_is_outdated_as_soon_as_the_network_changes(
    asked: tuple[Document, Jobs, list[m.Request]],
) -> None:
    document, jobs, sent = asked
    document.set_image(PICTURE)
    deliver(jobs, answer(sent[-1]))
    assert not jobs.outdated
    document.set_spec(OTHER, "Architecture")
    assert jobs.outdated
    document.undo_stack.undo()
    assert not jobs.outdated


def test_after_a_bad_first_picture_the_network_is_built_all_the_same(
    asked: tuple[Document, Jobs, list[m.Request]],
) -> None:
    document, jobs, sent = asked
    document.set_image(PICTURE)
    deliver(jobs, replace(failed("image_empty"), id=sent[-1].id))
    assert document.image is None
    assert isinstance(sent[-1], m.Warm)
    deliver(jobs, replace(built(), id=sent[-1].id))
    assert not jobs.is_busy


def test_after_a_bad_picture_the_last_good_one_is_asked_about(
    qtbot: QtBot, asked: tuple[Document, Jobs, list[m.Request]]
) -> None:
    document, jobs, sent = asked
    document.set_image(PICTURE)
    deliver(jobs, answer(sent[-1]))
    document.set_spec(OTHER, "Architecture")
    document.set_image(m.ImageSource(path="bad.png", name="bad.png"))
    deliver(jobs, replace(failed("image_empty"), id=sent[-1].id))
    assert isinstance(sent[-1], m.Predict)
    assert (sent[-1].image, sent[-1].spec) == (PICTURE, OTHER)
    # A good picture that has become bad since is given up, not asked about for ever.
    deliver(jobs, replace(failed("image_no_file"), id=sent[-1].id))
    assert isinstance(sent[-1], m.Warm)


def test_a_device_that_fails_is_put_back(qtbot: QtBot, asked: tuple[Document, Jobs, list[m.Request]]) -> None:
    document, jobs, sent = asked
    document.set_image(PICTURE)
    deliver(jobs, answer(sent[-1]))
    document.set_device("cuda:0")
    qtbot.waitUntil(lambda: sent[-1].device == "cuda:0")
    with qtbot.waitSignal(jobs.failed):
        deliver(jobs, replace(failed("device_memory"), id=sent[-1].id))
    assert document.device == "auto"
    qtbot.waitUntil(lambda: sent[-1].device == "auto")


def test_cancelling_what_was_not_sent_yet_ends_the_waiting(
    qtbot: QtBot, asked: tuple[Document, Jobs, list[m.Request]]
) -> None:
    document, jobs, _ = asked
    document.set_spec(OTHER, "Architecture")
    assert jobs.is_busy
    with qtbot.waitSignal(jobs.busy) as said:
        jobs.cancel()
    assert said.args == [False]
    assert not jobs.is_busy


def test_cancelling_after_a_dropped_answer_ends_the_waiting(
    qtbot: QtBot, asked: tuple[Document, Jobs, list[m.Request]]
) -> None:
    """The answer of the network that was left is not shown, but it is an answer: nothing more will come."""
    document, jobs, sent = asked
    document.set_image(PICTURE)
    late = answer(sent[-1])
    document.set_spec(OTHER, "Architecture")
    deliver(jobs, late)
    jobs.cancel()
    assert jobs.prediction is None
    assert not jobs.is_busy


def test_a_cancelled_request_of_a_network_that_was_left_ends_the_waiting(
    qtbot: QtBot, asked: tuple[Document, Jobs, list[m.Request]]
) -> None:
    document, jobs, sent = asked
    document.set_image(PICTURE)
    request = sent[-1].id
    document.set_spec(OTHER, "Architecture")
    jobs.cancel()
    with qtbot.waitSignal(jobs.busy) as said:
        deliver(jobs, m.Failed(request, m.CANCELLED, {}, "cancelled"))
    assert said.args == [False]
    assert not jobs.is_busy


def test_a_file_that_is_no_network_says_so_and_changes_nothing(
    qtbot: QtBot, asked: tuple[Document, Jobs, list[m.Request]]
) -> None:
    document, jobs, sent = asked
    jobs.open_weights("mine.pth")
    refusal = m.Failed(sent[-1].id, "checkpoint_foreign", {}, "mine.pth is no ResNet")
    with qtbot.waitSignal(jobs.failed) as told:
        deliver(jobs, refusal)
    assert told.args == [refusal]
    assert (document.spec, document.weights) == (SPEC, None)


def test_weights_come_into_the_document_once_they_are_read(asked: tuple[Document, Jobs, list[m.Request]]) -> None:
    document, jobs, sent = asked
    jobs.open_weights("mine.pth")
    document.set_image(PICTURE)  # waits: the engine would drop the older request
    assert not any(isinstance(request, m.Predict) for request in sent)
    deliver(jobs, m.ModelReady(sent[-1].id, "mine.pth", True, LABELS, "cpu", OTHER))
    assert (document.spec, document.weights) == (OTHER, "mine.pth")
    assert isinstance(sent[-1], m.Predict)
    assert sent[-1].weights == "mine.pth"


def test_going_back_to_a_layer_asks_again_where_its_maps_are_of_something_else(
    asked: tuple[Document, Jobs, list[m.Request]],
) -> None:
    document, jobs, sent = asked
    first, second = "layer2.0.conv1", "layer2.0.conv2"
    document.set_image(PICTURE)
    document.select(first)
    deliver(jobs, answer(sent[-1], maps={first: TENSOR}))
    document.set_image(replace(PICTURE, name="blue.png"))
    document.select(second)
    document.select(first)
    assert isinstance(sent[-1], m.Predict)
    assert (sent[-1].capture, sent[-1].image) == ((first,), document.image)
    deliver(jobs, answer(sent[-1], maps={first: TENSOR}))
    before = len(sent)
    document.select(None)
    document.select(first)
    assert len(sent) == before, "they are there"


@pytest.mark.parametrize("what", ["layer", "off", "film"])
def test_a_bad_picture_takes_nothing_with_it_that_was_asked_for_as_well(
    qtbot: QtBot, asked: tuple[Document, Jobs, list[m.Request]], what: str
) -> None:
    document, jobs, sent = asked
    document.set_image(PICTURE)
    deliver(jobs, answer(sent[-1]))
    jobs.want(maps=True)
    if what == "layer":
        document.select("layer2.0.conv1")
    elif what == "off":
        document.set_off(Off(frozenset({"layer1.1"})), "off")
    else:
        jobs.want(film=True)
    document.set_image(m.ImageSource(path="bad.png", name="bad.png"))
    deliver(jobs, replace(failed("image_unknown"), id=sent[-1].id))
    assert document.image is PICTURE
    request = sent[-1]
    assert isinstance(request, m.Predict)
    assert request.image is PICTURE
    assert (request.capture == ("layer2.0.conv1",), bool(request.off), request.film) == tuple(
        each == what for each in ("layer", "off", "film")
    )
    deliver(jobs, answer(request))
    before = len(sent)
    document.set_image(m.ImageSource(path="bad.png", name="bad.png"))
    deliver(jobs, replace(failed("image_unknown"), id=sent[-1].id))
    assert len(sent) == before + 1, "all is there"


def test_an_answer_about_the_former_picture_is_dropped_while_weights_are_read(
    asked: tuple[Document, Jobs, list[m.Request]],
) -> None:
    document, jobs, sent = asked
    document.set_image(PICTURE)
    late = answer(sent[-1])
    jobs.open_weights("some.pth")
    opening = sent[-1]
    other = m.ImageSource(path="blue.png", name="blue.png")
    document.set_image(other)
    deliver(jobs, late)
    assert jobs.prediction is None
    assert isinstance(opening, m.Warm)
    deliver(jobs, replace(built(), id=opening.id, spec=OTHER))
    assert isinstance(sent[-1], m.Predict)
    assert (sent[-1].image, sent[-1].spec) == (other, OTHER)


def test_a_picture_that_was_cancelled_is_not_the_one_that_is_shown(
    asked: tuple[Document, Jobs, list[m.Request]],
) -> None:
    document, jobs, sent = asked
    document.set_image(PICTURE)
    deliver(jobs, answer(sent[-1]))
    document.set_image(m.ImageSource(path="blue.png", name="blue.png"))
    request = sent[-1]
    assert isinstance(request, m.Predict)
    jobs.cancel()
    before = len(sent)
    deliver(jobs, m.Failed(request.id, m.CANCELLED, {}, "cancelled"))
    assert document.image is PICTURE
    assert not jobs.is_busy
    assert len(sent) == before, "who cancels wants nothing anew"
