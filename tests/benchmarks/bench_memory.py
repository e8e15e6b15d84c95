"""300 pictures dropped in a row: memory of both processes. Run: python -m tests.benchmarks.bench_memory"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from pathlib import Path

DROPS, FIRST = 300, 20


def main() -> None:
    """Print both processes' memory after the first pictures and after all."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import QEventLoop

    from resviz import paths
    from resviz.engine.messages import ImageSource
    from resviz.gui.app import application, open_window
    from resviz.gui.settings import Settings
    from resviz.gui.view import View

    application()
    window = open_window(View(), Settings(Path(tempfile.mkdtemp()) / "resviz.ini"))
    window.show()
    window.document.select("layer1.0.add")
    window.jobs.start()
    pictures = sorted((paths.resources() / "samples").glob("*.jpg"))
    after_first: dict[str, float] = {}
    for count in range(1, DROPS + 1):
        picture = pictures[count % len(pictures)]
        loop = QEventLoop()
        window.jobs.predicted.connect(loop.quit)
        window.document.set_image(ImageSource(path=str(picture), name=picture.name))
        loop.exec()
        window.jobs.predicted.disconnect(loop.quit)
        if count == FIRST:
            after_first = _megabytes()
    for name, now in _megabytes().items():
        grown = 100 * (now / after_first[name] - 1)
        print(f"{name}: {after_first[name]:.0f} MB after {FIRST} pictures, {now:.0f} MB after {DROPS}: {grown:+.1f} %")
    print("(promise: at most 5 % growth)")
    window.close()


def _megabytes() -> dict[str, float]:
    child = multiprocessing.active_children()[0].pid
    return {"window": _resident(os.getpid()), "engine": _resident(child or 0)}


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()
