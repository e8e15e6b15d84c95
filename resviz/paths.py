"""Where things are: the program's own resources, and the folders of its user."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import platformdirs

_HERE = Path(__file__).resolve().parent


def resources() -> Path:
    """The folder of all that is not code: inside the package in a wheel, beside it in a checkout."""
    packaged = _HERE / "resources"
    return packaged if packaged.is_dir() else _HERE.parent / "resources"


def config_dir() -> Path:
    """The user's settings."""
    return Path(platformdirs.user_config_dir("resviz", appauthor=False))


def data_dir() -> Path:
    """What the user keeps: downloaded weights."""
    return Path(platformdirs.user_data_dir("resviz", appauthor=False))


def cache_dir() -> Path:
    """What can be made again: measurements of this machine."""
    return Path(platformdirs.user_cache_dir("resviz", appauthor=False))


def weights_dir() -> Path:
    """Downloaded weights."""
    return data_dir() / "weights"


def weights_folders_file() -> Path:
    """Where other folders of weights are remembered, chosen by the user."""
    return data_dir() / "weights-folders.json"


def write_atomic(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: aside first, then in its place. Raises `OSError`.

    A link is followed, and what is no file (`/dev/stdout`, a pipe) is written to, never replaced by one.
    """
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            stream.write(data)
        return
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".resviz-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(aside, _mode_for(path))
        os.replace(aside, path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def _mode_for(path: Path) -> int:
    """mkstemp makes files private; an ordinary file keeps its mode or follows the umask."""
    if path.exists():
        return path.stat().st_mode & 0o777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
