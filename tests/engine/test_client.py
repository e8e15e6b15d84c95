from __future__ import annotations

import logging
import multiprocessing
import os
import queue
import signal
import subprocess
import sys

import numpy as np
import pytest

from resviz.arch.presets import PRESETS
from resviz.engine import messages as m
from resviz.engine.client import MOST_DEATHS, EngineClient
from resviz.nets.classifier import UNTRAINED
from tests.engine.conftest import PATIENCE, Engine, children
from tests.nets.small import SPEC

SLOW = PRESETS["resnet1202-cifar"].spec
PICTURE = m.ImageSource(pixels=np.zeros((8, 8, 4), np.uint8), name="black")


def predict(engine: Engine, slow: bool = False) -> int:
    return engine.client.predict(SLOW if slow else SPEC, PICTURE, weights=UNTRAINED, device="cpu")


def test_client_and_messages_load_neither_torch_nor_qt() -> None:
    code = "import sys, resviz.engine.client; print({'torch', 'PySide6', 'PIL'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_requests_before_ready_are_answered_after_it(own_engine: Engine) -> None:
    request = predict(own_engine)
    first = own_engine.wait_for(m.Progress)
    assert (first.id, first.text) == (0, "Loading PyTorch")
    own_engine.wait_for(m.Ready)
    assert own_engine.wait_for(m.Prediction, request).top


def test_killed_in_the_middle_of_a_prediction_it_starts_again_and_goes_on(
    own_engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    own_engine.wait_for(m.Ready)
    older = own_engine.client.warm(SLOW, weights=UNTRAINED, device="cpu")
    own_engine.wait_for(m.Progress, older)
    newest = predict(own_engine, slow=True)
    own_engine.wait_for(m.Progress, newest)
    with caplog.at_level(logging.WARNING):
        os.kill(own_engine.pid(), signal.SIGKILL)
        assert own_engine.wait_for(m.Died).exitcode == -signal.SIGKILL
    own_engine.wait_for(m.Restarted)
    own_engine.wait_for(m.Ready)
    own_engine.wait_for(m.Progress, newest)
    quick = predict(own_engine)
    answers = own_engine.answers(newest, quick)
    assert isinstance(answers[quick], m.Prediction)
    assert "exit code -9" in caplog.text


def test_a_request_that_kills_the_engine_each_time_is_given_up(own_engine: Engine) -> None:
    guilty = predict(own_engine, slow=True)
    for _ in range(MOST_DEATHS):
        own_engine.wait_for(m.Ready)
        own_engine.wait_for(m.Progress, guilty)
        os.kill(own_engine.pid(), signal.SIGKILL)
        own_engine.wait_for(m.Died)
    assert own_engine.wait_for(m.Failed, guilty).code == m.CRASHED
    own_engine.wait_for(m.Ready)
    assert own_engine.wait_for(m.Prediction, predict(own_engine)).top


@pytest.mark.parametrize("program", ["/bin/false", "/bin/no\0program"])  # the second raises a ValueError
def test_an_engine_that_does_not_start_is_told_and_tried_again_when_asked(own_engine: Engine, program: str) -> None:
    own_engine.wait_for(m.Ready)
    python = multiprocessing.spawn.get_executable()
    multiprocessing.set_executable(program)
    try:
        own_engine.client.restart()
        failed = own_engine.wait_for(m.Failed)
        assert (failed.id, failed.code) == (0, m.NO_START)
        lost = predict(own_engine)
        answer = own_engine.wait_for(m.Failed, lost)
        assert answer.code == m.NO_START
        assert "\n" not in answer.message
    finally:
        multiprocessing.set_executable(python)
    request = predict(own_engine)
    assert own_engine.wait_for(m.Prediction, request).top


def test_restart_is_no_death(own_engine: Engine) -> None:
    own_engine.wait_for(m.Ready)
    pid = own_engine.pid()
    own_engine.client.restart()
    assert isinstance(own_engine.heard.get(timeout=60), m.Restarted)
    own_engine.wait_for(m.Ready)
    assert own_engine.pid() != pid


def test_a_listener_that_fails_does_not_end_the_engine(caplog: pytest.LogCaptureFixture) -> None:
    heard: queue.SimpleQueue[m.Reply] = queue.SimpleQueue()

    def listen(message: m.Reply) -> None:
        heard.put(message)
        raise ValueError("a fault")

    client = EngineClient(listen)
    client.start()
    with caplog.at_level(logging.ERROR):
        assert isinstance(heard.get(timeout=PATIENCE), m.Progress)
        assert isinstance(heard.get(timeout=PATIENCE), m.Ready)
    client.close()
    assert "the listener failed" in caplog.text


@pytest.mark.parametrize("state", ["starting", "ready", "busy", "stopped", "never started"])
def test_close_leaves_nothing_whatever_the_child_does(state: str) -> None:
    own_engine = Engine()
    if state == "never started":
        own_engine.client.close()
        own_engine.client = EngineClient(own_engine.heard.put)
    if state in ("ready", "busy", "stopped"):
        own_engine.wait_for(m.Ready)
    if state in ("busy", "stopped"):
        own_engine.wait_for(m.Progress, predict(own_engine, slow=True))
    if state == "stopped":
        os.kill(own_engine.pid(), signal.SIGSTOP)
    own_engine.client.close()
    assert not children()
    own_engine.client.close()
    assert own_engine.client.next_id()
    own_engine.client.cancel(predict(own_engine))


def test_large_pictures_cross(own_engine: Engine) -> None:
    pixels = np.full((3000, 4000, 4), (200, 200, 200, 255), np.uint8)
    request = own_engine.client.predict(
        SPEC, m.ImageSource(pixels=pixels), weights=UNTRAINED, device="cpu", capture=("relu",)
    )
    got = own_engine.wait_for(m.Prediction, request)
    assert got.original_size == (4000, 3000)
    assert (got.seen == 200).all()


ORPHAN = """
import os, queue, signal
from resviz.engine import messages as m
from resviz.engine.client import EngineClient

if __name__ == "__main__":
    heard = queue.SimpleQueue()
    client = EngineClient(heard.put)
    client.start()
    while not isinstance(heard.get(timeout=100), m.Ready):
        pass
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_engine_does_not_outlive_a_window_that_is_killed() -> None:
    # The engine inherits the pipe of stdout, which is at its end only when the engine is gone too.
    window = subprocess.Popen([sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    window.communicate(timeout=120)
    assert window.returncode == -signal.SIGKILL


def test_leaving_without_close_ends_the_engine() -> None:
    code = ORPHAN.replace("os.kill(os.getpid(), signal.SIGKILL)", "raise SystemExit(3)")
    window = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    _, stderr = window.communicate(timeout=120)
    assert window.returncode == 3
    assert b"Traceback" not in stderr
