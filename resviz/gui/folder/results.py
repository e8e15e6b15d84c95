"""What a network said of many pictures, and how often it was right. No Qt."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

from resviz.accuracy import interval
from resviz.engine.messages import BatchRow
from resviz.labels import Folders

OFTEN = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """One file. `name` is its path below the folder; `top` has (class, probability), most probable first.

    `true` is the class that its folder is named after, empty if it is named after none.
    """

    row: BatchRow
    name: str
    top: tuple[tuple[str, float], ...] = ()
    true: str = ""
    order: tuple[Any, ...] = ()
    """What rows that are equal otherwise are sorted by: `2.png` before `10.png`."""

    @property
    def path(self) -> str:
        return self.row.path

    @property
    def guess(self) -> str:
        """The likeliest class, empty for a file that could not be read."""
        return self.top[0][0] if self.top else ""

    @property
    def confidence(self) -> float:
        return self.top[0][1] if self.top else -1.0

    @property
    def is_right(self) -> bool | None:
        """None where nobody knows."""
        return self.guess == self.true if self.true and self.top else None


@dataclass(frozen=True)
class Score:
    """How often the first class, and one of the first five, was right; `low` and `high` as shares, 95 % sure."""

    right: int
    among: int
    count: int

    @property
    def share(self) -> float:
        return self.right / self.count

    @property
    def bounds(self) -> tuple[float, float]:
        return interval(self.right, self.count)


def natural(name: str) -> tuple[Any, ...]:
    """A name's parts, its numbers as such."""
    parts = re.split(r"(\d+)", name.casefold())
    return tuple(int(part) if place % 2 else part for place, part in enumerate(parts))


class Results:
    """Entries by their path: one that comes again takes the place of the former."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.labels: tuple[str, ...] = ()
        """The user's own names of the classes, empty for those of the weights."""
        self.root = ""
        self._folders = Folders(())
        self._forget()

    def _forget(self) -> None:
        self.pairs: Counter[tuple[str, str]] = Counter()
        """How many of a true class were taken for which."""
        self.errors = self._among = 0

    def clear(self, paths: Sequence[str]) -> None:
        """Before pictures of these files and folders come."""
        self.entries.clear()
        self._forget()
        try:
            self.root = os.path.commonpath(paths)
        except ValueError:  # on several drives, or none at all
            self.root = ""

    def set_labels(self, labels: tuple[str, ...]) -> None:
        """Other names for the same classes: all rows are told anew."""
        self.labels, self._folders = labels, Folders(labels)
        self._forget()
        for path, entry in self.entries.items():
            top, true = self._named(entry.row)
            self.entries[path] = changed = replace(entry, top=top, true=true)
            self._count(changed, 1)

    def add(self, row: BatchRow) -> tuple[Entry, Entry | None]:
        """A row as the engine sends it; returns its entry, and the one it takes the place of."""
        entry = self._entry(row)
        former = self.entries.get(row.path)
        if former is not None:
            self._count(former, -1)
        self.entries[row.path] = entry
        self._count(entry, 1)
        return entry, former

    def _entry(self, row: BatchRow) -> Entry:
        path = PurePath(row.path)
        name = str(path.relative_to(self.root)) if self.root and path.is_relative_to(self.root) else path.name
        name = name if name != "." else path.name
        return Entry(row, name, *self._named(row), (natural(name), row.path))

    def _named(self, row: BatchRow) -> tuple[tuple[tuple[str, float], ...], str]:
        """The likeliest classes and the true one, as the user calls them."""
        if not self.labels:
            return tuple((score.label, score.probability) for score in row.top), row.label
        top = tuple(
            (self.labels[score.index] if score.index < len(self.labels) else score.label, score.probability)
            for score in row.top
        )
        folder = os.path.split(row.path)[0]
        return top, "" if row.error else self._folders.label(os.path.split(folder)[1])

    def _count(self, entry: Entry, one: int) -> None:
        self.errors += one * bool(entry.row.error)
        if entry.is_right is not None:
            self.pairs[entry.true, entry.guess] += one
            self._among += one * any(label == entry.true for label, _share in entry.top[:OFTEN])

    @property
    def score(self) -> Score | None:
        """None where no folder is named after a class."""
        count = self.pairs.total()
        right = sum(number for (true, guess), number in self.pairs.items() if true == guess)
        return Score(right, self._among, count) if count else None

    @property
    def wrong(self) -> int:
        return sum(number for (true, guess), number in self.pairs.items() if true != guess)

    def classes(self, order: Iterable[str] = ()) -> list[str]:
        """All classes that are a folder's or were taken for one, in the network's order as far as that is known."""
        found = {name for pair, number in self.pairs.items() if number for name in pair}
        places = {name: place for place, name in enumerate(order)}
        return sorted(found, key=lambda name: (places.get(name, len(places)), name))
