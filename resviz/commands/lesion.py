"""`resviz lesion IMAGE|DIR`: every block switched off in turn, and what the network says then."""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import math
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from resviz.commands.classify import add_assume, load_classifier
from resviz.commands.common import add_network_arguments, table
from resviz.commands.trust import doubt
from resviz.errors import ImageError, SpecError, UsageError
from resviz.files import shown

if TYPE_CHECKING:
    from torch import Tensor

    from resviz.nets.classifier import Classifier
    from resviz.nets.lesion import Lesion

Row = dict[str, Any]
_BLOCKS = "such as layer2.0,layer3.1 (default all); of plain blocks also layers: each convolution, as layer2.0.conv1"
_SHARES = ("probability_before", "probability_after", "accuracy_before", "accuracy_after")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("image", metavar="IMAGE|DIR", help="a picture, or a folder with a folder for each class")
    parser.add_argument("--blocks", default="all", metavar="all|layers|ID,...", help=_BLOCKS)
    add_network_arguments(parser)
    add_assume(parser)
    parser.add_argument("--format", choices=FORMATS, default="table")


def run(args: argparse.Namespace) -> int:
    """Print a row for each block; 1 if pictures of a folder had to be left out."""
    words = tuple(dict.fromkeys(word.strip() for word in args.blocks.split(",") if word.strip()))
    if not words or (len(words) > 1 and not {"all", "layers"}.isdisjoint(words)):
        raise UsageError("lesion_blocks", text=shown(args.blocks, 40))
    classifier = load_classifier(args)
    blocks, broken = _meant(classifier, words), list[ImageError]()
    try:
        if os.path.isdir(args.image):  # noqa: PTH112  (Path.is_dir raises for an endless name)
            rows = _many(classifier, args.image, blocks, broken)
        else:
            rows = _one(classifier, args.image, blocks)
    finally:
        _clear()
    FORMATS[args.format](rows)
    if any(value is None for row in rows for value in row.values()):
        print("resviz: without some blocks the network's numbers grow beyond fp32: it says nothing", file=sys.stderr)
    if why := doubt(classifier):
        print(f"resviz: {why}: nothing can be concluded from these figures", file=sys.stderr)
    return 1 if broken else 0


def _meant(classifier: Classifier, words: tuple[str, ...]) -> tuple[str, ...]:
    """Ids; none for all blocks."""
    if words != ("layers",):
        return () if words == ("all",) else words
    from resviz.arch.notation import name_of
    from resviz.nets.interventions import plain_layers

    found = plain_layers(classifier.spec)
    if not found:
        raise SpecError("plain_none", spec=name_of(classifier.spec))
    return found


def _one(classifier: Classifier, path: str, blocks: Sequence[str]) -> list[Row]:
    from resviz.nets.classifier import OVERFLOW
    from resviz.nets.images import decode_file
    from resviz.nets.interventions import blocks_of
    from resviz.nets.lesion import sweep

    batch = classifier.batch(lambda least: decode_file(path, least=least))
    done = itertools.count(1)
    whole = len(blocks or blocks_of(classifier.spec))
    found = sweep(classifier.model, batch, blocks, on_lesion=lambda _lesion: _told(next(done), whole, "blocks"))
    if any(math.isnan(lesion.before) for lesion in found):
        raise UsageError("no_prediction", name=shown(path), reason=OVERFLOW)
    return [_row(classifier, lesion) for lesion in found]


def _row(classifier: Classifier, lesion: Lesion) -> Row:
    """Where the network says nothing without the block, because its numbers overflow, None stands (in JSON, null)."""
    silent = math.isnan(lesion.after)
    return {
        "block": lesion.block,
        "kind": lesion.kind,
        "label": classifier.labels[lesion.index],
        "probability_before": lesion.before,
        "probability_after": None if silent else lesion.after,
        "top_after": None if silent else classifier.labels[lesion.top_after],
    }


def _many(classifier: Classifier, folder: str, blocks: Sequence[str], broken: list[ImageError]) -> list[Row]:
    """What cannot be read is told, left out and put into `broken`."""
    from resviz.nets.labelled import batches, labelled
    from resviz.nets.lesion import sweep_accuracy

    files = labelled(classifier, [folder])

    def left_out(error: ImageError) -> None:
        broken.append(error)
        _complain(error)

    def counted() -> Iterator[tuple[Tensor, Tensor]]:
        done = 0
        for inputs, labels in batches(classifier, files, on_broken=left_out):
            _told(done, len(files), "pictures")
            yield inputs, labels
            done += len(labels)

    found = sweep_accuracy(classifier.model, counted, blocks)
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
    _clear()
    print(f"resviz: {error}", file=sys.stderr)


def _told(done: int, whole: int, what: str) -> None:
    """On a terminal only."""
    if sys.stderr.isatty():
        print(f"\r{done:,} of {whole:,} {what}\x1b[K", end="\r", file=sys.stderr, flush=True)


def _clear() -> None:
    """What stands in the line that moves."""
    if sys.stderr.isatty():
        print("\x1b[K", end="", file=sys.stderr, flush=True)


def _json(rows: list[Row]) -> None:
    print(json.dumps(rows))


def _csv(rows: list[Row]) -> None:
    writer = csv.DictWriter(sys.stdout, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def _table(rows: list[Row]) -> None:
    names = list(rows[0])
    cells = [[name.replace("_", " ") for name in names]]
    cells += [[_cell(name, row[name]) for name in names] for row in rows]
    print(table(cells, tuple(name in _SHARES or name == "images" for name in names)))


def _cell(name: str, value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.1%}" if name in _SHARES else str(value)


FORMATS: dict[str, Callable[[list[Row]], None]] = {"table": _table, "json": _json, "csv": _csv}
