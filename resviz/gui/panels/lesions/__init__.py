"""What is switched off, and what the network says with each block switched off in turn."""

from resviz.gui.panels.lesions.panel import LesionPanel

__all__ = ["LesionPanel"]
