from __future__ import annotations

import pytest
from PIL import ImageFont

from resviz.commands import letters


def test_as_many_parts_to_a_line_as_fit() -> None:
    most = letters.width("aaa · bbb")
    assert letters.lines(["aaa", "", "bbb", "c" * 50, "d"], most) == ["aaa · bbb", "c" * 50, "d"]
    assert letters.lines([], 10) == []


def test_letters_that_no_font_has_are_told_from_those_that_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "_FONTS", ())
    letters._fitted.cache_clear()
    text, _ = letters._fitted("3×4 \U000f0000 cat", 12)
    assert text == "3x4 ? cat"
    letters._fitted.cache_clear()


def test_a_font_of_bitmaps_knows_ascii() -> None:
    plain = ImageFont.load_default_imagefont()
    assert letters._lacking(plain, "cat 猫") == {"猫"}
