"""The one state of the program: spec, weights, image, device, selection. Panels show it and ask it to change."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from resviz.arch.graph import network
from resviz.arch.presets import DEFAULT, PRESETS, preset_of
from resviz.arch.spec import ResNetSpec
from resviz.engine.messages import Choices, ImageSource
from resviz.ways import EXACT, NOTHING_OFF, OWN, Compute, Off, Preparation


class Origin:
    """The spec file of an opened network, and what it holds; None for an untitled one.

    One for each opening: undo past an opening brings the former file back, and saving is no step to undo.
    """

    def __init__(self, path: Path | None = None, spec: ResNetSpec | None = None) -> None:
        self.path, self.spec = path, spec


class State(NamedTuple):
    """What undo brings back: the network, its weights and how they are read, its file, and what is switched off."""

    spec: ResNetSpec
    weights: str | None
    choices: Choices
    origin: Origin
    off: Off = NOTHING_OFF


class Document(QObject):
    """Holds frozen values, so undo is to put the old ones back.

    `weights` is None for automatic: the catalogue's network of this very spec, else untrained. `choices` go with the
    weights: what their file does not tell and no spec holds.
    """

    spec_changed = Signal()
    weights_changed = Signal()
    image_changed = Signal()
    #: A picture could not be read: the one before it is the document's again, and what is known of it holds.
    image_put_back = Signal()
    device_changed = Signal()
    selection_changed = Signal()
    reference_changed = Signal()
    #: How a picture is made ready, how the network computes, what the classes are called, and whether the reference
    #: predicts as well.
    prepare_changed = Signal()
    compute_changed = Signal()
    labels_changed = Signal()
    beside_changed = Signal()
    #: Parts of the network were switched off or on.
    off_changed = Signal()
    #: Another file, or the same one saved.
    file_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self._state = State(PRESETS[DEFAULT].spec, None, (), Origin())
        self._image: ImageSource | None = None
        self._device = "auto"
        self._selection: str | None = None
        self._reference: ResNetSpec | None = None
        self._prepare, self._compute = OWN, EXACT
        self._labels: tuple[str, ...] = ()
        self._beside = False

    @property
    def spec(self) -> ResNetSpec:
        return self._state.spec

    @property
    def weights(self) -> str | None:
        return self._state.weights

    @property
    def choices(self) -> Choices:
        return self._state.choices

    @property
    def path(self) -> Path | None:
        """The spec file that the network was read from or saved to."""
        return self._state.origin.path

    @property
    def is_modified(self) -> bool:
        """Whether the spec is not its file's; of an untitled network, whether no preset and no checkpoint holds it."""
        origin = self._state.origin
        if origin.path is not None:
            return self.spec != origin.spec
        return self.weights is None and preset_of(self.spec) is None

    @property
    def image(self) -> ImageSource | None:
        return self._image

    @property
    def device(self) -> str:
        return self._device

    @property
    def selection(self) -> str | None:
        return self._selection

    @property
    def reference(self) -> ResNetSpec | None:
        """The network that the spec is compared with, if any."""
        return self._reference

    @property
    def prepare(self) -> Preparation:
        return self._prepare

    @property
    def compute(self) -> Compute:
        return self._compute

    @property
    def labels(self) -> tuple[str, ...]:
        """The user's own names of the classes; empty for those of the weights."""
        return self._labels

    @property
    def beside(self) -> bool:
        """Whether the reference predicts as well."""
        return self._beside

    @property
    def off(self) -> Off:
        """What is switched off."""
        return self._state.off

    def set_spec(self, spec: ResNetSpec, text: str, merges: bool = True) -> None:
        """Change the spec, undoably. Weights become automatic.

        Edits with the same `text` in a row undo as one where they may merge.
        """
        if spec != self.spec:
            state = State(spec, None, (), self._state.origin, still_there(self.off, spec))
            self.undo_stack.push(_Change(self, state, text, merges))

    def open(self, spec: ResNetSpec, weights: str | None, text: str, path: Path | None = None) -> None:
        """Change spec and weights together, undoably. `path` is the spec file they came from."""
        origin = Origin(path, spec if path else None)
        if (spec, weights, path, origin.spec) != (self.spec, self.weights, self.path, self._state.origin.spec):
            self.undo_stack.push(_Change(self, State(spec, weights, (), origin), text, merges=False))

    def mark_saved(self, path: Path) -> None:
        """The spec is in this file now."""
        self._state.origin.path, self._state.origin.spec = path, self.spec
        self.file_changed.emit()

    def assume(self, spec: ResNetSpec, choices: Choices, text: str) -> None:
        """Read the same weights in another way, undoably: as those of `spec`, which they fit as well."""
        if (spec, choices) != (self.spec, self.choices):
            state = self._state._replace(spec=spec, choices=choices, off=still_there(self.off, spec))
            self.undo_stack.push(_Change(self, state, text))

    def set_off(self, off: Off, text: str) -> None:
        """Switch parts of the network off or on, undoably."""
        if off != self.off:
            self.undo_stack.push(_Change(self, self._state._replace(off=off), text, merges=False))

    def set_image(self, image: ImageSource | None) -> None:
        self._image = image
        self.image_changed.emit()

    def put_back_image(self, image: ImageSource | None) -> None:
        """Forget a picture that could not be read. What is shown is the former one still: it is no change."""
        self._image = image
        self.image_put_back.emit()

    def set_device(self, device: str) -> None:
        if device != self._device:
            self._device = device
            self.device_changed.emit()

    def set_prepare(self, prepare: Preparation) -> None:
        if prepare != self._prepare:
            self._prepare = prepare
            self.prepare_changed.emit()

    def set_compute(self, compute: Compute) -> None:
        if compute != self._compute:
            self._compute = compute
            self.compute_changed.emit()

    def set_labels(self, labels: tuple[str, ...]) -> None:
        if labels != self._labels:
            self._labels = labels
            self.labels_changed.emit()

    def set_beside(self, beside: bool) -> None:
        if beside != self._beside:
            self._beside = beside
            self.beside_changed.emit()

    def set_reference(self, reference: ResNetSpec | None) -> None:
        if reference != self._reference:
            self._reference = reference
            self.reference_changed.emit()

    def select(self, layer_id: str | None) -> None:
        if layer_id != self._selection:
            self._selection = layer_id
            self.selection_changed.emit()

    def _put(self, state: State) -> None:
        """Only undo commands come here."""
        before, self._state = self._state, state
        if state.spec != before.spec:
            if self._selection is not None and not has_layer(state.spec, self._selection):
                self.select(None)
            self.spec_changed.emit()
        if (state.weights, state.choices) != (before.weights, before.choices):
            self.weights_changed.emit()
        if state.off != before.off:
            self.off_changed.emit()
        if state.origin is not before.origin:
            self.file_changed.emit()


def still_there(off: Off, spec: ResNetSpec) -> Off:
    """What is switched off, without what a network does not have."""
    if not off:
        return off
    net = network(spec)
    blocks = {layer.block for layer in net.layers}
    shortcuts = {shortcut.block for shortcut in net.shortcuts}
    channels = {layer.id: layer.out_shape[0] for layer in net.layers}
    return Off(
        frozenset(block for block in off.branches if block in blocks),
        frozenset(block for block in off.shortcuts if block in shortcuts),
        frozenset((layer, at) for layer, at in off.channels if at < channels.get(layer, 0)),
        frozenset(layer for layer in off.layers if layer in channels and layer.rsplit(".", 1)[0] not in shortcuts),
    )


def has_layer(spec: ResNetSpec, layer_id: str) -> bool:
    """Whether the network of `spec` has a layer with this id."""
    return any(layer.id == layer_id for layer in network(spec).layers)


class _Change(QUndoCommand):
    """Puts a state; undo puts the former one back."""

    def __init__(self, document: Document, after: State, text: str, merges: bool = True) -> None:
        super().__init__(text)
        self.document, self.before, self.after, self.merges = document, document._state, after, merges

    def redo(self) -> None:
        self.document._put(self.after)

    def undo(self) -> None:
        self.document._put(self.before)

    def id(self) -> int:
        return 1 if self.merges else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Change) or not other.merges or other.text() != self.text():
            return False
        self.after = other.after
        self.setObsolete(self.after == self.before)
        return True
