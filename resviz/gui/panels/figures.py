"""Figures as people read them. What is exact goes into tooltips and copies; these are for the eye."""

from __future__ import annotations

from resviz.arch.graph import Layer
from resviz.arch.ops import Shape

#: Shown where a figure was not computed.
NONE = "-"
_UNITS = ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_WINDOWED = ("conv", "maxpool", "blur")


def count(number: int) -> str:
    """Three figures and a unit: `432`, `33.1 k`, `0.70 M`, `1.81 G`. Millions begin at 0.1 M."""
    if number < 1000:
        return str(number)
    for unit, letter in _UNITS:
        # 999,950,000 rounds to 1.00 G, never to 1000 M.
        if number >= (1e5 if letter == "M" else unit * 0.9995):
            return f"{_three(number / unit)} {letter}"
    return f"{number:,}"


def size(number: int) -> str:
    """Bytes in decimal units: `512 B`, `2.0 MB`, `318 MB`."""
    if number < 1000:
        return f"{number} B"
    unit, letter = next(((u, n) for u, n in _UNITS if number >= u * 0.9995), _UNITS[-1])
    value = number / unit
    return f"{value:.{0 if value >= 99.95 else 1}f} {letter}B"


def exact(number: int) -> str:
    """`11,689,512`."""
    return f"{number:,}"


def ratio(value: float) -> str:
    """`35.4`, `0.25`, `0`: three figures at most."""
    return "0" if not value else _three(value)


def share(part: float, whole: float) -> str:
    """`1.3 %`; the smallest shares say so instead of showing as none."""
    if not whole:
        return NONE
    percent = 100 * part / whole
    return "< 0.1 %" if 0 < percent < 0.1 else f"{percent:.1f} %"


def shape(sides: Shape) -> str:
    """`16×32×32`."""
    return "×".join(map(str, sides))


def operator(layer: Layer) -> str:
    """`conv 3×3 s2 d2 g32`: the operator and its window; stride, dilation and groups where they are not 1."""
    parts = [layer.op]
    # The head's average pool takes in the whole map, whatever its size.
    windowed = layer.op in _WINDOWED or (layer.op == "avgpool" and layer.block is not None)
    if windowed:
        parts.append(f"{layer.kernel}×{layer.kernel}")
    if layer.stride > 1 and (windowed or layer.op == "pad"):
        parts.append(f"s{layer.stride}")
    if layer.dilation > 1:
        parts.append(f"d{layer.dilation}")
    if layer.groups > 1 and layer.op == "conv":
        parts.append(f"g{layer.groups}")
    return " ".join(parts)


def _three(value: float) -> str:
    decimals = 0 if value >= 99.95 else 1 if value >= 9.995 else 2
    return f"{value:.{decimals}f}"
