"""How to train: the numbers, and the learning rate they make."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """The numbers of a training.

    `rate` is the highest learning rate; `warmup` and `holdout` are shares (of the run, of the pictures);
    `average` is how much of the averaged weights each step keeps; `augment` is a level of `augment.LEVELS`;
    `precision` is fp32 or bf16 (autocast: weights and sums stay fp32).
    """

    epochs: int = 60
    batch: int = 256
    rate: float = 0.2
    momentum: float = 0.9
    decay: float = 5e-4
    warmup: float = 0.05
    smoothing: float = 0.1
    average: float = 0.998
    holdout: float = 0.05
    augment: str = "photo"
    precision: str = "fp32"
    seed: int = 0


def learning_rate(progress: float, recipe: Recipe) -> float:
    """Rate at `progress` (0..1): linear warm-up, half a cosine to zero (Loshchilov, Hutter 2016, eq. 5)."""
    if progress < recipe.warmup:
        return recipe.rate * max(progress / recipe.warmup, 0.01)
    return recipe.rate * 0.5 * (1 + math.cos(math.pi * (progress - recipe.warmup) / (1 - recipe.warmup)))
