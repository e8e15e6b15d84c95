"""The head of a safetensors file, read and checked without torch: names, kinds and shapes of its tensors."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from resviz.arch.reading.infer import MOST_TENSORS
from resviz.errors import CheckpointError
from resviz.files import open_regular, reason, shown

#: A ResNet of 100,000 tensors has a header of 12 MB.
MOST_HEADER_BYTES = 32_000_000
#: More is no length of any tensor; keeps products small.
_LONGEST_SIDE = 1 << 48
_MOST_DIMENSIONS = 8
#: Bytes of a number of each kind (safetensors' own names). Kinds of less than a byte are not of this family.
_SIZES = {
    **dict.fromkeys(("BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ"), 1),
    **dict.fromkeys(("I16", "U16", "F16", "BF16"), 2),
    **dict.fromkeys(("I32", "U32", "F32"), 4),
    **dict.fromkeys(("I64", "U64", "F64", "C64"), 8),
}


class Header(NamedTuple):
    """`shapes` in the order of the file's data; `metadata` is free text."""

    shapes: dict[str, tuple[int, ...]]
    metadata: dict[str, Any]


def read_header(path: str | Path) -> Header:
    """Names, shapes and metadata of a file, whose data is not read. Raises `CheckpointError`."""
    with open_regular(path, CheckpointError, "checkpoint") as file:
        return checked_header(file, path)


def checked_header(file: BinaryIO, path: str | Path) -> Header:
    """The header of an open file, read only if the file is long enough to hold it. Raises `CheckpointError`."""
    size = file.seek(0, 2)
    file.seek(0)
    length = int.from_bytes(file.read(8), "little")
    if not 2 <= length <= min(size - 8, MOST_HEADER_BYTES):
        raise _damaged(path, f"its header would be {length:,} bytes long, the file has {size:,}")
    try:
        table = json.loads(file.read(length), object_pairs_hook=_no_twins)
        metadata = table.pop("__metadata__", {})
        if not isinstance(metadata, dict):
            raise ValueError("its metadata is no table")
        shapes = _shapes(table, size - 8 - length)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, MemoryError) as error:
        known = isinstance(error, ValueError) and not isinstance(error, json.JSONDecodeError | UnicodeDecodeError)
        raise _damaged(path, reason(error) if known else "its header is no table of tensors") from error
    return Header(shapes, metadata)


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("its header names something twice")
    return table


def _shapes(table: dict[str, Any], room: int) -> dict[str, tuple[int, ...]]:
    """Every tensor's data must lie in the file, one after the other, without gaps and overlaps."""
    if len(table) > MOST_TENSORS:
        raise ValueError(f"it claims {len(table):,} tensors")
    entries = sorted(_entries(table), key=lambda entry: entry[2])
    end = 0
    for key, _, start, stop in entries:
        if start != end:
            raise ValueError(f"the data of {shown(key, 40)} does not follow what is before it")
        end = stop
    if end != room:
        raise ValueError(f"its tensors take {end:,} bytes, the file has {room:,} for them")
    return {key: shape for key, shape, _, _ in entries}


def _entries(table: dict[str, Any]) -> Iterator[tuple[str, tuple[int, ...], int, int]]:
    for key, entry in table.items():
        shape, (start, stop) = tuple(entry["shape"]), entry["data_offsets"]
        sizes = (*shape, start, stop)
        whole = all(type(number) is int and 0 <= number <= _LONGEST_SIDE for number in sizes)
        if not whole or len(shape) > _MOST_DIMENSIONS or entry["dtype"] not in _SIZES:
            raise ValueError(f"{shown(key, 40)} has a shape or a kind that is not known")
        if stop - start != math.prod(shape) * _SIZES[entry["dtype"]]:
            raise ValueError(f"the data of {shown(key, 40)} is not as long as its shape says")
        yield key, shape, start, stop


def _damaged(path: str | Path, why: str) -> CheckpointError:
    return CheckpointError("checkpoint_damaged", name=shown(path), reason=why)
