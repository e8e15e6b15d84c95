"""Text can be read on what it stands on: 4.5:1 (WCAG 2.1, criterion 1.4.3); lines and signs 3:1 (1.4.11).

Operators can be told apart by colour-blind people too.
"""

from __future__ import annotations

from itertools import combinations
from math import dist

import pytest

from resviz.drawing.figure import fill_of, ink_of
from resviz.drawing.palette import PALETTES, Palette

OPERATORS = (
    *("conv", "bn", "gn", "relu", "silu", "leaky_relu", "maxpool", "avgpool", "blur", "flatten", "fc", "pad", "se"),
    "eca",
)
COLOURS = ("conv", "bn", "relu", "pool", "attention", "add", "pad", "fc")
#: Linear RGB as people see it: all of it, and without long, middle or short waves (Machado 2009, severity 1.0).
SIGHTS = {
    "full": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
#: From linear RGB to XYZ over that of white (IEC 61966-2-1).
XYZ = ((0.4339, 0.3762, 0.1899), (0.2126, 0.7152, 0.0722), (0.0177, 0.1095, 0.8728))
#: A text's role and the grounds it stands on.
TEXTS = [
    ("text", ("ground", "panel", "band", "card", "control", "tint")),
    ("muted", ("ground", "panel", "band", "card")),
    ("projection", ("ground", "band")),
    ("zero_pad", ("ground", "band")),
    ("accent", ("panel",)),
]
LINES = [("trunk", "card"), ("trunk", "band"), ("identity", "band"), ("identity", "card"), ("on_add", "add")]


def _linear(colour: str) -> list[float]:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _times(matrix: tuple[tuple[float, ...], ...], vector: list[float]) -> list[float]:
    return [min(max(sum(a * b for a, b in zip(row, vector, strict=True)), 0.0), 1.0) for row in matrix]


def _lab(colour: str, sight: str) -> tuple[float, float, float]:
    """CIE L*a*b* of a colour as someone sees it; a distance of 2 can just be noticed."""
    seen = _times(XYZ, _times(SIGHTS[sight], _linear(colour)))
    x, y, z = (one ** (1 / 3) if one > 0.008856 else 7.787 * one + 16 / 116 for one in seen)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_on_white() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
class TestContrast:
    def test_text_on_operators(self, palette: Palette) -> None:
        for op in OPERATORS:
            assert contrast(getattr(palette, ink_of(op)), getattr(palette, fill_of(op))) >= 4.5, op

    def test_text_on_grounds(self, palette: Palette) -> None:
        for role, grounds in TEXTS:
            for ground in grounds:
                assert contrast(getattr(palette, role), getattr(palette, ground)) >= 4.5, (role, ground)

    def test_lines_and_signs(self, palette: Palette) -> None:
        for role, ground in LINES:
            assert contrast(getattr(palette, role), getattr(palette, ground)) >= 3, (role, ground)

    @pytest.mark.parametrize("sight", SIGHTS)
    def test_operators_differ_for_everyone(self, palette: Palette, sight: str) -> None:
        for one, other in combinations(COLOURS, 2):
            seen = _lab(getattr(palette, one), sight), _lab(getattr(palette, other), sight)
            assert dist(*seen) >= 12, (one, other)
