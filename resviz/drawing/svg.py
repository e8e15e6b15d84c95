"""Pictures as SVG: plain strings, vector text, no library."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from resviz.drawing.palette import Palette, hex_of
from resviz.drawing.primitives import DASHES, Area, Curve, Group, Picture, Primitive, Shape, Text
from resviz.drawing.text import elide

FONTS = "Inter, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"


def svg(picture: Picture, palette: Palette) -> str:
    """The picture as one SVG document; every cell is a `<g>` with its id."""
    x, y, w, h = picture.bounds
    ink = _Ink(palette)
    view = f"{_n(x)} {_n(y)} {_n(w)} {_n(h)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(w)}" height="{_n(h)}" viewBox="{view}"'
        f' font-family="{FONTS}">\n'
        f"<title>{escape(picture.title)}</title>\n"
        f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(w)}" height="{_n(h)}" fill="{palette.ground}"/>\n'
        + "\n".join(ink.group(group) for group in picture.groups)
        + "\n</svg>\n"
    )


class _Ink:
    """Primitives to elements in one palette; groups with equal keys are written once."""

    def __init__(self, palette: Palette) -> None:
        self.palette = palette
        self.written: dict[str, str] = {}

    def group(self, group: Group) -> str:
        body = self.written.get(group.key)
        if body is None:
            body = self.written[group.key] = "\n".join(self.element(part) for part in group.parts)
        return f'<g id="{escape(group.id)}" transform="translate({_n(group.x)} {_n(group.y)})">\n{body}\n</g>'

    def element(self, part: Primitive) -> str:
        if isinstance(part, Area):
            return self._area(part)
        if isinstance(part, Curve):
            return self._curve(part)
        if isinstance(part, Shape):
            points = " ".join(f"{_n(x)},{_n(y)}" for x, y in part.points)
            return f'<polygon points="{points}" fill="{self._colour(part.fill)}"/>'
        return self._text(part)

    def _colour(self, role: str | None) -> str:
        return hex_of(self.palette, role) if role else "none"

    def _area(self, part: Area) -> str:
        x, y, w, h = part.rect
        stroke = f' stroke="{self._colour(part.stroke)}" stroke-width="{_n(part.width)}"' if part.stroke else ""
        return (
            f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(w)}" height="{_n(h)}" rx="{_n(part.radius)}"'
            f' fill="{self._colour(part.fill)}"{stroke}/>'
        )

    def _curve(self, part: Curve) -> str:
        steps = "".join(
            ("C" if len(step) == 3 else "L") + " ".join(f"{_n(x)} {_n(y)}" for x, y in step) for step in part.steps
        )
        dashes = " ".join(map(_n, DASHES[part.style]))
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        return (
            f'<path d="M{_n(part.start[0])} {_n(part.start[1])}{steps}" fill="none"'
            f' stroke="{self._colour(part.role)}" stroke-width="{_n(part.width)}"{dashed}/>'
        )

    def _text(self, part: Text) -> str:
        text = elide(part.text, part.px, part.bold, part.room)
        weight = ' font-weight="600"' if part.bold else ""
        anchor = f' text-anchor="{part.anchor}"' if part.anchor != "start" else ""
        return (
            f'<text x="{_n(part.x)}" y="{_n(part.y)}" font-size="{_n(part.px)}"{weight}{anchor}'
            f' fill="{self._colour(part.role)}">{escape(text)}</text>'
        )


@lru_cache(maxsize=1 << 14)
def _n(value: float) -> str:
    """A number as short as two decimals allow."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))
