"""Tensors from files: `.safetensors` and torch's own, each opened as if it were hostile.

A torch file is a pickle, which is a program. It is read with `weights_only=True`, which knows tensors and plain
containers and runs nothing; what else a file wants to call is not called, and named in the error.
"""

from __future__ import annotations

import io
import os
import pickletools
import re
import sys
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TypeGuard

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from resviz.arch.reading.infer import MOST_TENSORS
from resviz.errors import CheckpointError
from resviz.files import holds_weights, open_regular, reason, shown
from resviz.nets import memory
from resviz.nets.safetensors_header import checked_header

#: Where training scripts put the network, the likeliest first; the average of its weights only where it is alone.
_TABLES = (
    *("state_dict", "model_state_dict", "model_state", "model", "net", "network", "net_state_dict", "model_dict"),
    *("module", "params", "weights", "state", "ema", "model_ema", "state_dict_ema", "ema_state_dict", "params_ema"),
)
_AVERAGES = ("ema", "model_ema", "state_dict_ema", "ema_state_dict", "ema_state", "params_ema")
_OPTIMIZERS = re.compile(r".*(optim|sched|scaler).*")
_DEEPEST = 4
_ZIP = b"PK\x03\x04"
#: Of the program in a torch file, without the tensors' data; a ResNet of 1,202 layers has 1 MB. Reading it takes
#: hostile ones no more than some 600 MB and seconds.
MOST_PICKLE_BYTES = 8 << 20
#: What of a refused pickle is searched for what it is.
_LOOKED_AT = 1 << 17


class Contents(NamedTuple):
    """The tensors of a network on the CPU; `table` is where in the file they were, such as `state_dict.model`.

    `average`: the table with an average of the weights that was left aside; `arch`: what the file calls its network.
    """

    tensors: dict[str, Tensor]
    table: str = ""
    average: str = ""
    arch: str = ""


def read_tensors(path: str | Path) -> Contents:
    """The state dict in a file, bare or nested, with the names it has there; what is no tensor is left out.

    A torch file is mapped, not read, so a huge one costs nothing yet. Raises `CheckpointError` for what cannot be read
    or is no state dict.
    """
    if not holds_weights(path):
        raise CheckpointError("checkpoint_format", name=shown(path))
    safe = Path(path).suffix.lower() == ".safetensors"
    with open_regular(path, CheckpointError, "checkpoint") as file:
        content = _read_safetensors(file, path) if safe else _read_torch(file, path)
    contents = _found(content, shown(path))
    _check_tensors(contents.tensors, shown(path))
    return contents


# --- reading ------------------------------------------------------------------------------------------------


def _read_safetensors(file: BinaryIO, path: str | Path) -> object:
    checked_header(file, path)
    _check_memory(file, path)
    try:
        return safetensors.torch.load_file(path)
    except (safetensors.SafetensorError, OSError, ValueError, KeyError, RuntimeError, AttributeError) as error:
        raise _damaged(path, reason(error)) from error


def _read_torch(file: BinaryIO, path: str | Path) -> object:
    packed = _is_zip(file, path)
    file.seek(0)
    try:
        with warnings.catch_warnings(), torch.serialization.safe_globals(_FIGURES):
            warnings.simplefilter("ignore")  # old files use storage types that torch calls deprecated
            if packed:  # mapped, so that a huge file takes no memory before its shapes are checked
                return torch.load(str(path), map_location="cpu", weights_only=True, mmap=True)
            _check_memory(file, path)
            return torch.load(_Metered(file), map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged or hostile pickle raises whatever it stumbles over
        raise _refused(error, file, path, packed) from error


class _Metered(io.BufferedReader):
    """A file of which only so much is read through Python, which is the program; torch reads the data past it."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(io.FileIO(file.fileno(), closefd=False))
        self._left = MOST_PICKLE_BYTES

    def read(self, size: int | None = -1, /) -> bytes:
        return self._counted(super().read(min(self._left + 1, self._left + 1 if size is None or size < 0 else size)))

    def readline(self, size: int | None = -1, /) -> bytes:
        return self._counted(super().readline(self._left + 1 if size is None or size < 0 else size))

    def _counted(self, data: bytes) -> bytes:
        self._left -= len(data)
        if self._left < 0:
            raise ValueError("the program in the file is too long")
        return data


class _Figure:
    """Stands for what scripts keep beside the weights: numbers of numpy, arguments. It takes all, does nothing."""

    def __new__(cls, *_: object) -> _Figure:
        return object.__new__(cls)

    def __init__(self, *_: object) -> None: ...

    def __setstate__(self, state: object) -> None: ...


# timm's and torchvision's training scripts keep their arguments beside the weights.
_ARGUMENTS = ("argparse.Namespace", "pathlib.PosixPath", "pathlib.WindowsPath", "pathlib.PurePosixPath")
_NUMPY = ("core.multiarray.scalar", "_core.multiarray.scalar", "dtype")
_KINDS = ("Float16", "Float32", "Float64", "Int32", "Int64", "Bool")
_NAMES = (*_ARGUMENTS, *(f"numpy.{name}" for name in (*_NUMPY, *(f"dtypes.{kind}DType" for kind in _KINDS))))
_FIGURES: list[Any] = [(_Figure, name) for name in _NAMES]


def _is_zip(file: BinaryIO, path: str | Path) -> bool:
    """Whether this is torch's zip form, and an honest one: torch stores its tensors unpacked."""
    begins = file.read(len(_ZIP)) == _ZIP
    if not zipfile.is_zipfile(file):
        if begins:  # torch would search it for its end in another way than what is looked at here
            raise _damaged(path, "it is a zip file without its end")
        return False
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _damaged(path, reason(error)) from error
    size = os.fstat(file.fileno()).st_size
    if any(member.compress_type != zipfile.ZIP_STORED for member in members):
        raise CheckpointError("checkpoint_unsafe", name=shown(path), reason="packed data")
    if any(member.filename.endswith("/constants.pkl") for member in members):  # TorchScript
        raise CheckpointError("checkpoint_module", name=shown(path))
    if len(members) > 2 * MOST_TENSORS or any(member.file_size > size for member in members):
        raise _damaged(path, "it claims more than it has")
    if any(member.filename.endswith(".pkl") and member.file_size > MOST_PICKLE_BYTES for member in members):
        raise _damaged(path, "the program in it is too long for a table of tensors")
    return True


def _check_memory(file: BinaryIO, path: str | Path) -> None:
    size, free = os.fstat(file.fileno()).st_size, memory.free_memory()
    if free is not None and size > memory.SHARE * free:
        values = {"size": memory.in_words(size), "free": memory.in_words(free)}
        raise CheckpointError("checkpoint_memory", name=shown(path), **values)


def _refused(error: Exception, file: BinaryIO, path: str | Path, packed: bool) -> CheckpointError:
    """What the file wanted to call, if anything; a whole model gets told how to save its weights alone."""
    said = re.search(r"GLOBAL ([\w.]+)", str(error))
    beginning = _pickle(file, packed)
    # A text may begin with a c, which is how a pickle of the first protocol names what it calls.
    what = said[1] if said is not None and beginning.startswith(b"\x80") else _called(beginning)
    if not what:
        return _damaged(path, "it is no file of torch.save")
    if what.partition(".")[0] not in sys.stdlib_module_names and b"torch.nn.modules." in beginning:
        return CheckpointError("checkpoint_module", name=shown(path))
    return CheckpointError("checkpoint_unsafe", name=shown(path), reason=shown(what, 60))


def _called(program: bytes) -> str:
    """The first thing that a pickle of any other kind would call, found by reading its steps without doing them."""
    words: list[str] = []
    try:
        for step, argument, _ in pickletools.genops(program):
            if step.name in ("GLOBAL", "INST"):
                words = str(argument).split(" ", 1)
            elif isinstance(argument, str):
                words = [*words, argument][-2:]
            if step.name in ("GLOBAL", "INST", "STACK_GLOBAL") and len(words) == 2 and _is_foreign(words[0]):
                return ".".join(words)
    except Exception:  # cut off, or no pickle at all
        return ""
    return ""


def _is_foreign(module: str) -> bool:
    """Whether a module may do harm: all that Python brings, but for what holds an ordinary state dict together."""
    root = module.partition(".")[0]
    known = root in sys.stdlib_module_names or root in ("__main__", "__builtin__", "torch", "numpy")
    return known and module not in ("collections", "torch._utils", "torch")


def _pickle(file: BinaryIO, packed: bool) -> bytes:
    """The beginning of the program in a torch file, to look at, never to run."""
    file.seek(0)
    if not packed:
        return file.read(_LOOKED_AT)
    try:
        with zipfile.ZipFile(file) as archive:
            name = next((member for member in archive.namelist() if member.endswith("data.pkl")), "")
            with archive.open(name) as member:
                return member.read(_LOOKED_AT)
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, EOFError, NotImplementedError, RuntimeError):
        return b""


def _damaged(path: str | Path, why: str) -> CheckpointError:
    return CheckpointError("checkpoint_damaged", name=shown(path), reason=why)


# --- finding the network ------------------------------------------------------------------------------------


def _found(content: object, name: str) -> Contents:
    """The network's table: by its name, else the tensors that lie bare, else the table with the most of them."""
    path, table = next(_tables(content, (), set()), ((), None))
    if table is None:
        optimizer = _is_table(content) and "param_groups" in content
        raise CheckpointError("checkpoint_optimizer" if optimizer else "checkpoint_no_state", name=name)
    outer: Mapping[Any, Any] = content if _is_table(content) else {}
    average = next((key for key in _AVERAGES if key in outer and key not in path and _is_table(outer[key])), "")
    arch = outer.get("arch")
    return Contents(table, ".".join(path), average, arch if isinstance(arch, str) else "")


def _tables(
    content: object, path: tuple[str, ...], seen: set[int]
) -> Iterator[tuple[tuple[str, ...], dict[str, Tensor]]]:
    """Tables of tensors, the likeliest first. None is looked into twice: a pickle can hold itself."""
    if not _is_table(content) or len(path) >= _DEEPEST or "param_groups" in content or id(content) in seen:
        return
    seen.add(id(content))
    for key in _TABLES:
        if key in content and _is_table(content[key]):
            yield from _tables(content[key], (*path, key), seen)
    bare = {key: value for key, value in content.items() if isinstance(key, str) and isinstance(value, Tensor)}
    if bare:
        yield path, bare
    others = [key for key in content if isinstance(key, str) and key not in _TABLES and _is_table(content[key])]
    for key in sorted(others, key=lambda key: -_tensors(content[key])):
        if not _OPTIMIZERS.fullmatch(key.lower()):
            yield from _tables(content[key], (*path, shown(key, 40)), seen)


def _tensors(table: Mapping[Any, Any]) -> int:
    return sum(isinstance(value, Tensor) for value in table.values())


def _is_table(content: object) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(content, Mapping)


def _check_tensors(tensors: Mapping[str, Tensor], name: str) -> None:
    strange = next((key for key, tensor in tensors.items() if not _is_plain(tensor)), None)
    if strange is not None:
        raise CheckpointError("checkpoint_tensor", name=name, key=shown(strange, 60))


def _is_plain(tensor: Tensor) -> bool:
    """Dense real numbers in memory, each there: what copying, comparing and converting take for granted.

    An expanded tensor (stride 0) claims more numbers than the file holds, and would grow when copied.
    """
    if tensor.layout is not torch.strided or tensor.is_nested or tensor.is_quantized:
        return False
    if tensor.is_complex() or tensor.device.type != "cpu":
        return False
    return tensor.numel() * tensor.element_size() <= tensor.untyped_storage().nbytes()
