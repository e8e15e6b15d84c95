"""The lines above the table: which folder, how far it is, and what of it shows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QProgressBar, QPushButton, QToolButton, QWidget

from resviz.gui.folder.model import Filter
from resviz.gui.folder.run import FolderRun
from resviz.gui.panels.arrow_box import ArrowBox
from resviz.gui.panels.controls import Choice, Segmented, row
from resviz.gui.panels.zone import ElidedLabel

_PARTS = 1000


class ProgressLine(QWidget):
    """How far a run is, how fast, and how long it will take; what came of it afterwards."""

    def __init__(self, run: FolderRun, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run = run
        self.text = ElidedLabel("muted", self)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, _PARTS)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(200)
        self.cancel = QPushButton(self.tr("Cancel"), self)
        self.cancel.setToolTip(self.tr("Stop; the rows that are there stay"))
        self.cancel.clicked.connect(run.cancel)
        self.again = QPushButton(self.tr("Classify again"), self)
        self.again.setToolTip(self.tr("With the network as it is now"))
        line = row(self, 12, (16, 0, 16, 8))
        line.addWidget(self.bar)
        line.addWidget(self.text, 1)
        line.addWidget(self.again)
        line.addWidget(self.cancel)
        self.setFixedHeight(38)

    def show_run(self, failed: int) -> None:
        """`failed` is how many files could not be read."""
        run = self._run
        self.bar.setVisible(run.is_running)
        # Nothing is known of how long looking for files will take.
        self.bar.setRange(0, _PARTS if run.whole else 0)
        self.bar.setValue(round(_PARTS * run.done / run.whole) if run.whole else 0)
        self.cancel.setVisible(run.is_running)
        self.again.setVisible(run.network is not None and (run.is_outdated or run.cancelled) and not run.is_running)
        self.text.setText(self._running() if run.is_running else self._ended(failed))

    def _running(self) -> str:
        run = self._run
        if not run.whole:
            return run.step or self.tr("Waiting for the engine…")
        parts = [self.tr("{done} of {whole}").format(done=f"{run.done:,}", whole=f"{run.whole:,}")]
        if run.per_second:
            parts.append(self.tr("{speed} a second").format(speed=_speed(run.per_second)))
            parts.append(self.tr("{time} left").format(time=duration((run.whole - run.done) / run.per_second)))
        if run.is_outdated:
            parts.append(self.tr("with the network as it was"))
        return " · ".join(parts)

    def _ended(self, failed: int) -> str:
        run = self._run
        if run.network is None:
            return ""
        if run.cancelled:
            text = self.tr("stopped after {done} of {whole}")
            parts = [text.format(done=f"{run.done:,}", whole=f"{run.whole:,}" if run.whole else "?")]
        else:
            parts = [self.tr("{count} pictures").format(count=f"{run.done:,}")]
        if run.answer is not None:
            text = self.tr("in {time}, {speed} a second")
            parts.append(text.format(time=duration(run.answer.seconds), speed=_speed(run.per_second)))
            parts.append(run.answer.way)
        if failed:
            parts.append(self.tr("{count} could not be read").format(count=f"{failed:,}"))
        if run.is_outdated:
            parts.append(self.tr("the network has changed since"))
        return " · ".join(parts)


class FilterBar(QWidget):
    """Words, all or wrong or broken, a true class and one that was said; `changed` carries the `Filter`."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = QLineEdit(self)
        self.words.setClearButtonEnabled(True)
        self.words.setPlaceholderText(self.tr("Filter: file or class"))
        self.words.setToolTip(self.tr("Rows that hold every word, in file, class or error"))
        self.words.setAccessibleName(self.tr("Filter pictures"))
        self.kind = Segmented(
            [
                Choice("all", self.tr("All"), self.tr("Every picture")),
                Choice("wrong", self.tr("Wrong"), self.tr("Where the likeliest class is not the true one")),
                Choice("errors", self.tr("Errors"), self.tr("Files that could not be read")),
            ],
            self.tr("Which pictures"),
            self,
        )
        self.kind.set_value("all")
        self.true, self.guess = self._box(self.tr("True class")), self._box(self.tr("Taken for"))
        self.clear_link = QToolButton(self)
        self.clear_link.setText(self.tr("Clear"))
        self.clear_link.setProperty("role", "link")
        self.clear_link.setToolTip(self.tr("Show every picture"))
        self.clear_link.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        line = row(self, 8, (16, 4, 12, 8))
        line.addWidget(self.words, 1)
        for part in (self.kind, self.true, self.guess, self.clear_link):
            line.addWidget(part)
        self.words.textChanged.connect(self._tell)
        self.kind.chosen.connect(self._tell)
        self.clear_link.clicked.connect(self.clear)
        self.show_classes((), False)
        self._tell()

    def _box(self, name: str) -> QComboBox:
        box = ArrowBox(name, self)
        box.setToolTip(name)
        box.addItem(self.tr("{name}: any").format(name=name), "")
        box.setMaximumWidth(190)
        box.currentIndexChanged.connect(self._tell)
        return box

    def show_classes(self, names: Sequence[str], known: bool) -> None:
        """The classes to choose from; without any there is nothing to be wrong about."""
        for box in (self.true, self.guess):
            self._fill(box, names)
            box.setVisible(known)
        self.kind.set_available("wrong", known, "" if known else self.tr("No folder is named after a class"))
        if not known and self.kind.value() == "wrong":
            self.kind.set_value("all")
            self._tell()

    def _fill(self, box: QComboBox, names: Sequence[str]) -> None:
        """What is chosen stays, even if no picture of it has come yet."""
        chosen = str(box.currentData() or "")
        wanted = [*names, chosen] if chosen and chosen not in names else list(names)
        if [box.itemData(at) for at in range(1, box.count())] == wanted:
            return
        with QSignalBlocker(box):
            while box.count() > 1:
                box.removeItem(1)
            for name in wanted:
                box.addItem(f"{box.accessibleName()}: {name}", name)
            box.setCurrentIndex(max(box.findData(chosen), 0))

    @property
    def filter(self) -> Filter:
        return Filter(
            tuple(self.words.text().casefold().split()),
            self.kind.value() or "all",
            str(self.true.currentData() or ""),
            str(self.guess.currentData() or ""),
        )

    def set_cell(self, cell: tuple[str, str] | None) -> None:
        """Only the pictures of a cell of the confusion matrix; None for those of all."""
        with QSignalBlocker(self.true), QSignalBlocker(self.guess):
            for box, name in zip((self.true, self.guess), cell or ("", ""), strict=True):
                box.setCurrentIndex(max(box.findData(name), 0))
        self.kind.set_value("all")
        self._tell()

    def clear(self) -> None:
        """Show every picture."""
        with QSignalBlocker(self.words):
            self.words.clear()
        self.set_cell(None)

    def _tell(self, *_: object) -> None:
        chosen = self.filter
        self.clear_link.setVisible(chosen != Filter())
        self.changed.emit(chosen)


def _speed(per_second: float) -> str:
    return f"{per_second:,.0f}" if per_second >= 10 else f"{per_second:.1f}"


def duration(seconds: float) -> str:
    """`0.8 s`, `42 s`, `3 min 05 s`, `2 h 10 min`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"
