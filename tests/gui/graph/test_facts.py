"""Cards: every figure, its formula, and words for every operator."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from PySide6.QtCore import QEvent, QPoint, QPointF
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from resviz.arch import notation
from resviz.arch.analysis import report
from resviz.arch.graph import network
from resviz.arch.layout.fold import Fold
from resviz.arch.memory import activation_bytes
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.drawing.palette import LIGHT
from resviz.gui.document import Document
from resviz.gui.graph.facts import branch_of, card, described, macs_formula, params_formula, part_card
from resviz.gui.graph.view import GraphView
from resviz.gui.graph.words import does
from tests.strategies import specs


def plain(html: str) -> str:
    return re.sub(r"<[^>]+>|&nbsp;", " ", html.replace("<br>", " "))


def value(formula: str) -> int:
    """`3×3×64×64`, `512×1000 + 1000`."""
    assert re.fullmatch(r"[\d,×+ ]+", formula)
    return int(eval(formula.replace(",", "").replace("×", "*")))


@given(specs())
def test_every_formula_gives_its_figure_and_every_layer_has_words(spec: ResNetSpec) -> None:
    for layer in network(spec).layers:
        if params_formula(layer):
            assert value(params_formula(layer)) == layer.params
        if macs_formula(layer):
            assert value(macs_formula(layer)) == layer.macs
        assert re.fullmatch(r"[A-Z0-9].*[.]", does(layer)), does(layer)
        assert "{" not in does(layer)


def test_a_card_has_all_figures() -> None:
    spec = PRESETS["resnet50"].spec
    said = plain(card(spec, "layer1.0.conv2", LIGHT, {"layer1.0.conv2": 0.1234}))
    for fact in (
        "conv 3×3, stride 1, padding 1",
        "64 × 56 × 56 → 64 × 56 × 56",
        "3×3×64×64 = 36,864",
        "36,864×56×56 = 115,605,504",
        "802,816 bytes (784 KiB)",
        "19 px",
        "0.123 ms",
        "Slides 64 filters over the map",
    ):
        assert fact in said
    assert "ms" not in plain(card(spec, "layer1.0.conv2", LIGHT)).split()
    assert "measured   -" in re.sub(r" +", "   ", plain(card(spec, "layer1.0.conv2", LIGHT, {})))


def test_a_part_has_sums() -> None:
    spec = PRESETS["resnet50"].spec
    layers = [layer for layer in network(spec).layers if layer.stage == "layer3"]
    ids = [layer.id for layer in layers]
    said = plain(part_card(spec, "layer3", ids, LIGHT, dict.fromkeys(ids, 0.5)))
    for fact in (
        "6 blocks",
        f"{len(layers)} layers",
        "512 × 28 × 28 → 1024 × 14 × 14",
        f"{sum(layer.params for layer in layers):,}",
        f"{sum(layer.macs for layer in layers):,}",
        f"{sum(map(activation_bytes, layers)):,} bytes",
        f"{report(spec).receptive_field[ids[-1]]} px",
        f"{0.5 * len(ids):.3g} ms",
        "5 of 6 identity, 1 of 6 projection",
    ):
        assert fact in said


def test_a_layer_is_described_in_words() -> None:
    spec = notation.parse("resnet18-w16-cifar")
    assert described(spec, "layer2.0.downsample.0") == (
        "layer2.0.downsample.0, conv 1×1, stride 2, 16 × 32 × 32 to 32 × 16 × 16, 512 parameters,"
        " in block layer2.0, on the shortcut, layer 23 of 68"
    )


def tip(view: GraphView, at: QPointF) -> str:
    pos = at.toPoint()
    QApplication.sendEvent(view, QHelpEvent(QEvent.Type.ToolTip, pos, view.mapToGlobal(pos)))
    return plain(view.card.text()) if view.card.isVisible() else ""


def on_the_line(view: GraphView, layer: str) -> QPointF:
    """The middle of the outermost stretch of a shortcut."""
    place = view.plan.place(layer)
    assert place is not None
    route = next(route for route in place.cell.body.routes if route.kind != "trunk")
    (x, y), (u, v) = route.points[1:3]
    return view._camera.to_view(place.cell.x + (x + u) / 2, place.cell.y + (y + v) / 2)


@pytest.mark.parametrize(
    ("fold", "layer", "said"),
    [
        ("layer", "layer2.1.conv1", "identity shortcut of layer2.1: adds the input, as it is, to the output of"),
        ("layer", "layer3.0.conv1", "projection shortcut of layer3.0: adds the input, brought to the right shape"),
        ("block", "layer2.1.conv1", "identity shortcut of layer2.1"),
        ("stage", "layer2.1.conv1", "Shortcuts of layer2: 3 of 4 identity, 1 of 4 projection"),
    ],
)
@pytest.mark.parametrize("direction", ["down", "right"])
def test_a_line_under_the_pointer_is_named_and_its_block_lit(
    qtbot: QtBot, view: GraphView, document: Document, fold, layer: str, said: str, direction
) -> None:
    document.set_spec(PRESETS["resnet50"].spec, "resnet50")
    view.look.set_direction(direction)
    view.look.set_fold(Fold(fold))
    view.reveal(layer)
    at = on_the_line(view, layer)
    view.card.hide()
    before = view.grab().toImage()
    qtbot.mouseMove(view, at.toPoint())
    assert view.grab().toImage() != before
    assert said in tip(view, at)
    qtbot.mouseMove(view, QPoint(2, view.height() - 2))
    assert view.grab().toImage() == before


def test_cards_of_folded_things_and_bands(view: GraphView, document: Document) -> None:
    document.set_spec(PRESETS["resnet50"].spec, "resnet50")
    band = view.plan.bands[0].rect
    assert "3 blocks" in tip(view, view._camera.to_view(band.x + 20, band.y + 90))
    view.set_level("stage")
    at = view.position_of("layer4.0.conv1")
    assert at is not None
    assert "layer4" in tip(view, at)
    assert "14,964,736" in tip(view, at)


def test_pointing_at_a_layer_lights_what_it_reads_and_what_reads_it(
    qtbot: QtBot, view: GraphView, document: Document
) -> None:
    before = view.grab().toImage()
    at = view.position_of("layer1.0.conv2")
    assert at is not None
    qtbot.mouseMove(view, at.toPoint())
    after = view.grab().toImage()
    for layer in ("layer1.0.relu1", "layer1.0.bn2"):
        place = view.plan.place(layer)
        assert place is not None
        edge = view._camera.rect_to_view(place.rect.grown(2.5))
        side = [QPointF(edge.left(), edge.center().y()), QPointF(edge.right(), edge.center().y())]
        assert any(before.pixelColor(p.toPoint()) != after.pixelColor(p.toPoint()) for p in side), layer


def test_a_branch_is_what_runs_beside_the_shortcut() -> None:
    def names(text: str, block: str) -> str:
        return " ".join(one.rsplit(".", 1)[1] for one in branch_of(notation.parse(text), block))

    assert names("resnet18", "layer1.0") == "conv1 bn1 relu1 conv2 bn2"
    assert names("resnet18", "layer2.0") == "conv1 bn1 relu1 conv2 bn2"
    # He 2016b, section 3.2 of the identity mappings: a projection starts after the first BN and ReLU.
    assert names("resnet18,order=pre", "layer1.0") == "bn1 relu1 conv1 bn2 relu2 conv2"
    assert names("resnet18,order=pre", "layer2.0") == "conv1 bn2 relu2 conv2"
    assert names("resnet18,shortcut=none", "layer1.0") == "conv1 bn1 relu1 conv2 bn2 relu2"
