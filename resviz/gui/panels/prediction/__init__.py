"""The prediction as bars, and what it was computed with: weights, device, milliseconds."""

from resviz.gui.panels.prediction.bars import ROWS, Bars
from resviz.gui.panels.prediction.facts import FactsZone, TimeZone, WeightsZone
from resviz.gui.panels.prediction.tools import PredictionTools
from resviz.gui.panels.prediction.words import device_text, known_weights, milliseconds, percent
from resviz.gui.panels.prediction.zone import PredictionZone

__all__ = [
    "ROWS",
    "Bars",
    "FactsZone",
    "PredictionTools",
    "PredictionZone",
    "TimeZone",
    "WeightsZone",
    "device_text",
    "known_weights",
    "milliseconds",
    "percent",
]
