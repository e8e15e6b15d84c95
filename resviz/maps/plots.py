"""Tables of colours for maps and kernels; numpy alone, so that they are there before the first paint."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from resviz.maps import mosaic

#: The colour maps offered, and among them the one for values of both signs.
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


#: At 33 places, evenly; the rest is interpolated. Viridis and magma: van der Walt and Smith, CC0. Blue to red through
#: white: CET-D1, Kovesi 2015, CC-BY.
_VIRIDIS = (
    "440154 470D60 48186A 482374 472D7B 453781 424086 3E4989 3A528B 375A8C 33628D "
    "2F6A8E 2C718E 29798E 26818E 23888E 21908C 1F978B 1F9F88 21A685 27AD80 31B57A "
    "3EBC73 4DC26B 5BC863 6DCD58 80D34D 94D740 A9DB32 BFDF25 D4E21A E9E419 FDE725 "
)
_MAGMA = (
    "000004 030312 0A0822 130D34 1D1147 29115A 36106B 440F76 51127C 5C167F 681C81 "
    "752181 812581 8E2A81 9B2E7F A8327D B63679 C33B75 CF406F DB4769 E65163 EE5C5E "
    "F46A5C F9785D FB8660 FD9567 FEA470 FEB37A FEC186 FED093 FDDFA0 FCEDAF FCFDBF "
)
_BLUE_RED = (
    "2151DB 3E5ADD 5262DE 626CE0 7075E2 7D7FE3 8A88E5 9592E6 A09CE8 AAA5E9 B4AFEA "
    "BEBAEB C8C4EC D2CFEE DCD9EE E5E3EE EDE7E9 F1E1DE F2D5CF F1C9BF F0BDB0 EFB0A1 "
    "EDA492 EA9783 E78C77 E48069 E0735B DB654D D7583F D14932 CC3924 C62616 C00206 "
)


@cache
def table(name: str, dark: bool = False) -> NDArray[np.uint8]:
    """The `(256, 4)` colour table of a map; `SIGNED` has white or, if `dark`, black for zero."""
    if name == KERNELS:
        stops = _DARK_EARTH if dark else _EARTH
    elif name == SIGNED and dark:
        stops = _DARK_MIDDLE
    elif name == "grey":
        stops = {0.0: "#000000", 1.0: "#FFFFFF"}
    else:
        colours = {"viridis": _VIRIDIS, "magma": _MAGMA, SIGNED: _BLUE_RED}[name].split()
        stops = dict(zip(np.linspace(0, 1, len(colours)).tolist(), colours, strict=True))
    return mosaic.table(_between(list(stops), list(stops.values())))


def _between(places: Sequence[float], colours: Sequence[str]) -> NDArray[np.uint8]:
    """As many colours as a table has, `(255, 3)`."""
    known = np.array([list(bytes.fromhex(colour.removeprefix("#"))) for colour in colours], float)
    steps = np.linspace(0, 1, mosaic.LAST - mosaic.FIRST + 1)
    bands = [np.interp(steps, places, known[:, band]) for band in range(3)]
    return np.stack(bands, axis=-1).round().astype(np.uint8)
