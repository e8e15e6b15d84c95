from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication
from pytestqt.qtbot import QtBot

from resviz.drawing.palette import LIGHT
from resviz.gui.panels.prediction import Bars
from resviz.gui.panels.prediction.opinion import Row
from resviz.gui.theme import Theme
from tests.gui.panels.desk import PREDICTION

ROWS = tuple(Row(score, 7.5 - score.index) for score in PREDICTION.top)


@pytest.fixture
def bars(qtbot: QtBot) -> Bars:
    Theme("light").apply()
    bars = Bars()
    qtbot.addWidget(bars)
    bars.resize(360, 125)
    bars.show_rows(ROWS, True)
    with qtbot.waitExposed(bars):
        bars.show()
    return bars


def middle(bars: Bars, row: int) -> QPoint:
    return bars.places()[row].center().toPoint()


def test_a_click_chooses_a_class_and_another_one_leaves_it(qtbot: QtBot, bars: Bars) -> None:
    plain = bars.grab().toImage()
    with qtbot.waitSignal(bars.class_chosen) as chosen:
        qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=middle(bars, 1))
    assert chosen.args == [5]
    assert bars.grab().toImage() != plain
    with qtbot.waitSignal(bars.class_chosen) as chosen:
        qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=middle(bars, 1))
    assert chosen.args == [-1]


def test_a_click_beside_the_rows_chooses_nothing(qtbot: QtBot, bars: Bars) -> None:
    bars.show_rows(ROWS[:2], True)
    with qtbot.assertNotEmitted(bars.class_chosen):
        qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=middle(bars, 4))
        qtbot.mouseClick(bars, Qt.MouseButton.RightButton, pos=middle(bars, 0))


def test_arrow_keys_go_from_class_to_class_and_stop_at_the_ends(qtbot: QtBot, bars: Bars) -> None:
    found: list[int] = []
    bars.class_chosen.connect(found.append)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Escape):
        qtbot.keyClick(bars, key)
    assert found == [3, 5, 3, 3, -1]


def test_keys_do_nothing_before_the_first_prediction(qtbot: QtBot, bars: Bars) -> None:
    bars.show_rows((), True)
    with qtbot.assertNotEmitted(bars.class_chosen):
        qtbot.keyClick(bars, Qt.Key.Key_Down)
        qtbot.keyClick(bars, Qt.Key.Key_Escape)
        qtbot.keyClick(bars, Qt.Key.Key_A)


def test_copy_takes_all_figures(qtbot: QtBot, bars: Bars) -> None:
    bars.setFocus()
    qtbot.keyClick(bars, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().splitlines()[1] == "3\tcat\t0.7\t4.5"


def test_the_tooltip_tells_what_the_row_has_no_room_for(bars: Bars) -> None:
    row = bars.row_at(middle(bars, 0))
    assert row is not None
    assert bars.hint(row) == "cat · class 3 · logit 4.50 · 70.0 %"
    assert bars.hint(row._replace(difference=-0.1)).endswith("−10.0 points from the other network")
    assert bars.hint(row._replace(difference=-0.1, whole=0.8)).endswith("whole network 80.0 %: −10.0 points")
    assert bars.row_at(QPoint(5, 10_000)) is None


@pytest.mark.parametrize(
    ("width", "height", "rows", "places", "columns"),
    [(360, 125, 5, 5, 1), (360, 130, 10, 10, 1), (560, 130, 10, 10, 2), (360, 90, 10, 7, 1), (360, 10, 10, 1, 1)],
    ids=["roomy", "small print", "two columns", "the last ones go", "tiny"],
)
def test_rows_by_room(bars: Bars, width: int, height: int, rows: int, places: int, columns: int) -> None:
    bars.setMinimumSize(1, 1)
    bars.resize(width, height)
    bars.set_room(rows)
    found = bars.places()
    assert len(found) == places
    assert len({place.x() for place in found}) == columns
    assert all(bars.rect().toRectF().adjusted(0, 0, 0, 5).contains(place) for place in found)


def test_lists_side_by_side_have_bars_of_one_length(qtbot: QtBot, bars: Bars) -> None:
    other = Bars()
    qtbot.addWidget(other)
    other.resize(220, 125)
    other.show_rows([row._replace(difference=0.1) for row in ROWS], True, labelled=False)
    bars.peer, other.peer = other, bars
    assert bars._shared_track() == other._shared_track() == min(bars.track(), other.track())
    bars.resize(900, 60)
    bars.set_room(10)
    assert len({place.x() for place in bars.places()}) == 1


@pytest.mark.parametrize("height", [60, 125, 240])
def test_what_the_whole_network_says_is_a_thin_bar_of_its_length(bars: Bars, height: int) -> None:
    Theme("light").apply()
    bars.setMinimumSize(1, 1)
    bars.resize(360, height)
    grey = QColor(LIGHT.identity)

    def width(share: float) -> int:
        bars.show_rows([row._replace(whole=share, difference=0.0) for row in ROWS[:1]], True)
        image = bars.grab().toImage()
        rows = [sum(image.pixelColor(x, y) == grey for x in range(image.width())) for y in range(image.height())]
        return max(rows)

    assert width(0.0) == 0
    assert width(0.5) == pytest.approx(bars.track() / 2, abs=2)
    assert width(1.0) == pytest.approx(bars.track(), abs=2)
