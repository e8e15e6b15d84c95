from __future__ import annotations

import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from resviz.arch.presets import PRESETS
from resviz.errors import CheckpointError
from resviz.nets import catalog, folders
from resviz.paths import resources, weights_dir, weights_folders_file
from tests.nets.small import LABELS, SPEC, card, write_weights


def names() -> list[str]:
    return [entry.name for entry in catalog.local()]


def test_every_shipped_card_is_valid_and_its_weights_are_there() -> None:
    shipped = sorted(path.stem for path in (resources() / "weights").glob("*.json"))
    assert sorted(names()) == shipped


def test_downloads_are_found_and_described() -> None:
    path = write_weights(weights_dir())
    entry = catalog.find("small")
    assert (entry.spec, entry.labels, entry.path, entry.accuracy) == (SPEC, LABELS, path, 0.875)
    assert catalog.for_spec(SPEC) == entry
    assert catalog.for_spec(replace(SPEC, classes=4)) is None
    preprocess = entry.preprocess(SPEC)
    assert (preprocess.size, preprocess.how, preprocess.mean) == (16, "square", (0.5, 0.4, 0.3))


def test_a_changed_card_is_read_again() -> None:
    path = write_weights(weights_dir()).with_suffix(".json")
    assert catalog.find("small").title == "A small one"
    path.write_text(json.dumps(card(title="Another title")))
    assert catalog.find("small").title == "Another title"


@pytest.mark.parametrize(
    "broken",
    [
        "no JSON",
        "[]",
        "[" * 100_000,
        {"labels": ["cat"]},
        {"spec": {"block": "basic", "blocks": [0]}},
        {"spec": {"version": 99}},
        {"file": "../small.safetensors"},
        {"mean": [0.1, 0.2]},
        {"std": [0.1, 0.0, 0.1]},
        {"std": "abc"},
        {"how": "magic"},
        {"labels": None},
    ],
)
def test_a_broken_card_is_left_out_with_a_warning(broken: Any, caplog: pytest.LogCaptureFixture) -> None:
    write_weights(weights_dir(), "good")
    write_weights(weights_dir())
    text = broken if isinstance(broken, str) else json.dumps(card(**broken))
    (weights_dir() / "small.json").write_text(text)
    with caplog.at_level(logging.WARNING):
        assert "good" in names()
        assert "small" not in names()
    assert "small.json" in caplog.text


def test_a_card_without_its_file_is_left_out() -> None:
    write_weights(weights_dir()).unlink()
    assert "small" not in names()


def test_an_unknown_name_says_which_is_near_and_a_remote_one_how_to_get_it() -> None:
    with pytest.raises(CheckpointError, match=r"did you mean resnet50\.IMAGENET1K_V2\?"):
        catalog.find("resnet50.IMAGENETK_V2")
    with pytest.raises(CheckpointError) as caught:
        catalog.find("resnet18.IMAGENET1K_V1")
    assert caught.value.code == "weights_remote"
    with pytest.raises(CheckpointError) as caught:
        catalog.find("x\ny" * 200)
    assert "\n" not in str(caught.value)


def test_a_file_of_another_kind_is_told_which_kinds_are_read(tmp_path: Path) -> None:
    path = tmp_path / "weights.txt"
    path.touch()
    with pytest.raises(CheckpointError, match=r"no checkpoint: \.safetensors, \.pth, .* are read"):
        catalog.find(str(path))
    with pytest.raises(CheckpointError, match="neither weights by name"):
        catalog.find("x" * 5000 + ".txt")


def test_torchvisions_weights_are_offered_for_every_net_of_the_family() -> None:
    offered = {entry.name: entry for entry in catalog.online()}
    assert len(offered) == 17
    assert {entry.spec for entry in offered.values()} == {PRESETS[name].spec for name in catalog.TORCHVISION}
    assert all(entry.url.startswith("https://download.pytorch.org/") for entry in offered.values())
    assert all("non-commercial" in entry.licence for entry in offered.values())
    assert {name.partition(".")[0] for name in offered} == set(catalog.TORCHVISION)
    entry = offered["resnet50.IMAGENET1K_V2"]
    assert entry.spec == PRESETS["resnet50"].spec
    assert entry.path is None
    assert entry.accuracy == pytest.approx(0.80858)
    assert entry.top5 == pytest.approx(0.95434)
    assert (entry.sha256, entry.data, entry.shipped) == ("11ad3fa6", "ImageNet-1K", False)
    assert entry.labels[281] == "tabby"
    assert 97e6 < entry.size < 108e6
    assert len(catalog.every()) == len(catalog.local()) + len(offered)


def test_the_cut_off_margin_scales_with_the_input() -> None:
    entry = next(entry for entry in catalog.online() if entry.name == "resnet18.IMAGENET1K_V1")
    assert entry.preprocess(entry.spec).resize == 256
    assert entry.preprocess(replace(entry.spec, size=448)).resize == 512


def test_a_card_made_for_a_download_is_valid(tmp_path: Path) -> None:
    entry = next(entry for entry in catalog.online() if entry.name == "resnet18.IMAGENET1K_V1")
    path = tmp_path / "card.json"
    path.write_text(json.dumps(catalog.card_of(entry, "weights.pth")))
    assert catalog.entry_of_card(path) == replace(entry, path=tmp_path / "weights.pth", sha256="")


def test_the_shipped_ones_say_so_with_their_licence_and_data() -> None:
    shipped = [entry for entry in catalog.local() if entry.shipped]
    assert catalog.DEFAULT in {entry.name for entry in shipped}
    assert all(entry.licence.startswith("MIT") and entry.data for entry in shipped)
    default = catalog.find(catalog.DEFAULT)
    assert (default.data, len(default.sha256)) == ("CIFAR-10", 64)


def test_other_folders_are_looked_into_once_they_are_known(tmp_path: Path) -> None:
    path = write_weights(tmp_path / "mine")
    (tmp_path / "mine" / "notes.json").write_text("no card, and none of our business")
    assert "small" not in names()
    assert "small" in {entry.name for entry in catalog.every(tmp_path / "mine")}
    folders.remember(tmp_path / "mine")
    folders.remember(weights_dir())  # looked into anyway
    assert catalog.find("small").path == path
    assert folders.known() == (tmp_path / "mine",)
    path.unlink()
    assert "small" not in names()


@pytest.mark.parametrize("text", ["", "[]", '{"folders": 3}', '{"folders": [1, "", null]}', "{" * 10_000])
def test_a_broken_list_of_folders_is_no_list(text: str) -> None:
    weights_folders_file().parent.mkdir(parents=True)
    weights_folders_file().write_text(text)
    assert folders.known() == ()
    assert catalog.DEFAULT in names()


def test_only_so_many_folders_are_remembered_the_newest_first(tmp_path: Path) -> None:
    for number in range(folders.MOST + 4):
        folders.remember(tmp_path / str(number))
    folders.remember(tmp_path / "5")
    assert len(folders.known()) == folders.MOST
    assert folders.known()[:2] == (tmp_path / "5", tmp_path / str(folders.MOST + 3))


@pytest.mark.parametrize(
    "lie",
    [
        {"bytes": 1e999},
        {"bytes": -5},
        {"short_side": 1e999},
        {"short_side": 10**400},
        {"mean": [10**400]},
        {"accuracy": {"test": 10**400}},
        {"accuracy": {"test": 99}},
        {"accuracy": {"test": float("nan")}},
        {"file": "x" * 300 + ".safetensors"},
        {"name": " "},
        {"how": "digit?"},
    ],
)
def test_a_card_that_lies_is_left_out_and_the_others_stay(lie: dict[str, object]) -> None:
    folder = weights_dir()
    path = write_weights(folder)
    card = json.loads(path.with_suffix(".json").read_text())
    (folder / "liar.json").write_text(json.dumps({**card, "name": "liar", **lie}))
    names = [entry.name for entry in catalog.local()]
    assert "small" in names
    assert "liar" not in names


def test_a_name_of_several_lines_is_one(caplog: pytest.LogCaptureFixture) -> None:
    path = write_weights(weights_dir())
    card = json.loads(path.with_suffix(".json").read_text())
    (weights_dir() / "odd.json").write_text(json.dumps({**card, "name": "a\nb\x1b[31m"}))
    assert all(name.isprintable() for name in (entry.name for entry in catalog.local()))
