"""Graph to boxes and routes: closed form, O(layers)."""

from resviz.arch.layout.stack import LEVELS, Band, Cell, Layout, Level, Place, layout

__all__ = ["LEVELS", "Band", "Cell", "Layout", "Level", "Place", "layout"]
