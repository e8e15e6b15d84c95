"""What the builder calls the fields of a spec and their values, and how it explains them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from resviz.arch.edit import Edit
from resviz.arch.notation import value_text
from resviz.arch.spec import DEFAULTS
from resviz.errors import SpecError
from resviz.gui.feedback import sentence
from resviz.gui.panels.builder.field_words import field_words
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
    return [
        Choice(
            "imagenet",
            translate("BuilderPanel", "7×7 ImageNet"),
            translate("BuilderPanel", "A 7×7 convolution of stride 2, then a pool: a quarter of the resolution"),
        ),
        Choice(
            "cifar",
            translate("BuilderPanel", "3×3 CIFAR"),
            translate("BuilderPanel", "One 3×3 convolution of stride 1: full resolution, for small pictures"),
        ),
        Choice(
            "deep",
            translate("BuilderPanel", "Deep: three 3×3"),
            translate("BuilderPanel", "Three 3×3 for the 7×7, half as wide before the last (ResNet-C and -D)"),
        ),
        Choice(
            "deep_tiered",
            translate("BuilderPanel", "Tiered: three 3×3"),
            translate("BuilderPanel", "Three 3×3 of growing width: 24, 32, 64 (timm's ResNet-T)"),
        ),
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


def name_of_field(field: str) -> str:
    """What the builder calls a field."""
    if field in field_words():
        return field_words()[field].name
    if field in number_words():
        return number_words()[field][0]
    names = {
        "block": translate("BuilderPanel", "Block"),
        "blocks": translate("BuilderPanel", "Blocks per stage"),
        "shortcut": translate("BuilderPanel", "Shortcut"),
        "stem": translate("BuilderPanel", "Stem"),
    }
    return names.get(field, field)


def refusal_words(problem: SpecError) -> str:
    """Why an edit was refused, the fields called as in the builder."""
    values = dict(problem.values)
    if "field" in values:
        values["field"] = name_of_field(str(values["field"])).lower()
    text = sentence(problem.code, values, str(problem))
    # A key of the notation is written as it is: reduce_first=3 ...
    return text if "_" in text.partition(" ")[0] else text[:1].upper() + text[1:]


def reset_words(edit: Edit) -> str:
    """Which fields gave way to an edit: put back, or made to fit."""
    names = {field: name_of_field(field) for field in edit.reset}
    back = [name for field, name in names.items() if getattr(edit.spec, field) == DEFAULTS[field]]
    said = [_put_back(back)] if back else []
    made = translate("BuilderPanel", "{name} became {value} to fit.")
    for field, name in names.items():
        if name not in back:
            said.append(made.format(name=name, value=value_text(getattr(edit.spec, field))))
    return " ".join(said)


def _put_back(names: list[str]) -> str:
    if len(names) == 1:
        return translate("BuilderPanel", "{name} was reset to fit.").format(name=names[0])
    first, *rest = names
    both = translate("BuilderPanel", "{names} and {last} were reset to fit.")
    return both.format(names=", ".join([first, *map(str.lower, rest[:-1])]), last=rest[-1].lower())
