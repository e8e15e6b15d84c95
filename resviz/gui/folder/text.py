"""The rows as text: a CSV file, and tab-separated for the clipboard. No Qt."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from resviz.errors import UsageError
from resviz.files import reason, shown
from resviz.gui.folder.results import OFTEN, Entry
from resviz.paths import write_atomic

_RANKS = range(1, OFTEN + 1)
HEADING = (
    "image",
    "true_class",
    "right",
    *(f"{what}_{rank}" for rank in _RANKS for what in ("class", "probability")),
    *("width", "height", "ms", "error"),
)


def to_csv(entries: Iterable[Entry]) -> str:
    """One line a picture, with its five likeliest classes."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(HEADING)
    writer.writerows(_line(entry) for entry in entries)
    return stream.getvalue()


def _line(entry: Entry) -> Sequence[object]:
    row, right = entry.row, entry.is_right
    scores = [*entry.top[:OFTEN], *[("", "")] * (OFTEN - len(entry.top))]
    size = row.size if any(row.size) else ("", "")
    known = "" if right is None else str(right).lower()
    ms = f"{row.ms:.3f}" if row.ms else ""
    return (entry.path, entry.true, known, *(value for pair in scores for value in pair), *size, ms, row.error)


def write_csv(path: Path, entries: Iterable[Entry]) -> None:
    """Write the file, whole or not at all. Raises `UsageError`."""
    try:
        # A name may hold bytes that are no text; so that it can still be found, they are written as escapes.
        write_atomic(path, to_csv(entries).encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise UsageError("output_write", name=shown(path), reason=reason(error)) from error
