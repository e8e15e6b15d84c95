"""What a spec alone can be written as: a PyTorch file, a spec file, a report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from resviz.arch import notation
from resviz.arch.analysis import report
from resviz.arch.export import tables
from resviz.arch.memory import ONE_IMAGE, Setting
from resviz.arch.spec import ResNetSpec
from resviz.errors import UsageError
from resviz.files import reason, shown
from resviz.paths import write_atomic

#: Suffix -> the text of such a file; a spec file is written by `notation`.
TEXTS: dict[str, Callable[[ResNetSpec, Setting], str]] = {
    ".py": lambda spec, _setting: _source(spec),
    ".csv": lambda spec, setting: tables.as_csv(report(spec, setting)),
    ".md": lambda spec, setting: tables.as_markdown(report(spec, setting)),
    ".tex": lambda spec, setting: tables.as_latex(report(spec, setting)),
}
SUFFIXES = (".py", ".json", *(suffix for suffix in TEXTS if suffix != ".py"))


def _source(spec: ResNetSpec) -> str:
    from resviz.arch.export.source import source  # only for those who ask for it

    return source(spec)


def write(spec: ResNetSpec, path: Path, setting: Setting = ONE_IMAGE) -> None:
    """Write a spec in the form that the suffix names, one of `SUFFIXES`. Raises `UsageError`, `SpecError`."""
    if path.suffix.lower() == ".json":
        notation.save_spec_file(path, spec)
        return
    text = TEXTS[path.suffix.lower()](spec, setting)
    try:
        write_atomic(path, text.encode())
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise UsageError("output_write", name=shown(path), reason=reason(error)) from None
