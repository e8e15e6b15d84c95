"""Lines of Python as `ruff format` leaves them: a call on one line where it fits, else one argument a line."""

from __future__ import annotations

from collections.abc import Iterable

#: Columns of a generated file.
WIDTH = 100


def call(head: str, arguments: Iterable[str], depth: int, tail: str = "") -> list[str]:
    """`head(arguments)tail` at `depth` levels of four spaces."""
    parts, margin = list(arguments), "    " * depth
    line = f"{margin}{head}({', '.join(parts)}){tail}"
    if len(line) <= WIDTH:
        return [line]
    return [f"{margin}{head}(", *(f"{margin}    {part}," for part in parts), f"{margin}){tail}"]


def remarked(lines: list[str], remark: str) -> list[str]:
    """A statement with a remark: behind it where both fit on one line, else above it."""
    line = f"{lines[0]}  # {remark}"
    if len(lines) == 1 and len(line) <= WIDTH:
        return [line]
    margin = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
    return [f"{margin}# {remark}", *lines]


def listed(modules: Iterable[str], depth: int, target: str) -> list[str]:
    """`target = nn.Sequential(...)`, one module a line; a single one needs no line of its own."""
    found = list(modules)
    if len(found) == 1:
        return call(f"{target} = nn.Sequential", found, depth)
    margin = "    " * depth
    inner = [f"{margin}    {module}," for module in found]
    return [f"{margin}{target} = nn.Sequential(", *inner, f"{margin})"]


def filled(text: str) -> list[str]:
    """Prose broken into lines of at most `WIDTH` columns."""
    import textwrap

    return textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)
