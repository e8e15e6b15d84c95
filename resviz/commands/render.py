"""`resviz render SPEC -o FILE`: the graph as SVG (no Qt), PNG or PDF (Qt without a window)."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path

from resviz.arch.layout.fold import LEVELS
from resviz.commands.common import resolve
from resviz.drawing.palette import PALETTES, Palette
from resviz.drawing.primitives import Picture
from resviz.errors import UsageError
from resviz.files import reason, shown
from resviz.paths import write_atomic


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("spec", metavar="SPEC", help="preset, spec file, checkpoint or notation (basic:2,2,2,2)")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="FILE.svg, FILE.png or FILE.pdf")
    parser.add_argument("--fold", choices=LEVELS, default="layer", help="what one box stands for (default: layer)")
    parser.add_argument("--theme", choices=PALETTES, default="light")
    parser.add_argument("--scale", type=float, metavar="S", help="pixels of a PNG for one px of the drawing")


def run(args: argparse.Namespace) -> int:
    """Write the drawing, whole or not at all."""
    output = Path(args.output)
    form = FORMS.get(output.suffix.lower())
    if form is None:
        raise UsageError("render_suffix", name=shown(output))
    if args.scale is not None and output.suffix.lower() != ".png":
        raise UsageError("render_scale_png")
    spec = resolve(args.spec).spec
    from resviz.arch.layout.stack import layout
    from resviz.drawing.sheet import sheet

    data = form(sheet(layout(spec, args.fold)), PALETTES[args.theme], args.scale)
    try:
        write_atomic(output, data)
    except OSError as error:
        raise UsageError("output_write", name=shown(output), reason=reason(error)) from None
    return 0


def _svg(picture: Picture, palette: Palette, _scale: float | None) -> bytes:
    from resviz.drawing.svg import svg

    return svg(picture, palette).encode()


def _png(picture: Picture, palette: Palette, scale: float | None) -> bytes:
    _start_qt()
    from resviz.gui.graph.export import largest_scale, png, usual_scale

    most = largest_scale(picture)
    if scale is not None and not (math.isfinite(scale) and 0 < scale <= most):
        raise UsageError("render_scale", scale=f"{scale:g}", most=f"{most:g}")
    return png(picture, palette, usual_scale(picture) if scale is None else scale)


def _pdf(picture: Picture, palette: Palette, _scale: float | None) -> bytes:
    _start_qt()
    from resviz.gui.graph.export import pdf

    return pdf(picture, palette)


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

FORMS: dict[str, Callable[[Picture, Palette, float | None], bytes]] = {
    ".svg": _svg,
    ".png": _png,
    ".pdf": _pdf,
}
