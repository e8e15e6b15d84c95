"""What is off, and what stays, in words that are true of what the network does then."""

from __future__ import annotations

from itertools import pairwise

import pytest

from resviz.arch.notation import parse
from resviz.gui.off_words import listed, off_text, passages, without_branch, without_shortcut
from resviz.ways import NOTHING_OFF, Off

BASE = "basic:1,2,width=8,stem=cifar,classes=10,size=32"


@pytest.mark.parametrize(
    ("off", "text"),
    [
        (NOTHING_OFF, ""),
        (Off(frozenset({"layer2.1"})), "layer2.1 is off"),
        (Off(shortcuts=frozenset({"layer2.1"})), "the shortcut of layer2.1 is cut"),
        (Off(channels=frozenset({("conv1", 3)})), "channel 3 of conv1 is off"),
        (Off(frozenset({"layer2.1", "layer2.0"})), "2 blocks are off"),
        (Off(frozenset({"layer2.1"}), frozenset({"layer2.1"})), "2 parts are off"),
    ],
)
def test_what_is_off(off: Off, text: str) -> None:
    assert off_text(off) == text


@pytest.mark.parametrize(
    ("shortcut", "block", "text"),
    [
        ("B", "layer1.0", "x goes on as it came; only what F(x) would have added is lost."),
        (
            "B",
            "layer2.0",
            "x reaches the next block only through the 1×1 convolution of its shortcut (8 × 32 × 32 → 16 × 16 × 16).",
        ),
        ("C", "layer1.0", "x reaches the next block only through the 1×1 convolution of its shortcut (8 × 32 × 32)."),
        (
            "A",
            "layer2.0",
            "Of x stays every second pixel, with zeros for the 8 new channels (8 × 32 × 32 → 16 × 16 × 16)."
            " What the block made of it is lost.",
        ),
        (
            "none",
            "layer1.0",
            "There is no shortcut that would stay; in place of the block goes x itself."
            " What the block made of it is lost.",
        ),
        (
            "none",
            "layer2.0",
            "There is no shortcut that would stay; in place of the block goes every second pixel, with zeros for the 8"
            " new channels (8 × 32 × 32 → 16 × 16 × 16).",
        ),
    ],
)
def test_what_stays_without_the_branch(shortcut: str, block: str, text: str) -> None:
    assert without_branch(parse(f"{BASE},shortcut={shortcut}"), block) == text


def test_what_stays_without_the_shortcut() -> None:
    spec = parse(BASE)
    assert without_shortcut(spec, "layer1.0") == "Only F(x) goes on, as in a plain network; x itself is lost."
    assert without_shortcut(spec, "layer2.0").endswith("x itself is lost (8 × 32 × 32 → 16 × 16 × 16).")


@pytest.mark.parametrize("order", ["pre", "post"])
@pytest.mark.parametrize("block", ["basic", "bottleneck"])
def test_every_block_has_its_shapes(block: str, order: str) -> None:
    found = passages(parse(f"{block}:2,2,width=8,stem=cifar,classes=10,size=32,order={order}"))
    assert list(found) == ["layer1.0", "layer1.1", "layer2.0", "layer2.1"]
    before = list(found.values())
    assert all(one.after == other.before for one, other in pairwise(before))
    assert found["layer2.0"].changes
    assert not found["layer2.1"].changes


def test_names() -> None:
    assert listed(("layer1.0",)) == "layer1.0"
    assert listed(("layer1.0", "layer1.1")) == "2 blocks"
