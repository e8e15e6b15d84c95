"""What is switched off, on the drawing: blocks hatched, shortcuts dashed and crossed out, silenced layers framed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPixmap

from resviz.arch.layout.cells import Box, Rect, Route
from resviz.arch.layout.folded import TEXT_X, WIDTH
from resviz.arch.layout.stack import Cell, Layout
from resviz.drawing.figure import BODY, CAPTION, LINE_DETAIL, TITLE, route_parts
from resviz.drawing.palette import Palette
from resviz.drawing.primitives import Curve, Primitive, Shape
from resviz.gui.graph.camera import Camera
from resviz.gui.graph.facts import branch_of, taken_with
from resviz.gui.graph.overlays import core_of, metrics
from resviz.gui.graph.painter import Stencil, font
from resviz.gui.graph.scene import FAR
from resviz.gui.graph.switching import blocks_of, channels_in, counted
from resviz.ways import Off

#: A hatch's line comes again after so many px.
_PITCH = 8
#: How much of what is under a hatch shows through.
_VEIL, _LINES = 0.3, 0.6
#: Letters of a tag, and the air around them.
_TAG_PX, _AIR = 11.0, 6.0
#: Where along a shortcut its cross is.
_CROSS_AT = 0.3
#: Around the layers of a branch, in the drawing's px.
_AROUND = 6.0
#: The line of a cut shortcut, and while the pointer is on it.
_THIN, _BROAD = 1.9, 4.0
#: The strip of a folded card that says which of its blocks are off.
_STRIP = 7.0


def _tr(text: str) -> str:
    return QCoreApplication.translate("GraphView", text)


class Hatching:
    """Paints in the view's px, over the scene."""

    def __init__(self, palette: Palette, camera: Camera, larger: float = 1.0) -> None:
        self._palette, self._camera, self._larger = palette, camera, larger

    def paint(self, painter: QPainter, plan: Layout, window: Rect, off: Off) -> None:
        """Everything in sight that is off."""
        if self._camera.scale < FAR:
            self._far(painter, plan, window, off)
            return
        for cell in plan.visible(window):
            if not cell.id.startswith("layer"):
                self._channels(painter, cell, off)
                continue
            blocks = blocks_of(cell)
            branches, cut = counted(off.branches, blocks), counted(off.shortcuts, blocks)
            taken = [layer for layer in cell.layers if layer in off.layers] if off.layers else []
            if branches:
                self._branches(painter, plan, cell, blocks, off)
            if not cell.body.boxes[0].parts:
                for layer in taken:
                    self._layers(painter, cell, taken_with(plan.spec, layer))
            if cut:
                self._shortcut(painter, cell)
            silent = self._channels(painter, cell, off)
            if branches or cut or silent or taken:
                self._tag(painter, cell, tag_texts(len(blocks), branches, cut, silent, len(taken)))

    def _far(self, painter: QPainter, plan: Layout, window: Rect, off: Off) -> None:
        """Blocks without a branch, as bars over the bars that all are seen as from there."""
        held = off.branches
        rects = [
            self._camera.rect_to_view(core_of(cell))
            for cell in plan.visible(window)
            if (cell.id in held if cell.times == 1 and "." in cell.id else not held.isdisjoint(blocks_of(cell)))
        ]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._palette.removed))
        painter.drawRects([rect.adjusted(0, 0, 0, max(1.0 - rect.height(), 0)) for rect in rects])

    # --- blocks -----------------------------------------------------------------------------------------------------

    def _branches(self, painter: QPainter, plan: Layout, cell: Cell, blocks: tuple[str, ...], off: Off) -> None:
        rect = self._camera.rect_to_view(core_of(cell))
        if off.branches.issuperset(blocks):
            if not cell.body.boxes[0].parts:
                self._layers(painter, cell, branch_of(plan.spec, blocks[0]))
                return
            painter.save()
            painter.setClipPath(self._around_text(cell, rect), Qt.ClipOperation.IntersectClip)
            self._hatch(painter, rect)
            painter.restore()
            return
        down = plan.direction == "down"
        length = (rect.height() if down else rect.width()) / len(blocks)
        strip = min(_STRIP, rect.width() / 4) if down else min(_STRIP, rect.height() / 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._palette.removed))
        for number, block in enumerate(blocks):
            if block in off.branches:
                at = number * length
                each = max(length - 1.5, 1.0)
                painter.drawRect(
                    QRectF(rect.left(), rect.top() + at, strip, each)
                    if down
                    else QRectF(rect.left() + at, rect.top(), each, strip)
                )

    def _layers(self, painter: QPainter, cell: Cell, layers: Sequence[str]) -> None:
        """What computes F(x) on an unfolded card, or some of it: the plus and the ReLU after it go on without it."""
        boxes = [cell.box_of(layer) for layer in layers]
        rects = [box.rect.moved(cell.x, cell.y) for box in boxes]
        left, top = min(rect.x for rect in rects), min(rect.y for rect in rects)
        right, bottom = max(rect.right for rect in rects), max(rect.bottom for rect in rects)
        area = self._camera.rect_to_view(Rect(left, top, right - left, bottom - top).grown(_AROUND))
        whole, words = QPainterPath(), QPainterPath()
        whole.addRect(area.adjusted(-2, -2, 2, 2))
        for box in boxes:
            words.addRoundedRect(self._camera.rect_to_view(_text_area(box).moved(cell.x, cell.y)), 3, 3)
        painter.save()
        painter.setClipPath(whole.subtracted(words), Qt.ClipOperation.IntersectClip)
        self._hatch(painter, area)
        painter.restore()

    def _around_text(self, cell: Cell, card: QRectF) -> QPainterPath:
        """A folded card without its words."""
        lines = [label for label in (cell.label, *cell.body.labels) if label is not None and label.anchor == "start"]
        sizes = {"title": TITLE, "note": CAPTION}
        wide = max(metrics(sizes[one.role], True).horizontalAdvance(one.text) for one in lines if one.role in sizes)
        left = card.left() + (TEXT_X - 5) * self._camera.scale
        text = QRectF(left, card.top() + 2, (min(wide, WIDTH - TEXT_X) + 8) * self._camera.scale, card.height() - 4)
        whole, words = QPainterPath(), QPainterPath()
        whole.addRect(card.adjusted(-2, -2, 2, 2))
        words.addRect(text)
        return whole.subtracted(words)

    def _hatch(self, painter: QPainter, rect: QRectF) -> None:
        radius = 10 * self._camera.scale
        veil = QColor(self._palette.card)
        veil.setAlphaF(_VEIL)
        painter.setPen(Qt.PenStyle.NoPen)
        for brush in (QBrush(veil), _hatch_brush(self._palette.removed)):
            painter.setBrush(brush)
            painter.drawRoundedRect(rect, radius, radius)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._palette.removed), max(2 * self._camera.scale, 1.6)))
        painter.drawRoundedRect(rect, radius, radius)

    # --- shortcuts --------------------------------------------------------------------------------------------------

    def pointed(self, painter: QPainter, cell: Cell) -> None:
        """A cut shortcut that the pointer is on: as it was, but broad."""
        self._shortcut(painter, cell, _BROAD)

    def _shortcut(self, painter: QPainter, cell: Cell, width: float = _THIN) -> None:
        routes = [route for route in cell.body.routes if route.kind != "trunk"]
        if self._camera.scale >= LINE_DETAIL:
            self._routes(painter, cell, routes, width)
        if routes:
            self._cross(painter, cell, routes[0])

    def _routes(self, painter: QPainter, cell: Cell, routes: list[Route], width: float) -> None:
        """The lines in red; what was there is painted over first, except on the card, which has another ground."""
        scale = self._camera.scale
        width /= min(scale, 1.0)
        painter.save()
        painter.translate(self._camera.to_view(cell.x, cell.y))
        painter.scale(scale, scale)
        card = cell.body.card
        if card is not None:
            painter.save()
            outside = QPainterPath()
            outside.addRect(QRectF(*cell.body.extent.grown(8)))
            inside = QPainterPath()
            inside.addRect(QRectF(*card))
            painter.setClipPath(outside.subtracted(inside), Qt.ClipOperation.IntersectClip)
            Stencil(_recoloured(routes, "band", 2 * width, False), self._palette).paint(painter, 9.0)
            painter.restore()
        Stencil(_recoloured(routes, "removed", width, True), self._palette).paint(painter, 9.0)
        painter.restore()

    def _cross(self, painter: QPainter, cell: Cell, route: Route) -> None:
        x, y = _lane(route)
        at = self._camera.to_view(x + cell.x, y + cell.y)
        arm = min(max(6.0 * self._camera.scale, 3.0), 9.0) * self._larger
        for colour, width in ((self._palette.band, 5.0), (self._palette.removed, 2.4)):
            painter.setPen(QPen(QColor(colour), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(at - QPointF(arm, arm), at + QPointF(arm, arm))
            painter.drawLine(at - QPointF(arm, -arm), at + QPointF(arm, -arm))

    # --- channels ---------------------------------------------------------------------------------------------------

    def _channels(self, painter: QPainter, cell: Cell, off: Off) -> int:
        """Frames the layers with silenced channels; how many channels of the cell those are."""
        silent = 0
        for layer, count in channels_in(off, cell):
            silent += count
            box = cell.box_of(layer)
            if not box.parts:
                rect = self._camera.rect_to_view(box.rect.moved(cell.x, cell.y).grown(1.5))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(self._palette.removed), 1.8, Qt.PenStyle.DashLine))
                painter.drawRoundedRect(rect, 4, 4)
        return silent

    # --- words ------------------------------------------------------------------------------------------------------

    def _tag(self, painter: QPainter, cell: Cell, texts: Sequence[str]) -> None:
        """On the card's upper edge, at its left end, where there is nothing else: as much as it has room for."""
        core = self._camera.rect_to_view(core_of(cell))
        px = _TAG_PX * self._larger
        high, room = px + 5, core.width() - 2 * _AIR
        said = " · ".join(texts)
        while texts and _width(said) * self._larger > room - 2 * _AIR:
            texts = texts[:-1]
            said = " · ".join(texts) + " …"
        if not texts or core.height() < high * 1.2:
            return
        rect = QRectF(core.left() + _AIR, core.top() - high, _width(said) * self._larger + 2 * _AIR, high)
        painter.setPen(QPen(QColor(self._palette.removed), 1))
        painter.setBrush(QColor(self._palette.panel))
        painter.drawRoundedRect(rect, high / 2, high / 2)
        painter.setFont(font(px, True))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, said)


def _text_area(box: Box) -> Rect:
    """Where a box has its name, in its cell."""
    px = CAPTION if box.rect.h < 20 else BODY
    wide = min(metrics(px, False).horizontalAdvance(box.text), box.rect.w - 8) + 6
    return Rect(box.rect.cx - wide / 2, box.rect.cy - 0.62 * px, wide, 1.24 * px)


def _width(text: str) -> float:
    return metrics(_TAG_PX, True).horizontalAdvance(text)


def tag_texts(blocks: int, branches: int, cut: int, silent: int, taken: int = 0) -> tuple[str, ...]:
    """`off`; `2 of 3 off`, `1 of 3 cut`, `4 channels off`."""
    said = []
    if branches:
        said.append(_tr("off") if blocks == 1 else _tr("{0} of {1} off").format(branches, blocks))
    if cut:
        said.append(_tr("shortcut cut") if blocks == 1 else _tr("{0} of {1} cut").format(cut, blocks))
    if taken:
        said.append(_tr("1 layer off") if taken == 1 else _tr("{0} layers off").format(taken))
    if silent:
        said.append(_tr("1 channel off") if silent == 1 else _tr("{0} channels off").format(silent))
    return tuple(said)


def _recoloured(routes: list[Route], role: str, width: float, dashed: bool) -> Iterator[Primitive]:
    for route in routes:
        for part in route_parts(route):
            if isinstance(part, Curve):
                yield part._replace(role=role, width=width, style="dash" if dashed else "solid", detail=0.0)
            elif isinstance(part, Shape):
                yield part._replace(fill=role, detail=0.0)
            else:
                yield part


def _lane(route: Route) -> tuple[float, float]:
    """A point of the stretch beside the card, clear of the words at its middle."""
    points = route.points
    (x0, y0), (x1, y1) = (points[1], points[2]) if len(points) > 2 else (points[0], points[-1])
    return x0 + (x1 - x0) * _CROSS_AT, y0 + (y1 - y0) * _CROSS_AT


@lru_cache(maxsize=4)
def _hatch_brush(colour: str) -> QBrush:
    """Diagonal lines. The style's own pattern is as fine as one pixel, and grey from the back of a room."""
    tile = QPixmap(_PITCH * 2, _PITCH * 2)
    tile.setDevicePixelRatio(2.0)
    tile.fill(Qt.GlobalColor.transparent)
    ink = QColor(colour)
    ink.setAlphaF(_LINES)
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(ink, 1.5))
    for shift in (-_PITCH, 0, _PITCH):
        painter.drawLine(QPointF(shift - 1, _PITCH + 1), QPointF(shift + _PITCH + 1, -1))
    painter.end()
    return QBrush(tile)
