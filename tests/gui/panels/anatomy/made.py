"""Blocks taken apart by hand, as the engine would send them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from resviz.arch.graph import network
from resviz.arch.spec import ResNetSpec
from resviz.engine import messages as m
from resviz.gui.panels.anatomy.parts import plan_of
from resviz.nets.layers import ZeroPad


def dissected(spec: ResNetSpec, block: str, number: int = 0, thin: int = 1, seed: int = 0) -> m.Dissected:
    """Random numbers that add up; every `thin`-th pixel of them."""
    import torch

    dice = np.random.default_rng(seed)
    plan = plan_of(spec, block)
    layers = [layer for layer in network(spec).layers if layer.block == block]
    x = dice.normal(size=layers[0].in_shape).astype(np.float32)
    branch = dice.normal(size=layers[-1].out_shape).astype(np.float32)
    if plan.shortcut == "identity":
        shortcut = x
    elif plan.shortcut == "zero-pad":
        shortcut = ZeroPad(plan.channels, plan.out, plan.stride)(torch.from_numpy(x)[None])[0].numpy()
    else:
        shortcut = dice.normal(size=branch.shape).astype(np.float32)
    total = branch + shortcut
    after = total if spec.preact else np.maximum(total, 0)
    found = (_maps(part, thin) for part in (x, branch, shortcut, total, after))
    return m.Dissected(number, block, plan.shortcut, *found)


def _maps(part: NDArray[np.float32], thin: int) -> m.FeatureMaps:
    return m.FeatureMaps("", np.ascontiguousarray(part[:, ::thin, ::thin]), thin, part.shape)
