from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from resviz.gui.folder.columns import Column, heading, hint, percent
from resviz.gui.folder.model import Filter, PictureModel
from resviz.gui.folder.results import Results
from tests.gui.folder.rows import broken, row

DOWN = Qt.SortOrder.DescendingOrder


@pytest.fixture
def model() -> PictureModel:
    results = Results()
    results.clear(["/set"])
    made = PictureModel(results)
    made.tester = QAbstractItemModelTester(  # type: ignore[attr-defined]
        made, QAbstractItemModelTester.FailureReportingMode.Warning
    )
    return made


def names(model: PictureModel) -> list[str]:
    return [model.entry(at).name for at in range(model.rowCount())]


def fill(model: PictureModel) -> None:
    model.add([row("/set/cat/10.png", 3, 0.9), row("/set/cat/2.png", 5, 0.5), broken("/set/dog/1.png")])
    model.add([row("/set/dog/3.png", 5, 0.7), row("/set/cat/1.png", 3, 0.6)])


def test_rows_stand_in_order_as_they_come(model: PictureModel) -> None:
    fill(model)
    assert names(model) == ["cat/1.png", "cat/2.png", "cat/10.png", "dog/1.png", "dog/3.png"]
    model.sort(Column.CONFIDENCE, DOWN)
    assert names(model) == ["cat/10.png", "dog/3.png", "cat/1.png", "cat/2.png", "dog/1.png"]
    model.add([row("/set/cat/5.png", 3, 0.65)])
    assert names(model)[2] == "cat/5.png"
    assert model.row_of("/set/cat/5.png") == 2
    assert [entry.name for entry in model.in_order()] == names(model)
    assert model.row_of("/none") == -1


@pytest.mark.parametrize("column", [each for each in Column if each is not Column.THUMB])
@pytest.mark.parametrize("order", list(Qt.SortOrder))
def test_one_by_one_is_as_sorted_at_once(model: PictureModel, column: Column, order: Qt.SortOrder) -> None:
    dice = random.Random(column)
    rows = [
        row(f"/set/{dice.choice(('cat', 'dog', 'x'))}/{at}.png", dice.randrange(10), dice.random()) for at in range(60)
    ]
    rows[7] = broken("/set/cat/b.png")
    model.sort(column, order)
    for each in rows:
        model.add([each])
    seen = names(model)
    model.show_all()
    assert names(model) == seen
    assert len(seen) == 60


def test_a_row_that_comes_again_takes_its_place(model: PictureModel) -> None:
    fill(model)
    model.sort(Column.CONFIDENCE, DOWN)
    model.add([row("/set/cat/2.png", 3, 0.99)])
    assert names(model)[0] == "cat/2.png"
    assert model.rowCount() == 5
    model.set_filter(Filter(kind="wrong"))
    assert names(model) == []
    model.add([row("/set/cat/2.png", 5, 0.99)])
    assert names(model) == ["cat/2.png"]


def test_a_great_many_at_once(model: PictureModel) -> None:
    model.add([row(f"/set/cat/{at}.png", 3) for at in range(500)])
    assert names(model)[:2] == ["cat/0.png", "cat/1.png"]
    assert model.rowCount() == 500


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (Filter(), 5),
        (Filter(("cat",)), 3),
        (Filter(("cat", "10")), 1),
        (Filter(("damaged",)), 1),
        (Filter(kind="wrong"), 1),
        (Filter(kind="errors"), 1),
        (Filter(true="cat"), 3),
        (Filter(true="cat", guess="dog"), 1),
        (Filter(guess="dog"), 2),
        (Filter(("nothing",)), 0),
    ],
)
def test_filters(model: PictureModel, chosen: Filter, expected: int) -> None:
    fill(model)
    model.set_filter(chosen)
    assert model.rowCount() == expected
    model.set_filter(Filter())
    assert model.rowCount() == 5


def test_cells_say_what_is_known_and_no_more(model: PictureModel) -> None:
    fill(model)

    def cells(path: str) -> list[object]:
        at = model.row_of(path)
        return [model.index(at, column).data() for column in list(Column)[1:]]

    wrong = ["cat/2.png", "dog", "50.0 %", "airplane  10.0 %", "cat", "✗", "320 × 200", "4.2", ""]
    assert cells("/set/cat/2.png") == wrong
    assert cells("/set/dog/1.png")[:8] == ["dog/1.png", "-", "-", "-", "-", "", "-", "-"]
    assert cells("/set/cat/1.png")[5] == "✓"
    assert "airplane" in str(model.index(0, 1).data(Qt.ItemDataRole.ToolTipRole))
    assert model.rowCount(model.index(0, 0)) == 0
    assert model.columnCount(QModelIndex()) == len(Column)


def test_headings_say_what_is_sorted_by(model: PictureModel) -> None:
    horizontal = Qt.Orientation.Horizontal
    assert model.headerData(Column.FILE, horizontal) == "File ↑"
    model.sort(Column.MS, DOWN)
    assert model.headerData(Column.MS, horizontal) == "≈ ms ↓"
    assert model.headerData(Column.FILE, horizontal) == "File"
    model.sort(Column.THUMB)
    assert model.headerData(Column.MS, horizontal) == "≈ ms ↓"
    assert all(hint(column) and isinstance(heading(column), str) for column in Column)


def test_no_share_is_rounded_to_all() -> None:
    assert [percent(share) for share in (1.0, 0.99999, 0.12345, 0.0)] == ["100.0 %", "> 99.9 %", "12.3 %", "0.0 %"]
