"""Text can be read on what it stands on: 4.5:1 (WCAG 2.1, criterion 1.4.3); lines and signs 3:1 (1.4.11)."""

from __future__ import annotations

import pytest

from resviz.drawing.figure import fill_of, ink_of
from resviz.drawing.palette import PALETTES, Palette

OPERATORS = ("conv", "bn", "relu", "maxpool", "avgpool", "flatten", "fc", "pad")
#: A text's role and the grounds it stands on.
TEXTS = [
    ("text", ("ground", "panel", "band", "card", "control", "tint")),
    ("muted", ("ground", "panel", "band", "card")),
    ("projection", ("ground", "band")),
    ("zero_pad", ("ground", "band")),
    ("accent", ("panel",)),
]
LINES = [("trunk", "card"), ("trunk", "band"), ("identity", "band"), ("identity", "card"), ("on_add", "add")]


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


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
