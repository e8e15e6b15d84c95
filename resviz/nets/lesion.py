"""Lesions: every block switched off in turn, and what the network says then (Veit 2016, section 4.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from resviz.arch.graph import network
from resviz.nets.interventions import blocks_of, check, switched_off
from resviz.nets.model import ResNet
from resviz.nets.passes import Progress, exact, failures_told, reporting, silent
from resviz.ways import NOTHING_OFF, Off


@dataclass(frozen=True)
class Lesion:
    """A block without its residual branch: the probability of class `index`, which the whole network predicts, before
    and after, and the class that is most probable then. `kind` is that of the shortcut that stays, `none` in a plain
    block.
    """

    block: str
    kind: str
    index: int
    before: float
    after: float
    top_after: int


@dataclass(frozen=True)
class Accuracy:
    """Of `images` labelled pictures, the share that is recognised with and without a block."""

    block: str
    kind: str
    before: float
    after: float
    images: int


def kinds_of(model: ResNet) -> dict[str, str]:
    """Block -> the kind of its shortcut; `none` where there is none."""
    known = {shortcut.block: str(shortcut.kind) for shortcut in network(model.spec).shortcuts}
    return {block: known.get(block, "none") for block in blocks_of(model.spec)}


def sweep(
    model: ResNet,
    batch: Tensor,
    blocks: Sequence[str] = (),
    *,
    off: Off = NOTHING_OFF,
    progress: Progress = silent,
    on_lesion: Callable[[Lesion], None] = lambda _lesion: None,
) -> tuple[Lesion, ...]:
    """Each of `blocks` (all without any) switched off in turn, on top of what is `off`, for one picture `(1, C, H, W)`.

    Raises `SpecError` for an unknown block, `DeviceError`; what `progress` raises stops it.
    """
    kinds = kinds_of(model)
    chosen = tuple(blocks) or tuple(kinds)
    check(model.spec, Off(branches=frozenset(chosen)))
    before = _chances(model, batch, off)[0]
    index = int(before.argmax())
    found = []
    for number, block in enumerate(chosen):
        progress(number / len(chosen), block)
        after = _chances(model, batch, _also(off, block), progress)[0]
        lesion = Lesion(block, kinds[block], index, float(before[index]), float(after[index]), int(after.argmax()))
        on_lesion(lesion)
        found.append(lesion)
    return tuple(found)


def sweep_accuracy(
    model: ResNet,
    batches: Callable[[], Iterable[tuple[Tensor, Tensor]]],
    blocks: Sequence[str] = (),
    *,
    off: Off = NOTHING_OFF,
    progress: Progress = silent,
) -> tuple[Accuracy, ...]:
    """The same on many labelled pictures; `batches` gives pairs of `(N, C, H, W)` and class numbers `(N,)`, each time
    anew. Raises as `sweep` does.
    """
    kinds = kinds_of(model)
    chosen = tuple(blocks) or tuple(kinds)
    check(model.spec, Off(branches=frozenset(chosen)))
    ways = [off, *(_also(off, block) for block in chosen)]
    right, images = [0] * len(ways), 0
    for inputs, labels in batches():
        images += len(labels)
        for number, way in enumerate(ways):
            progress(number / len(ways), f"{images:,} pictures")
            said = _chances(model, inputs, way, progress).argmax(1)
            right[number] += int((said == labels.to(said.device)).sum())
    if not images:
        return ()
    return tuple(
        Accuracy(block, kinds[block], right[0] / images, right[number] / images, images)
        for number, block in enumerate(chosen, 1)
    )


def _also(off: Off, block: str) -> Off:
    return Off(off.branches | {block}, off.shortcuts, off.channels)


def _chances(model: ResNet, batch: Tensor, off: Off, progress: Progress = silent) -> Tensor:
    """Probabilities `(N, classes)`."""
    device = next(model.parameters()).device
    with (
        failures_told(model.spec, device),
        torch.inference_mode(),
        exact(),
        switched_off(model, off),
        reporting(model, progress),
    ):
        chances: Tensor = model(batch.to(device)).float().softmax(1)
    return chances
