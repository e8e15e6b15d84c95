"""What the command line asks the window to show."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from resviz.arch.layout.fold import Level
from resviz.arch.spec import ResNetSpec


class View(NamedTuple):
    """None means: as the program opens by itself."""

    spec: ResNetSpec | None = None
    weights: str | None = None
    image: str | None = None
    device: str = "auto"
    theme: str | None = None
    lang: str | None = None
    #: The network that it is compared with.
    reference: ResNetSpec | None = None
    fold: Level = "layer"
    #: What colours the layers; empty for the kind of operator.
    metric: str = ""
    #: The spec file that `spec` was read from.
    path: Path | None = None
