"""What the folded sections of the builder call the fields of a spec and their values, and how they explain them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from resviz.arch.spec import ResNetSpec
from resviz.gui.panels.controls import Choice

translate = QCoreApplication.translate


class FieldWords(NamedTuple):
    """A field's name, what it does and who uses it, what it needs to mean anything; `short` where room is short."""

    name: str
    hint: str
    needs: str = ""
    short: str = ""


class SectionWords(NamedTuple):
    """A section: its key in the settings, its title, what it is about, its fields from top to bottom."""

    key: str
    title: str
    hint: str
    fields: tuple[str, ...]
    note: str = ""


def sections() -> tuple[SectionWords, ...]:
    return (
        SectionWords(
            "block",
            translate("BuilderPanel", "Block"),
            translate("BuilderPanel", "What a residual branch is made of: order, stride, groups, widths"),
            ("order", "stride_in", "groups", "group_width", "expansion", "reduce_first"),
        ),
        SectionWords(
            "shortcut",
            translate("BuilderPanel", "Shortcut"),
            translate("BuilderPanel", "How a shortcut changes the shape"),
            ("projection",),
        ),
        SectionWords(
            "stem",
            translate("BuilderPanel", "Stem"),
            translate("BuilderPanel", "Width and pool of the stem"),
            ("stem_width", "stem_pool"),
        ),
        SectionWords(
            "attention",
            translate("BuilderPanel", "Attention and filters"),
            translate("BuilderPanel", "Channel attention, anti-aliasing, dilation"),
            ("attention", "reduction", "antialias", "output_stride"),
        ),
        SectionWords(
            "norm",
            translate("BuilderPanel", "Norm and activation"),
            translate("BuilderPanel", "What stands after each convolution"),
            ("norm", "norm_groups", "activation"),
        ),
        SectionWords(
            "training",
            translate("BuilderPanel", "Training only"),
            translate("BuilderPanel", "What matters while a network is trained, and not after"),
            ("zero_init", "dropout", "drop_path"),
            translate("BuilderPanel", "No effect on inference: shapes, counts and predictions stay as they are."),
        ),
    )


def field_words() -> dict[str, FieldWords]:
    return {**_block_words(), **_around_words(), **_rest_words()}


def _block_words() -> dict[str, FieldWords]:
    bottleneck = translate("BuilderPanel", "Needs Bottleneck blocks: Basic has no 1×1 and no groups.")
    return {
        "order": FieldWords(
            translate("BuilderPanel", "Order"),
            translate(
                "BuilderPanel",
                "Where BN and activation stand. Post: after each convolution (ResNet, 2015). Pre: before it, with a "
                "clean identity path (ResNet v2, He 2016; ResNet-1001).",
            ),
        ),
        "stride_in": FieldWords(
            translate("BuilderPanel", "Stride in"),
            translate(
                "BuilderPanel",
                "Which convolution of a bottleneck halves the resolution. 3×3: torchvision, timm (“v1.5”). 1×1: the "
                "paper and Caffe (“v1”); fewer MACs, but three of four pixels are never looked at.",
            ),
            bottleneck,
        ),
        "groups": FieldWords(
            translate("BuilderPanel", "Groups"),
            translate(
                "BuilderPanel",
                "The 3×3 convolution is split into this many parallel groups. ResNeXt-50 32×4d: 32 groups of 4.",
            ),
            bottleneck,
        ),
        "group_width": FieldWords(
            translate("BuilderPanel", "Group width"),
            translate(
                "BuilderPanel",
                "Channels of one group where a block has 64 planes. 4 in ResNeXt-50 32×4d; Wide ResNet-50-2 is one "
                "group of 128.",
            ),
            bottleneck,
        ),
        "expansion": FieldWords(
            translate("BuilderPanel", "Expansion"),
            translate(
                "BuilderPanel",
                "Channels out of a block over its planes. Auto: 1 for Basic, 4 for Bottleneck, as in the paper.",
            ),
        ),
        "reduce_first": FieldWords(
            translate("BuilderPanel", "First convolution ÷"),
            translate(
                "BuilderPanel",
                "The first convolution of a block has this many times fewer channels. 2 in SENet-154, else 1.",
            ),
            short=translate("BuilderPanel", "First conv ÷"),
        ),
    }


def _around_words() -> dict[str, FieldWords]:
    return {
        "projection": FieldWords(
            translate("BuilderPanel", "Projection"),
            translate(
                "BuilderPanel",
                "How a projection halves the resolution. 1×1: a strided 1×1 (ResNet). 3×3: a strided 3×3 (SENet-154). "
                "Pool: a 2×2 average pool, then a 1×1, which sees every pixel (ResNet-D).",
            ),
            translate("BuilderPanel", "Needs shortcut B or C: the others have no projection."),
        ),
        "stem_width": FieldWords(
            translate("BuilderPanel", "Stem width"),
            translate(
                "BuilderPanel",
                "Channels that leave the stem. Auto: the width of layer1. 128 in ResNet-50-s and SENet-154.",
            ),
        ),
        "stem_pool": FieldWords(
            translate("BuilderPanel", "Stem pool"),
            translate(
                "BuilderPanel",
                "Max: a 3×3 max-pool of stride 2 (usual). Conv: a strided 3×3 convolution (ResNet-RS). None: no pool"
                " (usual after a 3×3 CIFAR stem).",
            ),
        ),
        "attention": FieldWords(
            translate("BuilderPanel", "Attention"),
            translate(
                "BuilderPanel",
                "Weighs the channels at the end of each residual branch. SE: squeeze and excitation, two small layers "
                "(SE-ResNet). ECA: one 1-d convolution across channels (ECA-Net).",
            ),
        ),
        "reduction": FieldWords(
            translate("BuilderPanel", "Reduction"),
            translate("BuilderPanel", "SE squeezes the channels by this much. 16 in SE-ResNet, 4 in ResNet-RS."),
            translate("BuilderPanel", "Needs SE attention."),
        ),
        "antialias": FieldWords(
            translate("BuilderPanel", "Anti-aliasing"),
            translate(
                "BuilderPanel",
                "What strides instead of the convolution. Blur: a 3×3 binomial filter (Zhang 2019, resnetblur50). "
                "Avg: a 2×2 average pool (timm's resnetaa50).",
            ),
        ),
        "output_stride": FieldWords(
            translate("BuilderPanel", "Output stride"),
            translate(
                "BuilderPanel",
                "Where the resolution has fallen by this much, later stages dilate instead of striding. 8 or 16 for "
                "segmentation (DeepLab). Auto: no dilation.",
            ),
        ),
    }


def _rest_words() -> dict[str, FieldWords]:
    shortcuts = translate("BuilderPanel", "Needs shortcuts (A, B or C): a plain network has no way around a block.")
    return {
        "norm": FieldWords(
            translate("BuilderPanel", "Norm"),
            translate(
                "BuilderPanel",
                "BatchNorm over the batch (usual), or GroupNorm over groups of channels of one picture (resnet50_gn).",
            ),
        ),
        "norm_groups": FieldWords(
            translate("BuilderPanel", "Norm groups"),
            translate("BuilderPanel", "Groups of channels that GroupNorm normalises together. 32 in its paper."),
            translate("BuilderPanel", "Needs GroupNorm."),
        ),
        "activation": FieldWords(
            translate("BuilderPanel", "Activation"),
            translate(
                "BuilderPanel",
                "The nonlinearity everywhere. ReLU in the papers; SiLU and others in timm's newer variants.",
            ),
        ),
        "zero_init": FieldWords(
            translate("BuilderPanel", "Zero last BN"),
            translate(
                "BuilderPanel",
                "Each residual branch starts at zero, so that the untrained network is its shortcuts (Goyal 2017).",
            ),
            shortcuts,
        ),
        "dropout": FieldWords(
            translate("BuilderPanel", "Dropout"),
            translate(
                "BuilderPanel",
                "Share of the features before fc that is left out in a training step. 0.25 in ResNet-RS-50.",
            ),
        ),
        "drop_path": FieldWords(
            translate("BuilderPanel", "Stochastic depth"),
            translate(
                "BuilderPanel",
                "How often the last block is skipped in a training step; earlier ones less (Huang 2016).",
            ),
            shortcuts,
            translate("BuilderPanel", "Stoch. depth"),
        ),
    }


def field_choices() -> dict[str, list[Choice]]:
    """The values of a field that takes words."""
    return {
        "order": [
            Choice(
                "post",
                translate("BuilderPanel", "Post"),
                translate("BuilderPanel", "Post-activation: conv, BN, activation (v1)"),
            ),
            Choice(
                "pre",
                translate("BuilderPanel", "Pre"),
                translate("BuilderPanel", "Pre-activation: BN, activation, conv (v2)"),
            ),
        ],
        "stride_in": [
            Choice("3x3", "3×3", translate("BuilderPanel", "In the 3×3: torchvision, “v1.5”")),
            Choice("1x1", "1×1", translate("BuilderPanel", "In the first 1×1: the paper, “v1”")),
        ],
        "projection": [
            Choice("1x1", "1×1", translate("BuilderPanel", "A strided 1×1 convolution")),
            Choice("3x3", "3×3", translate("BuilderPanel", "A strided 3×3 convolution (SENet-154)")),
            Choice(
                "avgpool",
                translate("BuilderPanel", "Pool"),
                translate("BuilderPanel", "A 2×2 average pool, then a 1×1 convolution (ResNet-D)"),
            ),
        ],
        "stem_pool": [
            Choice("max", translate("BuilderPanel", "Max"), translate("BuilderPanel", "A 3×3 max-pool of stride 2")),
            Choice(
                "conv",
                translate("BuilderPanel", "Conv"),
                translate("BuilderPanel", "A 3×3 convolution of stride 2 (ResNet-RS)"),
            ),
            Choice(
                "none",
                translate("BuilderPanel", "None"),
                translate("BuilderPanel", "No pool: twice the resolution in every stage"),
            ),
        ],
        "attention": [
            Choice("none", translate("BuilderPanel", "None"), translate("BuilderPanel", "No attention")),
            Choice("se", "SE", translate("BuilderPanel", "Squeeze and excitation")),
            Choice("eca", "ECA", translate("BuilderPanel", "Efficient channel attention")),
        ],
        "antialias": [
            Choice(
                "none",
                translate("BuilderPanel", "None"),
                translate("BuilderPanel", "The convolution strides by itself"),
            ),
            Choice("blur", translate("BuilderPanel", "Blur"), translate("BuilderPanel", "A 3×3 binomial blur strides")),
            Choice(
                "avgpool", translate("BuilderPanel", "Avg"), translate("BuilderPanel", "A 2×2 average pool strides")
            ),
        ],
        "norm": [
            Choice("batch", translate("BuilderPanel", "Batch"), translate("BuilderPanel", "BatchNorm")),
            Choice("group", translate("BuilderPanel", "Group"), translate("BuilderPanel", "GroupNorm")),
        ],
        "activation": [
            Choice(word, text)
            for word, text in (
                ("relu", "ReLU"),
                ("leaky_relu", "LeakyReLU"),
                ("elu", "ELU"),
                ("silu", "SiLU (Swish)"),
                ("gelu", "GELU"),
                ("mish", "Mish"),
                ("hardswish", "Hard-Swish"),
            )
        ],
    }


def _groups(spec: ResNetSpec) -> str:
    if spec.groups == 1:
        return translate("BuilderPanel", "group width {width}").format(width=spec.group_width)
    return translate("BuilderPanel", "{groups} groups × {width}").format(groups=spec.groups, width=spec.group_width)


#: Field -> what it says in a section's heading where it is not as usual.
_BRIEF: dict[str, Callable[[ResNetSpec], str]] = {
    "order": lambda _spec: translate("BuilderPanel", "pre-activation"),
    "stride_in": lambda _spec: translate("BuilderPanel", "stride in 1×1"),
    "groups": _groups,
    "group_width": _groups,
    "expansion": lambda spec: translate("BuilderPanel", "expansion {value}").format(value=spec.expansion),
    "reduce_first": lambda spec: translate("BuilderPanel", "first conv ÷ {value}").format(value=spec.reduce_first),
    "projection": lambda spec: (
        translate("BuilderPanel", "3×3")
        if spec.projection == "3x3"
        else translate("BuilderPanel", "average pool + 1×1")
    ),
    "stem_width": lambda spec: translate("BuilderPanel", "{value} channels").format(value=spec.stem_width),
    "stem_pool": lambda spec: (
        translate("BuilderPanel", "no pool")
        if spec.pool == "none"
        else translate("BuilderPanel", "strided conv for the pool")
        if spec.pool == "conv"
        else translate("BuilderPanel", "max-pool")
    ),
    "attention": lambda spec: spec.attention.upper(),
    "reduction": lambda spec: translate("BuilderPanel", "reduction {value}").format(value=spec.reduction),
    "antialias": lambda spec: (
        translate("BuilderPanel", "blur") if spec.antialias == "blur" else translate("BuilderPanel", "average pool")
    ),
    "output_stride": lambda spec: translate("BuilderPanel", "output stride {value}").format(value=spec.output_stride),
    "norm": lambda _spec: translate("BuilderPanel", "GroupNorm"),
    "norm_groups": lambda spec: translate("BuilderPanel", "{value} groups").format(value=spec.norm_groups),
    "activation": lambda spec: next(c.text for c in field_choices()["activation"] if c.value == spec.activation),
    "zero_init": lambda _spec: translate("BuilderPanel", "last BN starts at 0"),
    "dropout": lambda spec: translate("BuilderPanel", "dropout {value:g}").format(value=spec.dropout),
    "drop_path": lambda spec: translate("BuilderPanel", "stochastic depth {value:g}").format(value=spec.drop_path),
}


def brief(spec: ResNetSpec, fields: tuple[str, ...]) -> str:
    """`32 groups × 4 · stride in 1×1`: these fields, each in two words."""
    return " · ".join(dict.fromkeys(_BRIEF[field](spec) for field in fields))
