"""`resviz export SPEC -o FILE`: the network as a PyTorch file, ONNX or weights, its spec, or its report."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from resviz.arch.export import files as export
from resviz.commands.common import Source, resolve
from resviz.commands.output import check_output
from resviz.errors import UsageError
from resviz.files import shown

MODELS = (".onnx", ".safetensors")
"""What needs torch, and weights."""
SUFFIXES = (*export.SUFFIXES, *MODELS)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("spec", metavar="SPEC", help="preset, spec file, checkpoint or notation (basic:2,2,2,2)")
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        metavar="FILE",
        help="model.py (PyTorch, on its own), model.onnx, weights.safetensors, spec.json, "
        "or the report as .csv, .md or .tex",
    )
    parser.add_argument("--weights", metavar="W", help="for .onnx and .safetensors: a name, or a file; `untrained`")


def run(args: argparse.Namespace) -> int:
    """Write the file, whole or not at all."""
    output = Path(args.output)
    suffix = output.suffix.lower()
    if suffix not in SUFFIXES:
        known = ", ".join(SUFFIXES[:-1]) + f" or {SUFFIXES[-1]}"
        raise UsageError("export_suffix", name=shown(output), known=known)
    if args.weights is not None and suffix not in MODELS:
        raise UsageError("export_weights", suffix=suffix)
    check_output(output)
    if suffix in MODELS:
        _write_model(resolve(args.spec), args.weights, output)
    else:
        export.write(resolve(args.spec).spec, output)
    return 0


def _write_model(source: Source, weights: str | None, output: Path) -> None:
    # Before torch loads: idle OpenMP threads that spin make a busy machine many times slower.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from resviz.nets.classifier import Classifier
    from resviz.nets.export import onnx_file as onnx_export
    from resviz.nets.export.files import write

    if output.suffix.lower() == ".onnx":
        onnx_export.check_extra()
    network = Classifier(source.spec, weights or source.weights, "cpu")
    write(network, output)
    if network.note:
        print(f"resviz: {network.note}", file=sys.stderr)
