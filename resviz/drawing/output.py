"""What is to be drawn, as pages: the whole drawing on one that is as large as it, or laid out for paper."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from resviz.arch.layout.stack import Layout
from resviz.drawing.palette import Palette
from resviz.drawing.paper import INK, Page, Paper, pages
from resviz.drawing.sheet import sheet
from resviz.drawing.svg import svg

if TYPE_CHECKING:
    from resviz.drawing.heat import Heat

#: A px of a screen is 1/96 inch, a point 1/72.
POINTS_PER_PX = 0.75


class Drawing(NamedTuple):
    """A layout and how it is coloured; on paper (its trunk then goes down) it is light on white."""

    plan: Layout
    palette: Palette
    heat: Heat | None = None
    paper: Paper | None = None

    @property
    def ink(self) -> Palette:
        """The colours it is drawn in."""
        return self.palette if self.paper is None else INK

    def pages(self) -> tuple[Page, ...]:
        """At least one."""
        if self.paper is not None:
            return pages(self.plan, self.paper, self.heat)
        picture = sheet(self.plan, self.heat)
        _, _, w, h = picture.bounds
        return (Page(picture, w * POINTS_PER_PX, h * POINTS_PER_PX),)


def svgs(drawing: Drawing) -> list[str]:
    """One document a page."""
    return [_sized(svg(page.picture, drawing.ink), page, drawing.paper) for page in drawing.pages()]


def _sized(text: str, page: Page, paper: Paper | None) -> str:
    """A page of paper says its size in points."""
    if paper is None:
        return text
    size = f'width="{page.width:g}pt" height="{page.height:g}pt"'
    return re.sub(r'width="[^"]*" height="[^"]*"', size, text, count=1)


def names(path: Path, count: int) -> list[Path]:
    """A file for each page: `net.svg`, or `net-1.svg`, `net-2.svg`."""
    if count == 1:
        return [path]
    digits = len(str(count))
    return [path.with_name(f"{path.stem}-{number:0{digits}}{path.suffix}") for number in range(1, count + 1)]
