"""Looked up before Qt starts, because Qt aborts where there is no display or a library of its is missing."""

from __future__ import annotations

import ctypes
import os
import re
import socket
import sys
from collections.abc import Mapping

from resviz.errors import UsageError

#: What Qt's own libraries link to, and the Debian package that holds it.
_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
}
#: Needed besides for a window on X11 (what Qt's platform plugin `xcb` links to).
_X11_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}


def has_display(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Whether a window can be shown: always on macOS and Windows; on Linux if a display or a Qt platform is named."""
    if not platform.startswith("linux"):
        return True
    if environ.get("WAYLAND_DISPLAY") or environ.get("QT_QPA_PLATFORM"):
        return True
    return _answers(environ.get("DISPLAY", ""))


def _answers(display: str) -> bool:
    """Whether an X server listens there; Qt aborts if a named one does not. Those of other hosts are believed."""
    local = re.fullmatch(r"(?:unix)?:(\d+)(?:\.\d+)?", display)
    if local is None:
        return bool(display)
    path = f"/tmp/.X11-unix/X{local[1]}"
    return any(_connects(address) for address in (path, "\0" + path))  # the second is Linux's abstract name


def _connects(address: str) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as end:
        try:
            end.connect(address)
        except OSError:
            return False
        return True


def use_offscreen() -> None:
    """Paint into memory unless the caller chose a Qt platform."""
    # Qt takes an empty one for none chosen, and aborts without a display.
    if not os.environ.get("QT_QPA_PLATFORM"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"


def check_libraries() -> None:
    """Raise `UsageError` naming the Debian packages of the system libraries Qt would miss."""
    if not sys.platform.startswith("linux"):
        return
    needed = dict(_LIBRARIES)
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform.startswith("xcb") or (not platform and not os.environ.get("WAYLAND_DISPLAY")):
        needed.update(_X11_LIBRARIES)
    missing = {name: package for name, package in needed.items() if not _loads(name)}
    if missing:
        packages = " ".join(missing.values())
        raise UsageError("qt_libraries", libraries=", ".join(missing), packages=packages)


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
