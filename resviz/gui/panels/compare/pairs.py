"""Pairs that a lecture needs, made of the open network where that makes sense, else of the paper's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from resviz.arch.edit import changed
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.errors import SpecError

translate = QCoreApplication.translate
Make = Callable[[ResNetSpec], tuple[ResNetSpec, ResNetSpec]]


class QuickPair(NamedTuple):
    """A pair: what it is called, what to look for in it, and how it is made of the open network."""

    name: str
    title: str
    hint: str
    make: Make

    def of(self, spec: ResNetSpec) -> tuple[ResNetSpec, ResNetSpec]:
        """A and B."""
        return self.make(spec)


def _either(first: dict[str, object], second: dict[str, object], classic: str) -> Make:
    """Both made of the open network by changing fields; of a classic one where that cannot be, or changes nothing."""

    def make(spec: ResNetSpec) -> tuple[ResNetSpec, ResNetSpec]:
        for base in (spec, PRESETS[classic].spec):
            try:
                a, b = changed(base, **first).spec, changed(base, **second).spec
            except SpecError:
                continue
            if a != b:
                return a, b
        raise AssertionError(f"{classic} makes no pair")

    return make


def _plain(spec: ResNetSpec) -> tuple[ResNetSpec, ResNetSpec]:
    """The open network beside its plain twin; a plain one beside its residual twin."""
    residual = spec if spec.residual else changed(spec, shortcut="B").spec
    return changed(residual, shortcut="none").spec, residual


def _depths(_spec: ResNetSpec) -> tuple[ResNetSpec, ResNetSpec]:
    return PRESETS["resnet18"].spec, PRESETS["resnet34"].spec


def pairs() -> list[QuickPair]:
    """All, in the order of a lecture."""
    return list(_all())


def _all() -> Iterator[QuickPair]:
    def tr(text: str) -> str:
        return translate("QuickPairs", text)

    yield QuickPair(
        "plain",
        tr("Plain against residual"),
        tr(
            "Only the additions come: no parameter, no MAC. Yet beyond some 20 layers the plain network trains worse"
            " the deeper it is (He 2015, fig. 1 and 6)."
        ),
        _plain,
    )
    options = tr("The options differ where the shape changes, and C everywhere: see the parameters (He 2015, table 3).")
    for first, second in ("AB", "BC", "AC"):
        title = tr("Shortcut {a} against {b}").format(a=first, b=second)
        name = f"{first}{second}"
        yield QuickPair(name, title, options, _either({"shortcut": first}, {"shortcut": second}, "resnet34"))
    yield QuickPair(
        "blocks",
        tr("Basic against Bottleneck"),
        tr("As many blocks, three convolutions for two: the 1×1 ones carry four times the channels (He 2015, fig. 5)."),
        _either({"block": "basic"}, {"block": "bottleneck"}, "resnet50"),
    )
    yield QuickPair(
        "v1",
        tr("v1 against v1.5: where the stride sits"),
        tr("The paper halves the map in the first 1×1; torchvision in the 3×3, which then sees all pixels."),
        _either(
            {"block": "bottleneck", "order": "post", "stride_in": "1x1"},
            {"block": "bottleneck", "order": "post", "stride_in": "3x3"},
            "resnet50",
        ),
    )
    yield QuickPair(
        "v2",
        tr("v1.5 against v2: where BN and ReLU sit"),
        tr("With BN and ReLU before the convolutions nothing stands on the identity path any more (He 2016, fig. 1)."),
        _either({"order": "post"}, {"order": "pre"}, "resnet50"),
    )
    yield QuickPair(
        "depth",
        tr("ResNet-18 against ResNet-34"),
        tr("More blocks in every stage, nothing else: twice the MACs, less than twice the parameters."),
        _depths,
    )
