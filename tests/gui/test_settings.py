from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray

from resviz.gui.settings import Settings


def test_what_is_put_is_there_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "resviz.ini"
    settings = Settings(path)
    settings.put("theme", "dark")
    settings.put("docks", QByteArray(bytes(range(256))))
    settings.save()
    again = Settings(path)
    assert again.text("theme") == "dark"
    assert again.state("docks").data() == bytes(range(256))
    assert again.put_aside is None


@pytest.mark.parametrize("garbage", [b"\x00\xff\xfe garbage", b"no ini\nat all", b"[a]\n" + b"x=1\n" * 500_000])
def test_a_damaged_file_is_put_aside(tmp_path: Path, garbage: bytes) -> None:
    path = tmp_path / "resviz.ini"
    path.write_bytes(garbage)
    settings = Settings(path)
    assert settings.put_aside is not None
    assert settings.put_aside.read_bytes() == garbage
    assert settings.text("theme", "system") == "system"


def test_values_of_another_type_are_as_if_absent(tmp_path: Path) -> None:
    path = tmp_path / "resviz.ini"
    path.write_text("[General]\ntheme=@Variant(\\0)\ndocks=hello\n")
    settings = Settings(path)
    assert settings.state("docks").isEmpty()
    assert settings.text("missing", "default") == "default"


def test_an_earlier_broken_file_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "resviz.ini"
    for garbage in ("first", "second", "third"):
        path.write_text(garbage)
        Settings(path)
    found = {each.name: each.read_text() for each in tmp_path.iterdir() if "broken" in each.name}
    assert found == {"resviz.broken": "first", "resviz.broken-2": "second", "resviz.broken-3": "third"}


def test_a_damaged_file_that_cannot_be_moved_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 250 + ".ini")  # with .broken its name is too long for a disk
    path.write_text("[General]\ntheme=dark\nno ini")
    settings = Settings(path)
    assert settings.put_aside is None
    assert settings.text("theme", "system") == "system"
    settings.put("theme", "light")
    settings.save()
    assert settings.text("theme") == "light"
    assert settings.state("docks").isEmpty()
    assert path.read_text() == "[General]\ntheme=dark\nno ini"
