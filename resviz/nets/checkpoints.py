"""Weights from files into networks: which network, under which names, and whether they fit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from resviz.arch.notation import name_of
from resviz.arch.reading.assumed import KEYS, Assumption
from resviz.arch.reading.dialects import translate
from resviz.arch.reading.infer import Reading, infer, times
from resviz.arch.reading.keys import COUNTER
from resviz.arch.reading.lookalikes import looks_like
from resviz.arch.reading.measure import plain
from resviz.arch.spec import ResNetSpec
from resviz.errors import CheckpointError
from resviz.files import shown
from resviz.nets.beside import Said
from resviz.nets.model import ResNet, build_model
from resviz.nets.reading import told, told_by_header
from resviz.nets.state_files import Contents, read_tensors

__all__ = [
    "Checkpoint",
    "load_model",
    "load_state",
    "model_with",
    "read_checkpoint",
    "reading_of_checkpoint",
    "spec_of_checkpoint",
]

VARIANCE = "running_var"

State = Mapping[str, Tensor]


class Checkpoint(NamedTuple):
    """A file of weights: `state` has our keys, on the CPU; `said` is what lies beside the file and says more."""

    name: str
    state: dict[str, Tensor]
    reading: Reading
    said: Said | None


def read_checkpoint(path: str | Path) -> Checkpoint:
    """The weights in a file under our names, and the network they are of.

    Raises `CheckpointError` for what cannot be read, is hostile, or is no ResNet.
    """
    if Path(path).suffix.lower() == ".safetensors":
        found = told_by_header(Path(path))  # before its data is read
        contents = read_tensors(path)
    else:
        contents = read_tensors(path)
        found = told(Path(path), _shapes(contents.tensors), {}, contents.arch)
    reading = found.reading._replace(assumed=(*found.reading.assumed, *_tables(contents)))
    state = {ours: contents.tensors[key] for key, ours in reading.names.items()}
    return Checkpoint(shown(path), state, reading, found.said)


def reading_of_checkpoint(path: str | Path) -> Reading:
    """The network of a file; of a safetensors file only the header is read. Raises `CheckpointError`."""
    if Path(path).suffix.lower() == ".safetensors":
        return told_by_header(Path(path)).reading
    return read_checkpoint(path).reading


def spec_of_checkpoint(path: str | Path) -> ResNetSpec:
    """The architecture of a file: from the card beside it, its metadata, or the names and shapes of its tensors.

    Raises `CheckpointError` when the file cannot be read or is no ResNet.
    """
    return reading_of_checkpoint(path).spec


def load_state(path: str | Path) -> dict[str, Tensor]:
    """The state dict in a file under our names, on the CPU, whatever network it is of. Raises `CheckpointError`."""
    tensors = read_tensors(path).tensors
    return {ours: tensors[key] for key, ours in reversed(translate(tensors).names.items())}


def load_model(spec: ResNetSpec, path: str | Path, device: torch.device | str = "cpu") -> ResNet:
    """The network of `spec` in eval mode with the weights of a file, fp32. Raises `CheckpointError`."""
    return model_with(spec, load_state(path), shown(path)).to(device)


def _shapes(tensors: State) -> dict[str, tuple[int, ...]]:
    return {key: tuple(tensor.shape) for key, tensor in tensors.items()}


def _tables(contents: Contents) -> tuple[Assumption, ...]:
    """Of a file that also holds an average of the weights, which of the two was taken."""
    if not contents.average:
        return ()
    return (Assumption(KEYS, contents.table, (), f"the averaged weights in {contents.average} were left aside"),)


# --- into a network -----------------------------------------------------------------------------------------


def model_with(spec: ResNetSpec, state: State, name: str) -> ResNet:
    """The network of `spec` on the CPU with a copy of `state`, which has our keys, as its weights in fp32.

    Raises `CheckpointError` where keys or shapes do not fit, for numbers that are whole, and for NaN, infinity or a
    negative variance. What leaves no trace in the weights (strides, activations, filters) is not looked at.
    """
    model = build_model(spec, device="meta")
    wanted = model.state_dict()
    state = _aligned(wanted, state)
    _check_fit(spec, wanted, state, name)
    # BN's batch counters may be missing: files older than PyTorch 0.4.1 have none, and inference needs none.
    weights = {key: _converted(key, like, state.get(key), name) for key, like in wanted.items()}
    model.load_state_dict(weights, assign=True)
    return model.requires_grad_(False).eval()


def _converted(key: str, like: Tensor, tensor: Tensor | None, name: str) -> Tensor:
    """A copy in the kind and shape of `like`, with numbers that can be computed with."""
    if key.endswith(COUNTER):
        return torch.tensor(0) if tensor is None else tensor.to(like.dtype, copy=True).reshape(())
    assert tensor is not None
    if not tensor.is_floating_point():
        kind = str(tensor.dtype).removeprefix("torch.")
        raise CheckpointError("checkpoint_dtype", name=name, key=key, dtype=kind)
    copied = tensor.to(like.dtype, copy=True).contiguous().reshape(like.shape)
    if not bool(torch.isfinite(copied).all()):
        raise CheckpointError("checkpoint_nan", name=name, key=key)
    if key.endswith(VARIANCE) and bool((copied < 0).any()):
        raise CheckpointError("checkpoint_variance", name=name, key=key)
    return copied


def _aligned(wanted: State, state: State) -> State:
    """A pre-activation's projection has no norm, so behind an average pool it is the same weight, one place on."""
    if any(re.search(r"\.downsample\.\d\.bias$", key) for key in state):
        return state
    place = next((match[1] for key in wanted if (match := re.search(r"\.downsample\.(\d)\.weight$", key))), None)
    if place is None:
        return state
    return {re.sub(r"\.downsample\.\d\.weight$", f".downsample.{place}.weight", key): state[key] for key in state}


def _check_fit(spec: ResNetSpec, wanted: State, state: State, name: str) -> None:
    """Compare keys and shapes strictly, in the order of the network."""
    for key, tensor in wanted.items():
        if key not in state:
            if key.endswith(COUNTER):
                continue
            raise _misfit("checkpoint_missing", spec, state, name, key=key)
        if plain(tuple(state[key].shape)) != plain(tuple(tensor.shape)):
            shapes = {"found": times(tuple(state[key].shape)), "wanted": times(tuple(tensor.shape))}
            raise _misfit("checkpoint_shape", spec, state, name, key=key, **shapes)
    extra = next((key for key in state if key not in wanted), None)
    if extra is not None:
        raise _misfit("checkpoint_extra", spec, state, name, key=shown(extra, 60))


def _misfit(code: str, spec: ResNetSpec, state: State, name: str, **values: object) -> CheckpointError:
    shapes = _shapes(state)
    try:
        hint = f"; the file holds {shown(name_of(infer(shapes, name).spec), 80)}"
    except CheckpointError:
        hint = f"; the file looks like {looks_like(shapes)}"
    return CheckpointError(code, name=name, spec=shown(name_of(spec), 80), hint=hint, **values)
