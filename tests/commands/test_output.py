from __future__ import annotations

from pathlib import Path

import pytest

from resviz.commands.output import check_output, save
from resviz.errors import UsageError


@pytest.mark.parametrize("name", ["none/x.png", "file/x.png", "folder.png", "x" * 300 + ".png", "a\0.png"])
def test_what_cannot_be_written_is_known_before(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder.png").mkdir()
    for attempt in (check_output, lambda path: save(path, b"x")):
        with pytest.raises(UsageError, match="cannot be written"):
            attempt(tmp_path / name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.png"]


def test_a_check_leaves_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    check_output(path)
    assert not list(tmp_path.iterdir())
    path.write_bytes(b"old")
    check_output(path)
    assert path.read_bytes() == b"old"
    save(path, b"new")
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"new"]
