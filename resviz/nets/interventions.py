"""Switching parts of a network off while it runs: a residual branch, a shortcut, a channel, a plain block's layer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from resviz.arch.graph import network
from resviz.arch.notation import name_of
from resviz.arch.spec import ResNetSpec
from resviz.errors import SpecError
from resviz.files import shown
from resviz.nets.capture import check_layer
from resviz.nets.layers import ZeroPad
from resviz.nets.model import ResidualBlock, ResNet
from resviz.ways import Off


def check(spec: ResNetSpec, off: Off) -> None:
    """Raises `SpecError` for a block, a shortcut, a channel or a plain layer that the network does not have."""
    known = blocks_of(spec)
    shortcuts = {shortcut.block for shortcut in network(spec).shortcuts}
    for block in (*off.branches, *off.shortcuts):
        if block not in known:
            near = ", ".join(known[:3])
            raise SpecError("block_unknown", spec=name_of(spec), block=shown(block, 60), near=near)
    for block in off.shortcuts:
        if block not in shortcuts:
            raise SpecError("block_plain", spec=name_of(spec), block=block)
    outs = {layer.id: layer.out_shape[0] for layer in network(spec).layers}
    for layer, channel in off.channels:
        if not 0 <= channel < outs[check_layer(spec, layer)]:
            raise SpecError("channel_range", layer=layer, channel=channel, last=outs[layer] - 1)
    plain = plain_layers(spec) if off.layers else ()
    for layer in off.layers:
        if layer not in plain:
            raise SpecError("layer_not_plain", layer=check_layer(spec, layer), spec=name_of(spec))


def blocks_of(spec: ResNetSpec) -> tuple[str, ...]:
    """Ids of all blocks in the order of the trunk."""
    return tuple(f"layer{stage}.{block}" for stage, count in enumerate(spec.blocks, 1) for block in range(count))


def plain_layers(spec: ResNetSpec) -> tuple[str, ...]:
    """Ids of the convolutions of all plain blocks, in the order of the trunk."""
    net = network(spec)
    residual = {shortcut.block for shortcut in net.shortcuts}
    return tuple(layer.id for layer in net.layers if layer.op == "conv" and layer.block and layer.block not in residual)


@contextlib.contextmanager
def switched_off(model: ResNet, off: Off) -> Iterator[None]:
    """While open, the model runs without these parts. Raises `SpecError` as `check` does.

    A residual block without its branch is its shortcut (Veit 2016, section 4.1), with the ReLU after the add where
    there is one. A plain block has no shortcut to stay: what comes in goes out, and where the block changes the shape,
    every second pixel of it with zeros for the new channels, as under shortcut option A. So it is with one
    convolution of a plain block, its norm and its activation, as Veit takes a layer out of VGG.
    """
    check(model.spec, off)
    handles: list[RemovableHandle] = []
    try:
        for name in off.branches:
            handles.append(_without_branch(_block(model, name)))
        for name in off.shortcuts:
            add = _block(model, name).add
            assert add is not None
            handles.append(add.register_forward_pre_hook(_only_first))
        for layer in off.layers:
            handles += _without_layer(model, layer)
        for layer, channel in off.channels:
            handles.append(model.get_submodule(layer).register_forward_hook(_Silence(channel)))
        yield
    finally:
        for handle in handles:
            handle.remove()


def _block(model: nn.Module, name: str) -> ResidualBlock:
    block = model.get_submodule(name)
    assert isinstance(block, ResidualBlock)
    return block


def _without_branch(block: ResidualBlock) -> RemovableHandle:
    if block.add is not None:
        return block.add.register_forward_pre_hook(_only_second)
    return block.register_forward_hook(_passed_through)


def _without_layer(model: nn.Module, layer: str) -> list[RemovableHandle]:
    """A filter that strides in the convolution's place stays: without it the shapes would not meet."""
    name, number = layer.rsplit(".conv", 1)
    own = {f"{kind}{number}" for kind in ("conv", "bn", "relu", "act")}
    children = _block(model, name).named_children()
    return [child.register_forward_hook(_passed_through) for at, child in children if at in own]


def _only_second(_add: nn.Module, summands: tuple[Any, ...]) -> tuple[Tensor, Tensor]:
    """The shortcut alone: the branch yields zero."""
    return torch.zeros_like(summands[0]), summands[1]


def _only_first(_add: nn.Module, summands: tuple[Any, ...]) -> tuple[Tensor, Tensor]:
    """The branch alone: the shortcut is cut."""
    return summands[0], torch.zeros_like(summands[1])


def _passed_through(_block: nn.Module, inputs: tuple[Any, ...], output: Tensor) -> Tensor:
    """What comes in, in the shape of what would go out."""
    x: Tensor = inputs[0]
    if x.shape == output.shape:
        return x
    stride = -(-x.shape[2] // output.shape[2])
    if x.shape[1] > output.shape[1]:
        return x[:, : output.shape[1], ::stride, ::stride]
    passed: Tensor = ZeroPad(x.shape[1], output.shape[1], stride)(x)
    return passed


class _Silence:
    """Sets a channel to zero."""

    def __init__(self, channel: int) -> None:
        self._channel = channel

    def __call__(self, _layer: nn.Module, _inputs: tuple[Any, ...], output: Tensor) -> Tensor:
        output = output.clone()
        output[:, self._channel] = 0
        return output
