"""Why this class: what speaks for it in the picture, and what a place of a layer really sees."""

from resviz.gui.panels.explain.panel import ExplainPanel

__all__ = ["ExplainPanel"]
