"""pyqtgraph, set up once. It takes 0.1 s to load, which `early` has mostly done before a chart is wanted."""

from __future__ import annotations

from resviz.gui import early

early.finish_charts()

import pyqtgraph as pg  # noqa: E402

__all__ = ["pg"]

# Rows first, as numpy has pictures; smooth edges cost time and blur the pixels one wants to see.
pg.setConfigOptions(imageAxisOrder="row-major", antialias=False)
