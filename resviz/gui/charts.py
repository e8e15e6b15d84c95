"""pyqtgraph, set up once. It takes 0.1 s to load, which the first paint does not wait for."""

from __future__ import annotations

import pyqtgraph as pg

__all__ = ["pg"]

# Rows first, as numpy has pictures; smooth edges cost time and blur the pixels one wants to see.
pg.setConfigOptions(imageAxisOrder="row-major", antialias=False)
