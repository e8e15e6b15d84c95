"""`resviz`: the window; without a display, the same job on the terminal and in a PNG."""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path

from resviz import paths
from resviz.commands import display
from resviz.commands.classify import load_classifier, report
from resviz.commands.common import add_view_arguments, view_of
from resviz.errors import UsageError

#: Where the window is painted to when there is no display.
PICTURE = "resviz.png"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_view_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Open the window and stay until it is closed."""
    if not display.has_display():
        return _without_display(args)
    display.check_libraries()
    view = view_of(args)
    from resviz.gui.app import run as run_app

    return run_app(view)


def _without_display(args: argparse.Namespace) -> int:
    from resviz.cli import main  # which imports this module

    image = args.image or str(_sample())
    classifier = load_classifier(args)  # before the first line: wrong usage prints nothing but its error
    print("resviz: there is no display here, so no window opens; the same job without one:", flush=True)
    code = report(classifier, [image], top=5, form="table")
    target = str(_writable(PICTURE))
    options = ("spec", "weights", "device", "theme", "lang")
    named = [word for name in options for word in _option(f"--{name}", getattr(args, name))]
    painted = main(["snapshot", "-o", target, "--image", image, *named])
    if painted == 0:
        print(f"The window with this picture, painted: {target}")
    return code or painted


def _option(name: str, value: str | None) -> list[str]:
    return [name, value] if value else []


def _sample() -> Path:
    """The first of the sample pictures: a cat."""
    folder = paths.resources() / "samples"
    try:
        rows = json.loads((folder / "samples.json").read_text(encoding="utf-8"))["samples"]
        return folder / str(rows[0]["file"])
    except (OSError, ValueError, LookupError, TypeError):
        raise UsageError("samples_missing") from None


def _writable(name: str) -> Path:
    """In the working folder, or in the temporary one where that cannot be written."""
    here = Path.cwd()
    return (here if os.access(here, os.W_OK) else Path(tempfile.gettempdir())) / name
