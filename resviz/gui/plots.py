"""pyqtgraph, set up once. Imported before the first paint: 0.2 s are too long for after it."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from resviz.gui.panels import mosaic

# Rows first, as numpy has pictures; smooth edges cost time and blur the pixels one wants to see.
pg.setConfigOptions(imageAxisOrder="row-major", antialias=False)

#: The colour maps offered, and among them the one for values of both signs. None needs matplotlib.
SIGNED = "blue-red"
COLOUR_MAPS = ("viridis", "magma", "grey", SIGNED)
#: On a dark ground zero is dark: a white middle would be the brightest thing in the window.
_DARK_MIDDLE = {0.0: "#A9D0FF", 0.3: "#2F74D6", 0.5: "#12151A", 0.7: "#CF4A3C", 1.0: "#FFC0A8"}
#: Kernels, which are weights and no values of a map, have colours of their own: brown below zero, green above, after
#: ColorBrewer's BrBG.
KERNELS = "brown-green"
_EARTH = {
    0.0: "#543005",
    0.2: "#BF812D",
    0.35: "#DFC27D",
    0.5: "#F5F5F5",
    0.65: "#80CDC1",
    0.8: "#35978F",
    1.0: "#003C30",
}
_DARK_EARTH = {0.0: "#F6E2B5", 0.25: "#BF812D", 0.5: "#12151A", 0.75: "#35978F", 1.0: "#B5EFE6"}


@cache
def table(name: str, dark: bool = False) -> NDArray[np.uint8]:
    """The `(256, 4)` colour table of a map; `SIGNED` has white or, if `dark`, black for zero."""
    colours = _colour_map(name, dark).getLookupTable(nPts=mosaic.LAST - mosaic.FIRST + 1, alpha=False)
    return mosaic.table(np.asarray(colours, np.uint8))


def _colour_map(name: str, dark: bool) -> pg.ColorMap:
    if name == "grey":
        return pg.ColorMap(None, ["#000000", "#FFFFFF"])
    if name == KERNELS:
        stops = _DARK_EARTH if dark else _EARTH
        return pg.ColorMap(list(stops), list(stops.values()))
    if name == SIGNED and dark:
        return pg.ColorMap(list(_DARK_MIDDLE), list(_DARK_MIDDLE.values()))
    return pg.colormap.get("CET-D1" if name == SIGNED else name)
