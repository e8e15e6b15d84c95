from __future__ import annotations

import json
from pathlib import Path

import pytest

from resviz.errors import LabelsError
from resviz.labels import Folders, read_labels

NAMES = ("red fox", "dog, small", "ship")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", "red fox\ndog, small\nship\n"),
        ("a.txt", "\ufeffred fox\r\n\r\n  dog,   small \r\nship"),
        ("a.names", "red fox\ndog, small\nship"),
        ("a.json", json.dumps(NAMES)),
        ("a.json", json.dumps({"2": "ship", "0": "red fox", "1": "dog, small"})),
        ("a.json", json.dumps({"0": ["n1", "red fox"], "1": ["n2", "dog, small"], "2": ["n3", "ship"]})),
        ("a.json", json.dumps({"red fox": 0, "ship": 2, "dog, small": 1})),
        ("a.txt", "{0: 'red fox',\n 1: 'dog, small',\n 2: 'ship'}"),
        ("a.csv", '0,red fox\n2,ship\n1,"dog, small"\n'),
        ("a.csv", 'index,name\n0,red fox\n1,"dog, small"\n2,ship\n'),
        ("a.csv", 'red fox\n"dog, small"\nship\n'),
        ("a.csv", 'label\nred fox\n"dog, small"\nship\n'),
        ("a.tsv", "0\tred fox\n1\tdog, small\n2\tship\n"),
    ],
)
def test_every_form_that_class_names_come_in(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert read_labels(path, 3) == NAMES


def test_a_spreadsheets_utf_16_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Füchse\n狗\nship", encoding="utf-16")
    assert read_labels(tmp_path / "a.txt", 3) == ("Füchse", "狗", "ship")


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.txt", b"one\ntwo\n", "labels_count"),
        ("a.txt", b"", "labels_empty"),
        ("a.txt", b"\xff\xfa\x00\x81", "labels_text"),
        ("a.json", b"[1, 2, 3]", "labels_form"),
        ("a.json", b'{"0": {}}', "labels_form"),
        ("a.json", b"[" * 100_000, "labels_form"),
        ("a.json", b'"cat"', "labels_form"),
        ("a.csv", b"0,a\n0,b\n1,c\n", "labels_twice"),
        ("a.csv", b"0,a\n1,b\nx,c\n", "labels_twice"),
        ("a.csv", b"1,a\n2,b\n3,c\n", "labels_missing"),
        ("a.txt", b"x" * (5 << 20), "labels_large"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(LabelsError) as told:
        read_labels(path, 3)
    assert told.value.code == code
    assert "\n" not in str(told.value)


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    for path, code in ((tmp_path, "labels_folder"), (tmp_path / "none.txt", "labels_no_file")):
        with pytest.raises(LabelsError) as told:
            read_labels(path, 3)
        assert told.value.code == code


def test_names_fit_on_a_line(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(["a\nb\x1b[0m", "x" * 500]))
    first, second = read_labels(tmp_path / "a.json", 2)
    assert first.isprintable()
    assert len(second) <= 200


def test_a_folder_is_named_after_a_class() -> None:
    folders = Folders(("tabby cat", "T-shirt/top", "polar_bear", "crane", "crane"))
    assert folders.label("Tabby_Cat") == "tabby cat"
    assert folders.label("tabby-cat") == "tabby cat"
    assert folders.label("polar bear") == "polar_bear"
    assert [folders.label(name) for name in ("crane", "cat", "", "n02127052", "3")] == [""] * 5


def test_a_folder_is_a_number_where_labels_are() -> None:
    digits = Folders(tuple("0123456789"))
    assert [digits.label(name) for name in ("7", "07", "10", "seven")] == ["7", "7", "", ""]
    unnamed = Folders(("class 0", "class 1"))
    assert [unnamed.label(name) for name in ("1", "001", "class_1", "2")] == ["class 1"] * 3 + [""]


def test_a_quote_that_never_ends_is_a_letter(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text('"cat\ndog\n')
    assert read_labels(path, 2) == ('"cat', "dog")
    path.write_text("x" * 200_000 + "\ndog\n")
    assert len(read_labels(path, 2)) == 2
