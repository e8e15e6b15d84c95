"""The zone of the prediction while parts of the network are off."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from resviz.engine import messages as m
from resviz.gui.panels.prediction import PredictionZone
from resviz.ways import Off
from tests.gui.panels.desk import LABELS, PREDICTION, SPEC

LOGITS = np.array([-1.2, 0.4, 2.0, 7.1, 1.9, 5.2, 3.1, 0.8, -2.2, -0.7], np.float32)
WHOLE = m.Answer(SPEC, PREDICTION.top, LOGITS[::-1].copy(), LABELS, "tiny", True)
ONE = replace(PREDICTION, logits=LOGITS, labels=LABELS, off=Off(frozenset({"layer2.1"})), whole=WHOLE)


@pytest.fixture
def zone(qtbot: QtBot) -> PredictionZone:
    zone = PredictionZone()
    qtbot.addWidget(zone)
    zone.resize(420, 180)
    zone.show()
    return zone


def test_it_says_what_is_off_and_shows_both(zone: PredictionZone) -> None:
    zone.show_prediction(ONE)
    assert zone.foot.text() == "layer2.1 is off; thin bar: the whole network"
    assert all(row.whole is not None for row in zone.bars.rows)
    assert {"cat", "frog"} <= {row.score.label for row in zone.bars.rows}  # the answer now, and that of the whole
    zone.show_prediction(PREDICTION)
    assert zone.foot.text() == ""
    assert all(row.whole is None for row in zone.bars.rows)


def test_untrained_it_says_that_first(zone: PredictionZone) -> None:
    zone.show_prediction(replace(ONE, trained=False))
    assert zone.foot.text().startswith("untrained: predictions mean nothing · layer2.1 is off")


def test_by_the_users_names_and_at_a_temperature(zone: PredictionZone) -> None:
    zone.show_prediction(ONE)
    sharp = zone.bars.rows[0]
    zone.set_temperature(5.0)
    zone.set_labels(tuple("abcdefghij"))
    row = zone.bars.rows[0]
    assert row.score.label == "d"
    assert row.score.probability < sharp.score.probability
    assert "at temperature 5" in zone.foot.text()


def test_beside_a_second_network_too(zone: PredictionZone) -> None:
    zone.show_prediction(replace(ONE, beside=replace(WHOLE, weights="other")))
    assert zone.second.isVisibleTo(zone)
    assert zone.foot.text().startswith("layer2.1 is off")
    assert zone.bars.rows[0].whole is None  # the second list says what differs
