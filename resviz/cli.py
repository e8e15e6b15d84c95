"""The command line. Each command is a file in `resviz.commands`, imported only when it is asked for."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import sys
import traceback
from collections.abc import Sequence
from typing import NoReturn

from resviz import __version__
from resviz.errors import ResVizError, UsageError
from resviz.files import shown

COMMANDS: dict[str, str] = {
    "gui": "open the window (what `resviz` alone does)",
    "summary": "shapes, parameters and MACs of every layer",
    "diff": "what differs between two networks, and what it costs",
    "render": "the graph as SVG, PNG or PDF",
    "export": "the model as a PyTorch file or ONNX, the spec, or the report",
    "classify": "what a network sees in pictures",
    "features": "feature maps of one layer, as a picture or as numbers",
    "explain": "which places of a picture speak for a class",
    "lesion": "every block switched off in turn, and what the network says then",
    "snapshot": "the real main window, painted to a PNG",
    "train": "train a network on a folder or archive of pictures",
    "profile": "where the time of a forward pass goes, layer by layer",
    "devices": "where a network can compute, and how fast",
    "weights": "list or fetch trained weights",
}


DEBUG = "--debug"
MOST_ERROR = 300
"""Characters of an error's line; the middle of a longer one is left out."""


class _Parser(argparse.ArgumentParser):
    """argparse, with errors of one line."""

    def error(self, message: str) -> NoReturn:
        _complain(f"{message}; see {self.prog} --help")
        raise SystemExit(2)


def _complain(message: object) -> None:
    head = "resviz: error: "
    line = head + shown(" ".join(str(message).split()), MOST_ERROR - len(head))
    with contextlib.suppress(OSError):  # nothing is left to tell it to
        print(line, file=sys.stderr)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code: 0 done, 1 partly done, 2 wrong usage, 130 interrupted."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # "×" on a terminal that knows only ASCII
    try:
        code = _run(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()  # here, where a full disk can still be told
        return code
    except BrokenPipeError:  # the reader (head, a pager) has gone
        code = 0
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        code = _failed(UsageError("system_refused", reason=f"{place}{error.strerror or error}"), arguments)
    sys.stdout = None  # it must not complain again while Python shuts down
    return code


def _run(arguments: list[str]) -> int:
    try:
        args = _parse(arguments)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 2
    try:
        return int(args.run(args))
    except ResVizError as error:
        return _failed(error, arguments)
    except KeyboardInterrupt:
        print("resviz: interrupted", file=sys.stderr)
        return 130


def _failed(error: ResVizError, arguments: list[str]) -> int:
    if DEBUG in arguments:
        traceback.print_exc()
    _complain(error)
    return 2


def _parse(arguments: list[str]) -> argparse.Namespace:
    """`resviz [options]` means `resviz gui [options]`; only the named command's module is imported."""
    top = _Parser(prog="resviz", description="Build, see, run and take apart any ResNet.")
    top.add_argument("--version", action="version", version=f"resviz {__version__}")
    top.add_argument(DEBUG, action="store_true", help="show the traceback of an error")
    subparsers = top.add_subparsers(dest="command", metavar="COMMAND")
    words = [word for word in arguments if word != DEBUG]
    if not words or (words[0].startswith("-") and words[0] not in ("-h", "--help", "--version")):
        words.insert(0, "gui")
    for name, text in COMMANDS.items():
        parser = subparsers.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        if name == words[0]:
            command = importlib.import_module(f"resviz.commands.{name}")
            command.configure(parser)
            parser.set_defaults(run=command.run)
    return top.parse_args(words)
