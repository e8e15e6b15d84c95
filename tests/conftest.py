"""Every test: offscreen Qt, a home of its own, and nothing left running."""

from __future__ import annotations

import os

# Before anything imports Qt, which reads these once.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import gc
import itertools
import multiprocessing
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

_TESTS = itertools.count()
#: Old garbage is looked for once in so many tests.
_OLD = 400


@pytest.fixture(scope="session", autouse=True)
def one_application(qapp: object) -> None:
    """A process has one application object: that of the window, made before a drawing's smaller one can be."""


@pytest.fixture(autouse=True)
def no_widgets_pile_up(one_application: None) -> Iterator[None]:
    """Closed widgets wait for an event loop to delete them; there is none, and each costs time with every style set."""
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(autouse=True)
def garbage_goes_in_the_windows_thread(one_application: None) -> Iterator[None]:
    """As in the program: in an engine's thread Python would delete what has timers running, and Qt would crash."""
    gc.disable()
    yield
    number = next(_TESTS)
    gc.collect(1 if number % _OLD else 2)
    if number % _OLD == 0:
        gc.freeze()  # what is left is mostly modules


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings, caches and downloads of a test go to a folder of its own."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    return home


@pytest.fixture(autouse=True)
def nothing_left_running(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test that leaves a thread or a child process behind."""
    shared = "engine" in "".join(request.fixturenames)
    threads, children = set(threading.enumerate()), set(multiprocessing.active_children())
    yield
    if shared:  # a fixture of wider scope may rightly have started one; its own teardown checks
        return
    assert set(multiprocessing.active_children()) <= children
    new = [thread for thread in threading.enumerate() if thread not in threads and not thread.daemon]
    assert not new, f"left running: {new}"
