"""`resviz classify DIR`: folders of pictures, in batches, and how often the network is right about them."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from resviz.accuracy import interval
from resviz.commands.common import table

if TYPE_CHECKING:
    from resviz.nets.batch import Row
    from resviz.nets.classifier import Classifier

MOST_ERROR = 300
"""Characters of an error's line."""
HEADING = ("image", "rank", "label", "index", "probability", "weights", "device", "trained", "error")
UNTRAINED = "untrained: predictions mean nothing"
_OFTEN = 5


def report_many(classifier: Classifier, paths: Sequence[str], top: int, form: str) -> int:
    """Print what the network sees in all pictures, in order; 1 if any of them failed."""
    from resviz.nets.batch import classify_many

    rows: list[Row] = []

    def take(more: Sequence[Row], done: int, whole: int) -> None:
        rows.extend(more)
        _show_progress(done, whole)

    # Five at least: the share of pictures whose class is among them is told too.
    summary = classify_many(classifier, paths, top=max(top, _OFTEN), on_rows=take, thumbs=False)
    rows.sort(key=lambda row: row.at)
    for row in rows:
        if row.error:
            print(f"resviz: {row.error[:MOST_ERROR]}", file=sys.stderr)
    _FORMATS[form](classifier, rows, top)
    said = (_accuracy(rows, classifier.spec.classes), _speed(summary.images, summary.seconds))
    print("\n".join(filter(None, said)), file=sys.stdout if form == "table" else sys.stderr)
    return 1 if summary.failed else 0


def _show_progress(done: int, whole: int) -> None:
    """On a terminal only: a file that collects the messages holds no lines that were written over."""
    if sys.stderr.isatty():
        end = "\r\x1b[K" if done == whole else ""
        print(f"\r{done:,} of {whole:,} pictures{end}", end="", file=sys.stderr, flush=True)


def _accuracy(rows: Sequence[Row], classes: int) -> str:
    """`accuracy 87.1 % of 10,000 (95 % interval 86.4 to 87.7 %), top-5 99.3 %`; empty where no folder is a class."""
    known = [row for row in rows if row.label and row.top]
    if not known:
        return ""
    right = sum(row.top[0].label == row.label for row in known)
    among = sum(any(score.label == row.label for score in row.top[:_OFTEN]) for row in known)
    low, high = interval(right, len(known))
    count = len(known)
    said = f"accuracy {right / count:.1%} of {count:,} (95 % interval {low:.1%} to {high:.1%})"
    return f"{said}, top-{_OFTEN} {among / count:.1%}" if classes > _OFTEN else said


def _speed(images: int, seconds: float) -> str:
    return f"{images:,} pictures in {seconds:.1f} s, {images / seconds:,.0f} a second" if seconds else ""


def _dictionary(classifier: Classifier, row: Row, top: int) -> dict[str, Any]:
    if row.error:
        return {"image": row.path, "error": row.error[:MOST_ERROR]}
    said = {
        "image": row.path,
        "weights": classifier.weights,
        "device": str(classifier.device),
        "trained": classifier.trained,
        "top": [asdict(score) for score in row.top[:top]],
        "ms": {step: round(value, 3) for step, value in row.times.items()},
    }
    return {**said, "label": row.label} if row.label else said


def _json(classifier: Classifier, rows: Sequence[Row], top: int) -> None:
    print(json.dumps([_dictionary(classifier, row, top) for row in rows]))


def _csv(classifier: Classifier, rows: Sequence[Row], top: int) -> None:
    """As for few pictures; the last column, where folders are named after classes, is the class by the folder."""
    labelled = any(row.label for row in rows)
    network = (classifier.weights or "", str(classifier.device), str(classifier.trained).lower())
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow((*HEADING, "true_label") if labelled else HEADING)
    for row in rows:
        name, last = printable(row.path), (row.label,) if labelled else ()
        if row.error:
            writer.writerow((name, *[""] * 7, row.error[:MOST_ERROR], *last))
            continue
        for rank, score in enumerate(row.top[:top], 1):
            writer.writerow((name, rank, score.label, score.index, score.probability, *network, "", *last))


def _table(classifier: Classifier, rows: Sequence[Row], top: int) -> None:
    """A line a picture: its likeliest classes, and that of its folder where the first is another."""
    many = min(top, classifier.spec.classes)
    print(table([_cells(row, many) for row in rows], (False, *(False, True) * many, False)))
    print(f"\n{classifier.weights or UNTRAINED}, on {classifier.device}")


def _cells(row: Row, many: int) -> tuple[str, ...]:
    name = printable(row.path)
    if row.error:
        return name, *("-", "-") * many, "failed"
    scores = [cell for score in row.top[:many] for cell in (score.label, f"{score.probability:.1%}")]
    wrong = row.label and row.label != row.top[0].label
    return name, *scores, f"not {row.label}" if wrong else ""


def printable(name: str) -> str:
    """Names that are not valid text in this locale would stop the output half-way."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name)


_FORMATS: dict[str, Callable[[Classifier, Sequence[Row], int], None]] = {"table": _table, "json": _json, "csv": _csv}
