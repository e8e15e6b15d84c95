"""How wide text is, without a font: an upper estimate, so that what is said to fit does."""

from __future__ import annotations

from functools import lru_cache

#: Advance in em, at the upper end of the usual sans-serif faces.
_WIDTHS = {
    **dict.fromkeys("ijl|'", 0.29),
    **dict.fromkeys(" .,:;!·I", 0.34),
    **dict.fromkeys("frt()[]/-", 0.42),
    **dict.fromkeys("csvxyzkJ", 0.6),
    **dict.fromkeys("mw%", 0.98),
    **dict.fromkeys("MWO@", 1.0),
    **dict.fromkeys("ABCDEFGHKLNPQRSTUVXYZ", 0.78),
    **dict.fromkeys("×=+→½", 0.84),
}
_OTHER = 0.65
_BOLD = 1.1
ELLIPSIS = "…"
#: Text gets smaller before it is cut, down to this.
LEAST_PX = 9.0


@lru_cache(maxsize=1 << 14)
def width(text: str, px: float, bold: bool = False) -> float:
    """Width in px, rather too much than too little."""
    return sum(_WIDTHS.get(letter, _OTHER) for letter in text) * px * (_BOLD if bold else 1.0)


def fitting(text: str, px: float, bold: bool, room: float) -> float:
    """The largest size up to `px`, in whole px, at which the text fits; at least `LEAST_PX`."""
    while px > LEAST_PX and width(text, px, bold) > room:
        px -= 1
    return px


@lru_cache(maxsize=4096)
def elide(text: str, px: float, bold: bool, room: float) -> str:
    """The text, or as much of it as fits with an ellipsis."""
    if width(text, px, bold) <= room:
        return text
    cut = text
    while cut and width(cut + ELLIPSIS, px, bold) > room:
        cut = cut[:-1]
    return cut.rstrip() + ELLIPSIS
