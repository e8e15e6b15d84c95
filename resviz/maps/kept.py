"""What a file of feature maps holds (`.npz`), by names that stay."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import numpy as np

from resviz.heatmap import Floats

UNTRAINED = "untrained"
"""As `weights`, where they are random."""


def arrays(
    data: Floats,
    layer: str,
    shape: Sequence[int],
    stride: int,
    *,
    picture: str | None = None,
    weights: str | None = None,
    speaks: Floats | None = None,
) -> dict[str, object]:
    """`maps`, every `stride`-th pixel of a layer of `shape`, and what they are of where `picture` is known."""
    found: dict[str, object] = {"maps": data, "layer": layer, "shape": tuple(shape), "stride": stride}
    if picture is not None:
        found |= {"picture": picture, "weights": weights or UNTRAINED}
    return found if speaks is None else {**found, "speaks_for_class": speaks}


def npz(arrays: Mapping[str, object]) -> bytes:
    """Arrays by name as a file's bytes."""
    stream = io.BytesIO()
    np.savez_compressed(stream, allow_pickle=False, **{name: np.asarray(value) for name, value in arrays.items()})
    return stream.getvalue()
