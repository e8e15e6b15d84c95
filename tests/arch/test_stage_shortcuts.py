"""A shortcut option for each stage: one form for one network, in text, in files, and in the graph."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resviz.arch import notation
from resviz.arch.analysis import report, to_json
from resviz.arch.edit import changed
from resviz.arch.graph import network
from resviz.arch.presets import PRESETS, preset_of, title_of
from resviz.arch.spec import SHORTCUTS, ResNetSpec
from resviz.errors import SpecError
from tests.strategies import specs

MIXED = ResNetSpec("basic", (2, 2, 2, 2), shortcut=("A", "B", "C", "none"))


@st.composite
def mixtures(draw: st.DrawFn) -> ResNetSpec:
    """A spec whose stages do not all have the same option."""
    spec = draw(specs(max_stages=4).filter(lambda one: len(one.blocks) > 1))
    drawn = st.tuples(*[st.sampled_from(SHORTCUTS)] * len(spec.blocks)).filter(lambda one: len(set(one)) > 1)
    return changed(spec, shortcut=draw(drawn)).spec


@pytest.mark.parametrize("option", SHORTCUTS)
def test_the_same_everywhere_is_one_word(option: Any) -> None:
    spec = ResNetSpec("basic", (1, 2, 1), shortcut=(option,) * 3)
    assert spec == ResNetSpec("basic", (1, 2, 1), shortcut=option)
    assert hash(spec) == hash(ResNetSpec("basic", (1, 2, 1), shortcut=option))
    assert spec.shortcut == option
    assert [spec.shortcut_of(stage) for stage in range(3)] == [option] * 3
    assert notation.parse(f"basic:1,2,1,shortcut={option}/{option}/{option}") == spec


def test_a_preset_written_by_stage_is_the_preset() -> None:
    spec = replace(PRESETS["resnet50"].spec, shortcut=("B",) * 4)
    assert spec == PRESETS["resnet50"].spec
    assert preset_of(spec) == PRESETS["resnet50"]


@pytest.mark.parametrize(
    ("text", "code", "sentence"),
    [
        ("A/B", "shortcut_count", "shortcut is one word, or one for each of the 4 stages, not 2"),
        ("A/B/B/B/B", "shortcut_count", "shortcut is one word, or one for each of the 4 stages, not 5"),
        ("B/B", "shortcut_count", "shortcut is one word, or one for each of the 4 stages, not 2"),
        ("A/B/D/B", "field_word", "shortcut must be none, A, B or C, not 'D'"),
        ("A/B//B", "field_word", "shortcut must be none, A, B or C, not ''"),
        ("/", "field_word", "shortcut must be none, A, B or C, not ''"),
    ],
)
def test_what_is_no_option_a_stage_is_told(text: str, code: str, sentence: str) -> None:
    with pytest.raises(SpecError) as problem:
        notation.parse(f"basic:2,2,2,2,shortcut={text}")
    assert problem.value.code == code
    assert sentence in str(problem.value)
    with pytest.raises(SpecError) as problem:
        notation.from_json({"block": "basic", "blocks": [2, 2, 2, 2], "shortcut": text.split("/")})
    assert problem.value.code == code


@pytest.mark.parametrize("value", [[], [1, 2], [None, "B"], [["B"], "A"], [{}, "A"], {"A": "B"}, 3, None, True])
def test_nonsense_in_a_file_is_an_error_and_no_crash(value: Any) -> None:
    with pytest.raises(SpecError) as problem:
        notation.from_json({"block": "basic", "blocks": [2, 2], "shortcut": value})
    assert problem.value.code in ("shortcut_count", "field_word")
    assert "\n" not in str(problem.value)


def test_notation_and_a_list_in_json_give_a_mixture_back() -> None:
    assert notation.format_spec(MIXED) == "basic:2,2,2,2,shortcut=A/B/C/none"
    assert notation.parse("basic:2,2,2,2, shortcut = A / B/C /none") == MIXED
    assert notation.parse("resnet18,shortcut=A/B/C/none") == MIXED
    assert notation.to_json(MIXED)["shortcut"] == ["A", "B", "C", "none"]


@given(mixtures())
def test_every_mixture_comes_back_from_text_and_json(spec: ResNetSpec) -> None:
    assert isinstance(spec.shortcut, tuple)
    assert notation.parse(notation.format_spec(spec)) == spec
    assert notation.from_json(json.loads(json.dumps(notation.to_json(spec)))) == spec
    assert notation.name_of(spec) == notation.format_spec(spec)


def test_only_a_file_with_a_list_has_the_newer_version(tmp_path: Path) -> None:
    path = tmp_path / "net.json"
    notation.save_spec_file(path, MIXED)
    written = json.loads(path.read_text())
    assert (written["version"], written["shortcut"]) == (3, ["A", "B", "C", "none"])
    assert notation.load_spec_file(path) == MIXED
    notation.save_spec_file(path, replace(MIXED, shortcut="C"))
    written = json.loads(path.read_text())
    assert (written["version"], written["shortcut"]) == (2, "C")
    assert notation.load_spec_file(path) == replace(MIXED, shortcut="C")


@pytest.mark.parametrize("version", [1, 2, 3])
def test_files_of_older_versions_are_read(tmp_path: Path, version: int) -> None:
    path = tmp_path / "net.json"
    old = {"version": version, "block": "basic", "blocks": [3, 3, 3], "width": 16, "shortcut": "A", "stem": "cifar"}
    path.write_text(json.dumps(old | {"classes": 10, "size": 32, "channels": 3}))
    assert notation.load_spec_file(path) == PRESETS["resnet20-cifar"].spec


def test_a_file_of_a_newer_version_is_told(tmp_path: Path) -> None:
    path = tmp_path / "net.json"
    path.write_text('{"version": 4, "block": "basic", "blocks": [2]}')
    with pytest.raises(SpecError, match="this program reads up to 3"):
        notation.load_spec_file(path)


def test_each_block_has_the_shortcut_of_its_stage() -> None:
    kinds = {one.block: one.kind for one in network(MIXED).shortcuts}
    assert kinds == {
        # The stem's channels are layer1's: nothing is padded there.
        **{"layer1.0": "identity", "layer1.1": "identity"},
        **{"layer2.0": "projection", "layer2.1": "identity"},
        **{"layer3.0": "projection", "layer3.1": "projection"},
    }
    padded = ResNetSpec("basic", (1, 2, 1), shortcut=("none", "A", "B"))
    assert [tuple(one) for one in network(padded).shortcuts] == [
        ("layer2.0", "zero-pad"),
        ("layer2.1", "identity"),
        ("layer3.0", "projection"),
    ]


@given(mixtures())
def test_a_stage_is_that_of_the_network_with_its_option_everywhere(spec: ResNetSpec) -> None:
    """Names, operators and figures of a stage depend on its own option alone."""
    found = network(spec)
    for stage, option in enumerate(spec.shortcut):
        name = f"layer{stage + 1}"
        edit = changed(spec, shortcut=option)
        if edit.reset:
            continue  # this option everywhere needs something else to give way
        uniform = network(edit.spec)
        assert [one for one in found.layers if one.stage == name] == [
            one for one in uniform.layers if one.stage == name
        ]
        assert [one for one in found.shortcuts if one.block.startswith(name + ".")] == [
            one for one in uniform.shortcuts if one.block.startswith(name + ".")
        ]


def test_the_summary_of_a_mixture() -> None:
    said = to_json(report(MIXED))
    assert said["name"] == "basic:2,2,2,2,shortcut=A/B/C/none"
    assert said["shortcuts"] == [one._asdict() for one in network(MIXED).shortcuts]
    assert said["params"] == sum(layer.params for layer in network(MIXED).layers)
    assert "mixed" in title_of(MIXED)
    assert title_of(MIXED) != title_of(replace(MIXED, shortcut="B"))
    assert re.match(r"18 = 1 \+ 8×2 \+ 1", report(MIXED).formula_short)


def test_a_mixture_is_residual_where_one_stage_is() -> None:
    assert MIXED.residual
    assert ResNetSpec("basic", (1, 1), shortcut=("none", "A"), zero_init=True).zero_init
    with pytest.raises(SpecError, match="projection"):
        ResNetSpec("basic", (1, 1), shortcut=("none", "A"), projection="avgpool")
    with pytest.raises(SpecError, match="stem no wider"):
        ResNetSpec("basic", (1, 1), stem_width=100, shortcut=("A", "B"))
    assert ResNetSpec("basic", (1, 1), stem_width=100, shortcut=("B", "A")).stem_out == 100
