"""The weights there are and the downloads under way, for the window of weights and for the run strip's offer."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from resviz.arch.spec import ResNetSpec
from resviz.engine import messages as m
from resviz.gui.jobs import Jobs
from resviz.gui.settings import Settings
from resviz.gui.task import Task

_FOLDER = "weights/folder"


@dataclass(frozen=True)
class Transfer:
    """How far a download is: bytes here and in all (0: not known yet), bytes a second."""

    got: int = 0
    want: int = 0
    per_second: float = 0.0

    @property
    def share(self) -> float:
        return min(1.0, self.got / self.want) if self.want else 0.0

    @property
    def seconds_left(self) -> float | None:
        """None while that cannot be told."""
        return (self.want - self.got) / self.per_second if self.want and self.per_second > 0 else None


class Catalogue(QObject):
    """Asks the engine; `weights` are those on this disk until it has told of the others."""

    #: There are other weights, or they are elsewhere.
    changed = Signal()
    #: A download of this name has begun, gone on or ended.
    moved = Signal(str)
    #: The `WeightsInfo` of what is on this disk now.
    fetched = Signal(object)
    #: A name (empty: the list itself) and `Failed`; never for what was cancelled.
    failed = Signal(str, object)

    def __init__(self, jobs: Jobs, settings: Settings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent or jobs)
        self.jobs, self._settings = jobs, settings
        self._folder = settings.text(_FOLDER) if settings else ""
        self.weights: tuple[m.WeightsInfo, ...] = jobs.catalog
        self.transfers: dict[str, Transfer] = {}
        #: What went wrong with the last download of a name, until it is tried again.
        self.errors: dict[str, m.Failed] = {}
        #: How far downloads were that the user stopped; what came of them is kept.
        self.paused: dict[str, Transfer] = {}
        self.is_listed = False
        #: Whether the list was asked for and has come, or cannot.
        self.is_answered = False
        self._tasks: dict[str, Task] = {}
        self._listing = jobs.new_task(self)
        self._listing.ended.connect(self._on_listed)
        jobs.ready.connect(self._on_ready)

    # --- the list ------------------------------------------------------------------------------------------

    @property
    def folder(self) -> str:
        """Where downloads go; empty for the user's own folder."""
        return self._folder

    def set_folder(self, folder: str) -> None:
        """Remembered; what lies there is listed too."""
        self._folder = folder
        if self._settings is not None:
            self._settings.put(_FOLDER, folder)
        self.changed.emit()
        self.refresh()

    def refresh(self) -> None:
        """Ask what there is; `changed` follows."""
        self._listing.start(lambda request: m.ListWeights(request, self.folder))

    def ensure_listed(self) -> None:
        """Ask if nobody has: the engine loads torchvision for it."""
        if not self.is_listed and not self._listing.is_running:
            self.refresh()

    def find(self, name: str) -> m.WeightsInfo | None:
        """Weights by name, or by their file."""
        return next((info for info in self.weights if name in (info.name, info.path)), None) if name else None

    def is_used(self, info: m.WeightsInfo) -> bool:
        """Whether the open network has these weights."""
        model = self.jobs.model
        return model is not None and model.weights is not None and model.weights in (info.name, info.path)

    def _on_ready(self, ready: m.Ready) -> None:
        if not self.is_listed:
            self._put(ready.catalog)

    def _on_listed(self, answer: m.Listed | m.Failed) -> None:
        self.is_answered = True
        if isinstance(answer, m.Listed):
            self.is_listed = True
            self._put(answer.weights)
        elif answer.code != m.CANCELLED:
            self.failed.emit("", answer)

    def _put(self, weights: tuple[m.WeightsInfo, ...]) -> None:
        self.weights = weights
        self.jobs.catalog = tuple(info for info in weights if info.path)  # whose titles and labels the panels look up
        self.changed.emit()

    # --- downloads -----------------------------------------------------------------------------------------

    def download(self, name: str) -> None:
        """Begin, or go on with what broke off; any number at a time, each once."""
        if name in self._tasks:
            return
        task = self._tasks[name] = self.jobs.new_task(self)
        task.part.connect(lambda part: self._on_part(name, part))
        task.ended.connect(lambda answer: self._on_ended(name, answer))
        self.errors.pop(name, None)
        self.transfers[name] = self.paused.pop(name, Transfer())
        task.start(lambda request: m.Fetch(request, name, self.folder))
        self.moved.emit(name)

    def cancel(self, name: str) -> None:
        """Give a download up; what came is kept for the next try."""
        if name in self._tasks:
            self._tasks[name].cancel()

    def _on_part(self, name: str, part: m.Fetching) -> None:
        self.transfers[name] = Transfer(part.got, part.want, part.per_second)
        self.moved.emit(name)

    def _on_ended(self, name: str, answer: m.Fetched | m.Failed) -> None:
        self._tasks.pop(name).deleteLater()
        last = self.transfers.pop(name)
        if isinstance(answer, m.Fetched):
            self._put(tuple(replace(info, path=answer.path) if info.name == name else info for info in self.weights))
        elif answer.code != m.CANCELLED:
            self.errors[name] = answer
        elif last.got:
            self.paused[name] = replace(last, per_second=0.0)
        self.moved.emit(name)
        self._tell(name, answer)

    def _tell(self, name: str, answer: m.Fetched | m.Failed) -> None:
        if isinstance(answer, m.Fetched):
            self.refresh()  # the size and the hash are known to the last digit now
            if (info := self.find(name)) is not None:
                self.fetched.emit(info)
        elif answer.code != m.CANCELLED:
            self.failed.emit(name, answer)


def fits(info: m.WeightsInfo, spec: ResNetSpec) -> bool:
    """Whether weights are of this very network; the size of its input is no matter to them."""
    return replace(info.spec, size=spec.size) == spec
