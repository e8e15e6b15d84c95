"""`resviz lesion IMAGE|DIR`: every block switched off in turn, and what the network says then."""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from resviz.commands.classify import add_assume, load_classifier
from resviz.commands.common import add_network_arguments, table
from resviz.errors import ImageError, SpecError, UsageError
from resviz.files import shown

if TYPE_CHECKING:
    from resviz.nets.classifier import Classifier

Row = dict[str, Any]
_BLOCKS = "such as layer2.0,layer3.1 (default all); of plain blocks also layers: each convolution, as layer2.0.conv1"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("image", metavar="IMAGE|DIR", help="a picture, or a folder with a folder for each class")
    parser.add_argument("--blocks", default="all", metavar="all|layers|ID,...", help=_BLOCKS)
    add_network_arguments(parser)
    add_assume(parser)
    parser.add_argument("--format", choices=FORMATS, default="table")


def run(args: argparse.Namespace) -> int:
    """Print a row for each block."""
    classifier = load_classifier(args)
    words = tuple(word.strip() for word in args.blocks.split(",") if word.strip())
    find = _many if os.path.isdir(args.image) else _one  # noqa: PTH112  (Path.is_dir raises for an endless name)
    rows = find(classifier, args.image, _meant(classifier, words))
    FORMATS[args.format](rows)
    if not classifier.trained:
        print(f"resviz: {classifier.note}: nothing can be concluded from these figures", file=sys.stderr)
    return 0


def _meant(classifier: Classifier, words: Sequence[str]) -> Sequence[str]:
    """Ids; none for all blocks."""
    if list(words) != ["layers"]:
        return () if list(words) == ["all"] else words
    from resviz.arch.notation import name_of
    from resviz.nets.interventions import plain_layers

    found = plain_layers(classifier.spec)
    if not found:
        raise SpecError("plain_none", spec=name_of(classifier.spec))
    return found


def _one(classifier: Classifier, path: str, blocks: Sequence[str]) -> list[Row]:
    from resviz.nets.images import decode_file
    from resviz.nets.lesion import sweep

    batch = classifier.batch(lambda least: decode_file(path, least=least))
    return [
        {
            "block": lesion.block,
            "kind": lesion.kind,
            "label": classifier.labels[lesion.index],
            "probability_before": lesion.before,
            "probability_after": lesion.after,
            "top_after": classifier.labels[lesion.top_after],
        }
        for lesion in sweep(classifier.model, batch, blocks, progress=_told)
    ]


def _many(classifier: Classifier, folder: str, blocks: Sequence[str]) -> list[Row]:
    from resviz.nets.labelled import batches, labelled
    from resviz.nets.lesion import sweep_accuracy

    files = labelled(classifier, [folder])
    found = sweep_accuracy(
        classifier.model, lambda: batches(classifier, files, on_broken=_complain), blocks, progress=_told
    )
    if not found:
        raise UsageError("lesion_no_pictures", name=shown(folder))
    return [
        {
            "block": each.block,
            "kind": each.kind,
            "accuracy_before": each.before,
            "accuracy_after": each.after,
            "images": each.images,
        }
        for each in found
    ]


def _complain(error: ImageError) -> None:
    print(f"resviz: {error}", file=sys.stderr)


def _told(done: float, text: str) -> None:
    """On a terminal only."""
    if sys.stderr.isatty():
        print(f"\r{done:4.0%} {text}\x1b[K", end="\r", file=sys.stderr, flush=True)


def _json(rows: list[Row]) -> None:
    print(json.dumps(rows))


def _csv(rows: list[Row]) -> None:
    writer = csv.DictWriter(sys.stdout, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def _table(rows: list[Row]) -> None:
    shares = ("probability_before", "probability_after", "accuracy_before", "accuracy_after")
    names = list(rows[0])
    cells = [[name.replace("_", " ") for name in names]]
    cells += [[f"{row[name]:.1%}" if name in shares else str(row[name]) for name in names] for row in rows]
    print(table(cells, tuple(name in shares or name == "images" for name in names)))


FORMATS: dict[str, Callable[[list[Row]], None]] = {"table": _table, "json": _json, "csv": _csv}
