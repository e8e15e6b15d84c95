"""What `nets` knows of weights and devices, as messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resviz.engine import messages as m

if TYPE_CHECKING:  # torch loads in the server, after the first progress message
    from resviz.nets.catalog import Entry
    from resviz.nets.devices import Device


def weights_info(entry: Entry) -> m.WeightsInfo:
    """An entry of the catalogue."""
    path = str(entry.path) if entry.path is not None else ""
    return m.WeightsInfo(
        entry.name,
        entry.title,
        entry.spec,
        entry.labels,
        True,
        path,
        entry.accuracy,
        entry.size,
        entry.url,
        entry.licence,
        entry.data,
        entry.shipped,
        entry.top5,
        entry.sha256,
        entry.recipe,
    )


def device_info(device: Device) -> m.DeviceInfo:
    """A device as it is now."""
    return m.DeviceInfo(
        device.name, device.title, device.available, device.reason, device.free, device.total, device.cores
    )
