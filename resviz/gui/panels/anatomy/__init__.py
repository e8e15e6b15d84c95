"""A residual block taken apart, and how much each block changes what passes through it."""

from resviz.gui.panels.anatomy.panel import AnatomyPanel

__all__ = ["AnatomyPanel"]
