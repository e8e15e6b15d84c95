"""The folders that hold weights besides the program's own and its user's: those a download was put into."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from resviz.files import WEIGHTS_SUFFIXES, read_json_object, reason
from resviz.paths import weights_dir, weights_folders_file, write_atomic

log = logging.getLogger(__name__)

MOST = 16
"""Folders that are remembered; the oldest is forgotten first. Each is looked into at every prediction."""


def known() -> tuple[Path, ...]:
    """The remembered folders, the newest first; one that is gone is no error. Asks no disk but for the list."""
    found = (read_json_object(weights_folders_file()) or {}).get("folders")
    names = found if isinstance(found, list) else []
    return tuple(Path(name) for name in names[:MOST] if isinstance(name, str) and name)


def remember(folder: Path) -> None:
    """Look into `folder` from now on. A list that cannot be written is logged: the weights are there all the same."""
    folder = folder.absolute()
    if folder == weights_dir().absolute():
        return
    others = [each for each in known() if each != folder]
    text = json.dumps({"folders": [str(each) for each in (folder, *others)][:MOST]}, indent=1)
    try:
        weights_folders_file().parent.mkdir(parents=True, exist_ok=True)
        write_atomic(weights_folders_file(), text.encode())
    except OSError as error:
        log.warning("the folder is not remembered: %s", reason(error))


def cards_beside_weights(folder: Path) -> tuple[Path, ...]:
    """The JSON files beside weights of the same name: in a folder of the user's, others are none of our business."""
    try:
        names = {path.name for path in folder.iterdir()}
    except OSError:
        return ()
    stems = {name[: -len(suffix)] for name in names for suffix in WEIGHTS_SUFFIXES if name.lower().endswith(suffix)}
    return tuple(folder / f"{stem}.json" for stem in sorted(stems) if stem and f"{stem}.json" in names)
