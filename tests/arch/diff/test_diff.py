"""Two networks aligned: what a person would say differs, and figures that add up for any two specs."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resviz.arch.analysis import report
from resviz.arch.diff import words
from resviz.arch.diff.align import Change, Costs, Diff, LayerDiff, diff
from resviz.arch.graph import network
from resviz.arch.memory import Setting
from resviz.arch.notation import parse
from resviz.arch.spec import FIELDS, ResNetSpec
from resviz.errors import SpecError
from tests.strategies import specs

MIRROR = {"same": "same", "changed": "changed", "added": "removed", "removed": "added"}
#: Fields that leave every layer as it is.
TRAINING = ("zero_init", "dropout", "drop_path")


@st.composite
def _pairs(draw: st.DrawFn) -> tuple[ResNetSpec, ResNetSpec]:
    """Two specs: any two, or such as differ in a few fields."""
    a, b = draw(specs()), draw(specs())
    fields = draw(st.none() | st.sets(st.sampled_from(FIELDS), min_size=1, max_size=3))
    if fields is None:
        return a, b
    try:
        return a, replace(a, **{field: getattr(b, field) for field in fields})
    except SpecError:
        return a, b


def _diff(a: str, b: str) -> Diff:
    return diff(parse(a), parse(b))


def _told(a: str, b: str) -> dict[str, str]:
    """Where -> what, as the table says it."""
    found = words.lines(_diff(a, b))
    assert len({line.where for line in found}) == len(found)
    return dict(found)


def _layers(found: Diff) -> list[LayerDiff]:
    return [pair for block in found.blocks for pair in block.layers]


# --- any two specs ------------------------------------------------------------------------------------------


@given(specs())
def test_a_network_does_not_differ_from_itself(spec: ResNetSpec) -> None:
    found = diff(spec, replace(spec))
    assert found.same
    assert not found.rebuilt
    assert found.fields == ()
    assert {stage.status for stage in found.stages} == {"same"}
    assert {change.delta for change in found.totals.costs} == {0}
    assert words.lines(found) == []
    assert words.gist(found).startswith("no difference")


@given(_pairs())
def test_every_layer_of_both_occurs_once_and_in_order(both: tuple[ResNetSpec, ResNetSpec]) -> None:
    a, b = both
    pairs = _layers(diff(a, b))
    assert [pair.b for pair in pairs if pair.b] == list(network(b).layers)
    assert Counter(pair.a for pair in pairs if pair.a) == Counter(network(a).layers)
    for pair in pairs:
        assert (pair.a is None, pair.b is None) == (pair.status == "added", pair.status == "removed")


@given(_pairs())
def test_blocks_and_layers_are_those_of_the_same_place(both: tuple[ResNetSpec, ResNetSpec]) -> None:
    a, b = both
    for block in diff(a, b).blocks:
        assert block.id_a is None or block.id_b is None or block.id_a == block.id_b
        for pair in block.layers:
            if pair.a and pair.b:
                assert (pair.a.stage, pair.a.block) == (pair.b.stage, pair.b.block)


@given(_pairs())
def test_what_is_called_the_same_is_the_same(both: tuple[ResNetSpec, ResNetSpec]) -> None:
    a, b = both
    for pair in _layers(diff(a, b)):
        assert bool(pair.changes) == (pair.status == "changed")
        assert all(change.a != change.b for change in pair.changes)
        if pair.a and pair.b and pair.status == "same":
            # From the shapes on: parameters, MACs, window.
            assert (pair.a.op, pair.a[5:]) == (pair.b.op, pair.b[5:])


@given(_pairs())
def test_parts_add_up_to_the_totals(both: tuple[ResNetSpec, ResNetSpec]) -> None:
    a, b = both
    found = diff(a, b)
    for parts in ([stage.costs for stage in found.stages], [block.costs for block in found.blocks]):
        assert _sum(parts) == found.totals.costs
    one, other = report(a), report(b)
    assert found.totals.costs.params == Change(one.params, other.params)
    assert found.totals.costs.macs == Change(one.macs, other.macs)
    assert found.totals.costs.weighted_layers == Change(a.weighted_layers, b.weighted_layers)
    assert found.totals.peak_bytes == Change(one.peak_bytes, other.peak_bytes)


def _sum(parts: list[Costs]) -> Costs:
    columns = zip(*parts, strict=True)
    return Costs(*(Change(sum(pair.a for pair in column), sum(pair.b for pair in column)) for column in columns))


@given(_pairs())
def test_the_other_way_round_is_the_mirror_image(both: tuple[ResNetSpec, ResNetSpec]) -> None:
    a, b = both
    there, back = diff(a, b), diff(b, a)
    assert [(pair.field, pair.b, pair.a) for pair in there.fields] == [tuple(pair) for pair in back.fields]
    for stage, mirrored in zip(there.stages, back.stages, strict=True):
        assert (stage.id, MIRROR[stage.status]) == (mirrored.id, mirrored.status)
        assert (stage.count_a, stage.receptive_a) == (mirrored.count_b, mirrored.receptive_b)
        assert [change.delta for change in stage.costs] == [-change.delta for change in mirrored.costs]
        for block, image in zip(stage.blocks, mirrored.blocks, strict=True):
            assert (block.id_a, block.shortcut_b, block.shape_only) == (image.id_b, image.shortcut_a, image.shape_only)
            assert _turned(block.layers) == set(image.layers)


def _turned(layers: tuple[LayerDiff, ...]) -> set[LayerDiff]:
    return {
        LayerDiff(b, a, MIRROR[status], tuple(change._replace(a=change.b, b=change.a) for change in changes))
        for a, b, status, changes in layers
    }


@given(_pairs())
def test_a_difference_is_always_put_into_words(both: tuple[ResNetSpec, ResNetSpec]) -> None:
    a, b = both
    found = diff(a, b)
    lines = words.lines(found)
    assert bool(lines) == found.rebuilt
    assert all(line.where and line.what for line in lines)
    assert [pair.field for pair in found.fields] == [name for name in FIELDS if getattr(a, name) != getattr(b, name)]
    assert len(words.fields(found)) == len(found.fields)


@given(specs(), st.sampled_from(TRAINING))
def test_fields_for_training_alone_change_no_layer(spec: ResNetSpec, field: str) -> None:
    if spec.residual or field == "dropout":
        other = replace(spec, **{field: True if field == "zero_init" else 0.5})
        assert not diff(spec, other).rebuilt


def test_every_field_is_explained() -> None:
    assert tuple(words.MEANINGS) == FIELDS


def test_a_network_of_8000_blocks() -> None:
    deep = ResNetSpec("basic", (1000,) * 8, width=2, size=32)
    found = diff(deep, replace(deep, blocks=(1000,) * 7 + (999,)))
    assert Counter(block.status for block in found.blocks) == {"same": 8001, "removed": 1}
    assert words.lines(found)[0].where == "layer8.999"


def test_memory_is_that_of_the_setting() -> None:
    one, other = parse("resnet18"), parse("resnet34")
    plain, batch = diff(one, other), diff(one, other, Setting(8, "fp16"))
    assert batch.totals.peak_bytes.a == 4 * plain.totals.peak_bytes.a
    assert batch.stages[1].costs.activation_bytes.b == 4 * plain.stages[1].costs.activation_bytes.b
    assert batch.totals.costs.activation_bytes == _sum([stage.costs for stage in batch.stages]).activation_bytes


# --- what a person would say ----------------------------------------------------------------------------------


def test_more_blocks_are_the_last_of_their_stages() -> None:
    assert _told("resnet50", "resnet101") == {
        "layer3.6 … layer3.22": "17 blocks added: +18,992,128 parameters, +3,712,221,184 MACs"
    }
    assert _told("resnet34", "resnet18")["layer4.2"] == "1 block removed: -4,720,640 parameters, -231,211,008 MACs"
    found = _diff("resnet18", "resnet34")
    assert words.gist(found) == "blocks: 8 added, 8 the same; stem the same; head the same"
    assert found.stages[3].count_a == 2
    assert found.stages[3].count_b == 6


def test_where_the_stride_sits() -> None:
    found = _diff("resnet50", "resnet50,stride_in=1x1")
    assert found.totals.receptive_field == (427, 483)
    assert found.totals.costs.params.delta == 0
    assert found.totals.costs.macs.delta == -231_211_008
    assert dict(words.lines(found)) == {"layer2.0, layer3.0, layer4.0": "conv1 stride 1 → 2; conv2 stride 2 → 1"}


@pytest.mark.parametrize(
    ("a", "b", "told"),
    [
        ("A", "B", {"layer2.0, layer3.0, layer4.0": "zero-pad → projection"}),
        ("B", "C", {"layer1, layer2.1, layer3.1, layer4.1": "identity → projection"}),
        (
            "none",
            "B",
            {
                "layer1, layer2.1, layer3.1, layer4.1": "none → identity",
                "layer2.0, layer3.0, layer4.0": "none → projection",
            },
        ),
    ],
)
def test_shortcuts(a: str, b: str, told: dict[str, str]) -> None:
    found = _told(f"resnet18,shortcut={a}", f"resnet18,shortcut={b}")
    assert {where: what.split(";")[0].removeprefix("shortcut ") for where, what in found.items()} == told


def test_plain_against_residual_adds_an_addition_a_block() -> None:
    found = _diff("plain18", "resnet18")
    added = Counter(pair.layer.name for pair in _layers(found) if pair.status == "added")
    assert added == {"add": 8, "downsample.0": 3, "downsample.1": 3}
    assert {pair.status for pair in _layers(found)} == {"same", "added"}


def test_deep_stem_pooled_projection_and_attention() -> None:
    told = _told("resnet50", "resnet50,stem=deep,projection=avgpool,attention=se")
    assert told == {
        "stem": "1 → 3 convolutions: 7×7 → 3×3, 3×3, 3×3; conv1 removed; conv1.0 … conv1.6 added",
        "every block": "se added",
        "layer2.0, layer3.0, layer4.0": "downsample.0 (avgpool) added; downsample.1 (was downsample.0) stride 2 → 1",
    }


def test_basic_against_bottleneck() -> None:
    told = _told("resnet34", "resnet50")
    assert told["every block"] == (
        "2 → 3 convolutions: 3×3, 3×3 → 1×1, 3×3, 1×1; conv1 3×3 → 1×1; relu2, conv3, bn3 added"
    )
    last = [pair for pair in _layers(_diff("resnet34", "resnet50")) if pair.layer.id == "layer1.0.relu3"]
    assert last[0].a is not None
    assert last[0].a.id == "layer1.0.relu2"  # both stand behind the addition


def test_norms_and_activations_move_before_their_convolutions() -> None:
    told = _told("resnet18", "basic:2,2,2,2,order=pre")
    assert told["every block"] == "bn1, relu1, bn2, relu2 moved before their convolutions"
    assert told["layer2.0, layer3.0, layer4.0"] == "downsample.1 removed"
    assert (told["stem"], told["head"]) == ("bn1, relu removed", "bn, relu added")
    back = _told("basic:2,2,2,2,order=pre", "resnet18")
    assert back["every block"] == "bn1, relu1, bn2, relu2 moved after their convolutions"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("stem=cifar,size=224", {"stem": "conv1 7×7 → 3×3, stride 2 → 1; maxpool removed"}),
        ("size=256", {"every block": "shapes only", "head": "shapes only"}),
        ("channels=1", {"stem": "conv1 3 → 1 channels in"}),
        ("classes=10", {"head": "fc 1000 → 10 classes"}),
        ("width=32", {"every block": "conv1, conv2 channels ×0.5", "head": "fc 512 → 256 channels in"}),
        ("stem_width=32", {"stem": "conv1 64 → 32 channels"}),
        ("activation=silu", {"stem": "relu now silu", "every block": "relu1, relu2 now silu"}),
        ("norm=group", {"every block": "bn1, bn2 now gn", "layer2.0, layer3.0, layer4.0": "downsample.1 now gn"}),
        ("antialias=blur", {"stem": "maxpool.0 (was maxpool) stride 2 → 1; maxpool.1 (blur) added"}),
        ("antialias=avgpool", {"stem": "maxpool now avgpool, 3×3 → 2×2"}),
        ("output_stride=16", {"layer4": "conv2 dilation 1 → 2", "layer4.1": "conv1 dilation 1 → 2"}),
        ("attention=eca", {"every block": "se added"}),
    ],
)
def test_one_field_at_a_time(change: str, told: dict[str, str]) -> None:
    found = _told("resnet18", f"resnet18,{change}")
    assert {where: found.get(where) for where in told} == told


def test_a_filter_stands_behind_another_convolution() -> None:
    told = _told("resnet50,antialias=blur", "resnet50,antialias=blur,stride_in=1x1")
    assert "aa (blur)" not in told["layer2.0, layer3.0, layer4.0"]
    assert "aa moved: after conv2 → after conv1" in told["layer2.0, layer3.0, layer4.0"]


def test_what_a_field_follows_is_named() -> None:
    found = words.fields(_diff("resnet50", "resnet50,output_stride=8,shortcut=A"))
    assert [field[:3] for field in found] == [("shortcut", "B", "A"), ("output_stride", "auto (32)", "8")]
    squeezed = words.fields(_diff("resnet50,attention=se,reduction=8", "resnet50"))
    assert [field[:3] for field in squeezed] == [("attention", "se", "none"), ("reduction", "8", "-")]


@pytest.mark.parametrize(
    ("a", "b", "text"),
    [
        (100, 110, "+10.0 %"),
        (100, 202, "×2.02"),
        (100, 50, "×0.5"),
        (0, 5, "-"),
        (0, 0, "0 %"),
        (10**6, 10**6 - 5, "-0.0005 %"),
    ],
)
def test_relative_differences(a: int, b: int, text: str) -> None:
    assert words.relative(Change(a, b)) == text
