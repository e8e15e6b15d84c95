"""How logits become probabilities, shown as steps, and what can be read off them."""

from resviz.gui.panels.softmax.panel import SoftmaxPanel

__all__ = ["SoftmaxPanel"]
