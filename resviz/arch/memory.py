"""What tensors take: of one layer, and of all that are alive at once."""

from __future__ import annotations

from math import prod
from typing import Literal, NamedTuple, get_args

from resviz.arch.graph import INPUT, Layer, Network
from resviz.errors import SpecError

Dtype = Literal["fp32", "fp16", "bf16"]
DTYPES: tuple[str, ...] = get_args(Dtype)
#: Bytes of one number.
BYTES: dict[str, int] = {"fp32": 4, "fp16": 2, "bf16": 2}
MAX_BATCH = 1_000_000


class _Setting(NamedTuple):
    batch: int = 1
    dtype: Dtype = "fp32"


class Setting(_Setting):
    """How many images are computed at once, in which precision. Raises `SpecError`."""

    __slots__ = ()

    def __new__(cls, batch: int = 1, dtype: Dtype = "fp32") -> Setting:
        if not isinstance(batch, int) or isinstance(batch, bool) or not 1 <= batch <= MAX_BATCH:
            raise SpecError("field_range", field="batch", value=batch, low=1, high=MAX_BATCH)
        if dtype not in DTYPES:
            raise SpecError("field_word", field="dtype", known=", ".join(DTYPES), value=dtype)
        return super().__new__(cls, batch, dtype)

    def bytes(self, numbers: int) -> int:
        """Bytes of so many numbers per image."""
        return numbers * self.batch * BYTES[self.dtype]


ONE_IMAGE = Setting()


class Traffic(NamedTuple):
    """Numbers for one image: the most that are alive at once, the input among them, and the layer that then runs; all
    that layers read, an add twice; all that they write.
    """

    peak: int
    peak_layer: str
    read: int
    written: int


def traffic(net: Network) -> Traffic:
    """Inference layer after layer: each writes a new tensor, and a tensor goes after its last reader.

    Weights are left out, and what a convolution's algorithm needs for itself.
    """
    last_reader = {edge.source: edge.target for edge in net.edges}  # edges are in the order of execution
    edges = iter(net.edges)
    alive = most = prod(net.layers[0].in_shape)
    size = {INPUT: alive}
    where, read, written = net.layers[0].id, 0, 0
    for layer in net.layers:
        name = layer.id
        sources = (next(edges).source, next(edges).source) if layer.op == "add" else (next(edges).source,)
        numbers = size[name] = prod(layer.out_shape)
        written += numbers
        alive += numbers
        if alive > most:
            most, where = alive, name
        for source in sources:
            read += size[source]
            if last_reader[source] == name:
                alive -= size[source]
    return Traffic(most, where, read, written)


def activation_bytes(layer: Layer, setting: Setting = ONE_IMAGE) -> int:
    """Bytes of a layer's output."""
    return setting.bytes(prod(layer.out_shape))


def moved_bytes(layer: Layer, setting: Setting = ONE_IMAGE) -> int:
    """Bytes that a layer reads and writes when each number crosses once: inputs, output and parameters."""
    inputs = 2 if layer.op == "add" else 1
    tensors = inputs * prod(layer.in_shape) + prod(layer.out_shape)
    return setting.bytes(tensors) + layer.params * BYTES[setting.dtype]


def intensity(layer: Layer, setting: Setting = ONE_IMAGE) -> float:
    """Arithmetic intensity: MACs per byte moved (Williams 2009 counts two operations where this counts one MAC)."""
    return layer.macs * setting.batch / moved_bytes(layer, setting)
