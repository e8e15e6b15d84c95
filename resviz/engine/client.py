"""The window's side of the engine: starts, feeds and restarts the child. No torch, no Qt.

Two threads a client: the reader owns the child's life (spawn, receive, reap, spawn again) and calls
`on_message`; a sender a child keeps large pictures from holding up the caller.
"""

from __future__ import annotations

import contextlib
import importlib
import itertools
import logging
import multiprocessing
import queue
import signal
import threading
from collections.abc import Callable, Iterator
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection

from resviz.arch.spec import ResNetSpec
from resviz.engine import messages as m
from resviz.engine import wire
from resviz.files import reason
from resviz.ways import EXACT, NOTHING_OFF, OWN, Compute, Off, Preparation

log = logging.getLogger(__name__)

MOST_DEATHS = 3
"""A request that was open at so many deaths of the child in a row is taken to be their cause."""
_ALONE = m.Export | m.Fetch | m.ListWeights
"""No newer request replaces these."""
CLOSE_STEPS = (0.6, 0.4, 0.6)
"""Seconds `close` waits after asking, after SIGTERM and after SIGKILL: 1.6 s in all, whatever the child does.
"""


def _child_main(connection: Connection) -> None:
    # By name, so that neither this module nor the import contracts tie the window to torch.
    importlib.import_module("resviz.engine.server").main(connection)


class _Child:
    """One spawned process with its pipe and the thread that writes into it."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_child_main, args=(theirs,), name="resviz-engine", daemon=True)
        with _interrupts_held():
            self.process.start()
        theirs.close()  # else the pipe would not end when the child does
        self.was_ready = False
        self._outbox: queue.SimpleQueue[m.Request | None] = queue.SimpleQueue()
        self._sender = threading.Thread(target=self._send_all, name="resviz-engine-sender", daemon=True)
        self._sender.start()

    def send(self, request: m.Request) -> None:
        self._outbox.put(request)

    def _send_all(self) -> None:
        while (request := self._outbox.get()) is not None:
            try:
                wire.send(self.connection, request)
            except OSError:  # the child is gone; the reader sees it too and acts on it
                return

    def reap(self) -> int | None:
        """Wait for the process to end, by force if it only closed its pipe, and let go of all it had."""
        self.process.join(0.5)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        exitcode = self.process.exitcode
        self._outbox.put(None)
        self._sender.join()
        self.connection.close()
        self.process.close()
        return exitcode

    def end(self, means: str) -> None:
        """`terminate` or `kill` the process."""
        with contextlib.suppress(ValueError, OSError):  # ended and reaped in the meantime
            getattr(self.process, means)()


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C in the terminal reaches the whole process group; a child inherits the block until it ignores
    SIGINT.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # its start would lift the block again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class EngineClient:
    """The engine as the window sees it.

    `on_message` gets every reply of `resviz.engine.messages`, in order, in the client's reader thread (a Qt
    program emits a queued signal there). All methods return at once but `close`, which takes 2 seconds at
    most.
    """

    def __init__(self, on_message: Callable[[m.Reply], None]) -> None:
        self._on_message = on_message
        self._ids = itertools.count(1)
        self._wake = threading.Condition()
        self._open: dict[int, m.Job] = {}
        self._deaths: dict[int, int] = {}
        self._late_cancels: list[m.Cancel] = []
        self._failed_starts = 0
        self._child: _Child | None = None
        self._restart_asked = False
        self._closing = False
        self._reader: threading.Thread | None = None

    # --- asking ---------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the child; `Ready` comes when it has loaded torch. Requests may be sent before that."""
        if self._reader is None:
            self._reader = threading.Thread(target=self._run, name="resviz-engine-reader", daemon=True)
            self._reader.start()

    def next_id(self) -> int:
        """A fresh id for a request."""
        return next(self._ids)

    def predict(
        self,
        spec: ResNetSpec,
        image: m.ImageSource,
        *,
        weights: str | None = None,
        device: str = "auto",
        capture: tuple[str, ...] = (),
        top: int = 5,
        choices: m.Choices = (),
        compute: Compute = EXACT,
        prepare: Preparation = OWN,
        beside: m.Beside | None = None,
        off: Off = NOTHING_OFF,
        strengths: bool = False,
        film: bool = False,
        speaks: bool = False,
        ranges: bool = False,
    ) -> int:
        """Send a `Predict`; returns its id."""
        own = (spec, weights, device, image, capture, top, choices)
        request = m.Predict(self.next_id(), *own, compute, prepare, beside, off, strengths, film, speaks, ranges)
        self.send(request)
        return request.id

    def warm(
        self, spec: ResNetSpec | None, *, weights: str | None = None, device: str = "auto", choices: m.Choices = ()
    ) -> int:
        """Send a `Warm`; returns its id."""
        request = m.Warm(self.next_id(), spec, weights, device, choices)
        self.send(request)
        return request.id

    def export(
        self,
        spec: ResNetSpec,
        path: str,
        *,
        weights: str | None = None,
        device: str = "auto",
        choices: m.Choices = (),
    ) -> int:
        """Send an `Export`; returns its id."""
        request = m.Export(self.next_id(), spec, weights, device, path, choices)
        self.send(request)
        return request.id

    def profile(
        self,
        spec: ResNetSpec,
        image: m.ImageSource | None = None,
        *,
        weights: str | None = None,
        device: str = "auto",
        choices: m.Choices = (),
    ) -> int:
        """Send a `Profile`; returns its id."""
        request = m.Profile(self.next_id(), spec, weights, device, image, choices)
        self.send(request)
        return request.id

    def cancel(self, request_id: int) -> None:
        """Drop or stop the request with this id; it is answered by `Failed` with code `cancelled`."""
        self.send(m.Cancel(request_id))

    def send(self, request: m.Request) -> None:
        """Hand a request to the child, now or when there is one again; never blocks."""
        with self._wake:
            if self._closing:
                return
            if isinstance(request, m.Job):
                self._open[request.id] = request
            if self._child is not None:
                self._child.send(request)
            elif isinstance(request, m.Cancel):
                self._late_cancels.append(request)
            self._wake.notify_all()

    def restart(self) -> None:
        """End the child by force and start another; the newest open request is sent again."""
        with self._wake:
            self._restart_asked = True
            if self._child is not None:
                self._child.end("kill")
            self._wake.notify_all()

    def close(self) -> None:
        """End the child and both threads, within 2 seconds; nothing is delivered from now on."""
        with self._wake:
            self._closing = True
            child = self._child
            if child is not None:
                child.send(m.Shutdown())
            self._wake.notify_all()
        if self._reader is None or self._reader is threading.current_thread():
            return
        for means, seconds in zip(("", "terminate", "kill"), CLOSE_STEPS, strict=True):
            if child is not None and means:
                child.end(means)
            self._reader.join(seconds)
            if not self._reader.is_alive():
                return

    # --- the reader's thread --------------------------------------------------------------------------------

    def _run(self) -> None:
        first = True
        while self._wanted():
            child = self._launch()
            if child is None:
                continue
            if not first:
                self._deliver(m.Restarted())
            first = False
            self._receive(child)
            self._bury(child, child.reap())

    def _wanted(self) -> bool:
        """Whether to start a child; after several vain starts only when somebody asks for something."""
        with self._wake:
            while not self._closing and self._failed_starts >= MOST_DEATHS:
                if self._open or self._restart_asked:
                    break
                self._wake.wait()
            self._restart_asked = False
            return not self._closing

    def _launch(self) -> _Child | None:
        try:
            child = _Child()
        except Exception as error:  # no memory, no process, no thread to be had: spawning raises many kinds
            log.exception("the engine's process cannot be started")
            self._start_failed(reason(error))
            return None
        with self._wake:
            if not self._closing:
                self._child = child
                self._restart_asked = False
                for request in (*self._open.values(), *self._late_cancels):
                    child.send(request)
                self._late_cancels.clear()
                return child
        child.end("kill")
        child.reap()
        return None

    def _receive(self, child: _Child) -> None:
        while True:
            try:
                reply = wire.receive(child.connection)
            except (EOFError, OSError):
                return
            if isinstance(reply, m.Ready):
                child.was_ready = True
                self._failed_starts = 0
            elif isinstance(reply, m.Final):
                self._settle(reply.id)
            self._deliver(reply)

    def _settle(self, request_id: int) -> None:
        with self._wake:
            self._open.pop(request_id, None)
            self._deaths.pop(request_id, None)

    def _bury(self, child: _Child, exitcode: int | None) -> None:
        with self._wake:
            self._child = None
            asked = self._restart_asked
        if not asked and not self._closing:
            log.warning("the engine ended by itself, exit code %s", exitcode)
            self._deliver(m.Died(exitcode))
        self._drop_replaced()
        if asked:
            return
        if child.was_ready:
            self._blame_open()
        else:
            self._start_failed(f"exit code {exitcode}")

    def _drop_replaced(self) -> None:
        """Of the open requests only the newest of each kind is tried again, but all of those that stand alone."""
        with self._wake:
            newest = {type(request): request.id for request in self._open.values()}
            kept = {i for i, request in self._open.items() if isinstance(request, _ALONE)} | {*newest.values()}
            dropped = [i for i in self._open if i not in kept]
        for request_id in dropped:
            self._fail(request_id, m.CANCELLED, "replaced by a newer request")

    def _blame_open(self) -> None:
        with self._wake:
            for request_id in self._open:
                self._deaths[request_id] = self._deaths.get(request_id, 0) + 1
            guilty = [i for i in self._open if self._deaths[i] >= MOST_DEATHS]
        for request_id in guilty:
            self._fail(request_id, m.CRASHED, f"the engine died {MOST_DEATHS} times at this; it is not tried again")

    def _start_failed(self, why: str) -> None:
        self._failed_starts += 1
        if self._failed_starts < MOST_DEATHS:
            return
        message = f"the engine does not start ({why}); predictions are not possible, all else works"
        with self._wake:
            waiting = list(self._open)
        for request_id in (*waiting, 0):
            self._fail(request_id, m.NO_START, message)

    def _fail(self, request_id: int, code: str, message: str) -> None:
        self._settle(request_id)
        self._deliver(m.Failed(request_id, code, {}, message))

    def _deliver(self, reply: m.Reply) -> None:
        if self._closing:
            return
        try:
            self._on_message(reply)
        except Exception:  # a fault of the listener must not end the engine
            log.exception("the listener failed at %s", type(reply).__name__)
