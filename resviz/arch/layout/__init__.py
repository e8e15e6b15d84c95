"""Graph to boxes and routes: closed form, O(layers)."""

from resviz.arch.layout.fold import LEVELS, Fold, Level
from resviz.arch.layout.plan import Band, Cell, Layout, Place
from resviz.arch.layout.stack import layout

__all__ = ["LEVELS", "Band", "Cell", "Fold", "Layout", "Level", "Place", "layout"]
