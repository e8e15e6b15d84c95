"""Answers of the engine with steps in them, as `nets.preprocess` makes them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from resviz.engine import messages as m
from resviz.ways import OWN, Preparation
from tests.gui.panels.desk import PREDICTION

#: Width and height of the picture, and the side of the input.
WIDTH, HEIGHT, SIDE = 400, 200, 8
MEAN, STD = (0.5, 0.4, 0.3), (0.2, 0.3, 0.4)
OWN_VALUES = Preparation("short", 10, "bilinear", None, MEAN, STD)


def predicted(channels: int = 3, side: int = SIDE, **changes: Any) -> m.Prediction:
    """Of a picture of noise; `changes` to its steps."""
    seen = np.random.default_rng(side).integers(0, 256, (side, side, 3), np.uint8)
    mean, std = (tuple(values[at % 3] for at in range(channels)) for values in (MEAN, STD))
    planes = seen.transpose(2, 0, 1)[[at % 3 for at in range(channels)]].astype(np.float32) / 255
    steps = m.Steps(
        how="short",
        resize=10,
        interpolation="bilinear",
        box=(120.0, 20.0, 280.0, 180.0),
        resized=np.full((10, 20, 3), 90, np.uint8),
        resized_size=(20, 10),
        tensor=((planes - np.array(mean)[:, None, None]) / np.array(std)[:, None, None]).astype(np.float32),
        mean=mean,
        std=std,
        own=replace(OWN_VALUES, mean=mean, std=std),
        source="card",
    )
    return replace(PREDICTION, seen=seen, steps=replace(steps, **changes), original_size=(WIDTH, HEIGHT))


def told(wanted: Preparation = OWN, **changes: Any) -> m.Prediction:
    """The answer to changes: what was wanted is in force."""
    fields = {name: getattr(wanted, name) for name in ("how", "resize", "interpolation") if getattr(wanted, name)}
    return predicted(**fields, **changes)
