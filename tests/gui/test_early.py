"""What is loaded after the first paint, mostly tried in another process: each loads a module only once."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from pytestqt.qtbot import QtBot

from resviz.gui.app import open_window
from resviz.gui.early import qt_classes
from resviz.gui.pieces import InPieces
from resviz.gui.settings import Settings
from resviz.gui.view import View

_HALF = """
import sys
from PySide6.QtWidgets import QApplication
app = QApplication([])
from resviz.gui.early import charts
pieces = charts()
while "pyqtgraph.functions" not in sys.modules:
    next(pieces)
assert not hasattr(sys.modules["pyqtgraph"], "PlotWidget")
"""


def alone(code: str) -> str:
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, env=env)
    assert told.returncode == 0, told.stderr
    return told.stdout.strip()


def test_in_pieces_it_is_the_same_module() -> None:
    """The names it has, the modules under it, and that it knows itself."""
    said = "print(sorted(vars(pg)), sorted(n for n in sys.modules if n.startswith('pyqtgraph')), pg.__spec__.name)"
    pieces = "from resviz.gui.early import charts\nprint(len(list(charts())) > 50)\nimport pyqtgraph as pg\n"
    start = "import sys\nfrom PySide6.QtWidgets import QApplication\napp = QApplication([])\n"
    ours = alone(start + pieces + said).splitlines()
    assert ours[0] == "True"
    assert ours[1] == alone(start + "sys.modules['cuda.bindings'] = None\nimport pyqtgraph as pg\n" + said)


def test_a_chart_does_not_wait_for_the_rest() -> None:
    assert alone(_HALF + "from resviz.gui.charts import pg; pg.PlotWidget(); print(next(pieces, 'done'))") == "done"


def test_a_second_window_goes_on_where_the_first_stopped() -> None:
    code = "del pieces; rest = list(charts()); import pyqtgraph as pg; pg.PlotWidget(); print(len(rest) > 50)"
    assert alone(_HALF + code) == "True"


def test_nothing_of_cuda_comes_with_it() -> None:
    code = "import sys; from resviz.gui.charts import pg; print([n for n in sys.modules if n.startswith('cuda.')])"
    assert alone(code) == "[]"


def test_a_package_that_fails_can_be_tried_again() -> None:
    code = (
        "import sys, pathlib, tempfile; from resviz.gui.early import _statements\n"
        "there = pathlib.Path(tempfile.mkdtemp()); sys.path.insert(0, str(there)); (there / 'broken').mkdir()\n"
        "file = there / 'broken' / '__init__.py'; file.write_text('A = 1\\nB = missing\\n')\n"
        "try: list(_statements('broken'))\n"
        "except NameError: print('broken' in sys.modules)\n"
        "file.write_text('A = 2\\nB = A\\n'); print(len(list(_statements('broken'))))\n"
        "import broken; print(broken.B)\n"
    )
    assert alone(code).split() == ["False", "2", "2"]


def test_pieces_come_one_a_turn_and_end(qtbot: QtBot) -> None:
    done: list[int] = []
    pieces = InPieces(str(done.append(count)) for count in range(3))
    assert not pieces.is_active
    pieces.start()
    assert done == []
    qtbot.waitUntil(lambda: not pieces.is_active)
    assert done == [0, 1, 2]
    pieces.start()
    qtbot.waitUntil(lambda: not pieces.is_active)
    assert done == [0, 1, 2]


def test_all_of_qt_is_met() -> None:
    from PySide6 import QtCore, QtGui, QtWidgets

    assert len(list(qt_classes())) == sum(-(-len(dir(module)) // 50) for module in (QtCore, QtGui, QtWidgets))


def test_the_window_loads_them_when_it_shows(qtbot: QtBot, tmp_path_factory: pytest.TempPathFactory) -> None:
    window = open_window(View(), Settings(tmp_path_factory.mktemp("early") / "settings.ini"))
    qtbot.addWidget(window)
    assert not window.early.is_active
    window.show()
    qtbot.waitUntil(lambda: not window.early.is_active)
    assert "pyqtgraph" in sys.modules
    assert not window.menus.actions["open"].icon().isNull()
    window.hide()
    window.show()
    qtbot.waitUntil(lambda: not window.early.is_active)
