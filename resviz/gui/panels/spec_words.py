"""What the builder calls the fields of a spec and their values, and how it explains them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from resviz.gui.panels.controls import Choice

translate = QCoreApplication.translate


def block_choices() -> list[Choice]:
    basic = translate("BuilderPanel", "Two 3×3 convolutions a block (ResNet-18 and -34)")
    bottleneck = translate(
        "BuilderPanel",
        "1×1, 3×3, 1×1: three convolutions a block, four times the channels (ResNet-50 and up)",
    )
    return [
        Choice("basic", translate("BuilderPanel", "Basic"), basic),
        Choice("bottleneck", translate("BuilderPanel", "Bottleneck"), bottleneck),
    ]


def shortcut_choices() -> list[Choice]:
    return [
        Choice(
            "none",
            translate("BuilderPanel", "None"),
            translate("BuilderPanel", "No shortcuts: the plain network the paper compares with"),
        ),
        Choice(
            "A",
            translate("BuilderPanel", "A pad"),
            translate("BuilderPanel", "Identity; zeros for new channels where the shape changes"),
        ),
        Choice(
            "B",
            translate("BuilderPanel", "B"),
            translate("BuilderPanel", "Identity; a 1×1 projection where the shape changes (usual)"),
        ),
        Choice(
            "C",
            translate("BuilderPanel", "C all"),
            translate("BuilderPanel", "A 1×1 projection around every block"),
        ),
    ]


def stem_choices() -> list[Choice]:
    imagenet = translate("BuilderPanel", "A 7×7 convolution of stride 2, then a max-pool: a quarter of the resolution")
    cifar = translate("BuilderPanel", "One 3×3 convolution of stride 1: full resolution, for small pictures")
    return [
        Choice("imagenet", translate("BuilderPanel", "7×7 ImageNet"), imagenet),
        Choice("cifar", translate("BuilderPanel", "3×3 CIFAR"), cifar),
    ]


def number_words() -> dict[str, tuple[str, str]]:
    """Name and explanation of each number, in the order of the panel."""
    return {
        "width": (
            translate("BuilderPanel", "Width"),
            translate("BuilderPanel", "Planes of layer1; each stage doubles them. 64 in the paper."),
        ),
        "classes": (
            translate("BuilderPanel", "Classes"),
            translate("BuilderPanel", "Outputs of fc: what the network can tell apart."),
        ),
        "size": (
            translate("BuilderPanel", "Input"),
            translate("BuilderPanel", "Height and width of the picture the network sees, in pixels."),
        ),
        "channels": (
            translate("BuilderPanel", "Channels"),
            translate("BuilderPanel", "Of the picture: 3 for colour, 1 for grey."),
        ),
    }
