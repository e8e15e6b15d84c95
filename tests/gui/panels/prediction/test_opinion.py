from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from resviz.engine import messages as m
from resviz.gui.panels.prediction.opinion import aligned_rows, as_text, best_rows, lesioned_rows, opinion
from tests.gui.panels.desk import LABELS, PREDICTION, SPEC

LOGITS = np.array([-1.2, 0.4, 2.0, 7.1, 1.9, 5.2, 3.1, 0.8, -2.2, -0.7], np.float32)
ANSWER = replace(PREDICTION, logits=LOGITS, labels=LABELS)


def beside(logits: m.Floats, labels: tuple[str, ...] = LABELS) -> m.Answer:
    return m.Answer(SPEC, PREDICTION.top, logits, labels, "b", True)


def test_the_likeliest_classes_come_from_the_logits() -> None:
    rows = best_rows(opinion(ANSWER), 10, 1.0)
    assert [row.score.index for row in rows] == [3, 5, 6, 2, 4, 7, 1, 9, 0, 8]
    assert rows[0].score.label == "cat"
    assert rows[0].logit == pytest.approx(7.1)
    assert sum(row.score.probability for row in rows) == pytest.approx(1.0)


def test_a_temperature_changes_probabilities_and_not_their_order() -> None:
    cold, warm = (best_rows(opinion(ANSWER), 3, t) for t in (1.0, 5.0))
    assert [row.score.index for row in cold] == [row.score.index for row in warm]
    assert warm[0].score.probability < cold[0].score.probability


def test_without_logits_the_engine_s_own_list_is_shown() -> None:
    rows = best_rows(opinion(PREDICTION), 3, 5.0)
    assert tuple(row.score for row in rows) == PREDICTION.top[:3]
    assert rows[0].logit is None


def test_numbers_that_overflowed_have_no_rows() -> None:
    overflowed = replace(ANSWER, top=(), logits=np.full(10, np.nan, np.float32))
    assert best_rows(opinion(overflowed), 5, 1.0) == ()


def test_the_user_s_names_go_before_the_weights_and_classes_beyond_have_numbers() -> None:
    own = opinion(ANSWER, ("zero", "one", "two", "three"))
    assert [row.score.label for row in best_rows(own, 2, 1.0)] == ["three", "class 5"]


def test_two_networks_in_the_same_rows() -> None:
    other = LOGITS.copy()
    other[8] = 20.0  # what the second is sure of is shown, though the first has it last
    found = aligned_rows(opinion(ANSWER), opinion(beside(other)), 3, 1.0)
    assert found is not None
    one, two = found
    assert [row.score.index for row in one] == [row.score.index for row in two] == [3, 5, 8]
    for a, b in zip(one, two, strict=True):
        assert a.difference == pytest.approx(a.score.probability - b.score.probability)


@pytest.mark.parametrize(
    "other",
    [
        beside(LOGITS, tuple("abcdefghij")),
        beside(np.zeros(3, np.float32), LABELS),
        beside(np.full(10, np.inf, np.float32)),
    ],
    ids=["other names", "fewer classes", "overflowed"],
)
def test_networks_that_know_other_classes_are_not_aligned(other: m.Answer) -> None:
    assert aligned_rows(opinion(ANSWER), opinion(other), 5, 1.0) is None


def test_rows_as_text() -> None:
    lines = as_text(best_rows(opinion(ANSWER), 2, 1.0)).splitlines()
    assert lines[0] == "index\tclass\tprobability\tlogit"
    assert lines[1].startswith("3\tcat\t0.84")
    assert lines[1].endswith("\t7.1")


def test_with_something_off_a_row_has_what_the_whole_network_says_too() -> None:
    whole = LOGITS.copy()
    whole[[8, 3]] = 9.0, 0.0
    rows = lesioned_rows(opinion(ANSWER), opinion(beside(whole)), 3, 1.0)
    assert [row.score.index for row in rows] == [3, 5, 8]  # the last one was the answer
    assert all(row.whole is not None and row.difference is not None for row in rows)
    assert [row.score.probability - (row.whole or 0) for row in rows] == pytest.approx([row.difference for row in rows])
    assert (rows[2].whole or 0) > 0.9
    warm = lesioned_rows(opinion(ANSWER), opinion(beside(whole)), 3, 5.0)
    assert (warm[-1].whole or 0) < 0.9


def test_without_logits_the_whole_networks_list_must_do() -> None:
    whole = m.Answer(SPEC, PREDICTION.top[:2], trained=True)
    rows = lesioned_rows(opinion(replace(PREDICTION, top=PREDICTION.top[1:])), opinion(whole), 3, 1.0)
    assert [row.whole for row in rows] == [0.2, None, None]
    assert rows[0].difference == 0
