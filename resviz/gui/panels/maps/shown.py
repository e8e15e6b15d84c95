"""A layer's maps with all that is known of them: its place in the network, the prediction they came with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from resviz.arch.analysis import report
from resviz.arch.fields import Field
from resviz.arch.spec import ResNetSpec
from resviz.engine.messages import FeatureMaps, Floats, Prediction
from resviz.gui.panels.maps import words
from resviz.maps import shades
from resviz.maps.shades import Range
from resviz.maps.statistics import Channels, Sort


def operator(spec: ResNetSpec, layer: str) -> str:
    """What a layer does; empty if the network has none such."""
    return next((each.op for each in report(spec).layers if each.id == layer), "")


@dataclass(frozen=True, eq=False)
class Shown:
    """`maps` came with `prediction`."""

    maps: FeatureMaps
    prediction: Prediction
    spec: ResNetSpec

    @property
    def layer(self) -> str:
        return self.maps.layer

    @cached_property
    def channels(self) -> Channels | None:
        """None after flatten."""
        return Channels(self.maps.data) if self.maps.data.ndim == 3 else None

    @property
    def count(self) -> int:
        """Of channels."""
        return len(self.maps.data)

    @cached_property
    def op(self) -> str:
        return operator(self.spec, self.layer)

    @property
    def field(self) -> Field | None:
        """What a cell sees of the input."""
        return report(self.spec).fields.get(self.layer)

    @property
    def speaks(self) -> Floats | None:
        """How much each channel speaks for the predicted class; an untrained network has nothing to say."""
        found = self.prediction.speaks.get(self.layer) if self.prediction.trained else None
        return found if found is not None and len(found) == self.count else None

    def order(self, by: Sort) -> NDArray[np.intp]:
        """The channels as they are shown."""
        return self.channels.order(by, self.speaks) if self.channels is not None else np.arange(self.count)

    def is_off(self, channel: int) -> bool:
        """Whether a channel was switched off."""
        return (self.layer, channel) in self.prediction.off.channels

    def title(self) -> str:
        return f"{self.layer} · {words.shape_text(self.maps.shape or self.maps.data.shape)}"

    @property
    def whole_range(self) -> tuple[float, float] | None:
        """The least and the greatest value of all layers; None while nobody knows."""
        ranges = self.prediction.ranges.values()
        return (min(low for low, _ in ranges), max(high for _, high in ranges)) if ranges else None

    def notes(self, by: Sort, over: Range) -> str:
        """What the picture does not say of itself."""
        notes = [words.thinned_text(self.maps.stride), words.order_text(by, self.prediction, self.speaks)]
        if not self.prediction.trained and by != "class":  # that order says so itself
            notes.insert(0, words.untrained_text())
        if self.channels is not None and shades.reach(self.channels, over) != over:
            notes.append(words.single_text())
        if over == "network":
            notes.append(words.range_text(len(self.prediction.ranges)))
        return " · ".join(filter(None, notes))

    def channel_text(self, channel: int) -> str:
        """Figures of a channel."""
        if self.channels is None:
            return ""
        return words.channel_text(self.channels, channel, self.speaks, self.is_off(channel))

    def cell_text(self, at: tuple[int, int, int]) -> str:
        """The value at (channel, row, column); rows and columns count all cells of the layer."""
        if self.channels is None:
            return ""
        state = words.state_text(self.channels, at[0], self.is_off(at[0]))
        return words.cell_text(at, self.maps.stride, float(self.maps.data[at])) + state
