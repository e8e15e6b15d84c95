"""`resviz weights list | fetch NAME`: the trained weights there are."""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from resviz.arch.notation import name_of
from resviz.commands.common import table
from resviz.engine.speed import Speed

if TYPE_CHECKING:
    from resviz.nets.catalog import Entry


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="list | fetch", required=True)
    listing = actions.add_parser("list", help="all weights: on this disk, and known to torchvision")
    listing.add_argument("--format", choices=FORMATS, default="table")
    listing.add_argument("--all", action="store_true", help="with top-5, data, licence, and file or address as well")
    listing.add_argument("--folder", metavar="DIR", help="look into this folder too")
    fetching = actions.add_parser("fetch", help="download weights; they work offline from then on")
    fetching.add_argument("name", metavar="NAME", help="such as resnet18.IMAGENET1K_V1")
    fetching.add_argument("--folder", metavar="DIR", help="where to put them; remembered, and looked into from then on")


def run(args: argparse.Namespace) -> int:
    """List or fetch."""
    folder = Path(args.folder).expanduser() if args.folder else None
    if args.action == "fetch":
        return _fetch(args.name, folder)
    from resviz.nets import catalog

    FORMATS[args.format](catalog.every(folder), args.all)
    return 0


# --- fetching -----------------------------------------------------------------------------------------------


def _fetch(name: str, folder: Path | None) -> int:
    from resviz.nets.fetch import fetch

    line = _Line() if sys.stderr.isatty() else None
    try:
        path = fetch(name, folder=folder, progress=line.show if line else None)
    finally:
        if line:
            line.end()
    print(path)
    return 0


class _Line:
    """A line on the terminal that is written over a few times a second."""

    EVERY = 0.2

    def __init__(self) -> None:
        self._speed = Speed(self.EVERY)
        self._started = time.monotonic()
        self._first: int | None = None
        self._width = 0

    def show(self, got: int, want: int) -> None:
        """How much is here, how fast it comes, how long it will take."""
        if self._first is None or got < self._first:  # what an earlier try left came in no time
            self._first = got
        if self._speed.is_due(got - self._first):
            self._write(f"{_amount(got, want)}{_pace(want - got, self._speed.per_second)}")

    def _write(self, text: str) -> None:
        print(f"\r{text:<{self._width}}", end="", file=sys.stderr, flush=True)
        self._width = len(text)

    def end(self) -> None:
        """Leave the line as it is; what is printed next begins another."""
        if self._width:
            print(file=sys.stderr)


def _amount(got: int, want: int) -> str:
    if not want:
        return f"{got / 1e6:.1f} MB"
    return f"{got * 100 // want:3} %  {got / 1e6:.1f} of {want / 1e6:.1f} MB"


def _pace(left: int, per_second: float) -> str:
    if per_second <= 0:
        return ""
    seconds = round(left / per_second) if left > 0 else 0
    ahead = f"  {seconds // 60}:{seconds % 60:02} left" if seconds else ""
    return f"  {per_second / 1e6:.1f} MB/s{ahead}"


# --- listing ------------------------------------------------------------------------------------------------


def _table(entries: tuple[Entry, ...], everything: bool) -> None:
    more = ["top-5", "data", "licence", "file or address"] if everything else []
    rows = [["name", "spec", "on disk", "accuracy", "size", *more]]
    for entry in entries:
        size = f"{entry.size / 1e6:.1f} MB" if entry.size else "-"
        row = [entry.name, name_of(entry.spec), "yes" if entry.path else "no", _percent(entry.accuracy), size]
        licence = entry.licence.partition(":")[0] or "-"
        details = [_percent(entry.top5), entry.data or "-", licence, str(entry.path or entry.url)]
        rows.append([*row, *(details if everything else [])])
    print(table(rows, (False, False, False, True, True, *((True, False, False, False) if everything else ()))))


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.2%}"


def _plain(entry: Entry, everything: bool) -> dict[str, object]:
    row: dict[str, object] = {
        "name": entry.name,
        "title": entry.title,
        "spec": name_of(entry.spec),
        "on_disk": entry.path is not None,
        "path": None if entry.path is None else str(entry.path),
        "accuracy": entry.accuracy,
        "bytes": entry.size or None,
        "classes": len(entry.labels),
    }
    if everything:
        row |= {"top5": entry.top5, "data": entry.data or None, "licence": entry.licence or None}
        row |= {"url": entry.url or None, "sha256": entry.sha256 or None, "shipped": entry.shipped}
    return row


def _json(entries: tuple[Entry, ...], everything: bool) -> None:
    print(json.dumps([_plain(entry, everything) for entry in entries], indent=2))


def _csv(entries: tuple[Entry, ...], everything: bool) -> None:
    rows = [_plain(entry, everything) for entry in entries]
    writer = csv.DictWriter(sys.stdout, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


FORMATS: dict[str, Callable[[tuple[Entry, ...], bool], None]] = {"table": _table, "json": _json, "csv": _csv}
