from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from resviz.arch import notation
from resviz.arch.presets import DEFAULT, PRESETS, title_of
from resviz.arch.spec import ResNetSpec
from resviz.errors import SpecError
from tests.strategies import specs


@given(specs())
def test_notation_and_json_give_the_spec_back(spec: ResNetSpec) -> None:
    assert notation.parse(notation.format_spec(spec)) == spec
    assert notation.from_json(json.loads(json.dumps(notation.to_json(spec)))) == spec


def test_every_preset_is_known_by_its_name() -> None:
    for name, preset in PRESETS.items():
        assert notation.parse(name) == preset.spec
        assert notation.name_of(preset.spec) == name
        assert title_of(preset.spec) == preset.title


def test_the_default_is_the_quarter_width_network() -> None:
    text = "basic:2,2,2,2,width=16,stem=cifar,shortcut=B,classes=10,size=32"
    assert notation.parse(text) == PRESETS[DEFAULT].spec


def test_without_a_size_it_is_the_stems_usual_one() -> None:
    text = "basic:2,2,2,2,width=16,stem=cifar,shortcut=B,classes=10"
    assert notation.parse(text) == PRESETS[DEFAULT].spec
    assert notation.parse("basic:2,2,2,2") == PRESETS["resnet18"].spec
    spec = notation.from_json({"block": "basic", "blocks": [2, 2, 2, 2], "stem": "cifar"})
    assert (spec.size, notation.format_spec(spec)) == (32, "basic:2,2,2,2,stem=cifar")


def test_a_preset_can_be_changed() -> None:
    assert notation.parse("resnet20-cifar,classes=3, size=64") == replace(
        PRESETS["resnet20-cifar"].spec, classes=3, size=64
    )
    with pytest.raises(SpecError, match="no spec field"):
        notation.parse("resnet20-cifar,3")


def test_notation_takes_spaces_and_any_order_of_keys() -> None:
    assert notation.parse(" basic: 2, 2 , stem = cifar, width=8") == ResNetSpec(
        "basic", (2, 2), 8, stem="cifar", size=32
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "notation_empty"),
        ("resnet19", "notation_unknown"),
        ("basic", "notation_unknown"),
        ("Basic:2", "notation_unknown"),
        ("basic:", "notation_number"),
        ("basic:2,,2", "notation_number"),
        ("basic:2,0", "blocks_range"),
        ("basic:1000000000", "blocks_range"),
        ("basic:" + "9" * 5000, "notation_number"),
        ("basic:2.5", "notation_number"),
        ("basic:1_0", "notation_number"),
        ("basic:٣", "notation_number"),
        ("basic:1,1,1,1,1,1,1,1,1", "stages_range"),
        ("basic:2,width=0", "field_range"),
        ("basic:2,width=-3", "field_range"),
        ("basic:2,size=4097", "field_range"),
        ("basic:2,width=8,width=9", "notation_twice"),
        ("basic:2,depth=3", "notation_key"),
        ("basic:2,shortcut=D", "field_word"),
        ("basic:2,stem=imagenette", "field_word"),
        ("basic:width=8", "stages_range"),
    ],
)
def test_wrong_notation_says_what_is_wrong(text: str, code: str) -> None:
    with pytest.raises(SpecError) as caught:
        notation.parse(text)
    assert caught.value.code == code
    assert len(str(caught.value)) < 300
    assert "\n" not in str(caught.value)


def test_a_near_miss_is_named() -> None:
    with pytest.raises(SpecError, match=r"did you mean resnet50\?"):
        notation.parse("resnet5")


def test_spec_file_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "net.json"
    spec = PRESETS["resnet50"].spec
    notation.save_spec_file(path, spec)
    assert notation.load_spec_file(path) == spec
    assert [entry.name for entry in tmp_path.iterdir()] == ["net.json"]


#: JSON values that are no version.
VERSIONS = (b"0", b"-1", b"1.0", b"2.5", b'"1"', b"null", b"true", b"[9]")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "spec_empty"),
        (b"\xff\xfe\x00", "spec_json"),
        (b"[1, 2]", "spec_json"),
        (b"[" * 100_000, "spec_json"),
        (b'{"block": "basic"}', "spec_json"),
        (b'{"block": "basic", "blocks": [2], "version": 99}', "spec_version"),
        *((b'{"block": "basic", "blocks": [2], "version": %s}' % value, "spec_json") for value in VERSIONS),
        (b'{"block": "basic", "blocks": [2], "glow": 1}', "notation_key"),
        (b'{"block": "basic", "blocks": [2.5]}', "field_type"),
        (b'{"block": "basic", "blocks": ["2"]}', "field_type"),
        (b'{"block": "basic", "blocks": [true]}', "field_type"),
        (b'{"block": ["basic"], "blocks": [2]}', "field_word"),
        (b'{"block": "basic", "blocks": [2], "width": null}', "field_type"),
        (b" " * (2 << 20), "spec_json"),
    ],
)
def test_a_wrong_spec_file_says_what_is_wrong(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "net.json"
    path.write_bytes(content)
    with pytest.raises(SpecError) as caught:
        notation.load_spec_file(path)
    assert caught.value.code == code


def test_a_missing_spec_file_and_a_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="there is no file"):
        notation.load_spec_file(tmp_path / "none.json")
    with pytest.raises(SpecError, match="is a folder, not a spec file"):
        notation.load_spec_file(tmp_path)


@pytest.mark.parametrize("make", ["fifo", "device"])
def test_a_pipe_and_a_device_are_told_and_not_waited_for(tmp_path: Path, make: str) -> None:
    path = tmp_path / "net.json"
    os.mkfifo(path) if make == "fifo" else path.symlink_to("/dev/zero")
    with pytest.raises(SpecError) as caught:
        notation.load_spec_file(path)
    assert caught.value.code == "spec_irregular"


def test_a_byte_order_mark_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "net.json"
    path.write_text(json.dumps(notation.to_json(PRESETS[DEFAULT].spec)), encoding="utf-8-sig")
    assert notation.load_spec_file(path) == PRESETS[DEFAULT].spec


def test_saving_where_one_cannot_keeps_the_old_file(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="cannot be written"):
        notation.save_spec_file(tmp_path / "no" / "net.json", PRESETS[DEFAULT].spec)
    assert list(tmp_path.iterdir()) == []
