"""What boxes and cards say: enough to tell layers apart, and short enough for their boxes."""

from __future__ import annotations

import pytest
from hypothesis import given

from resviz.arch import notation
from resviz.arch.graph import network
from resviz.arch.layout.captions import box_text, card_note, side_text
from resviz.arch.layout.stack import layout
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.drawing.text import LEAST_PX, width
from tests.strategies import specs

DEEP = "bottleneck:3,4,6,3,stem=deep,projection=avgpool,attention=se,reduction=4"


@pytest.mark.parametrize(
    ("text", "layer", "said"),
    [
        ("resnet50", "layer2.0.conv2", "conv2 3×3, 128, s=2"),
        ("bottleneck:3,4,6,3,stride_in=1x1", "layer2.0.conv1", "conv1 1×1, 128, s=2"),
        ("bottleneck:3,4,6,3,groups=32,group_width=4", "layer2.0.conv2", "conv2 3×3, 256, s=2, g=32"),
        ("bottleneck:3,4,6,3,groups=32,group_width=4", "layer2.1.conv2", "conv2 3×3, 256, g=32"),
        ("resnet50,output_stride=8", "layer4.1.conv2", "conv2 3×3, 512, d=4"),
        ("resnet50,antialias=blur", "layer2.0.conv2", "conv2 3×3, 128"),
        ("resnet50,antialias=blur", "layer2.0.aa", "aa blur 3×3, s=2"),
        ("resnet50,antialias=avgpool", "layer2.0.aa", "aa avgpool 2×2, s=2"),
        ("resnet50,antialias=blur", "maxpool.0", "maxpool.0 3×3"),
        ("resnet50,antialias=blur", "maxpool.1", "maxpool.1 blur 3×3, s=2"),
        (DEEP + ",stem_pool=conv", "maxpool.0", "maxpool.0 conv 3×3, 64, s=2"),
        (DEEP, "conv1.0", "conv1.0 3×3, 32, s=2"),
        (DEEP, "conv1.1", "bn"),
        (DEEP, "conv1.2", "relu"),
        (DEEP, "bn1", "bn1"),
        (DEEP, "layer1.0.se", "se 256 → 64 → 256"),
        ("resnet50,attention=eca", "layer1.0.se", "eca k=5"),
        ("resnet50,norm=group,activation=silu", "layer1.0.bn1", "gn"),
        ("resnet50,norm=group,activation=silu", "layer1.0.act1", "silu"),
        ("resnet50", "avgpool", "avgpool 7×7"),
        ("resnet50", "fc", "fc 2048 → 1000"),
    ],
)
def test_a_box_says_what_its_layer_is(text: str, layer: str, said: str) -> None:
    assert {one.id: box_text(one) for one in network(notation.parse(text)).layers}[layer] == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("resnet50", ["1×1, 512, s=2", "bn"]),
        (DEEP, ["avgpool 2×2, s=2", "1×1, 512", "bn"]),
        ("resnet50,projection=3x3", ["3×3, 512, s=2", "bn"]),
        ("resnet50,norm=group,order=pre", ["1×1, 512, s=2"]),
        ("resnet50,shortcut=A", ["pad"]),
    ],
)
def test_a_box_on_a_shortcut_is_brief(text: str, said: list[str]) -> None:
    layers = network(notation.parse(text)).layers
    assert [side_text(one) for one in layers if one.on == "shortcut" and one.block == "layer2.0"] == said


@pytest.mark.parametrize(
    ("text", "block", "note"),
    [
        ("resnet50", "layer2.0", "1×1 · 3×3 · 1×1, 512"),
        (DEEP + ",antialias=avgpool", "layer2.0", "1×1 · 3×3 · pool · 1×1 · se, 512"),
        ("resnet18,order=pre,attention=eca", "layer2.0", "3×3 · 3×3 · eca, 128"),
    ],
)
def test_a_folded_block_lists_its_layers(text: str, block: str, note: str) -> None:
    assert card_note([one for one in network(notation.parse(text)).layers if one.block == block], True) == note


def test_a_folded_stem_counts_what_repeats() -> None:
    stem = [one for one in network(notation.parse(DEEP)).layers if one.stage is None and "conv1" in one.id]
    assert card_note(stem, False) == "3 × conv 3×3"


@given(specs())
def test_every_text_fits_its_box(spec: ResNetSpec) -> None:
    for place in layout(spec).boxes():
        assert width(place.box.text, LEAST_PX) <= place.rect.w - 8 or place.box.op == "add", place.box.text


@pytest.mark.parametrize("name", PRESETS)
def test_the_presets_need_no_small_print(name: str) -> None:
    for place in layout(PRESETS[name].spec).boxes():
        assert width(place.box.text, 11) <= place.rect.w - 8 or place.box.op == "add", place.box.text
