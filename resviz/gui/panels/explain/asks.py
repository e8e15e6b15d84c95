"""What can be asked, by what it depends on, and the answers that are kept, so that going back is instant."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from resviz.arch.graph import Layer, network
from resviz.arch.spec import ResNetSpec
from resviz.engine import messages as m
from resviz.gui.document import Document
from resviz.ways import Off, Preparation

Key = TypeVar("Key", bound=Hashable)
Answer = TypeVar("Answer")
#: Answers kept; the largest are 200 kB.
_MOST = 96


class Ground(NamedTuple):
    """What an explanation is about: the network, the picture by its number, how it is made ready, what is off."""

    spec: ResNetSpec
    weights: str | None
    choices: m.Choices
    image: int
    prepare: Preparation
    off: Off


class Explanation(NamedTuple):
    """One map, for the class of number `label`; `layer` is empty where the method is about the picture itself."""

    ground: Ground
    method: str
    label: int
    layer: str = ""


class Explain(NamedTuple):
    """One request: a map, or Grad-CAM at several layers."""

    ground: Ground
    method: str
    label: int
    layers: tuple[str, ...]

    @property
    def keys(self) -> tuple[Explanation, ...]:
        """What its answer holds."""
        return tuple(Explanation(self.ground, self.method, self.label, layer) for layer in self.layers or ("",))


class FieldAsk(NamedTuple):
    """The effective receptive field of a place; `image` 0 and no `prepare` over noise."""

    spec: ResNetSpec
    weights: str | None
    choices: m.Choices
    layer: str
    place: tuple[int, int]
    off: Off
    image: int = 0
    prepare: Preparation | None = None


class Numbers:
    """Pictures by number, so that what is kept of their explanations does not keep them."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[m.ImageSource, int] = WeakKeyDictionary()
        self._last = 0

    def of(self, image: m.ImageSource | None) -> int:
        """From 1 up; 0 for none."""
        if image is None:
            return 0
        if image not in self._known:
            self._last += 1
            self._known[image] = self._last
        return self._known[image]


class Kept(Generic[Key, Answer]):
    """The newest answers."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._answers: OrderedDict[Key, Answer] = OrderedDict()

    def put(self, key: Key, answer: Answer) -> None:
        self._answers[key] = answer
        self._answers.move_to_end(key)
        if len(self._answers) > self._most:
            self._answers.popitem(last=False)

    def get(self, key: Key) -> Answer | None:
        if key in self._answers:
            self._answers.move_to_end(key)
        return self._answers.get(key)


def ground_of(document: Document, numbers: Numbers) -> Ground:
    """What an explanation would be about now."""
    return Ground(
        document.spec,
        document.weights,
        document.choices,
        numbers.of(document.image),
        document.prepare,
        document.off,
    )


@lru_cache(maxsize=4)
def mappable(spec: ResNetSpec) -> Mapping[str, Layer]:
    """Layers whose output has more than one place, by id, in the order of execution."""
    return {
        layer.id: layer
        for layer in network(spec).layers
        if len(layer.out_shape) == 3 and layer.out_shape[1] * layer.out_shape[2] > 1
    }


@lru_cache(maxsize=4)
def stage_outputs(spec: ResNetSpec) -> tuple[str, ...]:
    """The last layer of each stage that has more than one place; if none has, of the stem."""
    known = mappable(spec)
    last = {layer.stage: layer.id for layer in known.values() if layer.stage is not None}
    return tuple(last.values()) or tuple(known)[-1:]


def short(layer: str, spec: ResNetSpec) -> str:
    """A stage's output by the stage's name, any other layer by its id."""
    return layer.split(".")[0] if layer in stage_outputs(spec) and "." in layer else layer


def looked_at(document: Document) -> str:
    """The selected layer where it has more than one place, else the last stage's output; empty where none has."""
    known = mappable(document.spec)
    if document.selection in known:
        assert document.selection is not None
        return document.selection
    outputs = stage_outputs(document.spec)
    return outputs[-1] if outputs else ""
