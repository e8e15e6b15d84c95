"""What comes with predictions reaches the graph, and is asked for while it is shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.gui.graph.feed import Feed
from resviz.gui.graph.view import GraphView
from resviz.gui.jobs import Jobs
from tests.gui.panels.desk import PICTURE, PREDICTION, deliver


@pytest.fixture
def jobs(view: GraphView, document: Document):
    jobs = Jobs(document)  # never started
    Feed(view, jobs)
    yield jobs
    jobs.close()


def test_only_what_is_shown_is_asked_for(view: GraphView, jobs: Jobs) -> None:
    assert (jobs.wanted.film, jobs.wanted.strengths) == (False, False)
    view.look.set_film(True)
    assert (jobs.wanted.film, jobs.wanted.strengths) == (True, False)
    view.look.set_ribbon(True)
    view.look.set_film(False)
    assert (jobs.wanted.film, jobs.wanted.strengths) == (False, True)


def test_it_comes_and_goes_with_the_picture(qtbot: QtBot, view: GraphView, jobs: Jobs, document: Document) -> None:
    view.look.set_film(True)
    view.look.set_ribbon(True)
    document.set_image(PICTURE)
    strengths = (m.Strength("layer1.0", 0.5, 0.1),)
    film = {"layer1.0": np.zeros((4, 4), np.uint8)}
    deliver(jobs, replace(PREDICTION, film=film, strengths=strengths))
    assert view._along.film == film
    assert view._along.strengths == {"layer1.0": strengths[0]}
    assert not view._along.stale
    deliver(jobs, PREDICTION)  # asked for before it was wanted
    assert view._along.film == film
    assert not view._along.strengths, "a network whose numbers overflow has none: those before must not stay"
    deliver(jobs, replace(PREDICTION, strengths=strengths))
    document.set_image(m.ImageSource(path="other.png"))
    qtbot.waitUntil(lambda: view._along.stale)
    document.put_back_image(PICTURE)  # the other could not be read
    assert not view._along.stale
    document.set_image(None)
    assert not view._along.film
    assert not view._along.strengths
