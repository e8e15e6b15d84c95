"""Training pictures: every form gives the same data, and bad data is told."""

from __future__ import annotations

import io
import tarfile
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from resviz.errors import DataError
from resviz.nets import data
from resviz.nets.images import decode_bytes
from resviz.nets.preprocess import Preprocess
from tests import pictures

CONTENT = pictures.files(train=4, test=2)


def load(path: Path, size: int = 16, channels: int = 3, classes: int = 3) -> data.Dataset:
    return data.load(path, size=size, channels=channels, classes=classes)


def same(first: data.Split | None, second: data.Split | None) -> bool:
    if first is None or second is None:
        return first is second
    return torch.equal(first.images, second.images) and torch.equal(first.labels, second.labels)


def without_split(content: dict[str, bytes]) -> dict[str, bytes]:
    return {name.removeprefix("train/"): value for name, value in content.items() if "train/" in name}


def test_folder_tar_and_zip_hold_the_same(tmp_path: Path) -> None:
    forms = [
        pictures.folder(tmp_path / "folder", CONTENT),
        pictures.tar(tmp_path / "a.tar.xz", CONTENT),
        pictures.tar(tmp_path / "a.tar.gz", CONTENT, "w:gz"),
        pictures.zipped(tmp_path / "a.zip", CONTENT),
        pictures.tar(tmp_path / "wrapped.tar", {f"shapes/{k}": v for k, v in CONTENT.items()}, "w"),
    ]
    first, *others = (load(form) for form in forms)
    assert first.labels == ("disc", "ring", "square")
    assert (len(first.train), first.broken) == (12, 0)
    assert first.test is not None
    assert len(first.test) == 6
    for other in others:
        assert other.labels == first.labels
        assert same(other.train, first.train)
        assert same(other.test, first.test)


def test_class_folders_alone_are_all_for_training(tmp_path: Path) -> None:
    bare = load(pictures.folder(tmp_path / "bare", without_split(CONTENT)))
    split = load(pictures.folder(tmp_path / "split", CONTENT))
    assert bare.test is None
    assert same(bare.train, split.train)


def test_validation_folder_is_used_as_such(tmp_path: Path) -> None:
    content = {name.replace("test/", "valid/"): value for name, value in CONTENT.items()}
    loaded = load(pictures.folder(tmp_path, content))
    assert loaded.test is None
    assert loaded.val is not None
    assert len(loaded.val) == 6


def test_pixels_and_labels_are_those_of_the_files(tmp_path: Path) -> None:
    loaded = load(pictures.tar(tmp_path / "a.tar", CONTENT, "w"))
    number = 2 * 4 + 3
    expected = np.asarray(pictures.shape("square", 3))
    assert np.array_equal(loaded.train.images[number].permute(1, 2, 0).numpy(), expected)
    assert loaded.labels[loaded.train.labels[number]] == "square"


def test_larger_pictures_are_prepared_as_at_inference(tmp_path: Path) -> None:
    wide = Image.effect_mandelbrot((90, 50), (-2, -1, 1, 1), 80).convert("RGB")
    blob = pictures.png(wide)
    loaded = load(pictures.folder(tmp_path, {"only/wide.png": blob}), size=20, classes=1)
    expected = Preprocess(20).seen(decode_bytes(blob).image)
    assert np.array_equal(loaded.train.images[0].permute(1, 2, 0).numpy(), expected)


def test_one_channel_is_grey(tmp_path: Path) -> None:
    red = Image.new("RGB", (8, 8), (255, 0, 0))
    loaded = load(pictures.folder(tmp_path, {"red/a.png": pictures.png(red)}), size=8, channels=1, classes=1)
    assert loaded.train.images.shape == (1, 1, 8, 8)
    assert set(loaded.train.images.flatten().tolist()) == {76}


def test_broken_pictures_are_left_out_and_counted(tmp_path: Path) -> None:
    first = "train/disc/000.png"
    content = {
        **CONTENT,
        first: CONTENT[first][:40],
        "train/ring/zzz.jpg": b"no picture",
        "train/ring/e.png": b"",
    }
    before = Image.MAX_IMAGE_PIXELS
    filters = list(warnings.filters)
    loaded = load(pictures.zipped(tmp_path / "a.zip", content))
    assert (loaded.broken, len(loaded.train)) == (3, 11)
    assert loaded.train.labels.bincount().tolist() == [3, 4, 4]
    assert (Image.MAX_IMAGE_PIXELS, list(warnings.filters)) == (before, filters)


def test_what_is_no_picture_is_not_counted(tmp_path: Path) -> None:
    extra = {"README.txt": b"hello", "train/disc/.hidden.png": b"", "__MACOSX/train/disc/._000.png": b""}
    loaded = load(pictures.tar(tmp_path / "a.tar", {**CONTENT, **extra}, "w"))
    assert (loaded.broken, len(loaded.train)) == (0, 12)


@pytest.mark.parametrize("name", ["../../evil.png", "/etc/evil.png", "train/disc/../../../evil.png"])
@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_names_that_point_outside_are_refused(tmp_path: Path, kind: str, name: str) -> None:
    content = {**CONTENT, name: CONTENT["train/disc/000.png"]}
    make = pictures.zipped if kind == "zip" else pictures.tar
    with pytest.raises(DataError) as caught:
        load(make(tmp_path / f"a.{kind}", content))
    assert caught.value.code == "data_member_unsafe"
    assert {path.name for path in tmp_path.iterdir()} == {f"a.{kind}"}


def test_links_in_an_archive_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(CONTENT["train/disc/000.png"])
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as archive:
        for name, blob in CONTENT.items():
            member = tarfile.TarInfo(name)
            member.size = len(blob)
            archive.addfile(member, io.BytesIO(blob))
        link = tarfile.TarInfo("train/disc/link.png")
        link.type, link.linkname = tarfile.SYMTYPE, str(secret)
        archive.addfile(link)
    assert len(load(path).train) == 12


def _nothing(path: Path) -> Path:
    return path / "nowhere.tar.xz"


def _empty_file(path: Path) -> Path:
    (path / "a.tar.xz").touch()
    return path / "a.tar.xz"


def _text(path: Path) -> Path:
    (path / "a.txt").write_text("no archive" * 100)
    return path / "a.txt"


def _cut_off(path: Path) -> Path:
    whole = pictures.tar(path / "a.tar.xz", pictures.files(train=30)).read_bytes()
    (path / "a.tar.xz").write_bytes(whole[: len(whole) // 2])
    return path / "a.tar.xz"


def _no_members(path: Path) -> Path:
    return pictures.tar(path / "a.tar.xz", {})


def _no_folders(path: Path) -> Path:
    return pictures.folder(path / "flat", {"a.png": CONTENT["train/disc/000.png"]})


def _all_broken(path: Path) -> Path:
    return pictures.folder(path / "broken", dict.fromkeys(CONTENT, b"no picture"))


def _four_classes(path: Path) -> Path:
    return pictures.folder(path / "four", {**CONTENT, "train/extra/a.png": CONTENT["train/disc/000.png"]})


def _strange_class(path: Path) -> Path:
    return pictures.folder(path / "strange", {**CONTENT, "test/extra/a.png": CONTENT["train/disc/000.png"]})


@pytest.mark.parametrize(
    ("make", "code", "words"),
    [
        (_nothing, "data_missing", "nowhere.tar.xz"),
        (_empty_file, "file_empty", "a.tar.xz"),
        (_text, "data_kind", "a.txt"),
        (_cut_off, "file_unreadable", "a.tar.xz"),
        (_no_members, "data_no_pictures", "train/CLASS"),
        (_no_folders, "data_no_pictures", "CLASS"),
        (_all_broken, "data_all_broken", "none of the 18 pictures"),
        (_four_classes, "data_classes", "classes=4"),
        (_strange_class, "data_class_strange", "'extra'"),
    ],
)
def test_bad_data_is_told(tmp_path: Path, make: object, code: str, words: str) -> None:
    assert callable(make)
    with pytest.raises(DataError) as caught:
        load(make(tmp_path))
    assert caught.value.code == code
    assert words in str(caught.value)


def test_more_than_fits_into_memory_is_refused(tmp_path: Path) -> None:
    content = {f"disc/{number}.png": b"never read" for number in range(12_000)}
    with pytest.raises(DataError) as caught:
        load(pictures.zipped(tmp_path / "a.zip", content), size=4096, channels=1024, classes=1)
    assert caught.value.code == "data_memory"


def test_held_out_pictures_are_a_share_of_each_class_and_no_longer_trained_on() -> None:
    labels = torch.tensor([0] * 40 + [1] * 20 + [2] * 2)
    split = data.Split(torch.arange(62, dtype=torch.uint8).view(62, 1, 1, 1), labels)
    kept, held = data.hold_out(split, 0.1, seed=3)
    assert held.labels.bincount().tolist() == [4, 2, 1]
    assert sorted([*kept.images.flatten().tolist(), *held.images.flatten().tolist()]) == list(range(62))
    again = data.hold_out(split, 0.1, seed=3)[1]
    other = data.hold_out(split, 0.1, seed=4)[1]
    assert torch.equal(again.images, held.images)
    assert not torch.equal(other.images, held.images)


def test_a_class_of_one_cannot_be_held_out() -> None:
    split = data.Split(torch.zeros(3, 1, 1, 1, dtype=torch.uint8), torch.tensor([0, 0, 1]))
    with pytest.raises(DataError, match="class 2 has a single picture"):
        data.hold_out(split, 0.1, seed=0)


def test_statistics_are_those_of_all_pixels() -> None:
    images = torch.randint(256, (20, 3, 5, 5), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
    mean, std = data.statistics(data.Split(images, torch.zeros(20, dtype=torch.int64)))
    values = images.double() / 255
    assert mean == pytest.approx(values.mean((0, 2, 3)).tolist(), abs=1e-4)
    assert std == pytest.approx(values.std((0, 2, 3), unbiased=False).tolist(), abs=1e-4)
