"""The window's promises: up before torch, and never blocked. Run: python -m tests.benchmarks.bench_window

Prints figures; asserts nothing about time, because machines differ. Needs no display.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what is timed here is also the import
    from PySide6.QtWidgets import QApplication

    from resviz.gui.window import MainWindow

REPEATS = 5
BEAT_MS = 5
SPECS = ("resnet18", "resnet50", "resnet152", "resnet20-cifar", "plain34", "resnet18-w16-cifar")
PANELS = ("compare", "softmax", "seen", "devices", "explain", "anatomy", "lesions", "unravelled")


def main() -> None:
    """Print every figure."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    torch = [_seconds("import torch") for _ in range(REPEATS)]
    window = [_seconds("from tests.benchmarks.bench_window import first_paint; first_paint()") for _ in range(REPEATS)]
    ratio = statistics.median(window) / statistics.median(torch)
    print(f"window shown, whole process  {statistics.median(window):.2f} s")
    print(f"python -c 'import torch'     {statistics.median(torch):.2f} s")
    print(f"ratio                        {ratio:.2f}   (promise: at most 0.5)")
    code = "from tests.benchmarks.bench_window import heartbeat; heartbeat()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    gaps = json.loads(done.stdout.splitlines()[-1])
    for name, worst in gaps.items():
        print(f"longest block of the window  {worst:6.1f} ms  {name}")
    print("(promise: never over 50 ms from the first paint on; a beat every 5 ms)")


def _seconds(code: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    return time.perf_counter() - start


def _window() -> tuple[QApplication, MainWindow]:
    from resviz.gui.app import application, open_window
    from resviz.gui.settings import Settings
    from resviz.gui.view import View

    app = application()
    return app, open_window(View(), Settings(Path(os.devnull + ".ini")))


def first_paint() -> None:
    """Open the window and leave once it is painted."""
    _, window = _window()
    window.show()
    window.grab()
    assert "torch" not in sys.modules
    os._exit(0)


def heartbeat() -> None:
    """The longest gap between beats while the engine starts, networks are built, pictures dropped, panels opened."""
    from PySide6.QtCore import QEventLoop, Qt, QTimer

    from resviz import paths
    from resviz.arch.presets import PRESETS
    from resviz.engine.messages import ImageSource
    from resviz.gui.collecting import Collector
    from resviz.ways import NOTHING_OFF, Off

    app, window = _window()
    window.resize(1600, 1000)
    window.show()
    app.processEvents()
    Collector(window).start()
    beats: list[float] = []
    timer = QTimer(interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: beats.append(time.perf_counter()))
    timer.start()
    worst: dict[str, float] = {}

    def wait(name: str, *, until: Callable[[], bool]) -> None:
        loop = QEventLoop()
        check = QTimer(interval=20)
        check.timeout.connect(lambda: loop.quit() if until() else None)
        check.start()
        loop.exec()
        gaps = [(b - a) * 1e3 for a, b in itertools.pairwise(beats)]
        worst[name] = max([worst.get(name, 0.0), *gaps])
        del beats[:-1]

    jobs, document = window.jobs, window.document
    jobs.start()
    wait("engine starts", until=lambda: jobs.engine_ready and not jobs.is_busy)
    pictures = sorted((paths.resources() / "samples").glob("*.jpg"))
    for picture in pictures * 3:
        document.set_image(ImageSource(path=str(picture), name=picture.name))
        wait("pictures dropped", until=lambda: not jobs.is_busy)
    for layer in ("conv1", "layer1.0.add", "layer2.0.conv1", "fc"):
        document.select(layer)
        wait("feature maps of another layer", until=lambda: not jobs.is_busy)
    for name in SPECS:
        document.set_spec(PRESETS[name].spec, name)
        wait(f"edit to {name}, with its prediction", until=lambda: not jobs.is_busy)
    for theme in ("dark", "light") * 2:
        window.choose_theme(theme)
        wait("theme switched", until=lambda: True)
    for panel in PANELS:
        window.show_panel(panel)
        wait("panels first opened", until=lambda: not jobs.is_busy and not jobs.is_asking)
    for theme in ("dark", "light") * 2:
        window.choose_theme(theme)
        wait("theme switched, all panels open", until=lambda: True)
    window.look.set_film(True)
    window.look.set_ribbon(True)
    for block in ("layer1.0", "layer2.0", "layer3.1"):
        document.set_off(Off(branches=frozenset({block})), f"{block} off")
        wait("a block switched off, columns along the graph", until=lambda: not jobs.is_busy and not jobs.is_asking)
    document.set_off(NOTHING_OFF, "all on")
    window.docks.panel("lesions").picture.click()
    wait("every block switched off in turn", until=lambda: not jobs.is_busy and not jobs.is_asking)
    with tempfile.TemporaryDirectory() as folder:
        for picture in pictures:
            shutil.copytree(picture.parent, Path(folder) / picture.stem)
        window.classify((folder,))
        wait("a folder classified, with its matrix", until=lambda: not jobs.is_busy and not jobs.is_asking)
        assert window._folder.score.matrix is not None
        window._folder.close()
    document.set_spec(PRESETS["resnet1202-cifar"].spec, "deep")
    wait("edit to resnet1202-cifar, with its prediction", until=lambda: not jobs.is_busy)
    jobs.close()
    print(json.dumps(worst))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
