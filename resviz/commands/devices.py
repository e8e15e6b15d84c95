"""`resviz devices [SPEC]`: where a network can compute, and how fast."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from resviz.commands.common import resolve, table

if TYPE_CHECKING:
    from resviz.nets.devices import Device
    from resviz.nets.race import Timing


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "spec", nargs="?", metavar="SPEC", help="time this network on every device: preset, spec file, notation, ..."
    )
    parser.add_argument("--weights", metavar="W", help="a name of `resviz weights list` or a file")
    parser.add_argument("--format", choices=("table", "json"), default="table")


def run(args: argparse.Namespace) -> int:
    """List the devices; with a network, time them."""
    if args.spec is None and args.weights is None:
        from resviz.nets.devices import devices

        known = devices()
        print(_device_table(known) if args.format == "table" else _json(known))
        return 0
    # Before torch loads: idle OpenMP threads that spin make a busy machine many times slower.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from resviz.nets.classifier import spec_of
    from resviz.nets.race import race

    source = resolve(args.spec) if args.spec is not None else None
    weights = args.weights or (source.weights if source is not None else None)
    rows = race(source.spec if source is not None else spec_of(weights), weights, progress=_told)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    print(_race_table(rows) if args.format == "table" else _json(rows))
    return 0


def _told(done: float, text: str) -> None:
    """A line on the terminal that is written over."""
    if sys.stderr.isatty():
        print(f"\r{done:4.0%}  {text:<30}", end="", file=sys.stderr, flush=True)


def _json(rows: Iterable[Device | Timing]) -> str:
    return json.dumps([asdict(row) for row in rows], indent=2)


def _device_table(known: Iterable[Device]) -> str:
    rows = [["device", "title", "free", "memory", "cores", ""]]
    for device in known:
        free, total = (f"{size / 1e9:.1f} GB" if size else "-" for size in (device.free, device.total))
        cores = str(device.cores) if device.cores else "-"
        rows.append([device.name, device.title, free, total, cores, device.reason])
    return table(rows, (False, False, True, True, True, False))


def _race_table(timings: Sequence[Timing]) -> str:
    """A row for each way on each device; `faster` compares with the first, the exact way on the CPU."""
    rows = [["device", "way", "median", "quartiles", "runs", "faster", "difference", "made of"]]
    base = timings[0].ms
    for timing in timings:
        if timing.error:
            rows.append([timing.device, timing.way or "-", *["-"] * 5, timing.error])
            continue
        difference = "-" if timing.difference is None else f"{timing.difference:.1e}"
        spread = f"{timing.low:.2f} to {timing.high:.2f}"
        figures = [f"{timing.ms:.2f} ms", spread, str(timing.runs), f"{base / timing.ms:.2f}x", difference]
        rows.append([timing.device, timing.way, *figures, timing.how])
    return table(rows, (False, False, True, True, True, True, True, False))
