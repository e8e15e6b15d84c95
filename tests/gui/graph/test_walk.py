"""Arrow keys: down and up the trunk, sideways onto a shortcut and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from resviz.arch import notation
from resviz.arch.graph import network
from resviz.arch.layout.fold import LEVELS, Level
from resviz.arch.layout.stack import layout
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.gui.document import Document
from resviz.gui.graph import walk
from resviz.gui.graph.view import GraphView
from tests.strategies import specs

PLAN = layout(PRESETS["resnet18-w16-cifar"].spec)


@given(specs(), st.sampled_from(LEVELS))
def test_down_visits_the_whole_trunk_and_up_returns(spec: ResNetSpec, level: Level) -> None:
    plan = layout(spec, level)
    seen = [walk.down(plan, None)]
    while (following := walk.down(plan, seen[-1])) != seen[-1]:
        seen.append(following)
        assert walk.up(plan, following) == seen[-2]
    if level == "layer":
        assert seen == [layer.id for layer in network(spec).layers if layer.on == "trunk"]
    assert seen[-1] == "fc"
    assert walk.up(plan, seen[0]) == seen[0]


@pytest.mark.parametrize(
    ("key", "start", "end"),
    [
        (walk.to_shortcut, "layer2.0.conv2", "layer2.0.downsample.0"),
        (walk.to_shortcut, "layer2.1.conv2", "layer2.1.conv2"),
        (walk.down, "layer2.0.downsample.0", "layer2.0.downsample.1"),
        (walk.down, "layer2.0.downsample.1", "layer2.0.add"),
        (walk.up, "layer2.0.downsample.1", "layer2.0.downsample.0"),
        (walk.up, "layer2.0.downsample.0", "layer2.0.conv1"),
        (walk.to_trunk, "layer2.0.downsample.1", "layer2.0.conv1"),
        (walk.to_trunk, "layer2.0.bn2", "layer2.0.bn2"),
    ],
)
def test_sideways(key, start: str, end: str) -> None:
    assert key(PLAN, start) == end


@given(specs())
def test_a_shortcut_is_walked_from_the_trunk_to_the_add_and_back(spec: ResNetSpec) -> None:
    plan = layout(spec)
    for block in {layer.block for layer in network(spec).layers if layer.on == "shortcut"}:
        side = [layer.id for layer in network(spec).layers if layer.block == block and layer.on == "shortcut"]
        seen = [walk.to_shortcut(plan, f"{block}.conv2")]
        while (following := walk.down(plan, seen[-1])) != f"{block}.add":
            seen.append(following)
        assert seen == side
        while len(seen) > 1:
            assert walk.up(plan, seen.pop()) == seen[-1]
        assert walk.up(plan, side[0]) == walk.to_trunk(plan, side[-1])


@pytest.mark.parametrize(
    ("text", "start", "trunk"),
    [
        ("basic:2,2,projection=avgpool", "layer2.0.downsample.0", "layer2.0.conv1"),
        ("basic:2,2,order=pre", "layer2.0.downsample.0", "layer2.0.relu1"),
        ("basic:2,2,order=pre,shortcut=A,activation=silu", "layer2.0.downsample", "layer2.0.act1"),
    ],
)
def test_a_shortcut_is_left_where_it_left_the_trunk(text: str, start: str, trunk: str) -> None:
    plan = layout(notation.parse(text))
    assert walk.to_shortcut(plan, "layer2.0.bn2") == start
    assert walk.to_trunk(plan, start) == walk.up(plan, start) == trunk


def test_the_keys_walk_the_document(qtbot: QtBot, view: GraphView, document: Document) -> None:
    for key, layer in (
        (Qt.Key.Key_Down, "conv1"),
        (Qt.Key.Key_Down, "bn1"),
        (Qt.Key.Key_Up, "conv1"),
    ):
        qtbot.keyClick(view, key)
        assert document.selection == layer
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert document.selection is None
