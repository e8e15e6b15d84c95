"""Words in pictures that Pillow draws: its own font knows little more than ASCII, the system's know more."""

from __future__ import annotations

import contextlib
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont

    Font: TypeAlias = ImageFont.FreeTypeFont | ImageFont.ImageFont

INK, MUTED, PAPER = (27, 31, 36), (89, 99, 110), (255, 255, 255)
#: Names of files that Pillow looks for where systems keep their fonts; its own is the
#: last resort, so that the words of one picture do not stand in two fonts.
_FONTS = (
    *("DejaVuSans.ttf", "NotoSans-Regular.ttf", "segoeui.ttf", "Arial.ttf", "Arial Unicode.ttf"),
    *("NotoSansCJK-Regular.ttc", "DroidSansFallbackFull.ttf", "msyh.ttc", "PingFang.ttc", "Hiragino Sans GB.ttc"),
)
_PLAIN = {"×": "x", "−": "-", "…": "~", "·": "-"}
_MISSING = "\uffff"


def write(pen: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int = 12, muted: bool = False) -> None:
    """One line, its upper left corner at `at`."""
    fitted, font = _fitted(text, size)
    pen.text(at, fitted, fill=MUTED if muted else INK, font=font)


def width(text: str, size: int = 12) -> int:
    """Of one line, px."""
    fitted, font = _fitted(text, size)
    return round(font.getlength(fitted)) + 1


def shortened(text: str, most: int, size: int = 12) -> str:
    """The text, or its beginning with an ellipsis where `most` pixels do not hold it."""
    if width(text, size) <= most:
        return text
    kept = next(count for count in range(len(text) - 1, -1, -1) if width(f"{text[:count]}…", size) <= most or not count)
    return f"{text[:kept].rstrip()}…"


def lines(parts: list[str], most: int, size: int = 12) -> list[str]:
    """Parts with dots between them, as many to a line as `most` pixels hold; a longer part has a line of its own."""
    found: list[str] = []
    for part in filter(None, parts):
        longer = f"{found[-1]} · {part}" if found else part
        if found and width(longer, size) <= most:
            found[-1] = longer
        else:
            found.append(part)
    return found


@cache
def _fitted(text: str, size: int) -> tuple[str, Font]:
    """The text as it can be written, and the font for it: the first that lacks none of its letters, or the fewest."""
    from PIL import ImageFont

    found: list[Font] = []
    for name in _FONTS:
        with contextlib.suppress(OSError):  # this system has it not
            found.append(ImageFont.truetype(name, size))
            if not _lacking(found[-1], text):
                return text, found[-1]
    found.append(ImageFont.load_default(size))
    font = min(found, key=lambda each: len(_lacking(each, text)))
    lacking = _lacking(font, text)
    plain = "".join(_PLAIN.get(letter, "?") if letter in lacking else letter for letter in text)
    return plain, font


def _lacking(font: Font, text: str) -> set[str]:
    """The letters that a font has not; it draws all of them as one and the same box."""
    if not hasattr(font, "path"):
        return {letter for letter in text if not letter.isascii()}
    box = bytes(font.getmask(_MISSING))
    return {letter for letter in set(text) if letter != " " and bytes(font.getmask(letter)) == box}
