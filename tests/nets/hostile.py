"""Files that lie, made byte by byte: torch files whose program claims what is not there, and safetensors headers."""

from __future__ import annotations

import collections
import io
import json
import os
import pickle
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import torch

MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001
SYSTEM = {"protocol_version": PROTOCOL, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}
SHAPE, STRIDES = (8, 3, 3, 3), (27, 9, 3, 1)
COUNT = 8 * 27


class Call:
    """Pickles into a call of `function`."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> tuple[Any, ...]:
        return self.call


class Storage:
    """Pickles into a reference to tensor data outside of the pickle."""

    def __init__(self, *parts: Any) -> None:
        self.parts = parts


class _Pickler(pickle._Pickler):
    def persistent_id(self, value: Any) -> Any:
        return value.parts if isinstance(value, Storage) else None


def program(content: object) -> bytes:
    out = io.BytesIO()
    _Pickler(out, 2).dump(content)
    return out.getvalue()


def tensor(count: int = COUNT, shape: Any = SHAPE, strides: Any = STRIDES, offset: int = 0, key: str = "0") -> Call:
    """A tensor as torch.save writes it, with any claims."""
    storage = Storage("storage", torch.FloatStorage, key, "cpu", count)
    return Call(torch._utils._rebuild_tensor_v2, storage, offset, shape, strides, False, collections.OrderedDict())


def zipped(steps: bytes, data: bytes = bytes(4 * COUNT), folder: str = "archive", packed: bool = False) -> bytes:
    """torch's zip form."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as file:
        members = {"data.pkl": steps, "byteorder": b"little", "data/0": data, "version": b"3\n"}
        for name, content in members.items():
            file.writestr(f"{folder}/{name}", content)
    return out.getvalue()


def legacy(steps: bytes, data: bytes = b"") -> bytes:
    """torch's form before 1.6."""
    head = b"".join(pickle.dumps(part, 2) for part in (MAGIC, PROTOCOL, SYSTEM))
    return head + steps + pickle.dumps(["0"], 2) + data


def safetensors(header: Any, data: bytes = b"", claimed: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if claimed is None else claimed) + text + data


def entry(shape: Any = (1,), offsets: Any = (0, 4), dtype: Any = "F32") -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


def claim(kind: bytes, size: int, form: str) -> bytes:
    """A step that claims a text or bytes of `size`."""
    return b"\x80\x02" + kind + struct.pack(form, size) + b"x" * 10


#: What a program may do that is no table of tensors, without calling anything.
PROGRAMS: dict[str, bytes] = {
    "a text of 4 GB": claim(b"X", 2**32 - 1, "<I"),
    "a text of 2**62 bytes": claim(b"\x8d", 2**62, "<Q"),
    "10 GB of bytes": claim(b"\x8e", 10 * 2**30, "<Q"),
    "negative bytes": claim(b"T", -5, "<i"),
    "a frame of 2**60 bytes": claim(b"\x95", 2**60, "<Q"),
    "a number of 2 GB": claim(b"\x8b", 2**31 - 1, "<i"),
    "marks": b"\x80\x02" + b"(" * 100_000 + b".",
    "lists in lists": b"\x80\x02" + b"]" * 50_000 + b"a" * 49_999 + b".",
    "tuples in tuples": b"\x80\x02)" + b"\x85" * 50_000 + b".",
    "ten times ten times ten": b"\x80\x02]q\x00"
    + b"".join(b"]q" + bytes([i + 1]) + (b"h" + bytes([i]) + b"a") * 10 for i in range(60))
    + b".",
    "a list in itself": b"\x80\x02]q\x00h\x00a.",
    "nothing on the stack": b"\x80\x020000.",
    "a memo that is not there": b"\x80\x02h\x99.",
    "no end": b"\x80\x02]",
    "nothing": b"",
    "protocol 99": b"\x80\x63N.",
    "tensor claims 10 GB": program({"conv1.weight": tensor(count=10**10)}),
    "tensor claims 2**62 numbers": program({"conv1.weight": tensor(count=2**62)}),
    "tensor claims 10**30 numbers": program({"conv1.weight": tensor(count=10**30)}),
    "tensor claims -5 numbers": program({"conv1.weight": tensor(count=-5)}),
    "shape beyond its data": program({"conv1.weight": tensor(shape=(2**40, 2**40), strides=(2**40, 1))}),
    "stride 0": program({"conv1.weight": tensor(shape=(2**20, 2**20), strides=(0, 0))}),
    "negative shape": program({"conv1.weight": tensor(shape=(-8, 3), strides=(3, 1))}),
    "negative stride": program({"conv1.weight": tensor(strides=(-27, 9, 3, 1))}),
    "offset beyond": program({"conv1.weight": tensor(offset=2**62)}),
    "negative offset": program({"conv1.weight": tensor(offset=-4)}),
    "data elsewhere": program({"conv1.weight": tensor(key="../../../../etc/passwd")}),
    "shape of texts": program({"conv1.weight": tensor(shape=("a", "b"))}),
    "no table": program([tensor()]),
    "a text": program("weights"),
    "numbers for names": program({1: tensor(), 2: tensor()}),
}
#: What it may want to call.
CALLS: dict[str, Callable[[str], object]] = {
    "os.system": lambda target: Call(os.system, f"touch {target}"),
    "open": lambda target: Call(open, target, "w"),
    "eval": lambda target: Call(eval, f"open({target!r}, 'w')"),
    "exec": lambda target: Call(exec, f"open({target!r}, 'w')"),
    "import": lambda _: Call(__import__, "antigravity"),
    "in a list": lambda target: [[Call(os.system, f"touch {target}")]],
    "beside weights": lambda target: {"state_dict": {}, "x": Call(os.system, f"touch {target}")},
    "getattr": lambda _: Call(getattr, "a text", "upper"),
    "torch.load": lambda target: Call(torch.load, target),
    "torch.hub": lambda target: Call(torch.hub.download_url_to_file, "http://localhost/x", target),
}
HEADERS: dict[str, bytes] = {
    "10 GB": safetensors({}, claimed=10 * 2**30),
    "2**63": safetensors({}, claimed=2**63),
    "longer than the file": safetensors({"a": entry()}, claimed=1000),
    "none": b"\x02",
    "empty": safetensors(b""),
    "no JSON": safetensors(b"\0" * 64),
    "no UTF-8": safetensors(b'{"\xff\xfe": 1}'),
    "lists in lists": safetensors(b"[" * 200_000),
    "tables in tables": safetensors(b'{"a":' * 100_000),
    "a list": safetensors([entry()]),
    "null": safetensors(b"null"),
    "a number": safetensors(b"1e999"),
    "a tensor that is a number": safetensors({"a": 1}),
    "no shape": safetensors({"a": {"dtype": "F32", "data_offsets": [0, 4]}}, b"1234"),
    "a number of 10,000 digits": safetensors(b'{"a":{"shape":[' + b"9" * 10_000 + b"]}}"),
    "a shape of 2**80": safetensors({"a": entry((2**40, 2**40))}, b"1234"),
    "a shape of 2**64": safetensors({"a": entry((2**64,))}, b"1234"),
    "negative": safetensors({"a": entry((-1,), (0, -4))}),
    "a shape of numbers with points": safetensors({"a": entry((1.0,))}, b"1234"),
    "a shape of truths": safetensors({"a": entry((True,))}, b"1234"),
    "a shape that is a text": safetensors({"a": entry("1")}, b"1234"),
    "thousand dimensions": safetensors({"a": entry((1,) * 1000)}, b"1234"),
    "an unknown kind": safetensors({"a": entry(dtype="F999")}, b"1234"),
    "a kind that is a list": safetensors({"a": entry(dtype=["F32"])}, b"1234"),
    "overlapping": safetensors({"a": entry(), "b": entry()}, b"1234"),
    "half overlapping": safetensors({"a": entry((2,), (0, 8)), "b": entry((2,), (4, 12))}, b"1234" * 3),
    "a hole": safetensors({"a": entry(), "b": entry(offsets=(8, 12))}, b"1234" * 3),
    "data left over": safetensors({"a": entry()}, b"1234" * 3),
    "data missing": safetensors({"a": entry((2,), (0, 8))}, b"1234"),
    "offsets the wrong way": safetensors({"a": entry(offsets=(4, 0))}, b"1234"),
    "offsets of three": safetensors({"a": entry(offsets=(0, 4, 8))}, b"1234"),
    "a name twice": safetensors(b'{"a":%b,"a":%b}' % ((json.dumps(entry()).encode(),) * 2), b"1234"),
    "a half character": safetensors(b'{"\\ud800":%b}' % json.dumps(entry()).encode(), b"1234"),
    "metadata that is a list": safetensors({"__metadata__": []}),
    "no tensors": safetensors({}),
    "a name of a million letters": safetensors({"layer1." * 150_000: entry()}, b"1234"),
    "names with line breaks": safetensors({"a\nb\x1b[31m\x00": entry()}, b"1234"),
    "tensors without numbers": safetensors({"conv1.weight": entry((0, 0, 0, 0), (0, 0))}),
    "stages without end": safetensors(
        {f"layer{n}.{n}.conv1.weight": entry((0,), (0, 0)) for n in range(0, 9000, 3)} | {"conv1.weight": entry()},
        b"1234",
    ),
}
