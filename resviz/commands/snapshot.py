"""`resviz snapshot`: the real main window, painted to a PNG."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from resviz.arch.layout.fold import LEVELS
from resviz.commands import display
from resviz.commands.common import add_view_arguments, resolve, view_of
from resviz.errors import UsageError

COLOURS = ("operator", "params", "macs", "activations", "field", "time")
PANELS = (
    *("builder", "layers", "maps", "run", "compare", "softmax", "seen", "devices"),
    *("explain", "anatomy", "lesions", "unravelled"),
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("-o", "--output", required=True, metavar="FILE.png")
    add_view_arguments(parser)
    parser.add_argument("--size", type=_size, default=(1600, 1000), metavar="1600x1000", help="in pixels")
    parser.add_argument("--select", metavar="ID", help="layer to select, such as layer2.0.conv1")
    parser.add_argument("--compare", metavar="SPEC", help="network to stand beside it, differences marked")
    parser.add_argument("--fold", choices=LEVELS, default="layer", help="what one box stands for (default: layer)")
    parser.add_argument("--color-by", choices=COLOURS, default="operator", help="what colours the layers")
    parser.add_argument("--show", choices=PANELS, help="panel to bring to the front")


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,5})x(\d{1,5})", text)
    size = (int(match[1]), int(match[2])) if match else (0, 0)
    if not (640 <= size[0] <= 8192 and 480 <= size[1] <= 8192):
        raise argparse.ArgumentTypeError(f"{text!r} is no size such as 1600x1000 (640x480 to 8192x8192)")
    return size


def run(args: argparse.Namespace) -> int:
    """Paint the window as soon as it shows what was asked for."""
    target = Path(args.output)
    if target.suffix.lower() != ".png":
        raise UsageError("snapshot_suffix", path=args.output)
    display.use_offscreen()
    display.check_libraries()
    view = view_of(args)
    if args.compare is not None:
        view = view._replace(reference=resolve(args.compare).spec)
    metric = "" if args.color_by == "operator" else args.color_by
    view = view._replace(fold=args.fold, metric=metric)
    from resviz.gui.snapshot import paint

    paint(view, target, args.size, args.select, args.show)
    return 0
