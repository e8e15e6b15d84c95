"""pyqtgraph, set up once. It takes 0.1 s to load, and only what draws with it waits for that.

It defines widgets as it loads: in another thread, while the window lives, that crashed Qt.
"""

from __future__ import annotations

import pyqtgraph as pg

__all__ = ["pg"]

# Rows first, as numpy has pictures; smooth edges cost time and blur the pixels one wants to see.
pg.setConfigOptions(imageAxisOrder="row-major", antialias=False)
