"""What a graph on screen mirrors: the document's network, reference and selection, the look, the theme.

Whatever changes, the plan is laid out anew and the scene told; nothing of the document is kept here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QSizeF, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from resviz.arch.layout.fold import LEVELS, Fold
from resviz.arch.layout.pair import pair
from resviz.arch.layout.stack import Cell, Layout, Place, layout
from resviz.drawing.heat import Heat, heat_of
from resviz.drawing.legend import legend
from resviz.engine.messages import LesionRow, Pixels, Strength
from resviz.gui.document import Document
from resviz.gui.graph import framing
from resviz.gui.graph.along import Along, widened
from resviz.gui.graph.along_paint import Frames
from resviz.gui.graph.anchor import Anchor, usual
from resviz.gui.graph.camera import Camera
from resviz.gui.graph.facts import Times, described
from resviz.gui.graph.folding import pruned
from resviz.gui.graph.legend import LegendPanel
from resviz.gui.graph.legend_bar import LegendBar
from resviz.gui.graph.minimap import Minimap
from resviz.gui.graph.names import Names
from resviz.gui.graph.notes import Line as LegendLine
from resviz.gui.graph.notes import notes
from resviz.gui.graph.overlays import Caption
from resviz.gui.graph.pointing import Line
from resviz.gui.graph.scene import Scene
from resviz.gui.graph.surface import Surface
from resviz.gui.graph.transition import Transition
from resviz.gui.look import Look
from resviz.gui.theme import Theme

#: How much larger names are while one presents.
_LARGER_NAMES = 1.4
#: What is known of another picture dims after so long.
_PATIENCE_MS = 150


class Mirror(Surface):
    """In step with the document at any moment."""

    def __init__(
        self, document: Document, theme: Theme, look: Look | None = None, parent: QWidget | None = None
    ) -> None:
        look = look or Look()
        super().__init__(_drawn(document, look), parent)
        self._document, self._theme, self.look = document, theme, look
        #: As it is printed and saved: without room for what is shown along it.
        self._laid = self._plan
        self._along, self._frames = Along(wanted=_wanted(look, False)), Frames({})
        self._late = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._late.timeout.connect(self._on_late)
        self._plan = self._with_room(self._laid)
        self._reach = self._plan.bounds
        if look.parent() is None:
            look.setParent(self)
        self._hover: Place | None = None
        self._line: Line | None = None
        self._hits: frozenset[str] = frozenset()
        self._hit_cells: list[Cell] = []
        self._times: Times | None = None
        self._anchor: Anchor | None = None
        self._transition: Transition | None = None
        self._names_before: list[Caption] = []
        self._presenting = False
        self._captions_of = self._named()
        self._scene = Scene(self._plan, theme.palette)
        self._heat: Heat | None = None
        self._colour()
        self.legend_bar = LegendBar(theme.palette, self)
        self.legend_bar.hide()
        self._wants_bar = False
        self._legend = self._legend_of()
        self.minimap = Minimap(self._plan, theme.palette, self)
        self.minimap.moved.connect(self._go_to_height)
        self.setMinimumSize(240, 200)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Network graph"))
        document.spec_changed.connect(self._on_spec_changed)
        document.reference_changed.connect(self._on_turned)
        document.selection_changed.connect(self._on_selection_changed)
        look.fold_changed.connect(self._on_fold_changed)
        look.direction_changed.connect(self._on_turned)
        look.colour_changed.connect(self._on_colour_changed)
        theme.changed.connect(self._on_theme_changed)
        look.along_changed.connect(self._on_along_changed)
        document.off_changed.connect(self._on_off_changed)
        for change in (document.spec_changed, document.weights_changed, document.image_changed, document.off_changed):
            change.connect(self._on_left)

    @property
    def plan(self) -> Layout:
        return self._laid

    @property
    def fold(self) -> Fold:
        """What is folded."""
        return self.look.fold

    def set_level(self, level: str) -> None:
        """All at one level: `stage`, `block` or `layer`."""
        self.look.set_fold(self.fold.to(next(one for one in LEVELS if one == level)))

    @property
    def heat(self) -> Heat | None:
        """What colours the layers; None for the kind of operator."""
        return self._heat

    def set_times(self, times: Times | None) -> None:
        """Measured milliseconds by layer, for the cards and the colours; None where nothing was measured."""
        self._times = times
        self._on_colour_changed()

    # --- what is known of every block --------------------------------------------------------------------------------

    def set_film(self, film: Mapping[str, Pixels]) -> None:
        """Thumbnails of the blocks' outputs, by block."""
        self._along.film, self._frames = film, Frames(film)
        self._come()

    def set_strengths(self, strengths: Sequence[Strength]) -> None:
        """How much every block changes what passes through it."""
        self._along.strengths = {each.block: each for each in strengths}
        self._come()

    def keep_along(self) -> None:
        """What is known is of what is there, after all."""
        self._come()

    def _come(self) -> None:
        self._late.stop()
        self._along.stale = False
        self._show_along()

    def set_sweep(self, rows: Sequence[LesionRow], stale: bool = False) -> None:
        """What the network says with each block off; `stale` says that this was another picture."""
        self._along.sweep, self._along.sweep_stale = {row.block: row for row in rows}, stale
        self._on_along_changed()

    def _on_left(self) -> None:
        """What is known is of what was there; it dims unless the next comes soon, so that nothing flashes."""
        if not self._late.isActive():
            self._late.start()

    def _on_late(self) -> None:
        self._along.stale = True
        self.update()

    def _on_along_changed(self) -> None:
        """Room for other columns: as one looked, or as at first."""
        wanted = _wanted(self.look, bool(self._along.sweep))
        if wanted == self._along.wanted:
            self._show_along()
            return
        self._along.wanted = wanted
        self._plan = self._with_room(self._laid)
        self._reach = self._plan.bounds
        self._show_along()
        self._arrange()

    def _with_room(self, plan: Layout) -> Layout:
        wanted = self._along.wanted
        return replace(plan, bounds=widened(plan.bounds, plan.direction == "down", wanted)) if wanted else plan

    def _show_along(self) -> None:
        before, self._legend = self._legend.size, self._legend_of()
        self._put_legend_bar()
        self._put_minimap()
        if self._untouched and self._legend.size != before:
            self._arrange()  # a wider legend wants a wider column
        else:
            self._refresh()

    def _on_off_changed(self) -> None:
        self._show_along()

    def set_hits(self, hits: frozenset[str]) -> None:
        """Light what a search found."""
        self._hits = hits
        self._find_hit_cells()
        self._refresh()

    def reveal(self, layer_id: str) -> None:
        """Scroll to a layer unless it is in sight."""
        place = self._plan.place(layer_id)
        if place is not None and self._camera.show(place.rect, self._plan.bounds, self._size()):
            self._moved()

    def _on_spec_changed(self) -> None:
        self.look.set_fold(pruned(self.fold, self._document.spec))
        self._rebuild()
        self._arrange()

    def _on_turned(self) -> None:
        """Drawn another way, or beside another network: what one looked at is nowhere near."""
        self._untouched = True
        self._rebuild()
        self._arrange()

    def _on_fold_changed(self) -> None:
        """What was clicked stays; else the selected layer, or what is in the middle of the view."""
        anchor = self._anchor
        if anchor is None and not self._untouched:
            anchor = usual(self._plan, self._camera, self._size(), self._document.selection)
        before, camera, names = self._scene, self._camera.copy(), self._captions(self._camera)
        self._rebuild(keep=not self._motion.able())
        after = anchor.after(self._plan) if anchor else None
        if anchor is None or after is None:
            self._arrange()
        else:
            self._untouched = False
            self._hold(anchor.before, after, anchor.at, pointed=anchor.box or self._anchor is not None)
        size = self._size()
        if self._motion.able() and Transition.worth(before.plan, camera, self._plan, self._camera, size):
            self._names_before = names
            self._transition = Transition(before, camera, self._scene, self._camera.copy(), size)
            self._motion.start()

    def _on_selection_changed(self) -> None:
        selected = self._document.selection
        words = described(self._document.spec, selected) if selected else ""
        self.setAccessibleDescription(words)
        if words and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))
        if selected is not None:
            self.reveal(selected)
        self._refresh()

    def _on_colour_changed(self) -> None:
        self._colour()
        self._legend = self._legend_of()
        self._put_legend_bar()
        self._put_minimap()
        self._refresh()

    def _colour(self) -> None:
        look, had = self.look, self._heat is not None
        self._heat = heat_of(self._plan, look.metric, look.log, self._times) if look.metric else None
        if had or self._heat is not None:
            self._scene.set_heat(self._heat)

    def _legend_of(self) -> LegendPanel:
        shades = self._scene.shades
        larger = _LARGER_NAMES if self._presenting else 1.0
        shown = replace(
            self._along,
            film=self._along.film if self.look.film else {},
            strengths=self._along.strengths if self.look.ribbon else {},
        )
        entries: tuple[LegendLine, ...] = (*legend(self._plan, shades is not None), *notes(self._document.off, shown))
        self.legend_bar.show_entries(entries, self._theme.palette, shades)
        return LegendPanel(entries, self._theme.palette, shades, larger)

    def _put_legend_bar(self) -> None:
        """Under a drawing that leaves no room beside it; the view ends above it."""
        bar, high = self.legend_bar, self.legend_bar.height_at(self.width())
        self._wants_bar = not framing.has_column(self._plan, super()._size(), self._legend.size)
        bar.setVisible(self._wants_bar)
        bar.setGeometry(0, self.height() - high, self.width(), high)

    def _size(self) -> QSizeF:
        whole = super()._size()
        below = self.legend_bar.height_at(self.width()) if self._wants_bar else 0
        return QSizeF(whole.width(), max(whole.height() - below, 1))

    def _on_theme_changed(self) -> None:
        self._scene.recolour(self._theme.palette)
        self._legend = self._legend_of()
        self._refresh()

    def _rebuild(self, keep: bool = True) -> None:
        """Draw what there is now; `keep` the scene, whose stencils serve again, unless the old one is still needed."""
        self._motion.stop()
        self._hover = self._line = None
        self._laid = _drawn(self._document, self.look)
        self._plan = self._with_room(self._laid)
        self._reach = self._plan.bounds
        if keep:
            self._scene.show(self._plan)
        else:
            self._scene = Scene(self._plan, self._theme.palette)
        self._colour()
        self._captions_of = self._named()
        self._legend = self._legend_of()
        self._put_legend_bar()
        self._find_hit_cells()
        self._put_minimap()
        self._refresh()

    def _named(self) -> list[Names]:
        return [Names(plan, close=self._plan.beside is not None) for plan in self._plans()]

    def _find_hit_cells(self) -> None:
        hits = self._hits
        self._hit_cells = [cell for cell in self._plan.cells if not hits.isdisjoint(cell.layers)] if hits else []

    def _arrange(self) -> None:
        """After the drawing or the view has changed: as before, or as at first if nobody has moved it yet."""
        if not self._untouched:
            self._moved()
            return
        self.home()
        if self._document.selection is not None:
            self.reveal(self._document.selection)
            self._untouched = True

    def _refresh(self) -> None:
        plan, down = self._plan, self._plan.direction == "down"
        selected = self._document.selection
        place = plan.place(selected) if selected else None
        mark = (place.rect.cy if down else place.rect.cx) if place else None
        hits = [cell.rect.cy if down else cell.rect.cx for cell in self._hit_cells]
        self.minimap.mirror(plan, self._theme.palette, self._window(), mark, hits, self._document.off)
        self.minimap.setVisible(self.minimap.wanted(self._size().toSize()) and not self._hides_minimap())
        self.update()

    def _hides_minimap(self) -> bool:
        """Whether it would be in the way of what is shown along the drawing."""
        return False

    def _has_columns(self) -> bool:
        return bool(self._along.wanted)

    def _legend_size(self) -> QSizeF:
        return QSizeF(0, 0) if self._wants_bar else self._legend.size

    def _put_minimap(self) -> None:
        self.minimap.put_into(self._size().toSize(), self._plan.direction)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._put_legend_bar()
        self._put_minimap()
        self._arrange()

    def _on_motion_ended(self) -> None:
        self._transition = None
        self._names_before = []
        super()._on_motion_ended()

    def _captions(self, camera: Camera) -> list[Caption]:
        """The names in sight; those of the network beside have ids of their own."""
        larger = _LARGER_NAMES if self._presenting else 1.0
        found: list[Caption] = []
        for i, names in enumerate(self._captions_of):
            made = names.captions(camera, self._size(), larger)
            # Where two networks stand so close that their names meet, the open one's are read.
            free = [one for one in made if not any(one.rect.intersects(other.rect) for other in found)]
            found += [caption._replace(id=f"{caption.id}{i}") for caption in free]
        return found

    def _plans(self) -> Iterator[Layout]:
        yield self._plan
        if self._plan.beside is not None:
            yield self._plan.beside


def _drawn(document: Document, look: Look) -> Layout:
    """The document's network, beside its reference where it has one."""
    if document.reference is not None:
        return pair(document.reference, document.spec, look.fold, look.direction)
    return layout(document.spec, look.fold, look.direction)


def _wanted(look: Look, swept: bool) -> tuple[str, ...]:
    """The columns along the graph."""
    columns = (("film", look.film), ("ribbon", look.ribbon), ("sweep", swept))
    return tuple(name for name, on in columns if on)
