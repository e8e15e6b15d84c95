"""Finding layers by what one sees of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resviz.arch import notation
from resviz.arch.find import find, words_of
from resviz.arch.graph import Layer, network
from resviz.arch.presets import PRESETS
from resviz.arch.spec import ResNetSpec
from tests.strategies import specs

R50 = PRESETS["resnet50"].spec


def layers(spec: ResNetSpec, query: str) -> list[Layer]:
    known = {layer.id: layer for layer in network(spec).layers}
    return [known[one] for one in find(spec, query)]


@pytest.mark.parametrize(
    ("text", "query", "meant"),
    [
        ("resnet50", "add", lambda layer: layer.op == "add"),
        ("resnet50", "conv 512", lambda layer: layer.op == "conv" and layer.out_shape[0] == 512),
        (
            "resnet50",
            "layer3 conv s=2",
            lambda layer: layer.stage == "layer3" and layer.op == "conv" and layer.stride == 2,
        ),
        ("resnet50", "56x56", lambda layer: layer.out_shape[1:] == (56, 56)),
        ("resnet50", "64×56×56", lambda layer: layer.out_shape == (64, 56, 56)),
        ("resnet50", "conv 7x7", lambda layer: layer.op == "conv" and 7 in (layer.kernel, *layer.out_shape[1:])),
        ("resnet50", "projection", lambda layer: layer.on == "shortcut"),
        ("resnet50", "layer3.1", lambda layer: layer.block == "layer3.1"),
        ("resnet50", "LAYER3.1.Conv2", lambda layer: layer.id == "layer3.1.conv2"),
        ("resnet50", "stem conv", lambda layer: layer.id == "conv1"),
        ("resnet50", "head", lambda layer: layer.id in ("avgpool", "flatten", "fc")),
        ("resnet50", "fc 2048", lambda layer: layer.op == "fc"),
        ("resnext50_32x4d", "g=32", lambda layer: layer.groups == 32),
        ("resnet50,output_stride=8", "d=4", lambda layer: layer.dilation == 4),
        ("resnet50,attention=eca", "eca k=5", lambda layer: layer.op == "eca" and layer.params == 5),
        ("resnet20-cifar", "zero-pad", lambda layer: layer.op == "pad"),
    ],
)
def test_a_query_finds_what_it_says_and_nothing_else(text: str, query: str, meant) -> None:
    spec = notation.parse(text)
    expected = [layer.id for layer in network(spec).layers if meant(layer)]
    assert expected
    assert list(find(spec, query)) == expected


def test_an_identity_is_found_by_the_add_it_ends_in() -> None:
    blocks = [shortcut.block for shortcut in network(R50).shortcuts if shortcut.kind == "identity"]
    assert [layer.block for layer in layers(R50, "identity")] == blocks
    assert {layer.op for layer in layers(R50, "identity")} == {"add"}


def test_a_number_in_an_id_is_a_whole_number() -> None:
    spec = PRESETS["resnet101"].spec
    assert {layer.block for layer in layers(spec, "layer3.1")} == {"layer3.1"}
    assert {layer.block for layer in layers(spec, "layer3.1 bn")} == {"layer3.1"}


@pytest.mark.parametrize("query", ["", "   ", "x", "nothing", "9x9", "g=33", "conv 513", "layer9"])
def test_nothing_is_found(query: str) -> None:
    assert find(R50, query) == ()


@pytest.mark.parametrize("query", ["3x3 512", "3X3 512", "3×3 512", "3 × 3 512", " 512   3 x 3 "])
def test_times_is_written_in_many_ways(query: str) -> None:
    assert find(R50, query) == find(R50, "3x3 512") != ()


@pytest.mark.parametrize("query", ["c", "con", "56x", "s=", "iden", "proj"])
def test_what_is_half_typed_finds_already(query: str) -> None:
    assert find(R50, query)


@given(specs(), st.data())
def test_every_layer_is_found_by_its_id_and_by_its_figures(spec: ResNetSpec, data: st.DataObject) -> None:
    layer = data.draw(st.sampled_from(network(spec).layers))
    assert layer.id in find(spec, layer.id)
    others = layers(spec, layer.id)
    assert all(layer.id in other.id or layer.id in other.op for other in others)  # a norm's id may be its operator
    query = f"{layer.op} {layer.out_shape[0]} {layer.stage or ''}"
    query += f" {layer.kernel}×{layer.kernel} s={layer.stride} p={layer.padding}" if layer.op == "conv" else ""
    assert layer.id in find(spec, query)


QUERIES = st.lists(
    st.sampled_from(["conv", "bn", "layer1", "layer2.0", "3x3", "s=2", "add", "1", "downsample", "identity", "8", "e"]),
    min_size=1,
    max_size=3,
)


@given(specs(), QUERIES)
def test_all_words_must_match_in_any_order(spec: ResNetSpec, words: list[str]) -> None:
    hits = find(spec, " ".join(words))
    assert set(hits) == set.intersection(*(set(find(spec, word)) for word in words))
    assert hits == find(spec, "  ".join(reversed(words)).upper())
    order = [layer.id for layer in network(spec).layers]
    assert list(hits) == [one for one in order if one in set(hits)]


@given(st.text(max_size=12))
def test_any_text_is_a_query(query: str) -> None:
    known = {layer.id for layer in network(R50).layers}
    assert set(find(R50, query)) <= known
    assert all(words_of(query)) or not words_of(query)


def test_blocks_that_are_not_looked_at_one_by_one_are_found_too() -> None:
    spec = ResNetSpec("basic", (1000, 1000), 2, stem="cifar", classes=10, size=32)
    assert find(spec, "layer2.999 conv2") == ("layer2.999.conv2",)
    assert len(find(spec, "conv s=1 layer1")) == 2000
    assert find(spec, "s=2") == tuple(layer.id for layer in network(spec).layers if layer.stride == 2)
