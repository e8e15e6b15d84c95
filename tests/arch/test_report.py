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
from resviz.arch.memory import Setting, intensity
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from resviz.errors import SpecError
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


@pytest.mark.parametrize(
    ("name", "params", "giga_macs"),
    [
        # torchvision's documentation of its weights: `num_params`, `_ops`.
        ("resnext50_32x4d", 25_028_904, 4.23),
        ("resnext101_32x8d", 88_791_336, 16.41),
        ("resnext101_64x4d", 83_455_272, 15.46),
        ("wide_resnet50_2", 68_883_240, 11.40),
        ("wide_resnet101_2", 126_886_696, 22.75),
        # He 2015, table 1: multiply-adds with the stride in the first 1x1.
        ("resnet50-v1", 25_557_032, 3.86),
        ("resnet101-v1", 44_549_160, 7.57),
        ("resnet152-v1", 60_192_808, 11.28),
        # Zagoruyko 2016, tables 4 and 5, and their code: 36.5 M, 5.2 G.
        ("wrn28_10-cifar", 36_479_194, 5.24),
        ("wrn40_4-cifar", 8_949_210, 1.30),
        # He 2016: 10.2 M and 1.7 M in table 4, to the last parameter by the authors' code.
        ("resnetv2_1001-cifar", 10_327_706, 1.49),
        ("resnetv2_164-cifar", 1_703_258, 0.24),
        # Hu 2018, table 8: 115.1 M; timm's model cards.
        ("senet154", 115_088_984, 20.69),
        ("seresnet50", 28_088_024, 4.09),
        ("ecaresnet50d", 25_576_350, 4.33),
        ("resnet50d", 25_576_264, 4.33),
    ],
)
def test_figures_of_the_family(name: str, params: int, giga_macs: float) -> None:
    result = _report(name)
    assert (result.params, round(result.macs / 1e9, 2)) == (params, giga_macs)


def test_stem_convolutions_are_in_the_formula() -> None:
    assert _report("resnet50d").formula == "52 = 3 + (3+4+6+3)×3 + 1"
    assert _report("resnetrs50").formula_short == "53 = 4 + 16×3 + 1"


def test_bytes_follow_batch_and_precision() -> None:
    spec = PRESETS["resnet50"].spec
    one, many = report(spec), report(spec, Setting(32, "fp16"))
    assert many.activation_bytes == 16 * one.activation_bytes
    assert many.peak_bytes == 16 * one.peak_bytes
    # conv1, relu and their neighbour: three maps of 64 × 112 × 112 are never alive at once, two are; the first block's
    # 256 × 56 × 56 three times over are more.
    assert one.peak_bytes == 3 * 4 * 256 * 56 * 56
    assert one.peak_layer == "layer1.0.downsample.1"
    fc = one.layers[-1]
    assert intensity(fc) == pytest.approx(2_048_000 / (4 * (2048 + 1000 + 2_049_000)))
    assert intensity(fc, Setting(32)) > 20 * intensity(fc)
    for wrong in (0, -1, 10**9, 1.5, True):
        with pytest.raises(SpecError, match="batch"):
            Setting(wrong)


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
    counts = (count for stage, count in enumerate(spec.blocks) if spec.shortcut_of(stage) != "none")
    assert len(result.shortcuts) == sum(counts)
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
