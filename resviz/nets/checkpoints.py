"""Weights from files: `.safetensors` and torch's `.pth`, `.pt`, `.th`, each opened as if it were hostile."""

from __future__ import annotations

import json
import os
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, TypeGuard

import safetensors.torch
import torch
from torch import Tensor

from resviz.arch.notation import from_json, name_of
from resviz.arch.spec import ResNetSpec
from resviz.errors import CheckpointError, SpecError
from resviz.files import open_regular, read_json_object, reason, shown
from resviz.nets import memory
from resviz.nets.model import ResNet, build_model

TORCH_SUFFIXES = (".pth", ".pt", ".th")
SUFFIXES = (".safetensors", *TORCH_SUFFIXES)
#: safetensors' own limit.
MOST_HEADER_BYTES = 100_000_000
#: Where training scripts put the state dict.
WRAPPERS = ("state_dict", "model", "model_state_dict", "net")
COUNTER = "num_batches_tracked"
VARIANCE = "running_var"

State = Mapping[str, Tensor]


def load_state(path: str | Path) -> dict[str, Tensor]:
    """The state dict in a file, on the CPU, without the wrapper and the `module.` prefix of training scripts.

    Nothing but tensors is ever unpickled; a torch file is mapped, not read, so a huge one costs nothing yet.
    Raises `CheckpointError` for what cannot be read or is no state dict.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise CheckpointError("checkpoint_format", name=shown(path))
    with open_regular(path, CheckpointError, "checkpoint") as file:
        content = _read_safetensors(file, path) if suffix == ".safetensors" else _read_torch(file, path)
    return _unwrapped(content, shown(path))


def load_model(spec: ResNetSpec, path: str | Path, device: torch.device | str = "cpu") -> ResNet:
    """The network of `spec` in eval mode with the weights of a file, fp32. Raises `CheckpointError`."""
    return model_with(spec, load_state(path), shown(path)).to(device)


def model_with(spec: ResNetSpec, state: State, name: str) -> ResNet:
    """The network of `spec` on the CPU with a copy of `state` as its weights.

    Raises `CheckpointError` where keys or shapes do not fit, and for NaN, infinity or a negative variance.
    """
    model = build_model(spec, device="meta")
    wanted = model.state_dict()
    _check_fit(spec, wanted, state, name)
    weights = {}
    for key, tensor in wanted.items():
        # BN's batch counters may be missing: files older than PyTorch 0.4.1 have none, and inference needs
        # none.
        weights[key] = state[key].to(tensor.dtype, copy=True).contiguous() if key in state else torch.tensor(0)
        if not bool(torch.isfinite(weights[key]).all()):
            raise CheckpointError("checkpoint_nan", name=name, key=key)
        if key.endswith(VARIANCE) and bool((weights[key] < 0).any()):
            raise CheckpointError("checkpoint_variance", name=name, key=key)
    model.load_state_dict(weights, assign=True)
    return model.requires_grad_(False).eval()


def _check_fit(spec: ResNetSpec, wanted: State, state: State, name: str) -> None:
    """Compare keys and shapes strictly, in the order of the network."""
    for key, tensor in wanted.items():
        if key not in state:
            if key.endswith(COUNTER):
                continue
            raise _misfit("checkpoint_missing", spec, state, name, key=key)
        if state[key].shape != tensor.shape:
            shapes = {"found": _times(state[key].shape), "wanted": _times(tensor.shape)}
            raise _misfit("checkpoint_shape", spec, state, name, key=key, **shapes)
    extra = next((key for key in state if key not in wanted), None)
    if extra is not None:
        raise _misfit("checkpoint_extra", spec, state, name, key=shown(extra, 60))


def spec_of_checkpoint(path: str | Path) -> ResNetSpec:
    """The architecture of a weights file: from the card beside it, its metadata, or the shapes of its
    tensors.

    Raises `CheckpointError` when the file cannot be read or its architecture cannot be told.
    """
    card = read_json_object(Path(path).with_suffix(".json"))
    if card is not None and card.get("file") == Path(path).name:
        found = _spec_from(card.get("spec"))
        if found is not None:
            return found
    if Path(path).suffix.lower() == ".safetensors":
        with open_regular(path, CheckpointError, "checkpoint") as file:
            metadata = _header(file, path).get("__metadata__", {})
        found = _spec_from(metadata.get("spec"))
        if found is not None:
            return found
    return infer_spec(load_state(path), shown(path))


def _spec_from(value: object) -> ResNetSpec | None:
    try:
        return from_json(json.loads(value) if isinstance(value, str) else value)
    except (SpecError, ValueError, TypeError, RecursionError):
        return None


# --- reading ------------------------------------------------------------------------------------------------


def _header(file: BinaryIO, path: str | Path) -> dict[str, Any]:
    """The JSON at the head of a safetensors file, read only if the file is long enough to hold it."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    length = int.from_bytes(file.read(8), "little")
    if not 2 <= length <= min(size - 8, MOST_HEADER_BYTES):
        raise _damaged(path, f"its header would be {length:,} bytes long, the file has {size:,}")
    try:
        header = json.loads(file.read(length))
    except (ValueError, RecursionError) as error:
        raise _damaged(path, reason(error)) from error
    if not isinstance(header, dict) or not isinstance(header.get("__metadata__", {}), dict):
        raise _damaged(path, "its header is no table of tensors")
    return header


def _check_memory(file: BinaryIO, path: str | Path) -> None:
    size, free = os.fstat(file.fileno()).st_size, memory.free_memory()
    if free is not None and size > memory.SHARE * free:
        values = {"size": memory.in_words(size), "free": memory.in_words(free)}
        raise CheckpointError("checkpoint_memory", name=shown(path), **values)


def _read_safetensors(file: BinaryIO, path: str | Path) -> object:
    _header(file, path)
    _check_memory(file, path)
    try:
        return safetensors.torch.load_file(path)
    except (safetensors.SafetensorError, OSError, ValueError, KeyError, RuntimeError) as error:
        raise _damaged(path, reason(error)) from error


def _read_torch(file: BinaryIO, path: str | Path) -> object:
    packed = _is_zip(file, path)
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # old files use storage types that torch calls deprecated
            if packed:  # mapped, so that a huge file takes no memory before its shapes are checked
                return torch.load(str(path), map_location="cpu", weights_only=True, mmap=True)
            _check_memory(file, path)
            return torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged or hostile pickle raises whatever it stumbles over
        foreign = re.search(r"GLOBAL ([\w.]+)", str(error))  # what the file wanted to call
        if foreign is not None:
            what = shown(foreign.group(1), 60)
            raise CheckpointError("checkpoint_unsafe", name=shown(path), reason=what) from error
        raise _damaged(path, "it is no file of torch.save") from error


def _is_zip(file: BinaryIO, path: str | Path) -> bool:
    """Whether this is torch's zip form, and an honest one: torch stores its tensors unpacked."""
    if not zipfile.is_zipfile(file):
        return False
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise _damaged(path, reason(error)) from error
    if any(member.compress_type != zipfile.ZIP_STORED for member in members):
        raise CheckpointError("checkpoint_unsafe", name=shown(path), reason="packed data")
    return True


def _damaged(path: str | Path, why: str) -> CheckpointError:
    return CheckpointError("checkpoint_damaged", name=shown(path), reason=why)


def _unwrapped(content: object, name: str) -> dict[str, Tensor]:
    inner = next((content[key] for key in WRAPPERS if key in content), content) if _is_table(content) else None
    if not _is_table(inner) or not inner:
        raise CheckpointError("checkpoint_no_state", name=name)
    state = {key: value for key, value in inner.items() if isinstance(key, str) and isinstance(value, Tensor)}
    if len(state) != len(inner):
        raise CheckpointError("checkpoint_no_state", name=name)
    if all(key.startswith("module.") for key in state):
        state = {key.removeprefix("module."): value for key, value in state.items()}
    strange = next((key for key, tensor in state.items() if not _is_plain(tensor)), None)
    if strange is not None:
        raise CheckpointError("checkpoint_tensor", name=name, key=shown(strange, 60))
    return state


def _is_plain(tensor: Tensor) -> bool:
    """Dense real numbers in memory: what copying, comparing and converting below take for granted."""
    dense = tensor.layout is torch.strided and not (tensor.is_nested or tensor.is_quantized)
    return dense and not tensor.is_complex() and tensor.device.type == "cpu"


def _is_table(content: object) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(content, Mapping)


# --- telling the architecture -------------------------------------------------------------------------------


def infer_spec(state: State, name: str) -> ResNetSpec:
    """The spec of a state dict with torchvision's keys, from its shapes; the input size is the stem's usual
    one.

    Options A and none have the same keys, so where neither B nor C shows, this raises `CheckpointError`, as
    it does for keys and shapes of another family.
    """
    try:
        found = next((spec for spec in _candidates(state) if _fits(spec, state)), None)
    except (LookupError, TypeError, ValueError, SpecError) as error:
        told = isinstance(error, ValueError | SpecError)
        why = reason(error) if told else "its keys and shapes are not those of a ResNet"
        raise CheckpointError("checkpoint_no_spec", name=name, reason=why) from error
    if found is None:
        raise CheckpointError("checkpoint_no_spec", name=name, reason="its shapes are not those of a ResNet")
    return found


def _candidates(state: State) -> Iterator[ResNetSpec]:
    width, channels, kernel, _ = state["conv1.weight"].shape
    if not any(".downsample.0." in key for key in state):
        raise ValueError("shortcut options A and none have the same weights")
    shared: dict[str, Any] = {
        "block": "bottleneck" if "layer1.0.conv3.weight" in state else "basic",
        "blocks": tuple(_block_counts(state)),
        "width": width,
        "channels": channels,
        "stem": {7: "imagenet", 3: "cifar"}[kernel],
        "classes": state["fc.weight"].shape[0],
        "size": 224 if kernel == 7 else 32,
    }
    yield ResNetSpec(**shared, shortcut="B")
    yield ResNetSpec(**shared, shortcut="C")


def _fits(spec: ResNetSpec, state: State) -> bool:
    wanted = {k: v for k, v in build_model(spec, device="meta").state_dict().items() if not k.endswith(COUNTER)}
    ours = {key for key in state if not key.endswith(COUNTER)}
    return wanted.keys() == ours and all(state[key].shape == wanted[key].shape for key in ours)


def _block_counts(state: State) -> Iterator[int]:
    """Blocks a stage, counted by their first convolution."""
    found = {match.groups() for key in state if (match := re.fullmatch(r"layer(\d+)\.(\d+)\.conv1\.weight", key))}
    for stage in range(1, len({stage for stage, _ in found}) + 1):
        yield sum(number == str(stage) for number, _ in found)


def _misfit(code: str, spec: ResNetSpec, state: State, name: str, **values: object) -> CheckpointError:
    try:
        hint = f"; the file holds {name_of(infer_spec(state, name))}"
    except CheckpointError:
        hint = ""
    return CheckpointError(code, name=name, spec=shown(name_of(spec), 80), hint=hint, **values)


def _times(shape: torch.Size) -> str:
    return "×".join(map(str, shape)) or "a single number"
