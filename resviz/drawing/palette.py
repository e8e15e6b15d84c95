"""Colours by role, light and dark. Operators after Okabe and Ito (2008), for colour-blind eyes too."""

from __future__ import annotations

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
    warning="#F0B13C",
    error="#FF7B72",
)
PALETTES: dict[str, Palette] = {"light": LIGHT, "dark": DARK}
