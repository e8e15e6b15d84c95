"""The user's own names of the classes, from a file: text, JSON or CSV. No torch, no Qt."""

from __future__ import annotations

import ast
import csv
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from resviz.errors import LabelsError
from resviz.files import open_regular, shown

SUFFIXES = (".txt", ".json", ".csv", ".tsv")
MOST_BYTES = 4 << 20
LONGEST = 200
"""Characters of a name."""

Numbered = tuple[int | None, str]
"""A class's index, None where its place says it, and its name."""


def read_labels(path: str | Path, classes: int) -> tuple[str, ...]:
    """A name for each of `classes` classes, in order.

    Text has one a line; JSON a list, or an object {index: name}, {index: [id, name]} or {name: index}; CSV `index,name`
    or `name`, with or without a heading. Raises `LabelsError`.
    """
    path = Path(path)
    text = _text(path)
    if path.suffix.lower() == ".json" or text.lstrip().startswith(("{", "[")):
        found = _of_value(path, _value(path, text))
    elif path.suffix.lower() in (".csv", ".tsv"):
        found = _of_table(text, "\t" if path.suffix.lower() == ".tsv" else ",")
    else:
        found = [(None, line) for line in text.splitlines() if line.strip()]
    return _in_order(path, found, classes)


def _text(path: Path) -> str:
    with open_regular(path, LabelsError, "labels") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise LabelsError("labels_large", name=shown(path), most=MOST_BYTES >> 20)
    # Spreadsheets write a mark of the byte order first, some of them in UTF-16.
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise LabelsError("labels_text", name=shown(path)) from error


def _value(path: Path, text: str) -> object:
    """JSON, or a Python dictionary as many lists of ImageNet's classes are."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        value: object = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, RecursionError, MemoryError) as error:
        raise LabelsError("labels_form", name=shown(path)) from error
    return value


def _of_value(path: Path, value: object) -> list[Numbered]:
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return [(None, name) for name in value]
    if not isinstance(value, dict):
        raise LabelsError("labels_form", name=shown(path))
    return [_of_pair(path, key, name) for key, name in value.items()]


def _of_pair(path: Path, key: object, name: object) -> Numbered:
    if isinstance(name, int) and not isinstance(name, bool):  # torchvision's `class_to_idx`
        return name, str(key)
    if isinstance(name, list | tuple) and name:  # Keras's {"0": ["n01440764", "tench"]}
        name = name[-1]
    index = _number(str(key))
    if index is None or not isinstance(name, str):
        raise LabelsError("labels_form", name=shown(path))
    return index, name


def _of_table(text: str, separator: str) -> list[Numbered]:
    try:
        found = list(csv.reader(io.StringIO(text), delimiter=separator, strict=True))
    except csv.Error:  # a quote that never ends, a cell without end
        found = [[line] for line in text.splitlines()]
    rows = [row for row in found if any(cell.strip() for cell in row)]
    if all(len(row) == 1 for row in rows):
        heading = bool(rows) and rows[0][0].strip().lower() in ("label", "name", "class")
        return [(None, row[0]) for row in rows[heading:]]
    if rows and _number(rows[0][0]) is None:
        rows = rows[1:]
    return [(_number(row[0]), row[1] if len(row) > 1 else "") for row in rows]


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _in_order(path: Path, found: Sequence[Numbered], classes: int) -> tuple[str, ...]:
    if all(index is None for index, _name in found):
        found = [(place, name) for place, (_index, name) in enumerate(found)]
    names = {index: _tidy(name) for index, name in found if index is not None}
    if len(names) != len(found):
        raise LabelsError("labels_twice", name=shown(path))
    if len(names) != classes:
        raise LabelsError("labels_count", name=shown(path), found=len(names), classes=classes)
    missing = _first_missing(names, classes)
    if missing is not None:
        raise LabelsError("labels_missing", name=shown(path), index=missing, last=classes - 1)
    return tuple(names[index] for index in range(classes))


def _first_missing(names: Iterable[int], classes: int) -> int | None:
    have = set(names)
    return next((index for index in range(classes) if index not in have), None)


def _tidy(name: str) -> str:
    return shown(" ".join(name.split()), LONGEST)


# --- folders named after classes ----------------------------------------------------------------------------


class Folders:
    """Which class a folder of pictures is named after.

    Case, `_`, `-` and spaces make no difference, nor do zeros before a number. A folder `7` is of the label `7`, and of
    `class 7` where classes have no names. WordNet's ids (`n01440764`) are in no list of labels here, so they tell none.
    """

    def __init__(self, labels: Sequence[str]) -> None:
        self._labels: dict[str, str | None] = {}
        self._told: dict[str, str] = {}
        for index, label in enumerate(labels):
            self._add(_key(label), label)
            if _key(label) == f"class {index}":
                self._add(str(index), label)

    def _add(self, key: str, label: str) -> None:
        """ImageNet has two cranes: a folder of that name is neither's for certain."""
        self._labels[key] = None if key in self._labels else label

    def label(self, folder: str) -> str:
        """The label that a folder is named after, empty where there is none."""
        if folder not in self._told:  # thousands of pictures are in the same few folders
            self._told[folder] = self._labels.get(_key(folder)) or ""
        return self._told[folder]


def _key(name: str) -> str:
    words = name.casefold().replace("_", " ").replace("-", " ").split()
    return " ".join(word.lstrip("0") or "0" if word.isdecimal() else word for word in words)
