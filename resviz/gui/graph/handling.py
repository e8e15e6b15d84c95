"""What one does with the graph, by whatever device: fold by hand, find, present."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from resviz.arch.layout.cells import Rect
from resviz.arch.layout.fold import Fold
from resviz.arch.layout.stack import Place
from resviz.gui.document import Document
from resviz.gui.graph import anchor, folding, pointing
from resviz.gui.graph.along_words import known
from resviz.gui.graph.anchor import Anchor
from resviz.gui.graph.camera import Camera
from resviz.gui.graph.canvas import Canvas
from resviz.gui.graph.find_bar import FindBar
from resviz.gui.graph.framing import LEAST_HOME
from resviz.gui.graph.overlays import Caption
from resviz.gui.graph.switching import blocks_of
from resviz.gui.graph.tooltip import HoverCard
from resviz.gui.look import Look
from resviz.gui.theme import Theme

#: Letters of the card while one presents.
_LARGE_CARD_PX = 18
#: How much larger all is while one presents.
_LARGER = 1.6
#: How far off the middle the layer is that one talks about, as a part of the view.
_ASIDE = 0.14
#: From the drawing to the card, and from there to the edge, px.
_CARD_GAP = 40


class Handling(Canvas):
    """A canvas that asks the look to fold and the document to select."""

    def __init__(
        self, document: Document, theme: Theme, look: Look | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(document, theme, look, parent)
        self.card = HoverCard(self)
        self.find_bar = FindBar(document, theme, self)
        self.find_bar.hits_changed.connect(self._on_hits_changed)
        self.find_bar.chosen.connect(self.show_hit)
        #: How all was folded before a hit was unfolded, and how it was then.
        self._unfolded: tuple[Fold, Fold] | None = None
        #: From where one looked, and whether one had moved, before one presented.
        self._before = Camera(), True
        self._motion.stepped.connect(self._follow)
        QWidget.setTabOrder(self, self.find_bar.edit)
        QWidget.setTabOrder(self.find_bar.edit, self.minimap)

    # --- folding -----------------------------------------------------------------------------------------------------

    def unfold_selected(self) -> None:
        """One step more of the selected card, or of all where nothing is selected."""
        self._fold_selected(1)

    def fold_selected(self) -> None:
        """One step less of what is selected, or of all where nothing is."""
        self._fold_selected(-1)

    def toggle_selected(self) -> None:
        """What a double click on the selection does."""
        self._fold_selected(0)

    def _fold_selected(self, by: int) -> None:
        selected = self._document.selection
        place = self._plan.place(selected) if selected else None
        if place is None:
            self.look.set_fold(folding.stepped(self.fold, by))
            return
        steps = {1: folding.opened, -1: folding.closed, 0: folding.toggled}
        self._untouched = False
        self.look.set_fold(steps[by](self.fold, place.cell))
        if selected is not None:
            self.reveal(selected)

    def fold_at(self, point: QPointF) -> None:
        """Fold or unfold what is at a point of the view: a card, the block of an open layer, a band's stage."""
        at = self._camera.to_scene(point)
        found = pointing.cell_at(self._plan, at.x(), at.y())
        if found is not None:
            cell, plan = found
            held = anchor.of_cell(cell, self._camera, point, plan is not self._plan)
            self._fold_about(folding.toggled(self.fold, cell), held)
            return
        band = pointing.band_at(self._plan, at.x(), at.y())
        if band is not None:
            held = anchor.of_band(*band, self._camera, point, band[1] is not self._plan)
            self._fold_about(self.fold.put(band[0].id, "stage"), held)

    def _fold_about(self, fold: Fold, held: Anchor) -> None:
        self._anchor = held
        self.look.set_fold(fold)
        self._anchor = None

    # --- finding -----------------------------------------------------------------------------------------------------

    def find(self) -> None:  # type: ignore[override]  # QWidget's finds a widget by its native id
        """Open the bar one searches with."""
        self._put_find_bar()
        self.find_bar.enter()

    def find_next(self) -> None:
        self.find_bar.next()

    def find_previous(self) -> None:
        self.find_bar.previous()

    def show_hit(self, layer_id: str) -> None:
        """Select a layer and bring it into view, unfolded; the hit before goes back to how it was folded."""
        before = self._unfolded[0] if self._unfolded is not None and self._unfolded[1] == self.fold else self.fold
        fold = folding.showing(before, self._plan, layer_id)
        camera = self._camera.copy()
        same = fold == self.fold
        self._untouched = self._untouched and same
        self.look.set_fold(fold)
        self._unfolded = (before, fold)
        self._document.select(layer_id)
        self.reveal(layer_id)
        if same:
            self._glide_from(camera)

    def _on_hits_changed(self) -> None:
        self.set_hits(frozenset(self.find_bar.hits))

    def _put_find_bar(self) -> None:
        bar = self.find_bar
        bar.setFixedWidth(min(380, max(self.width() - 24, 100)))
        bar.move(self.width() - bar.width() - 12, 12)

    # --- presenting --------------------------------------------------------------------------------------------------

    def set_presenting(self, on: bool) -> None:
        """Larger type, and a spotlight on the selected layer with its card beside it."""
        if on == self._presenting:
            return
        self._presenting, self._larger = on, _LARGER if on else 1.0
        if on:
            self._before = self._camera.copy(), self._untouched
        else:
            self._camera, self._untouched = self._before
        self.card.hide()
        self._legend = self._legend_of()
        self._put_legend_bar()
        if on or self._untouched:
            self.home()
        else:
            self._moved()
        self._centre_selected()

    def _centre_selected(self) -> None:
        """While one presents: the selected layer in the middle, its card open."""
        selected = self._document.selection
        place = self._plan.place(selected) if selected else None
        if not self._presenting or selected is None or place is None:
            self.card.hide()
            return
        self._write_card()
        bounds, down = self._plan.bounds, self._plan.direction == "down"
        across = bounds.w if down else bounds.h
        needed, room = (self.card.width(), self.width()) if down else (self.card.height(), self.height())
        if self._plan.beside is not None:  # both in sight, and the card, as large as that allows
            self._camera.scale = min(self.zoom, max((room - needed - 3 * _CARD_GAP) / across, LEAST_HOME))
        if across * self.zoom + needed + 2 * _CARD_GAP <= room:  # all of it, and the card where nothing is drawn
            x, y = (bounds.cx, place.rect.cy) if down else (place.rect.cx, bounds.cy)
            aside = (needed + _CARD_GAP) / 2
        else:
            x, y, aside = place.rect.cx, place.rect.cy, room * _ASIDE
        self._camera.centre(x, y, self._size())
        if down:
            self._camera.x += aside / self.zoom
        else:
            self._camera.y += aside / self.zoom
        self._reach = self._plan.bounds.grown(max(self.width(), self.height()) / self.zoom)
        self._untouched = False
        self._moved()
        self._follow()

    def _write_card(self) -> None:
        """While one presents, the card says what there is to say of the selected layer, or of the card it is on."""
        selected = self._document.selection
        place = self._plan.place(selected) if selected else None
        if self._presenting and place is not None:
            text = self._text_of(place)
            self.card.show_text(text, self._theme.palette, _LARGE_CARD_PX)
            self._follow()

    def _text_of(self, place: Place) -> str:
        """All about a layer or a card, and what is known of its block."""
        own = place.plan is self._plan
        return pointing.text_of(place, self._theme.palette, self._times) + (
            self._known(blocks_of(place.cell)) if own else ""
        )

    def _known(self, blocks: Sequence[str]) -> str:
        return known(blocks, self._along, self._document.spec, self._document.off)

    def _rebuild(self, keep: bool = True) -> None:
        super()._rebuild(keep)
        self._write_card()

    def _show_along(self) -> None:
        super()._show_along()
        self._write_card()

    def _on_theme_changed(self) -> None:
        super()._on_theme_changed()
        self._write_card()

    def _covered(self, rect: QRectF, captions: list[Caption]) -> bool:
        bar = self.find_bar
        return (bar.isVisible() and rect.intersects(QRectF(bar.geometry()))) or super()._covered(rect, captions)

    def _follow(self) -> None:
        """The large card goes with its layer."""
        selected = self._document.selection
        place = self._plan.place(selected) if selected else None
        if self._presenting and place is not None:
            box = self._seen_by().rect_to_view(self._clear_of(place)).toAlignedRect()
            if self._plan.direction == "down":
                self.card.show_beside(box)
            else:
                self.card.show_below(box, QPoint(box.center().x() - self.card.width() // 2, box.bottom()))

    def _clear_of(self, place: Place) -> Rect:
        """What the card shall not cover: the layer, and across the trunk all that is drawn where there is room."""
        rect, whole = place.rect, self._plan.bounds
        if self._plan.direction == "down":
            over = self._camera.rect_to_view(whole).right() + _CARD_GAP + self.card.width()
            return Rect(rect.x, rect.y, whole.right - rect.x, rect.h) if over <= self.width() else rect
        over = self._camera.rect_to_view(whole).bottom() + _CARD_GAP + self.card.height()
        return Rect(rect.x, rect.y, rect.w, whole.bottom - rect.y) if over <= self.height() else rect

    def _on_selection_changed(self) -> None:
        start = self._seen_by().copy()
        super()._on_selection_changed()
        if self._presenting:
            self._centre_selected()
            self._glide_from(start)

    def _moved(self) -> None:
        self.card.hide()
        super()._moved()
        self._follow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._put_find_bar()
        if self._presenting:  # the screen is larger than the window was
            self.home()
            self._centre_selected()
