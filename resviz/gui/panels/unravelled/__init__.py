"""A residual network as the many paths that it is made of."""

from resviz.gui.panels.unravelled.panel import UnravelledPanel

__all__ = ["UnravelledPanel"]
