"""How often a network is right, class by class."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from resviz.nets.data import Split


class Normalise(nn.Module):
    """`(x - mean) / std` for each channel; x float (N, C, H, W) in 0..1."""

    mean: Tensor
    std: Tensor

    def __init__(self, mean: Sequence[float], std: Sequence[float]) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean).view(1, -1, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(1, -1, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to (N, C, H, W)."""
        return (x - self.mean) / self.std


@torch.inference_mode()
def confusion(model: nn.Module, split: Split, normalise: Callable[[Tensor], Tensor], *, batch: int = 250) -> Tensor:
    """Counts int64 (classes, classes): row the true class, column the predicted one. In fp32, eval mode."""
    device = next(model.parameters()).device
    model.eval()
    predicted: list[Tensor] = []
    for images in torch.split(split.images, batch):
        x = normalise(images.to(device).float() / 255)
        logits: Tensor = model(x)
        predicted.append(logits.argmax(1).cpu())
    classes = logits.shape[1]
    pairs = split.labels * classes + torch.cat(predicted)
    return torch.bincount(pairs, minlength=classes * classes).view(classes, classes)


def accuracy(counts: Tensor) -> float:
    """Share of the pictures on the diagonal of a confusion matrix (0..1)."""
    return int(counts.diagonal().sum()) / int(counts.sum())
