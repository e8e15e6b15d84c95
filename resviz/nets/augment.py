"""Random changes to a batch of training pictures, done for the whole batch at once.

All random numbers come from the generator given, so a step of training can be repeated exactly.
"""

from __future__ import annotations

import math

import torch
from torch.nn import functional

LEVELS = ("none", "crop", "photo", "digit")
"""crop: shift by up to an eighth and mirror; photo: also zoom, turn, sharpen, colour, light, noise, cut; digit: for
writing, which no mirror leaves itself: turned, slanted, zoomed, shifted a little, with a thinner or thicker pen."""

_LUMA = (0.299, 0.587, 0.114)
_PLAIN = 0.15
"""Share of pictures that the photo level only shifts and mirrors, so that plain ones stay familiar."""


class _Dice:
    """Random numbers, one a picture, (N, 1, 1, 1); drawn on the CPU so that every device sees the same."""

    def __init__(self, count: int, device: torch.device, generator: torch.Generator) -> None:
        self.count, self.device, self.generator = count, device, generator

    def between(self, low: float, high: float, channels: int = 1) -> torch.Tensor:
        drawn = torch.rand(self.count, channels, 1, 1, generator=self.generator)
        return (low + (high - low) * drawn).to(self.device)

    def chance(self, share: float) -> torch.Tensor:
        return (self.between(0, 1) < share).float()


def augment(images: torch.Tensor, level: str, generator: torch.Generator) -> torch.Tensor:
    """`images` uint8 (N, C, H, W) to float32 (N, C, H, W) in 0..1, changed at random as `level` says."""
    x = images.float().div_(255)
    dice = _Dice(len(x), x.device, generator)
    if level == "none":
        return x
    if level == "crop":
        return _shift(x, dice)
    if level == "digit":
        return _pen(_write(x, dice), dice).clamp_(0, 1)
    strong = 1 - dice.chance(_PLAIN)
    x = _warp(x, dice, strong)
    x = _sharpness(x, dice, strong)
    if x.shape[1] == 3:
        x = _colour(x, dice, strong)
    x = _light(x, dice, strong)
    return _cut(_grain(x, dice), dice).clamp_(0, 1)


def _sample(x: torch.Tensor, theta: torch.Tensor) -> torch.Tensor:
    grid = functional.affine_grid(theta, list(x.shape), align_corners=False)
    return functional.grid_sample(x, grid, padding_mode="reflection", align_corners=False)


def _whole_shift(dice: _Dice, size: int) -> torch.Tensor:
    """A shift by whole pixels, up to an eighth of the side, in grid units (the side is 2)."""
    reach = size // 8
    return dice.between(-reach - 0.5, reach + 0.5).round() * (2 / size)


def _shift(x: torch.Tensor, dice: _Dice) -> torch.Tensor:
    flip = 1 - 2 * dice.chance(0.5)
    across, down = _whole_shift(dice, x.shape[3]), _whole_shift(dice, x.shape[2])
    zero, one = torch.zeros_like(flip), torch.ones_like(flip)
    rows = [torch.cat([flip, zero, across], 3), torch.cat([zero, one, down], 3)]
    return _sample(x, torch.cat(rows, 2).squeeze(1))


def _warp(x: torch.Tensor, dice: _Dice, strong: torch.Tensor) -> torch.Tensor:
    """Nearer or farther, turned, shifted, mirrored: subjects of photographs seldom fill the frame."""
    zoom = dice.between(math.log(0.7), math.log(1.5)) * strong
    aspect = dice.between(-0.15, 0.15) * strong
    turn = dice.between(-0.25, 0.25) * strong * dice.chance(0.5)
    flip = 1 - 2 * dice.chance(0.5)
    wide, high = (zoom + aspect).exp(), (zoom - aspect).exp()
    # A near view may look at any part of the picture, any view is a little off centre.
    reach = (1 - zoom.exp()).clamp(min=0) * 0.8
    across = _whole_shift(dice, x.shape[3]) + dice.between(-1, 1) * reach
    down = _whole_shift(dice, x.shape[2]) + dice.between(-1, 1) * reach
    cos, sin = turn.cos(), turn.sin()
    rows = [
        torch.cat([cos * wide * flip, -sin * high, across], 3),
        torch.cat([sin * wide * flip, cos * high, down], 3),
    ]
    return _sample(x, torch.cat(rows, 2).squeeze(1))


def _write(x: torch.Tensor, dice: _Dice) -> torch.Tensor:
    """As another hand would write it: the paper goes on beyond the edge as it is at the edge."""
    wide, high = (dice.between(-0.18, 0.18).exp() for _ in "xy")
    turn, slant = dice.between(-0.26, 0.26), dice.between(-0.25, 0.25)
    cos, sin = turn.cos(), turn.sin()
    across, down = (dice.between(-0.1, 0.1) for _ in "xy")
    rows = [
        torch.cat([cos * wide, (slant * cos - sin) * high, across], 3),
        torch.cat([sin * wide, (slant * sin + cos) * high, down], 3),
    ]
    grid = functional.affine_grid(torch.cat(rows, 2).squeeze(1), list(x.shape), align_corners=False)
    return functional.grid_sample(x, grid, padding_mode="border", align_corners=False)


def _pen(x: torch.Tensor, dice: _Dice) -> torch.Tensor:
    """A thicker or thinner pen, and a fainter one: brightest and darkest of three by three pixels, mixed in."""
    thick = functional.max_pool2d(x, 3, 1, 1)
    thin = -functional.max_pool2d(-x, 3, 1, 1)
    share = dice.between(-0.45, 0.8)
    x = x + (thick - x) * share.clamp(min=0) + (thin - x) * (-share).clamp(min=0)
    return x * dice.between(0.7, 1.0)


def _sharpness(x: torch.Tensor, dice: _Dice, strong: torch.Tensor) -> torch.Tensor:
    """Softer or crisper: a photograph shrunk with antialiasing is crisper than a small JPEG."""
    soft = functional.avg_pool2d(x, 3, 1, 1, count_include_pad=False)
    return x + (x - soft) * (dice.between(-0.7, 0.9) * strong * dice.chance(0.7))


def _colour(x: torch.Tensor, dice: _Dice, strong: torch.Tensor) -> torch.Tensor:
    """Saturation (now and then none at all) and a cast, as from another white balance."""
    luma = torch.tensor(_LUMA, device=x.device).view(1, 3, 1, 1)
    grey = (x * luma).sum(1, keepdim=True)
    saturation = (1 + dice.between(-0.5, 0.5) * strong) * (1 - dice.chance(0.05) * strong)
    cast = 1 + dice.between(-0.08, 0.08, channels=3) * strong
    return (grey + (x - grey) * saturation) * cast


def _light(x: torch.Tensor, dice: _Dice, strong: torch.Tensor) -> torch.Tensor:
    """Brightness and contrast."""
    mean = x.mean((1, 2, 3), keepdim=True)
    contrast = 1 + dice.between(-0.3, 0.3) * strong
    brightness = dice.between(-0.15, 0.15) * strong
    return (x - mean) * contrast + mean + brightness


def _grain(x: torch.Tensor, dice: _Dice) -> torch.Tensor:
    """Noise on a quarter of the batch, which is in random order: for all, drawing it costs too much time."""
    count = len(x) // 4
    noise = torch.randn(count, *x.shape[1:], generator=dice.generator).to(x.device)
    x[:count] += noise * dice.between(0, 0.05)[:count]
    return x


def _cut(x: torch.Tensor, dice: _Dice) -> torch.Tensor:
    """A grey square, a quarter of the side, on a third of the pictures (cutout: DeVries and Taylor 2017)."""
    size = x.shape[2]
    inside = [((torch.arange(size, device=x.device) - dice.between(0, size)[:, 0]).abs() <= size / 8) for _ in "yx"]
    hole = (inside[0].transpose(1, 2) & inside[1]).unsqueeze(1) & (dice.chance(0.33) > 0)
    return x.masked_fill_(hole, 0.5)
