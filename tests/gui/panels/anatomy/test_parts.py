"""Numbers of a block: which pixel of x a pixel of the sum has, and that what is shown is what the network has."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from resviz.arch.notation import parse
from resviz.engine import messages as m
from resviz.gui.panels.anatomy import words
from resviz.gui.panels.anatomy.parts import PARTS, Anatomy, Box, block_of, digits, has_shortcut
from resviz.nets.model import ResidualBlock, build_model
from resviz.ways import NOTHING_OFF, Off
from tests.gui.panels.anatomy.made import dissected

SPEC = parse("basic:2,2,width=4,stem=cifar,classes=3,size=13")


def anatomy(extra: str = "", block: str = "layer2.0", thin: int = 1) -> Anatomy:
    spec = parse(f"basic:2,2,width=4,stem=cifar,classes=3,size=13{extra}")
    return Anatomy(dissected(spec, block, thin=thin), spec)


def test_layers_know_their_block() -> None:
    assert block_of(SPEC, "layer2.0.downsample.1") == "layer2.0"
    assert block_of(SPEC, "conv1") is None
    assert block_of(SPEC, None) is None
    mixed = parse("basic:1,1,width=4,stem=cifar,classes=3,size=13,shortcut=none/B")
    assert (has_shortcut(mixed, "layer1.0"), has_shortcut(mixed, "layer2.0")) == (False, True)


@settings(deadline=None)
@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_digits_are_the_number_and_no_other(value: float) -> None:
    text = digits(np.float32(value)).replace("−", "-")
    assert np.float32(text) == np.float32(value)


def test_digits_are_short() -> None:
    assert [digits(np.float32(each)) for each in (0, 0.421, -1.5, 1.5e-7, 3e9, np.nan, -np.inf)] == [
        "0",
        "0.421",
        "−1.5",
        "1.5e−7",
        "3e9",
        "nan",
        "−inf",
    ]


@pytest.mark.parametrize("extra", ["", ",shortcut=A", ",projection=3x3", ",projection=avgpool", ",order=pre"])
@pytest.mark.parametrize("block", ["layer1.0", "layer2.0"])
def test_the_place_that_the_shortcut_reads_is_where_its_gradient_is(extra: str, block: str) -> None:
    """The real block says which pixels of x a pixel of P(x) depends on."""
    one = anatomy(extra, block)
    module = build_model(one.spec).get_submodule(block)
    assert isinstance(module, ResidualBlock)
    x = torch.rand((1, *one.shape("x"))) + 0.5
    x.requires_grad_(True)
    given = x if module.downsample is None else module.downsample(x)
    rows, columns = one.size
    for row, column in ((0, 0), (rows // 2, columns - 1), (rows - 1, 1)):
        (gradient,) = torch.autograd.grad(given[0, :, row, column].sum(), x, retain_graph=True)
        down, across = np.nonzero(gradient[0].abs().sum(0).numpy())
        box = Box(
            int(down.min()), int(across.min()), int(down.max() - down.min()) + 1, int(across.max() - across.min()) + 1
        )
        assert one.box("x", row, column) == box
        assert one.box("branch", row, column) == Box(row, column)
        assert one.pixel("total", row, column) == (row, column)


def test_a_pixel_of_x_leads_to_the_pixel_that_it_feeds() -> None:
    one = anatomy()
    assert one.size == (7, 7)
    assert [one.pixel("x", at, 12)[0] for at in (0, 1, 2, 12)] == [0, 0, 1, 6]
    for row in range(7):
        box = one.box("x", row, row)
        assert one.pixel("x", box.row, box.column) == (row, row)


def test_thinned_parts_keep_their_places() -> None:
    one = anatomy(thin=2)
    assert one.size == (4, 4)
    assert one.box("x", 2, 3) == Box(4, 6)  # pixel 4, 6 of the sum reads 8, 12 of x, shown as 4, 6
    found = one.sum_at(1, 2, 3)
    assert (found.y, found.x) == (4, 6)


def test_the_sum_is_the_networks_to_the_bit() -> None:
    one = anatomy()
    found = one.sum_at(2, 3, 4)
    assert found.branch + found.shortcut == found.total
    assert found.total == one.found.total.data[2, 3, 4]
    text = words.sum_text(one, found)
    numbers = [
        np.float32(part.split("\u00a0")[-1].replace("−", "-")) for part in text.replace(" →", " + ").split(" + ")
    ]
    assert text.startswith("F\u00a0")
    assert "ReLU" in text
    assert numbers[0] == found.branch
    assert numbers[-1] == found.after


def test_channels_of_x() -> None:
    assert anatomy(block="layer1.1").source(3) == 3
    padded = anatomy(",shortcut=A")
    assert [padded.source(channel) for channel in range(8)] == [None, None, 0, 1, 2, 3, None, None]
    for channel in (2, 5):
        plane, given = padded.plane("x", channel), padded.plane("shortcut", channel)
        assert plane is not None
        assert given is not None
        assert np.array_equal(plane[::2, ::2], given)
    assert padded.plane("x", 0) is None
    mixed = anatomy()
    assert mixed.source(0) is None
    assert np.allclose(mixed.plane("x", 0), mixed.found.x.data.mean(0))


def test_one_scale_reaches_the_largest_value() -> None:
    one = anatomy(block="layer1.1")
    every = [one.part(name).data for name in PARTS]
    assert one.limit() == max(float(np.abs(part).max()) for part in every)
    assert one.limit(1) == max(float(np.abs(part[1]).max()) for part in every)
    broken = replace(one.found, branch=replace(one.found.branch, data=np.full((4, 13, 13), np.nan, np.float32)))
    assert Anatomy(broken, one.spec).limit(1) == max(
        float(np.abs(one.part(name).data[1]).max()) for name in PARTS if name != "branch"
    )


def test_channels_by_how_much_the_branch_puts_in() -> None:
    one = anatomy()
    norms = np.linalg.norm(one.found.branch.data.reshape(8, -1), axis=1)
    assert [int(each) for each in np.argsort(-norms)] == list(one.by_branch)


def test_the_formula() -> None:
    assert words.formula(anatomy()) == "y = ReLU(F(x) + P(x))"
    assert words.formula(anatomy(block="layer1.1")) == "y = ReLU(F(x) + x)"
    assert words.formula(anatomy(",order=pre", "layer1.1")) == "y = F(x) + x"
    assert words.formula(anatomy(",activation=silu")) == "y = SiLU(F(x) + P(x))"
    assert words.names(anatomy(",order=pre"))["after"] == "leaves the block"


@pytest.mark.parametrize(
    ("extra", "block", "said"),
    [
        ("", "layer1.0", "identity"),
        ("", "layer2.0", "4×13×13 → 8×7×7. A 1×1 convolution of stride 2 reads every second row and column"),
        (",order=pre", "layer2.0", "after BN and ReLU"),
        (",shortcut=A", "layer2.0", "zeros for the 4 new channels: 2 before, 2 behind"),
        (",shortcut=C", "layer1.1", "4×13×13 stays. A 1×1 convolution that mixes the 4 channels"),
        (",projection=avgpool", "layer2.0", "The mean of every 2×2 pixels"),
        (",projection=3x3", "layer2.0", "A 3×3 convolution of stride 2 that mixes"),
    ],
)
def test_what_the_shortcut_does_in_words(extra: str, block: str, said: str) -> None:
    assert said in words.shortcut_words(anatomy(extra, block))


@pytest.mark.parametrize(
    ("ratio", "cosine", "said"),
    [
        (0.38, 0.02, "F(x) adds 38 % of the length of x, nearly at right angles to it."),
        (0.042, 0.4, "F(x) adds 4.2 % of the length of x, leaning along it."),
        (0.9, -0.5, "leaning against it"),
        (0.9, -0.99, "straight against it: it takes away"),
        (0.9, 0.95, "along it: it makes it longer"),
        (4.61, 0.0, "F(x) is 4.6 times as long as x"),
        (1e-9, 0.0, "< 0.1 %"),
        (0.0, 0.0, "F(x) adds nothing."),
    ],
)
def test_how_much_in_words(ratio: float, cosine: float, said: str) -> None:
    assert said in words.strength_words(m.Strength("layer1.0", ratio, cosine), NOTHING_OFF)


def test_figures_and_what_is_off() -> None:
    strength = m.Strength("layer2.0", 0.5, -0.5, True)
    assert words.strength_figures(strength) == "‖F(x)‖ / ‖P(x)‖ = 0.5 · cosine −0.50, 120°"
    assert "P(x)" in words.strength_words(strength, NOTHING_OFF)
    assert "cut" in words.strength_words(strength, Off(shortcuts=frozenset({"layer2.0"})))
    assert "switched off" in words.strength_words(strength, Off(branches=frozenset({"layer2.0"})))
