from __future__ import annotations

import os
from pathlib import Path

import pytest

from resviz.errors import CheckpointError, ImageError
from resviz.files import open_regular, read_json_object, reason, shown


def test_a_name_fits_on_one_short_line() -> None:
    assert shown("a\nb\tc") == "a\\nb\\tc"
    long = shown("x" * 500 + ".png")
    assert len(long) <= 120
    assert long.endswith(".png")


def test_a_reason_is_one_line_of_the_systems_own_words() -> None:
    assert reason(FileNotFoundError(2, "No such file")) == "No such file"
    assert reason(ValueError("first\nsecond")) == "first"
    assert reason(ValueError()) == "ValueError"
    assert len(reason(ValueError("y" * 999))) <= 100


@pytest.mark.parametrize("make", ["missing", "folder", "empty", "nul", "endless", "below a file", "fifo"])
def test_what_is_no_file_is_told_apart(tmp_path: Path, make: str) -> None:
    (tmp_path / "empty").touch()
    os.mkfifo(tmp_path / "fifo")
    paths = {"folder": ".", "nul": "a\0b", "endless": "n" * 300, "below a file": "empty/x"}
    with pytest.raises(ImageError) as caught, open_regular(tmp_path / paths.get(make, make), ImageError, "image"):
        pytest.fail("opened")
    codes = {
        "folder": "image_folder",
        "empty": "image_empty",
        "endless": "image_unreadable",
        "fifo": "image_irregular",
    }
    assert caught.value.code == codes.get(make, "image_no_file")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) <= 300


def test_a_device_file_is_no_file() -> None:
    with pytest.raises(CheckpointError) as caught, open_regular("/dev/zero", CheckpointError, "checkpoint"):
        pytest.fail("opened")
    assert caught.value.code == "checkpoint_irregular"


def test_a_file_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"content")
    with open_regular(path, ImageError, "image") as file:
        assert file.read() == b"content"


def test_a_json_object_is_read_and_anything_else_is_none(tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    for text, value in (('{"a": 1}', {"a": 1}), ("[1]", None), ("{", None), ("[" * 100_000, None)):
        path.write_text(text)
        assert read_json_object(path) == value
    assert read_json_object(tmp_path) is None
