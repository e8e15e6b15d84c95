"""Files that commands leave: whether they can be written is found out before the work, not after it."""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from resviz.errors import UsageError
from resviz.files import reason, shown
from resviz.paths import write_atomic

if TYPE_CHECKING:
    from PIL import Image


def check_output(output: Path) -> None:
    """Raises `UsageError` for a folder in the file's place, or one that may not be written to."""
    try:
        if output.is_dir():
            raise UsageError("output_write", name=shown(output), reason="it is a folder")
        with tempfile.TemporaryFile(dir=Path(os.path.realpath(output)).parent):
            pass
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise UsageError("output_write", name=shown(output), reason=reason(error)) from None


def save(output: Path, data: bytes) -> None:
    """Whole or not at all. Raises `UsageError`."""
    try:
        write_atomic(output, data)
    except (OSError, ValueError) as error:
        raise UsageError("output_write", name=shown(output), reason=reason(error)) from error


def png(picture: Image.Image) -> bytes:
    """A picture as a file's bytes."""
    data = io.BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()
