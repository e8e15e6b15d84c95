"""`resviz render SPEC -o FILE`: the graph as SVG (no Qt), PNG or PDF (Qt without a window)."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from resviz.arch.layout.fold import HEAD, LEVELS, STEM, Fold, Level
from resviz.arch.notation import name_of
from resviz.arch.spec import ResNetSpec
from resviz.commands.common import check_device, resolve
from resviz.drawing.palette import PALETTES
from resviz.errors import UsageError
from resviz.files import reason, shown
from resviz.paths import write_atomic

if TYPE_CHECKING:
    from resviz.arch.layout.frame import Direction
    from resviz.arch.layout.stack import Layout
    from resviz.drawing.heat import Heat
    from resviz.drawing.output import Drawing

_PAPERS = ("a4", "letter")
_COLOURS = ("operator", "params", "macs", "activations", "field", "time")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("spec", metavar="SPEC", help="preset, spec file, checkpoint or notation (basic:2,2,2,2)")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="FILE.svg, FILE.png or FILE.pdf")
    parser.add_argument("--theme", choices=PALETTES, default="light")
    parser.add_argument("--scale", type=float, metavar="S", help="pixels of a PNG for one px of the drawing")
    parser.add_argument("--direction", choices=("down", "right"), help="where the trunk goes (default: down)")
    paper = "pages of this size: light on white, in columns, no block cut"
    parser.add_argument("--paper", choices=_PAPERS, type=str.lower, help=paper)
    parser.add_argument("--compare", metavar="SPEC", help="draw this network beside it, differences marked")
    _configure_fold(parser)
    _configure_colour(parser)


def _configure_fold(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--fold", choices=LEVELS, default="layer", help="what one box stands for (default: layer)")
    parser.add_argument("--unfold", metavar="ID,...", help="stages or blocks to draw layer by layer all the same")
    one = "one stage or block at a level of its own, such as layer3=block"
    parser.add_argument("--fold-part", action="append", default=[], metavar="ID=LEVEL", help=one)
    parser.add_argument("--repeats", "--fold-repeats", action="store_true", help="equal blocks in a row once, as × n")


def _configure_colour(parser: argparse.ArgumentParser) -> None:
    by = "colour by kind of operator or by a figure (default: operator); time is measured here and now"
    parser.add_argument("--color-by", "--colour-by", choices=_COLOURS, default="operator", help=by)
    scale = parser.add_mutually_exclusive_group()
    scale.add_argument("--log", action="store_const", const=True, dest="log", help="a logarithmic scale (default)")
    scale.add_argument("--linear", action="store_const", const=False, dest="log", help="a linear scale")
    parser.add_argument("--device", default="auto", metavar="D", help="where time is measured: auto, cpu, cuda, mps")


def run(args: argparse.Namespace) -> int:
    """Write the drawing, whole or not at all; on paper one file a page, where the form has no pages."""
    output = Path(args.output)
    form = FORMS.get(output.suffix.lower())
    if form is None:
        raise UsageError("render_suffix", name=shown(output))
    _check(args, output)
    form(_drawing(args), output, args.scale)
    return 0


def _check(args: argparse.Namespace, output: Path) -> None:
    """What does not go together, or is no device."""
    check_device(args.device)
    if args.scale is not None and output.suffix.lower() != ".png":
        raise UsageError("render_scale_png")
    if args.log is not None and args.color_by == "operator":
        raise UsageError("render_log")
    if args.paper and args.direction == "right":
        raise UsageError("render_paper_direction")


def _drawing(args: argparse.Namespace) -> Drawing:
    spec = resolve(args.spec).spec
    fold = _fold(args, spec)
    plan = _plan(args, spec, fold)
    from resviz.drawing.output import Drawing
    from resviz.drawing.paper import PAPERS

    paper = PAPERS[args.paper] if args.paper else None
    return Drawing(plan, PALETTES[args.theme], _heat(args, plan), paper)


def _plan(args: argparse.Namespace, spec: ResNetSpec, fold: Fold) -> Layout:
    direction: Direction = args.direction or "down"
    if args.compare is not None:
        from resviz.arch.layout.pair import pair

        return pair(resolve(args.compare).spec, spec, fold, direction)
    from resviz.arch.layout.stack import layout

    return layout(spec, fold, direction)


# --- folding -------------------------------------------------------------------------------------------------------


def _fold(args: argparse.Namespace, spec: ResNetSpec) -> Fold:
    """The level for all, then what is set by hand, in the order of the words."""
    fold = Fold(args.fold, repeats=args.repeats)
    for part, level in _by_hand(args):
        _check_part(spec, part)
        fold = fold.put(part, _level(part, level))
    return fold


def _by_hand(args: argparse.Namespace) -> Iterator[tuple[str, str]]:
    for text in args.fold_part:
        for word in text.split(","):
            part, equals, level = (piece.strip() for piece in word.partition("="))
            if not (part and equals):
                raise UsageError("render_fold_part", text=shown(word, 60))
            yield part, level
    for part in (args.unfold or "").split(","):
        if part.strip():
            yield part.strip(), "layer"


@lru_cache(maxsize=2)
def _parts(spec: ResNetSpec) -> dict[str, None]:
    known = [STEM, HEAD]
    for stage, blocks in enumerate(spec.blocks, 1):
        known += [f"layer{stage}", *(f"layer{stage}.{block}" for block in range(blocks))]
    return dict.fromkeys(known)


def _check_part(spec: ResNetSpec, part: str) -> None:
    if part not in _parts(spec):
        near = get_close_matches(part, _parts(spec), 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise UsageError("render_part", spec=name_of(spec), part=shown(part, 60), hint=hint)


def _level(part: str, text: str) -> Level:
    """The level that a part can be drawn at: a block is not folded to a stage, nor stem and head to blocks."""
    known = ("block", "layer") if "." in part else ("stage", "layer") if part in (STEM, HEAD) else LEVELS
    for level in LEVELS:
        if level == text and level in known:
            return level
    raise UsageError("render_level", part=part, level=shown(text, 60), known=" or ".join(known))


# --- colours -------------------------------------------------------------------------------------------------------


def _heat(args: argparse.Namespace, plan: Layout) -> Heat | None:
    """What each layer costs, in the metric asked for."""
    if args.color_by == "operator":
        return None
    from resviz.drawing.heat import heat_of

    log = args.log is not False
    if args.color_by != "time":
        return heat_of(plan, args.color_by, log)
    heat = heat_of(plan, "time", log, _times(plan.spec, args.device))
    return heat._replace(beside=_times(plan.beside.spec, args.device)) if plan.beside else heat


def _times(spec: ResNetSpec, device: str) -> dict[str, float]:
    """Measured milliseconds of every layer, on noise: neither weights nor pictures make a layer faster."""
    # Before torch loads: idle OpenMP threads that spin make a busy machine many times slower.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from resviz.nets.classifier import Classifier
    from resviz.nets.profile import profile

    return profile(Classifier(spec, "untrained", device)).ms


# --- forms ---------------------------------------------------------------------------------------------------------


def _svg(drawing: Drawing, output: Path, _scale: float | None) -> None:
    """Without Qt."""
    from resviz.drawing.output import names, svgs

    texts = svgs(drawing)
    try:
        for path, text in zip(names(output, len(texts)), texts, strict=True):
            write_atomic(path, text.encode())
    except OSError as error:
        raise UsageError("output_write", name=shown(output), reason=reason(error)) from None


def _painted(drawing: Drawing, output: Path, scale: float | None) -> None:
    _start_qt()
    from resviz.gui.graph.export import save

    save(output, drawing, scale)


def _start_qt() -> None:
    """Fonts and painters need an application object; one may run already."""
    from resviz.commands.display import check_libraries, has_display, use_offscreen

    if not has_display():
        use_offscreen()
    check_libraries()
    from PySide6.QtGui import QGuiApplication

    global _application
    _application = QGuiApplication.instance() or QGuiApplication(["resviz"])


#: Kept, because Qt's application object dies with its last reference.
_application: object = None

FORMS: dict[str, Callable[[Drawing, Path, float | None], None]] = {".svg": _svg, ".png": _painted, ".pdf": _painted}
