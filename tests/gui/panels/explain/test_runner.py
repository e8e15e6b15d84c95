from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from resviz.engine import messages as m
from resviz.gui.panels.explain.runner import Runner
from tests.gui.panels.desk import PICTURE, SPEC, deliver, desk


class Bench:
    """A runner whose requests go nowhere; answers are given by hand."""

    def __init__(self) -> None:
        _document, self.jobs = desk()
        self.runner = Runner(self.jobs, self.make)
        self.found: list[object] = []
        self.failed: list[object] = []
        self.runner.found.connect(lambda ask, _answer: self.found.append(ask))
        self.runner.failed.connect(lambda ask, _answer: self.failed.append(ask))
        self.sent: list[int] = []

    def make(self, ask: str) -> Callable[[int], m.Job]:
        def made(number: int) -> m.Job:
            self.sent.append(number)
            return m.Explain(number, SPEC, None, "cpu", PICTURE, ask, 0)

        return made

    def answer(self) -> None:
        deliver(self.jobs, m.Explained(self.sent[-1], "gradcam", 0, ()))

    def fail(self, code: str = "layer_flat") -> None:
        deliver(self.jobs, m.Failed(self.sent[-1], code, {"layer": "fc"}, "no"))


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench()


def test_one_thing_after_the_other(bench: Bench) -> None:
    bench.runner.want(["a", "b"])
    assert bench.runner.running == "a"
    bench.answer()
    assert bench.runner.running == "b"
    bench.answer()
    assert bench.found == ["a", "b"]
    assert not bench.runner.is_running


def test_the_newest_wish_wins(bench: Bench) -> None:
    bench.runner.want(["slow"])
    bench.runner.want(["other"])
    assert bench.runner.running == "other"
    bench.answer()
    assert bench.found == ["other"]


def test_what_is_quick_may_end(bench: Bench) -> None:
    bench.runner.let_finish(lambda ask: ask == "quick")
    bench.runner.want(["quick"])
    bench.runner.want(["newer"])
    bench.runner.want(["newest"])
    assert bench.runner.running == "quick"
    bench.answer()
    assert bench.runner.running == "newest"
    bench.answer()
    assert bench.found == ["quick", "newest"]


def test_what_failed_is_not_asked_again_unasked(bench: Bench) -> None:
    bench.runner.want(["a"])
    bench.fail()
    assert bench.failed == ["a"]
    bench.runner.want(["a"])
    assert not bench.runner.is_running
    bench.runner.retry()
    bench.runner.want(["a"])
    assert bench.runner.running == "a"


def test_what_was_given_up_is_not_asked_again_unasked(bench: Bench) -> None:
    bench.runner.want(["a", "b"])
    bench.runner.cancel()
    bench.fail(m.CANCELLED)
    assert bench.runner.has_failed("a")
    bench.runner.want(["a"])
    assert not bench.runner.is_running
    assert not bench.failed


def test_what_was_dropped_and_is_wanted_again_is_asked_again(bench: Bench) -> None:
    bench.runner.want(["a"])
    bench.runner.want([])
    bench.runner.want(["a"])
    bench.fail(m.CANCELLED)
    assert bench.runner.running == "a"
    assert len(bench.sent) == 2
    bench.answer()
    assert bench.found == ["a"]


def test_what_somebody_else_pushed_out_is_asked_once_more(bench: Bench) -> None:
    bench.runner.want(["a"])
    bench.fail(m.CANCELLED)
    assert bench.runner.running == "a"
    bench.fail(m.CANCELLED)
    assert bench.failed == ["a"]
    assert not bench.runner.is_running
