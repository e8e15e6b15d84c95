"""Graph to boxes and routes: closed form, O(layers)."""

from resviz.arch.layout.fold import LEVELS, Fold, Level
from resviz.arch.layout.stack import Band, Cell, Layout, Place, layout

__all__ = ["LEVELS", "Band", "Cell", "Fold", "Layout", "Level", "Place", "layout"]
