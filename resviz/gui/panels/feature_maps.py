"""What the selected layer made of the picture; see `resviz.gui.panels.maps`."""

from resviz.gui.panels.maps.panel import FeatureMapsPanel
from resviz.gui.panels.maps.words import shape_text

__all__ = ["FeatureMapsPanel", "shape_text"]
