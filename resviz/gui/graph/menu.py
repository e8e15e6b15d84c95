"""What one can do with a block or a stage on the graph itself: add, remove, duplicate, another shortcut, copy."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMenu, QToolTip, QWidget

from resviz.arch import edit, notation
from resviz.arch.edit import Edit
from resviz.arch.graph import Layer, network
from resviz.arch.layout.fold import stage_of
from resviz.arch.layout.stack import layout
from resviz.arch.spec import SHORTCUTS, ResNetSpec
from resviz.errors import SpecError
from resviz.gui.document import Document, has_layer
from resviz.gui.feedback import sentence
from resviz.gui.look import Look

Step = Callable[[ResNetSpec], Edit]
Put = Callable[[Edit, str], None]
#: What a layer's keys in the state_dict end in.
_KEYS = {
    "conv": ("weight",),
    "bn": ("weight", "bias", "running_mean", "running_var", "num_batches_tracked"),
    "gn": ("weight", "bias"),
    "fc": ("weight", "bias"),
    "se": ("fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"),
    "eca": ("conv.weight",),
}
#: What these keys do while one switches off is the view's.
_SWITCHES = ("Del", "Shift+Del")


class _Do(NamedTuple):
    """One thing to do: its words, its step, and the id whose layers are selected after it."""

    text: str
    step: Step
    after: str


class GraphMenu(QObject):
    """Makes the menu of a part, and keeps the keys that act on the part that is selected in `view`."""

    def __init__(self, document: Document, look: Look, view: QWidget) -> None:
        super().__init__(view)
        self._document, self._look, self._view = document, look, view
        #: What makes an edit; a window that has a builder lets that one do it, which says what gave way.
        self.put: Put = lambda edit, text: document.set_spec(edit.spec, text, merges=False)
        self._by_key: tuple[tuple[tuple[str, ...], Callable[[str], _Do]], ...] = (
            (("Ctrl+D", "Ins"), self._duplicate),
            (("Del",), self._remove),
            (("Shift+Ins",), self._duplicate_stage),
            (("Shift+Del",), self._remove_stage),
        )
        for keys, make in self._by_key:
            action = QAction(view)
            action.setShortcuts([QKeySequence(key) for key in keys])
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(lambda _checked=False, make=make: self._act(make))
            view.addAction(action)

    # --- the menu -----------------------------------------------------------------------------------------------

    def menu_for(self, part: str, layer_id: str | None) -> QMenu:
        """What can be done with `stem`, `head`, a stage, a block, or with the network (empty).

        `layer_id` is the layer on that part that is meant, if any.
        """
        menu = QMenu(self._view)
        menu.setToolTipsVisible(True)
        stage = stage_of(part)
        if stage and part != stage:
            block = self._meant(part, layer_id)
            self._add(menu, self._duplicate(block))
            self._add(menu, self._remove(block))
            menu.addSeparator()
        target = stage or f"layer{len(self._document.spec.blocks)}"
        self._add(menu, self._duplicate_stage(target))
        self._add(menu, self._short_stage(target))
        if stage:
            self._add(menu, self._remove_stage(target))
        menu.addMenu(self._shortcuts(menu, stage))
        menu.addSeparator()
        menu.addMenu(self._copies(menu, part, layer_id))
        return menu

    def _add(self, menu: QMenu, do: _Do) -> QAction:
        """An entry; greyed out where it cannot be, with the reason as its tooltip."""
        keys = self._keys_for(do)
        action = menu.addAction(f"{do.text}\t{keys}" if keys else do.text)
        try:
            do.step(self._document.spec)
        except SpecError as problem:
            action.setEnabled(False)
            action.setToolTip(_why(problem))
        action.triggered.connect(lambda: self._run(do))
        return action

    def _keys_for(self, do: _Do) -> str:
        """The key that does just this now: keys act on what is selected, a menu may be about something else."""
        part = self._selected_part()
        found = next((keys[0] for keys, make in self._by_key if part and make(part).text == do.text), "")
        return "" if self._look.live and found in _SWITCHES else found

    def _shortcuts(self, parent: QWidget, stage: str) -> QMenu:
        """The shortcut option of a stage, or of all."""
        spec = self._document.spec
        words = {"none": self.tr("None: plain"), "A": self.tr("A: pad with zeros")}
        words |= {"B": self.tr("B: project where the shape changes"), "C": self.tr("C: project everywhere")}
        at = int(stage[5:]) - 1 if stage else None
        title = self.tr("Shortcut of {stage}").format(stage=stage) if stage else self.tr("Shortcut of all stages")
        menu = QMenu(title, parent)
        menu.setToolTipsVisible(True)
        group = QActionGroup(menu)
        now = spec.shortcut_of(at) if at is not None else spec.shortcut
        for option in SHORTCUTS:
            action = self._add(menu, self._option(at, option, title))
            action.setText(words[option])
            action.setCheckable(True)
            action.setChecked(option == now)
            group.addAction(action)
        return menu

    def _option(self, at: int | None, option: str, title: str) -> _Do:
        if at is None:
            return _Do(f"{title}: {option}", lambda spec: edit.changed(spec, shortcut=option), "")
        return _Do(f"{title}: {option}", lambda spec: edit.with_stage_shortcut(spec, at, option), "")

    def _copies(self, parent: QWidget, part: str, layer_id: str | None) -> QMenu:
        menu = QMenu(self.tr("Copy"), parent)
        clip = QGuiApplication.clipboard()
        layer = next((one for one in network(self._document.spec).layers if one.id == layer_id), None)
        if layer_id or part:
            name = layer_id or part
            menu.addAction(self.tr("Id: {id}").format(id=name), lambda: clip.setText(name))
        if layer is not None and layer.op in _KEYS:
            menu.addAction(self.tr("Its keys in the state_dict"), lambda: clip.setText("\n".join(keys_of(layer))))
        text = notation.format_spec(self._document.spec)
        menu.addAction(self.tr("Notation of the network"), lambda: clip.setText(text))
        return menu

    # --- what can be done ---------------------------------------------------------------------------------------

    def _duplicate(self, part: str) -> _Do:
        stage = stage_of(part)
        if part == stage:
            return self._duplicate_stage(part)
        at = int(stage[5:]) - 1
        text = self.tr("Duplicate {block}").format(block=part)
        return _Do(text, lambda spec: edit.more_blocks(spec, at), f"{stage}.{int(part.partition('.')[2]) + 1}")

    def _remove(self, part: str) -> _Do:
        stage = stage_of(part)
        if part == stage:
            return self._remove_stage(part)
        at = int(stage[5:]) - 1
        return _Do(self.tr("Remove {block}").format(block=part), lambda spec: edit.without_block(spec, at), part)

    def _duplicate_stage(self, part: str) -> _Do:
        stage = stage_of(part)
        at = int(stage[5:]) - 1
        text = self.tr("Duplicate {stage}").format(stage=stage)
        return _Do(text, lambda spec: edit.with_stage_after(spec, at), f"layer{at + 2}")

    def _short_stage(self, part: str) -> _Do:
        at = int(stage_of(part)[5:]) - 1
        text = self.tr("Add a stage of one block after {stage}").format(stage=stage_of(part))
        return _Do(text, lambda spec: edit.with_stage_after(spec, at, 1), f"layer{at + 2}")

    def _remove_stage(self, part: str) -> _Do:
        stage = stage_of(part)
        at = int(stage[5:]) - 1
        return _Do(self.tr("Remove {stage}").format(stage=stage), lambda spec: edit.without_stage(spec, at), stage)

    # --- doing it -----------------------------------------------------------------------------------------------

    def _act(self, make: Callable[[str], _Do]) -> None:
        """A key: on the block or stage that the selection is shown in."""
        part = self._selected_part()
        if not part:
            self._hint(self.tr("Select a block or a stage first."))
            return
        do = make(part)
        try:
            do.step(self._document.spec)
        except SpecError as problem:
            self._hint(_why(problem))
            return
        self._run(do)

    def _hint(self, text: str) -> None:
        """By hand: the view shows no tooltip but its card."""
        QToolTip.showText(self._view.mapToGlobal(self._view.rect().center()), text, self._view)

    def _selected_part(self) -> str:
        """The block or stage that the selection is shown in; empty where it is in neither."""
        selected = self._document.selection
        cell = self._cell_of(selected)
        return self._meant(cell, selected) if stage_of(cell) else ""

    def _meant(self, cell: str, layer_id: str | None) -> str:
        """What a card stands for where a layer on it is meant: of a run of equal blocks, the layer's own."""
        is_block = cell != stage_of(cell)
        return _block_of(layer_id) if layer_id and is_block and self._cell_of(layer_id) == cell else cell

    def _cell_of(self, layer_id: str | None) -> str:
        """The id of the card that shows a layer."""
        plan = layout(self._document.spec, self._look.fold, self._look.direction)
        place = plan.place(layer_id) if layer_id else None
        return place.cell.id if place is not None else ""

    def _run(self, do: _Do) -> None:
        selected = self._document.selection
        self.put(do.step(self._document.spec), do.text)
        if do.after and selected is not None:
            self._document.select(self._next(do.after, selected))

    def _next(self, part: str, before: str) -> str | None:
        """The layer of a part that plays the role of the one selected before; else the part's last."""
        spec = self._document.spec
        stage, _, block = part.partition(".")
        number = min(int(stage[5:]), len(spec.blocks))
        index = min(int(block or 0), spec.blocks[number - 1] - 1)
        home = f"layer{number}.{index}"
        name = before.split(".", 2)[2] if stage_of(before) else ""
        if name and has_layer(spec, f"{home}.{name}"):
            return f"{home}.{name}"
        return next((layer.id for layer in reversed(network(spec).layers) if layer.block == home), None)


def _block_of(layer_id: str) -> str:
    """`layer2.1` of `layer2.1.conv1`."""
    return ".".join(layer_id.split(".", 2)[:2])


def _why(problem: SpecError) -> str:
    """What a refusal says."""
    return sentence(problem.code, problem.values, str(problem))


def keys_of(layer: Layer) -> list[str]:
    """A layer's keys in the state_dict."""
    return [f"{layer.id}.{end}" for end in _KEYS.get(layer.op, ())]
