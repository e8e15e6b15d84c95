"""`resviz classify IMAGE...`: what a network sees in pictures, one by one; folders and many files are `many`'s."""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from resviz.arch.notation import with_changes
from resviz.arch.reading.assumed import LABELS, MEAN_STD
from resviz.commands.common import add_network_arguments, assumptions, resolve, table
from resviz.commands.many import HEADING, MOST_ERROR, UNTRAINED, printable, report_many
from resviz.commands.trust import doubt
from resviz.errors import ImageError, UsageError
from resviz.files import shown
from resviz.labels import read_labels
from resviz.ways import Compute

if TYPE_CHECKING:
    from resviz.nets.classifier import Classifier

#: Fields of an assumption that no spec has.
OF_PICTURES = (MEAN_STD, LABELS)
TOP = 5
FEW = 8
"""So many files are looked at one by one, each with its own times and a block of its own in the table."""

Row = dict[str, Any]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("images", nargs="+", metavar="IMAGE", help="picture file, or a folder: all pictures below it")
    add_network_arguments(parser)
    add_assume(parser)
    top = f"classes to name (default {TOP}; in the table of a folder 1)"
    parser.add_argument("--top", type=int, metavar="K", help=top)
    parser.add_argument("--way", choices=("exact", "fast"), default="exact", help="how the network computes")
    parser.add_argument("--labels", metavar="FILE", help="names of the classes: text, JSON or CSV")
    parser.add_argument("--format", choices=FORMATS, default="table")


def run(args: argparse.Namespace) -> int:
    """Classify all pictures; 1 if any of them failed."""
    if args.top is not None and args.top < 1:
        raise UsageError("top_low", value=args.top)
    return report(load_classifier(args), args.images, args.top, args.format)


def report(classifier: Classifier, images: Sequence[str], top: int | None, form: str) -> int:
    """Print what the network sees in the pictures, by so many classes; 1 if any of them failed."""
    if len(images) > FEW or any(os.path.isdir(path) for path in images):  # noqa: PTH112  (raises for no name)
        failed = bool(report_many(classifier, images, top or (1 if form == "table" else TOP), form))
    else:
        rows = [_classified(classifier, path, top or TOP) for path in images]
        FORMATS[form](rows)
        failed = any("error" in row for row in rows)
    if form == "table" and classifier.assumed:
        print(f"\nassumed (change with --assume FIELD=VALUE): {assumptions(classifier.assumed)}")
    if why := doubt(classifier):
        print(f"resviz: {why}", file=sys.stderr)
    return 1 if failed else 0


def load_classifier(args: argparse.Namespace) -> Classifier:
    """The network of `--spec`, or the one that `--weights` are for.

    Raises `SpecError`, `CheckpointError`, `DeviceError`, `LabelsError`.
    """
    # Before torch loads: idle OpenMP threads that spin make a busy machine many times slower.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from resviz.nets.catalog import DEFAULT
    from resviz.nets.classifier import Classifier, spec_of

    if args.spec is None:
        weights = args.weights or DEFAULT
        spec = spec_of(weights)
    else:
        source = resolve(args.spec)
        spec, weights = source.spec, args.weights or source.weights
    wanted = [text.strip() for text in getattr(args, "assume", [])]
    choices = tuple(_choice(text) for text in wanted if text.startswith(OF_PICTURES))
    for text in wanted:
        if not text.startswith(OF_PICTURES):
            spec = with_changes(spec, text)
    compute = Compute(way=getattr(args, "way", "exact"))
    classifier = Classifier(spec, weights, args.device, choices=choices, compute=compute)
    _check_choices(classifier, choices)
    if getattr(args, "labels", None) is not None:
        classifier.labels = read_labels(args.labels, spec.classes)
    return classifier


def _choice(text: str) -> tuple[str, str]:
    field, _, value = text.partition("=")
    return field.strip(), value.strip()


def _check_choices(classifier: Classifier, choices: Sequence[tuple[str, str]]) -> None:
    for field, value in choices:
        guess = next((guess for guess in classifier.assumed if guess.field == field), None)
        known = "only what their card says" if guess is None else ", ".join(map(str, (guess.value, *guess.others)))
        if guess is None or guess.value != value:
            raise UsageError("assume_value", field=field, value=shown(value, 40), known=known)


def add_assume(parser: argparse.ArgumentParser) -> None:
    """What to take instead of an assumption about a file of weights."""
    text = "instead of what was assumed of a file: a field of the spec, mean/std or labels; may be repeated"
    parser.add_argument("--assume", action="append", default=[], metavar="FIELD=VALUE", help=text)


def _classified(classifier: Classifier, path: str, top: int) -> Row:
    from resviz.nets.classifier import OVERFLOW
    from resviz.nets.images import decode_file

    try:
        result = classifier.predict(lambda least: decode_file(path, least=least), top=top)
    except ImageError as error:
        return _failed(path, str(error))
    if not result.top:
        return _failed(path, f"{shown(path)}: {OVERFLOW}")
    return {
        "image": path,
        "weights": classifier.weights,
        "device": str(classifier.device),
        "trained": classifier.trained,
        "top": [asdict(score) for score in result.top],
        "ms": {step: round(value, 3) for step, value in result.ms.items()},
    }


def _failed(path: str, why: str) -> Row:
    line = why[:MOST_ERROR]
    print(f"resviz: {line}", file=sys.stderr)
    return {"image": path, "error": line}


def _json(rows: list[Row]) -> None:
    print(json.dumps(rows))


def _csv(rows: list[Row]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(HEADING)
    for row in rows:
        name = printable(row["image"])
        if "error" in row:
            writer.writerow((name, *[""] * 7, row["error"]))
        for rank, score in enumerate(row.get("top", ()), 1):
            network = (row["weights"] or "", row["device"], str(row["trained"]).lower())
            writer.writerow((name, rank, *score.values(), *network, ""))


def _table(rows: list[Row]) -> None:
    blocks = [_block(row) for row in rows]
    done = next((row for row in rows if "error" not in row), None)
    if done is not None:
        weights = done["weights"] or UNTRAINED
        blocks.append(f"{weights}, on {done['device']}")
    print("\n\n".join(blocks))


def _block(row: Row) -> str:
    name = printable(row["image"])
    if "error" in row:
        return f"{name}\n  error: {row['error']}"
    times = ", ".join(f"{step} {value:.1f}" for step, value in row["ms"].items())
    cells = [["  " + score["label"], f"{score['probability']:.1%}"] for score in row["top"]]
    return f"{name}  ({times} ms)\n{table(cells, (False, True))}"


FORMATS: dict[str, Callable[[list[Row]], None]] = {"table": _table, "json": _json, "csv": _csv}
