"""What several commands share: a spec argument, what to show in the window, a table on the terminal."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from resviz.arch import notation
from resviz.arch.notation import value_text
from resviz.arch.reading.assumed import Assumption
from resviz.arch.spec import ResNetSpec
from resviz.errors import CheckpointError, DeviceError
from resviz.files import exists, holds_weights, open_regular, read_json_object, shown
from resviz.paths import resources, weights_dir

if TYPE_CHECKING:
    from resviz.arch.reading.infer import Reading
    from resviz.gui.view import View


class Source(NamedTuple):
    """What a SPEC argument named: a spec, and the weights file it was read off, if any."""

    spec: ResNetSpec
    weights: str | None
    reading: Reading | None = None
    """Of a file of weights: what was read off it, and what had to be assumed."""


def resolve(text: str) -> Source:
    """SPEC on the command line: preset, spec file, checkpoint or notation. Raises `SpecError`, `CheckpointError`."""
    suffix = Path(text).suffix.lower()
    if suffix == ".json":
        return Source(notation.load_spec_file(Path(text)), None)
    if suffix == ".safetensors":  # its header says all, and takes no torch to read
        from resviz.nets.reading import told_by_header

        reading = told_by_header(Path(text)).reading
        return Source(reading.spec, text, reading)
    if holds_weights(text):
        from resviz.nets.checkpoints import reading_of_checkpoint

        reading = reading_of_checkpoint(Path(text))
        return Source(reading.spec, text, reading)
    return Source(notation.parse(text), None)


def assumptions(assumed: Iterable[Assumption]) -> str:
    """`stride_in=3x3, activation=relu`: what had to be assumed; `keys=` are tensors that were left aside."""
    return ", ".join(f"{guess.field}={'auto' if guess.value is None else value_text(guess.value)}" for guess in assumed)


def add_network_arguments(parser: argparse.ArgumentParser) -> None:
    """What chooses a network and where it runs."""
    parser.add_argument("--spec", metavar="SPEC", help="preset, spec file, checkpoint or notation (basic:2,2,2,2)")
    parser.add_argument("--weights", metavar="W", help="a name from `resviz weights list`, or a file")
    parser.add_argument("--device", default="auto", metavar="D", help="auto, cpu, cuda, cuda:N or mps")


def add_view_arguments(parser: argparse.ArgumentParser) -> None:
    """What the window and a snapshot of it have in common."""
    add_network_arguments(parser)
    parser.add_argument("--image", metavar="FILE", help="picture to classify")
    parser.add_argument("--lang", choices=("en", "zh"), default="en", help="language of the window")
    parser.add_argument("--theme", choices=("light", "dark"))


def view_of(args: argparse.Namespace) -> View:
    """What the arguments ask to be shown. Raises `SpecError`, `CheckpointError`, `DeviceError`.

    A checkpoint as SPEC is left to the engine, because reading one takes torch.
    """
    from resviz.gui.view import View

    check_device(args.device)
    weights, spec = args.weights, None
    if args.spec is not None and holds_weights(args.spec):
        weights = weights or args.spec
    elif args.spec is not None:
        spec = resolve(args.spec).spec
    if weights:
        _check_weights(weights)
    return View(
        spec=spec,
        weights=weights,
        image=args.image,
        device=args.device,
        theme=args.theme,
        lang=args.lang,
        path=Path(args.spec) if spec is not None and Path(args.spec).suffix.lower() == ".json" else None,
    )


# What follows is checked without torch, before a window opens; whether a device is there and whether weights fit the
# network, the engine says.


def check_device(name: str) -> None:
    """Raises `DeviceError` for what is no name of a device."""
    if not re.fullmatch(r"auto|cpu|cuda(:[0-9]{1,4})?|mps", name.strip().lower()):
        raise DeviceError("device_unknown", name=shown(name, 60))


def _check_weights(name: str) -> None:
    if holds_weights(name):
        with open_regular(name, CheckpointError, "checkpoint"):
            return
    known = ["untrained", *_names()]
    if name in known:
        return
    if exists(name):
        raise CheckpointError("checkpoint_format", name=shown(name))
    if not re.fullmatch(r"\w+\.\w+", name):  # resnet50.IMAGENET1K_V2: torchvision's names are the engine's to know
        near = get_close_matches(name, known, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise CheckpointError("weights_unknown", name=shown(name), hint=hint)


def _names() -> Iterator[str]:
    """The names on the cards of the weights on this disk."""
    from resviz.nets import folders

    for folder in (resources() / "weights", weights_dir(), *folders.known()):
        for path in folder.glob("*.json"):
            yield str((read_json_object(path) or {}).get("name"))


def table(rows: Sequence[Sequence[str]], right: Sequence[bool]) -> str:
    """Rows of text in aligned columns; `right` says which columns hold figures."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(
            cell.rjust(width) if figures else cell.ljust(width)
            for cell, width, figures in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in rows
    )
    return "\n".join(lines)
