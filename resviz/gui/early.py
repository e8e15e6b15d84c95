"""What takes long to load, in pieces, after the first paint and in the window's own thread.

Most of the time goes to Qt's own classes: PySide6 makes each when it is first asked for, and both qtawesome and
pyqtgraph ask for all. In another thread it would hold the window up as well: Python lets no other one run meanwhile.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from typing import cast

#: So many of Qt's classes are made in about 2 ms.
_CLASSES = 50
#: What pyqtgraph needs besides.
_BASES = (
    "importlib.resources",
    "xml.etree.ElementTree",
    "cProfile",
    "pydoc",
    "colorama",
    "PySide6.QtSvg",
    "PySide6.QtTest",
    "PySide6.QtOpenGL",
    "PySide6.QtOpenGLWidgets",
)
#: pyqtgraph would load these where torch has brought them: 30 ms, for pictures that lie on a GPU.
_CUDA = "cuda.bindings"


def qt_classes() -> Iterator[str]:
    """Have PySide6 make all classes of the modules that a program with widgets uses."""
    for name in ("PySide6.QtCore", "PySide6.QtGui", "PySide6.QtWidgets"):
        module = import_module(name)
        names = dir(module)
        for start in range(0, len(names), _CLASSES):
            for attribute in names[start : start + _CLASSES]:
                getattr(module, attribute, None)
            yield name


def charts() -> Iterator[str]:
    """pyqtgraph, once for all windows: each goes on where another has stopped."""
    for name in _BASES:
        with suppress(ImportError):  # whoever needs it will say so
            import_module(name)
        yield name
    for name in _pyqtgraph:
        yield name


def finish_charts() -> None:
    """All that is left of pyqtgraph, now."""
    for _ in _pyqtgraph:
        pass


def _statements(name: str) -> Iterator[str]:
    """Import a package as Python does, but for a pause after each statement of its `__init__`."""
    spec = find_spec(name)
    if name in sys.modules or spec is None or spec.origin is None:
        import_module(name)
        return
    statements = ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body
    module = sys.modules[name] = module_from_spec(spec)
    try:
        for statement in statements:
            code = compile(ast.Module([statement], []), spec.origin, "exec")
            with _without(_CUDA):
                exec(code, module.__dict__)
            yield name
    except Exception:
        del sys.modules[name]
        raise


@contextmanager
def _without(name: str) -> Iterator[None]:
    """Python finds no module of that name, unless it is there already."""
    modules = cast("dict[str, object]", sys.modules)
    if name in modules:
        yield
        return
    modules[name] = None  # Python's own way to say so
    try:
        yield
    finally:
        del modules[name]


_pyqtgraph = _statements("pyqtgraph")
