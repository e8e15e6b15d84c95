"""Asks the engine for what is wanted, one thing after the other; the newest wish wins."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from resviz.engine import messages as m
from resviz.gui.jobs import Jobs

Make = Callable[[int], m.Job]
#: What takes no longer than this is not announced, so that nothing flashes.
PATIENCE_MS = 200


class Runner(QObject):
    """`want` says what shall be known, the most urgent first; asks are values that can be compared."""

    #: An ask and its answer; an ask and `Failed`, with the code `CANCELLED` when it was given up.
    found = Signal(object, object)
    failed = Signal(object, object)
    #: 0 to 1 and in words, once an answer takes its time; and that there is nothing more to wait for.
    progress = Signal(float, str)
    idle = Signal()

    def __init__(self, jobs: Jobs, make: Callable[..., Make], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._make = make
        self._wanted: tuple[Hashable, ...] = ()
        self._running: Hashable | None = None
        self._failed: set[Hashable] = set()
        self._dropping = False
        self._pushed: Hashable | None = None
        self._patient: Callable[..., bool] = lambda _ask: False
        self._task = jobs.new_task(self)
        self._task.progress.connect(self._on_progress)
        self._task.ended.connect(self._on_ended)
        self._late = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._late.timeout.connect(lambda: self.progress.emit(0.0, ""))

    def let_finish(self, patient: Callable[..., bool]) -> None:
        """Which asks are so quick that they end even if they are no longer wanted: a camera would starve them."""
        self._patient = patient

    @property
    def is_running(self) -> bool:
        return self._running is not None

    @property
    def running(self) -> Hashable | None:
        return self._running

    def want(self, asks: Sequence[Hashable]) -> None:
        """From now on these, in this order; what failed is not tried again before `retry`."""
        self._wanted = tuple(ask for ask in asks if ask not in self._failed)
        if self._running is None:
            self._next()
        elif self._running not in self._wanted and not (self._wanted and self._patient(self._running)):
            if self._wanted:
                self._start(self._wanted[0])
            else:
                self._dropping = True
                self._task.cancel()

    def has_failed(self, ask: Hashable) -> bool:
        """Whether it failed or was given up."""
        return ask in self._failed

    def retry(self) -> None:
        """What failed may be tried again."""
        self._failed.clear()

    def cancel(self) -> None:
        """Give up all that is wanted; the last answers stay."""
        self._failed.update(self._wanted)
        self._wanted = ()
        self._task.cancel()

    def _next(self) -> None:
        if self._wanted:
            self._start(self._wanted[0])
        else:
            self._late.stop()
            self.idle.emit()

    def _start(self, ask: Hashable) -> None:
        self._running, self._dropping = ask, False
        if not self._late.isActive():
            self._late.start()
        self._task.start(self._make(ask))

    def _on_progress(self, done: float, text: str) -> None:
        if not self._late.isActive():
            self.progress.emit(done, text)

    def _on_ended(self, answer: object) -> None:
        ask, self._running = self._running, None
        self._late.stop()
        cancelled = isinstance(answer, m.Failed) and answer.code == m.CANCELLED
        # Dropped, it may be wanted again by now; replaced by another panel's, it is asked once more.
        if not (cancelled and (self._dropping or self._is_pushed(ask))):
            self._end(ask, answer)
        if self._running is None:  # a listener may have wanted something else by now
            self._next()

    def _is_pushed(self, ask: Hashable) -> bool:
        """Whether somebody else's request took its place, for the first time."""
        pushed = ask in self._wanted and ask != self._pushed
        self._pushed = ask
        return pushed

    def _end(self, ask: Hashable, answer: object) -> None:
        wanted = ask in self._wanted
        self._wanted = tuple(each for each in self._wanted if each != ask)
        if not isinstance(answer, m.Failed):
            self.found.emit(ask, answer)
        elif wanted or answer.code != m.CANCELLED:
            self._failed.add(ask)
            self.failed.emit(ask, answer)
