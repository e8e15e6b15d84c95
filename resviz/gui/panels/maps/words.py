"""What the panel says of maps in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from resviz.engine.messages import Floats, Prediction
from resviz.gui.panels.maps.foot import in_words
from resviz.maps.statistics import Channels, Sort


def shape_text(shape: tuple[int, ...]) -> str:
    """`16×32×32`."""
    return "×".join(str(size) for size in shape)


def layer_text(channels: Channels) -> str:
    """Figures of the whole layer."""
    dead = int(channels.dead.sum())
    text = in_words(channels.whole)
    return text + _tr(" · {dead} dead").format(dead=dead) if dead else text


def channel_text(channels: Channels, at: int, speaks: Floats | None, off: bool) -> str:
    """Figures of one channel, and what is the matter with it."""
    text = _tr("channel {channel}").format(channel=at) + state_text(channels, at, off)
    if speaks is not None and at < len(speaks):
        text += _tr(" · class {worth}").format(worth=f"{speaks[at]:+.3g}".replace("-", "−"))
    return f"{text} · {in_words(channels.of(at))}"


def state_text(channels: Channels, at: int, off: bool) -> str:
    """Why a channel has nothing to show."""
    if off:
        return _tr(" · switched off")
    return _tr(" · dead: one value everywhere") if channels.dead[at] else ""


def cell_text(at: tuple[int, int, int], stride: int, value: float) -> str:
    """The value at (channel, row, column) of the shown cells, of which every `stride`-th is one."""
    channel, y, x = at
    said = _tr("channel {channel} · y {y}, x {x} · {value}")
    return said.format(channel=channel, y=y * stride, x=x * stride, value=f"{value:.4g}".replace("-", "−"))


def thinned_text(stride: int) -> str:
    """Of a layer too large to show."""
    return _tr("1 of {n}×{n} pixels").format(n=stride) if stride > 1 else ""


def order_text(by: Sort, prediction: Prediction | None, speaks: Floats | None) -> str:
    """Which class the channels speak for, or why they are not sorted by it."""
    if by != "class" or prediction is None:
        return ""
    if not prediction.trained:
        return _tr("untrained: predictions mean nothing, so by index")
    if speaks is None or not prediction.top:
        return _tr("by index until the engine answers")
    return _tr("sorted by what speaks for {label}").format(label=prediction.top[0].label)


def untrained_text() -> str:
    """What maps of random weights are."""
    return _tr("untrained: maps of random weights")


def range_text(layers: int) -> str:
    """What the range of the network was taken over."""
    return (
        _tr("range of all {0} layers").format(layers) if layers else _tr("range of the layer until the engine answers")
    )


def single_text() -> str:
    """Why the range is not the channel's."""
    return _tr("one value a channel: range of the layer")


def _tr(text: str) -> str:
    return QCoreApplication.translate("FeatureMapsPanel", text)
