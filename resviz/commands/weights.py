"""`resviz weights list | fetch NAME`: the trained weights there are."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from resviz.arch.notation import name_of
from resviz.commands.common import table

if TYPE_CHECKING:
    from resviz.nets.catalog import Entry


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="list | fetch", required=True)
    listing = actions.add_parser("list", help="all weights: on this disk, and known to torchvision")
    listing.add_argument("--format", choices=FORMATS, default="table")
    fetching = actions.add_parser("fetch", help="download weights; they work offline from then on")
    fetching.add_argument("name", metavar="NAME", help="such as resnet18.IMAGENET1K_V1")


def run(args: argparse.Namespace) -> int:
    """List or fetch."""
    if args.action == "fetch":
        return _fetch(args.name)
    from resviz.nets import catalog

    FORMATS[args.format](catalog.every())
    return 0


def _fetch(name: str) -> int:
    from resviz.nets.fetch import fetch

    path = fetch(name, progress=_progress() if sys.stderr.isatty() else None)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    print(path)
    return 0


def _progress() -> Callable[[int, int], None]:
    """A line on the terminal that is written over at each whole percent."""
    last = -1

    def tell(got: int, want: int) -> None:
        nonlocal last
        percent = got * 100 // want if want else 0
        if percent != last:
            last = percent
            print(
                f"\r{percent:3} %  {got / 1e6:.1f} of {want / 1e6:.1f} MB",
                end="",
                file=sys.stderr,
                flush=True,
            )

    return tell


def _table(entries: tuple[Entry, ...]) -> None:
    rows = [["name", "spec", "on disk", "accuracy", "size"]]
    for entry in entries:
        accuracy = "-" if entry.accuracy is None else f"{entry.accuracy:.2%}"
        size = f"{entry.size / 1e6:.1f} MB" if entry.size else "-"
        rows.append([entry.name, name_of(entry.spec), "yes" if entry.path else "no", accuracy, size])
    print(table(rows, (False, False, False, True, True)))


def _json(entries: tuple[Entry, ...]) -> None:
    def plain(entry: Entry) -> dict[str, object]:
        return {
            "name": entry.name,
            "title": entry.title,
            "spec": name_of(entry.spec),
            "on_disk": entry.path is not None,
            "path": None if entry.path is None else str(entry.path),
            "accuracy": entry.accuracy,
            "bytes": entry.size or None,
            "classes": len(entry.labels),
        }

    print(json.dumps([plain(entry) for entry in entries], indent=2))


FORMATS: dict[str, Callable[[tuple[Entry, ...]], None]] = {"table": _table, "json": _json}
