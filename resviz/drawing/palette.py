"""Colours by role, light and dark. Operators after Okabe and Ito (2008), for colour-blind eyes too."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple


class Palette(NamedTuple):
    """Hex colours by what they mean, so that a drawing names roles and never colours."""

    ground: str
    panel: str
    line: str
    text: str
    muted: str
    accent: str
    #: a selected row, the formula's card
    tint: str
    #: controls: segmented buttons, steppers
    control: str
    #: a stage's band behind its blocks
    band: str
    #: a block on its band
    card: str
    conv: str
    bn: str
    relu: str
    pool: str
    add: str
    fc: str
    pad: str
    #: SE and ECA
    attention: str
    identity: str
    projection: str
    zero_pad: str
    #: the line from input to output
    trunk: str
    #: text on conv, attention, pad; on bn; on relu; the cross on an add; text on fc, pool
    on_conv: str
    on_bn: str
    on_relu: str
    on_add: str
    on_vivid: str
    #: what differs between two networks
    changed: str
    added: str
    removed: str
    warning: str
    error: str


LIGHT = Palette(
    ground="#F6F7F9",
    panel="#FFFFFF",
    line="#E3E6EB",
    text="#1B1F24",
    muted="#626A77",
    accent="#2563EB",
    tint="#E8EFFF",
    control="#EEF0F3",
    band="#EFF1F4",
    card="#FFFFFF",
    conv="#0072B2",
    bn="#7DB8DE",
    relu="#E69F00",
    pool="#009E73",
    add="#CC79A7",
    fc="#D55E00",
    pad="#4B2E83",
    attention="#5C4400",
    identity="#6F7A8C",
    projection="#B4456F",
    zero_pad="#755AAB",
    trunk="#4B5563",
    on_conv="#FFFFFF",
    on_bn="#10202C",
    on_relu="#241A00",
    on_add="#FFFFFF",
    on_vivid="#120A04",
    changed="#8A6200",
    added="#00785A",
    removed="#C0431F",
    warning="#9A5B00",
    error="#C02A2A",
)
DARK = Palette(
    ground="#14171C",
    panel="#1B1F26",
    line="#2B313B",
    text="#E8EBF0",
    muted="#98A1B0",
    accent="#6EA0FF",
    tint="#22304F",
    control="#262C35",
    band="#1D222A",
    card="#252B35",
    conv="#3E9BD6",
    bn="#2F6F99",
    relu="#F0B13C",
    pool="#2DBB93",
    add="#E08FBE",
    fc="#F07A35",
    pad="#C9B8F0",
    attention="#EFE6A8",
    identity="#8A94A6",
    projection="#E58AAE",
    zero_pad="#B9A3E8",
    trunk="#AEB6C4",
    on_conv="#0B1218",
    on_bn="#FFFFFF",
    on_relu="#241A00",
    on_add="#2A0F1E",
    on_vivid="#0B1218",
    changed="#E9C046",
    added="#3CCBA0",
    removed="#FF8A5C",
    warning="#F0B13C",
    error="#FF7B72",
)
PALETTES: dict[str, Palette] = {"light": LIGHT, "dark": DARK}


#: From little to much, steady in lightness so that no colour-blind eye mistakes it: pale to dark on a light ground,
#: dark to bright on a dark one.
_ON_LIGHT = ("#FFF4CF", "#FDD37A", "#F7A23B", "#DE6A2C", "#A93A2E", "#641C3A")
_ON_DARK = ("#40233F", "#74304F", "#AF4549", "#DC6E36", "#F2A73B", "#FBE384")
_INKS = ("#000000", "#FFFFFF")
_HEAT, _ON_HEAT = "heat ", "on_heat "


def heat_role(part: float, ink: bool = False) -> str:
    """The role of a cost that is `part` of the way from little to much, or of the text on it."""
    return f"{_ON_HEAT if ink else _HEAT}{part:.2f}"


@lru_cache(maxsize=4096)
def hex_of(palette: Palette, role: str) -> str:
    """The colour of a role."""
    if role.startswith(_ON_HEAT):
        fill = _heat(palette, float(role[len(_ON_HEAT) :]))
        return max(_INKS, key=lambda ink: contrast(ink, fill))  # one of them always has 4.5:1
    return _heat(palette, float(role[len(_HEAT) :])) if role.startswith(_HEAT) else str(getattr(palette, role))


def _heat(palette: Palette, part: float) -> str:
    ramp = _ON_DARK if _luminance(palette.ground) < 0.2 else _ON_LIGHT
    at = min(max(part, 0.0), 1.0) * (len(ramp) - 1)
    low = min(int(at), len(ramp) - 2)
    mixed = (a + (b - a) * (at - low) for a, b in zip(_rgb(ramp[low]), _rgb(ramp[low + 1]), strict=True))
    return "#" + "".join(f"{round(value):02X}" for value in mixed)


def contrast(one: str, other: str) -> float:
    """Contrast of two colours after WCAG 2.1, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    parts = [value / 255 for value in _rgb(colour)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
