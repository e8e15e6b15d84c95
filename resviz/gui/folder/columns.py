"""The columns of the table of many pictures: what they are called, say and are sorted by."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from PySide6.QtCore import QCoreApplication

from resviz.files import shown
from resviz.gui.folder.results import Entry
from resviz.gui.panels import figures


class Column(IntEnum):
    """Left to right."""

    THUMB = 0
    FILE = 1
    TOP = 2
    CONFIDENCE = 3
    SECOND = 4
    TRUE = 5
    MARK = 6
    SIZE = 7
    MS = 8
    ERROR = 9


#: These show figures, to the right.
FIGURES = (Column.CONFIDENCE, Column.SIZE, Column.MS)
#: These show only where a folder is named after a class.
OF_CLASSES = (Column.TRUE, Column.MARK)
#: Nobody asks for the largest picture's small one.
UNSORTED = (Column.THUMB,)

RIGHT, WRONG = "✓", "✗"


def heading(column: int) -> str:
    """Over a column."""
    tr = QCoreApplication.translate
    return {
        Column.THUMB: "",
        Column.FILE: tr("folder", "File"),
        Column.TOP: tr("folder", "Top-1"),
        Column.CONFIDENCE: tr("folder", "Confidence"),
        Column.SECOND: tr("folder", "Second"),
        Column.TRUE: tr("folder", "True class"),
        Column.MARK: tr("folder", "Right"),
        Column.SIZE: tr("folder", "Size"),
        Column.MS: tr("folder", "≈ ms"),
        Column.ERROR: tr("folder", "Error"),
    }[Column(column)]


def hint(column: int) -> str:
    """What a column tells."""
    tr = QCoreApplication.translate
    return {
        Column.THUMB: tr("folder", "The picture, small"),
        Column.FILE: tr("folder", "Its path below the folder"),
        Column.TOP: tr("folder", "The likeliest class"),
        Column.CONFIDENCE: tr("folder", "The likeliest class's probability"),
        Column.SECOND: tr("folder", "The second likeliest class and its probability"),
        Column.TRUE: tr("folder", "The class that the picture's folder is named after"),
        Column.MARK: tr("folder", "Whether the likeliest class is the true one"),
        Column.SIZE: tr("folder", "Width and height in pixels"),
        Column.MS: tr(
            "folder",
            "Milliseconds: to decode it, and its share of its batch's forward pass, which is of many pictures at once",
        ),
        Column.ERROR: tr("folder", "Why it could not be read"),
    }[Column(column)]


def percent(share: float) -> str:
    """`97.1 %`; a share that rounds to 100 but is not shows as `> 99.9 %`."""
    if 0.9995 <= share < 1:
        return "> 99.9 %"
    return f"{100 * share:.1f} %"


def text(entry: Entry, column: int) -> str:
    """What a cell shows."""
    row = entry.row
    match column:
        case Column.FILE:
            return entry.name
        case Column.TOP:
            return entry.guess or figures.NONE
        case Column.CONFIDENCE:
            return percent(entry.confidence) if entry.top else figures.NONE
        case Column.SECOND:
            return f"{entry.top[1][0]}  {percent(entry.top[1][1])}" if len(entry.top) > 1 else figures.NONE
        case Column.TRUE:
            return entry.true or figures.NONE
        case Column.MARK:
            return "" if entry.is_right is None else RIGHT if entry.is_right else WRONG
        case Column.SIZE:
            return f"{row.size[0]} × {row.size[1]}" if any(row.size) else figures.NONE
        case Column.MS:
            return f"{row.ms:.1f}" if row.ms else figures.NONE
        case Column.ERROR:
            return row.error.removeprefix(shown(entry.path)).lstrip(": ")
    return ""


def key(entry: Entry, column: int) -> tuple[Any, ...]:
    """What rows are sorted by; equal ones by their path."""
    row = entry.row
    match column:
        case Column.CONFIDENCE:
            value: Any = entry.confidence
        case Column.SECOND:
            value = entry.top[1][1] if len(entry.top) > 1 else -1.0
        case Column.MARK:
            value = {None: 2, True: 1, False: 0}[entry.is_right]
        case Column.SIZE:
            value = row.size[0] * row.size[1]
        case Column.MS:
            value = row.ms
        case Column.FILE | Column.THUMB:
            value = ""
        case _:
            value = text(entry, column).casefold()
    return (value, *entry.order)


def copied(entry: Entry, column: int) -> str:
    """For a spreadsheet: bare figures."""
    if column == Column.CONFIDENCE:
        return f"{entry.confidence:.6f}" if entry.top else ""
    shown = text(entry, column)
    return "" if shown == figures.NONE else shown.replace("\t", " ")
