"""`resviz profile SPEC`: where the time of a forward pass goes, layer by layer."""

from __future__ import annotations

import argparse
import csv
import io
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from resviz.arch.costs import METRICS
from resviz.arch.graph import network
from resviz.commands.common import resolve, table
from resviz.errors import UsageError

if TYPE_CHECKING:
    from resviz.nets.profile import Profile

MOST_RUNS = 10_000


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("spec", metavar="SPEC", help="preset, spec file, checkpoint or notation (basic:2,2,2,2)")
    parser.add_argument("--weights", metavar="W", help="a name of `resviz weights list` or a file (they hardly matter)")
    parser.add_argument("--device", default="auto", metavar="D", help="auto, cpu, cuda, cuda:N or mps")
    parser.add_argument("--runs", type=int, metavar="N", help="timed passes (default: two seconds of them)")
    parser.add_argument("--format", choices=FORMATS, default="table")


def run(args: argparse.Namespace) -> int:
    """Measure and print."""
    if args.runs is not None and not 1 <= args.runs <= MOST_RUNS:
        raise UsageError("profile_runs", runs=args.runs, most=MOST_RUNS)
    source = resolve(args.spec)
    from resviz.nets.classifier import UNTRAINED, Classifier
    from resviz.nets.profile import profile

    weights = args.weights or source.weights or UNTRAINED
    found = profile(Classifier(source.spec, weights, args.device), runs=args.runs)
    ops = {layer.id: layer.op for layer in network(source.spec).layers}
    print(FORMATS[args.format](found, ops), end="")
    return 0


def _share(found: Profile, name: str) -> float:
    return found.ms[name] / (sum(found.ms.values()) or 1.0)


def _table(found: Profile, ops: dict[str, str]) -> str:
    text = METRICS["time"].text
    rows = [["layer", "operator", "time", "share"]]
    rows += [[name, ops[name], text(ms), f"{100 * _share(found, name):.1f} %"] for name, ms in found.ms.items()]
    rows.append(["all layers", "", text(sum(found.ms.values())), ""])
    body = table(rows, (False, False, True, True))
    passes = f"median of {found.runs} passes" if found.runs > 1 else "one pass"
    return (
        f"{body}\n\n{passes} of one image on {found.device}, fp32; the whole pass takes"
        f" {text(found.bare_ms)}, with a clock on each layer {text(found.timed_ms)}\n"
    )


def _json(found: Profile, ops: dict[str, str]) -> str:
    layers = [{"id": name, "op": ops[name], "ms": ms, "share": _share(found, name)} for name, ms in found.ms.items()]
    whole = {"device": found.device, "runs": found.runs, "forward_ms": found.bare_ms, "timed_ms": found.timed_ms}
    return json.dumps({**whole, "layers": layers}) + "\n"


def _csv(found: Profile, ops: dict[str, str]) -> str:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["id", "op", "ms", "share"])
    rows.writerows([name, ops[name], f"{ms:.6f}", f"{_share(found, name):.6f}"] for name, ms in found.ms.items())
    return text.getvalue()


FORMATS: dict[str, Callable[[Profile, dict[str, str]], str]] = {"table": _table, "json": _json, "csv": _csv}
