"""Figures against the published ones: He 2015 tables 1 and 6, torchvision's documentation, receptive fields."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import networkx as nx
import pytest
from hypothesis import given

from resviz.arch.analysis import report, to_json
from resviz.arch.graph import INPUT, graph_of, network
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from tests.strategies import specs


def _report(name: str):
    return report(PRESETS[name].spec)


@pytest.mark.parametrize(
    ("name", "params", "macs", "receptive_field", "formula"),
    [
        ("resnet18", 11_689_512, 1_814_073_344, 435, "18 = 1 + (2+2+2+2)×2 + 1"),
        ("resnet34", 21_797_672, 3_663_761_408, 899, "34 = 1 + (3+4+6+3)×2 + 1"),
        ("resnet50", 25_557_032, 4_089_184_256, 427, "50 = 1 + (3+4+6+3)×3 + 1"),
        ("resnet101", 44_549_160, 7_801_405_440, 971, "101 = 1 + (3+4+23+3)×3 + 1"),
        ("resnet152", 60_192_808, 11_513_626_624, 1451, "152 = 1 + (3+8+36+3)×3 + 1"),
    ],
)
def test_imagenet_figures(name: str, params: int, macs: int, receptive_field: int, formula: str) -> None:
    result = _report(name)
    last = [layer for layer in result.layers if layer.stage][-1]
    assert (result.params, result.macs, result.formula) == (params, macs, formula)
    assert result.receptive_field[last.id] == receptive_field


@pytest.mark.parametrize(
    ("name", "millions", "digits"),
    [
        ("resnet20-cifar", 0.27, 2),
        ("resnet32-cifar", 0.46, 2),
        ("resnet44-cifar", 0.66, 2),
        ("resnet56-cifar", 0.85, 2),
        ("resnet110-cifar", 1.7, 1),
        ("resnet1202-cifar", 19.4, 1),
    ],
)
def test_cifar_parameters_of_table_6(name: str, millions: float, digits: int) -> None:
    result = _report(name)
    assert round(result.params / 1e6, digits) == millions
    assert result.weighted_layers == int(name.removeprefix("resnet").removesuffix("-cifar"))


def test_resnet1202_to_the_last_parameter() -> None:
    assert _report("resnet1202-cifar").params == 19_421_274


def test_shortcuts_of_resnet18() -> None:
    kinds = Counter(shortcut.kind for shortcut in _report("resnet18").shortcuts)
    assert kinds == {"projection": 3, "identity": 5}


@pytest.mark.parametrize(
    ("shortcut", "kinds"),
    [
        ("none", {}),
        ("A", {"identity": 5, "zero-pad": 3}),
        ("B", {"identity": 5, "projection": 3}),
        ("C", {"projection": 8}),
    ],
)
def test_options_a_b_c(shortcut, kinds: dict[str, int]) -> None:
    result = report(ResNetSpec("basic", (2, 2, 2, 2), shortcut=shortcut))
    assert Counter(s.kind for s in result.shortcuts) == kinds


def test_option_a_adds_no_parameters_and_a_plain_net_no_adds() -> None:
    plain, padded = _report("plain20-cifar"), _report("resnet20-cifar")
    assert (plain.params, plain.macs) == (padded.params, padded.macs)
    assert not any(layer.op == "add" for layer in plain.layers)
    assert sum(layer.op == "pad" for layer in padded.layers) == 2


@given(specs())
def test_any_report_adds_up(spec: ResNetSpec) -> None:
    result = report(spec)
    data = to_json(result)
    assert sum(layer.params for layer in result.layers) == result.params == data["params"]
    assert sum(layer.macs for layer in result.layers) == result.macs
    weighted = [layer for layer in result.layers if layer.op in ("conv", "fc") and layer.on == "trunk"]
    assert len(weighted) == result.weighted_layers == eval(result.formula.split("=")[1].replace("×", "*"))
    assert len(result.shortcuts) == (sum(spec.blocks) if spec.residual else 0)
    assert result.layers[-1].out_shape == (spec.classes,)


@given(specs())
def test_any_graph_is_one_series_parallel_line(spec: ResNetSpec) -> None:
    graph, net = graph_of(spec), network(spec)
    assert nx.is_directed_acyclic_graph(graph)
    assert set(graph) == {INPUT, *(layer.id for layer in net.layers)}
    assert set(nx.descendants(graph, INPUT)) | {INPUT} == set(graph)
    assert [node for node in graph if graph.out_degree(node) == 0] == ["fc"]
    for layer in net.layers:
        assert graph.in_degree(layer.id) == (2 if layer.op == "add" else 1)
        shapes = {graph.nodes[s]["layer"].out_shape for s in graph.predecessors(layer.id) if s != INPUT}
        assert shapes <= {layer.in_shape}
    for edge in net.edges:
        target = graph.nodes[edge.target]["layer"]
        if edge.kind == "trunk":
            assert target.on == "trunk"


def test_the_graph_cannot_be_changed_by_a_reader() -> None:
    with pytest.raises(nx.NetworkXError):
        graph_of(PRESETS["resnet18"].spec).add_node("mine")


def test_eight_thousand_blocks() -> None:
    result = report(ResNetSpec("bottleneck", (1000,) * 8, width=1, stem="cifar", size=32))
    assert result.weighted_layers == 24_002
    assert sum(layer.params for layer in result.layers) == result.params


def test_arch_loads_neither_torch_nor_numpy_nor_qt() -> None:
    code = (
        "import sys, resviz.arch.analysis as a, resviz.arch.layout, resviz.arch.presets as p\n"
        "a.report(p.PRESETS['resnet18'].spec)\n"
        "print([m for m in ('torch', 'numpy', 'PySide6', 'PIL', 'resviz.gui', 'resviz.nets') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
