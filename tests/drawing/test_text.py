"""Text is cut to its room, by an estimate that errs on the wide side."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from resviz.drawing.text import ELLIPSIS, elide, width

TEXT = st.text("abcmilW019×→½ ,.-", max_size=40)


@given(TEXT, st.floats(8, 300), st.booleans())
def test_cut_text_fits_and_begins_as_before(text: str, room: float, bold: bool) -> None:
    cut = elide(text, 11, bold, room)
    if cut == text:
        assert width(text, 11, bold) <= room
    else:
        assert cut.endswith(ELLIPSIS)
        assert text.startswith(cut[:-1])
        assert cut == ELLIPSIS or width(cut, 11, bold) <= room


def test_bold_text_is_wider() -> None:
    assert width("conv1 3×3", 12, bold=True) > width("conv1 3×3", 12)
