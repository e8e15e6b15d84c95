from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from resviz.errors import UsageError
from resviz.gui.folder.results import Results, natural
from resviz.gui.folder.text import HEADING, to_csv, write_csv
from tests.gui.folder.rows import broken, row
from tests.gui.panels.desk import LABELS


def results() -> Results:
    """Three cats of which one is taken for a dog, a dog, a picture of no class, and one that is broken."""
    found = Results()
    found.clear(["/set"])
    for each in (
        row("/set/cat/1.png", 3),
        row("/set/cat/2.png", 3),
        row("/set/cat/10.png", 5, 0.4),
        row("/set/dog/1.png", 5),
        row("/set/else/1.png", 8),
        broken("/set/dog/2.png"),
    ):
        found.add(each)
    return found


def test_accuracy_counts_what_has_a_class_and_could_be_read() -> None:
    found = results()
    score = found.score
    assert score is not None
    assert (score.right, score.count, found.wrong, found.errors) == (3, 4, 1, 1)
    assert score.among == 4
    low, high = score.bounds
    assert low < score.share == 0.75 < high
    assert found.pairs == {("cat", "cat"): 2, ("cat", "dog"): 1, ("dog", "dog"): 1}


def test_without_classes_there_is_no_score() -> None:
    found = Results()
    found.clear(["/a"])
    found.add(row("/a/1.png", 3))
    assert found.score is None
    assert found.classes() == []


def test_a_row_that_comes_again_is_counted_once() -> None:
    found = results()
    _, former = found.add(row("/set/cat/10.png", 3))
    assert former is not None
    assert former.guess == "dog"
    score = found.score
    assert score is not None
    assert (score.right, score.count, len(found.entries)) == (4, 4, 6)
    assert "dog" in found.classes()
    found.add(broken("/set/dog/1.png"))
    assert found.classes() == ["cat"]
    assert found.errors == 2


def test_classes_stand_in_the_network_s_order() -> None:
    found = results()
    assert found.classes(LABELS) == ["cat", "dog"]
    assert found.classes(("dog", "cat")) == ["dog", "cat"]
    assert found.classes(()) == ["cat", "dog"]


def test_the_user_s_own_names_decide_which_folder_is_a_class() -> None:
    found = results()
    found.set_labels(tuple("else" if label == "ship" else label.upper() for label in LABELS))
    score = found.score
    assert score is not None
    assert (score.right, score.count) == (4, 5)
    assert found.entries["/set/cat/1.png"].guess == "CAT"
    assert found.entries["/set/else/1.png"].true == "else"


def test_names_are_below_the_folder() -> None:
    found = results()
    assert found.entries["/set/cat/1.png"].name == str(Path("cat/1.png"))
    found.clear(["/set/cat/1.png", "/set/dog"])
    found.add(row("/set/cat/1.png", 3))
    assert found.entries["/set/cat/1.png"].name == str(Path("cat/1.png"))
    for paths in (["/set/cat/1.png"], ["/set/cat/1.png", "elsewhere"]):
        found.clear(paths)
        found.add(row("/set/cat/1.png", 3))
        assert found.entries["/set/cat/1.png"].name == "1.png"
    assert sorted(["10.png", "a", "2.png", "b3"], key=natural) == ["2.png", "10.png", "a", "b3"]


def test_csv_is_read_back(tmp_path: Path) -> None:
    entries = list(results().entries.values())
    rows = list(csv.DictReader(io.StringIO(to_csv(entries))))
    assert tuple(rows[0]) == HEADING
    assert [line["right"] for line in rows] == ["true", "true", "false", "true", "", ""]
    assert float(rows[2]["probability_1"]) == 0.4
    assert (rows[2]["true_class"], rows[2]["class_1"], rows[2]["width"]) == ("cat", "dog", "320")
    assert rows[5]["error"]
    assert rows[5]["class_1"] == ""
    path = tmp_path / "rows.csv"
    write_csv(path, entries)
    assert path.read_text() == to_csv(entries)
    with pytest.raises(UsageError):
        write_csv(tmp_path / "none" / "rows.csv", entries)


def test_a_name_that_is_no_text_is_written_all_the_same(tmp_path: Path) -> None:
    found = Results()
    found.add(row("/set/cat/\udcff.png", 3))
    write_csv(tmp_path / "rows.csv", found.entries.values())
    assert "\\udcff.png" in (tmp_path / "rows.csv").read_text()
