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
