"""`resviz classify IMAGE...`: what a network sees in pictures."""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from resviz.commands.common import table
from resviz.errors import ImageError, UsageError

if TYPE_CHECKING:
    from resviz.nets.classifier import Classifier

MOST_ERROR = 300
"""Characters of an error's line."""

Row = dict[str, Any]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("images", nargs="+", metavar="IMAGE", help="picture file")
    add_network(parser)
    parser.add_argument("--top", type=int, default=5, metavar="K", help="classes to name (default 5)")
    parser.add_argument("--format", choices=FORMATS, default="table")


def add_network(parser: argparse.ArgumentParser) -> None:
    """The arguments that choose a network and where it runs."""
    parser.add_argument("--weights", metavar="W", help="a name of `resviz weights list`, or a file")
    parser.add_argument("--device", default="auto", metavar="D", help="auto, cpu, cuda, cuda:N or mps")


def run(args: argparse.Namespace) -> int:
    """Classify all pictures; 1 if any of them failed."""
    if args.top < 1:
        raise UsageError("top_low", value=args.top)
    classifier = load_classifier(args.weights, args.device)
    rows = [_classified(classifier, path, args.top) for path in args.images]
    FORMATS[args.format](rows)
    if not classifier.trained:
        print(f"resviz: {classifier.note}", file=sys.stderr)
    return 1 if any("error" in row for row in rows) else 0


def load_classifier(weights: str | None, device: str) -> Classifier:
    """The network that the weights are for. Raises `CheckpointError`, `DeviceError`."""
    # Before torch loads: idle OpenMP threads that spin make a busy machine many times slower.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from resviz.nets.catalog import DEFAULT
    from resviz.nets.classifier import Classifier, spec_of

    weights = weights or DEFAULT
    return Classifier(spec_of(weights), weights, device)


def _classified(classifier: Classifier, path: str, top: int) -> Row:
    from resviz.nets.images import decode_file

    try:
        result = classifier.predict(lambda least: decode_file(path, least=least), top=top)
    except ImageError as error:
        line = str(error)[:MOST_ERROR]
        print(f"resviz: {line}", file=sys.stderr)
        return {"image": path, "error": line}
    return {
        "image": path,
        "weights": classifier.weights,
        "device": str(classifier.device),
        "trained": classifier.trained,
        "top": [asdict(score) for score in result.top],
        "ms": {step: round(value, 3) for step, value in result.ms.items()},
    }


def _json(rows: list[Row]) -> None:
    print(json.dumps(rows))


def _csv(rows: list[Row]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("image", "rank", "label", "index", "probability", "weights", "device", "trained", "error"))
    for row in rows:
        name = _printable(row["image"])
        if "error" in row:
            writer.writerow((name, *[""] * 7, row["error"]))
        for rank, score in enumerate(row.get("top", ()), 1):
            network = (row["weights"] or "", row["device"], str(row["trained"]).lower())
            writer.writerow((name, rank, *score.values(), *network, ""))


def _table(rows: list[Row]) -> None:
    blocks = [_block(row) for row in rows]
    done = next((row for row in rows if "error" not in row), None)
    if done is not None:
        weights = done["weights"] or "untrained: predictions mean nothing"
        blocks.append(f"{weights}, on {done['device']}")
    print("\n\n".join(blocks))


def _block(row: Row) -> str:
    name = _printable(row["image"])
    if "error" in row:
        return f"{name}\n  error: {row['error']}"
    if not row["top"]:
        return f"{name}\n  no prediction: the network's numbers overflowed"
    times = ", ".join(f"{step} {value:.1f}" for step, value in row["ms"].items())
    cells = [["  " + score["label"], f"{score['probability']:.1%}"] for score in row["top"]]
    return f"{name}  ({times} ms)\n{table(cells, (False, True))}"


def _printable(name: str) -> str:
    """Names that are not valid text in this locale would stop the output half-way."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name)


FORMATS: dict[str, Callable[[list[Row]], None]] = {"table": _table, "json": _json, "csv": _csv}
