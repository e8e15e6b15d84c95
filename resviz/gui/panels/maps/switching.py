"""A channel switched off or on: what is off then, and what the step is called."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QCoreApplication

from resviz.ways import Off


def is_off(off: Off, layer: str, channel: int) -> bool:
    return (layer, channel) in off.channels


def toggled(off: Off, layer: str, channel: int) -> Off:
    """The channel off, or on again."""
    return replace(off, channels=off.channels ^ {(layer, channel)})


def without(off: Off, layer: str) -> Off:
    """All channels of a layer on."""
    return replace(off, channels=frozenset(each for each in off.channels if each[0] != layer))


def words(off: Off, layer: str, channel: int) -> str:
    """An entry of a menu, and of the list of what can be undone."""
    said = _tr("Switch channel {1} of {0} on") if is_off(off, layer, channel) else _tr("Switch channel {1} of {0} off")
    return said.format(layer, channel)


def all_words(layer: str) -> str:
    return _tr("Switch all channels of {0} on").format(layer)


def _tr(text: str) -> str:
    return QCoreApplication.translate("FeatureMapsPanel", text)
