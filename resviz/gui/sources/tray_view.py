"""The tray as thumbnails to click back to, by mouse and by arrow keys."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from resviz.gui.panels.controls import colours
from resviz.gui.panels.picture import RADIUS, thumbnail
from resviz.gui.sources.tray import CURRENT_ROLE, IMAGE_ROLE, Tray

SMALL = 48
_GAP = 8
_CELL = SMALL + _GAP
#: Columns from which on there is room for a scroll bar.
_ROOMY = 3


class TrayView(QListView):
    """`chosen` carries the `ImageSource` of a thumbnail that was clicked, or on which Enter was pressed."""

    chosen = Signal(object)

    def __init__(self, tray: Tray, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tray = tray
        self.setModel(tray)
        self.setItemDelegate(_Thumbs(self))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("QListView { background: transparent; outline: none; }")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setSingleStep(_CELL)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Recent pictures"))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._pop_up)
        self.clicked.connect(self._choose)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

    def sizeHint(self) -> QSize:
        return QSize(4 * _CELL, 2 * _CELL)

    def _choose(self, index: QModelIndex | QPersistentModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self._tray.entries[index.row()].source)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, index = event.key(), self.currentIndex()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose(index)
        elif key == Qt.Key.Key_Delete and index.isValid():
            self._tray.remove(index.row())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A bar to scroll by only where it takes no thumbnail's place; the wheel and the keys always scroll."""
        policy = Qt.ScrollBarPolicy
        # By the whole width: the bar itself takes from the viewport's, and would come and go for ever.
        roomy = self.width() >= _ROOMY * _CELL
        self.setVerticalScrollBarPolicy(policy.ScrollBarAsNeeded if roomy else policy.ScrollBarAlwaysOff)
        super().resizeEvent(event)

    def updateGeometries(self) -> None:
        super().updateGeometries()
        self.horizontalScrollBar().setRange(0, 0)  # the gap beside the last column may lie outside

    # --- the menu ----------------------------------------------------------------------------------------------------

    def menu(self, row: int) -> QMenu:
        """What can be done with the picture of a row (-1: with all of them only)."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if row >= 0:
            menu.addAction(self.tr("Show")).triggered.connect(lambda: self._choose(self._tray.index(row)))
            menu.addAction(self.tr("Remove from the list")).triggered.connect(lambda: self._tray.remove(row))
            menu.addSeparator()
        menu.addAction(self.tr("Clear the list")).triggered.connect(self._tray.clear)
        return menu

    def _pop_up(self, at: QPoint) -> None:
        if self._tray.rowCount():
            index = self.indexAt(at)
            self.menu(index.row() if index.isValid() else -1).popup(self.viewport().mapToGlobal(at))


class _Thumbs(QStyledItemDelegate):
    """Round-cornered squares. What is shown has a ring in the accent colour and a dot, where the keys are has a dashed
    frame inside it, what the pointer is over a thin line: one look never stands for two of them.
    """

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self._made: dict[tuple[int, float], QPixmap] = {}

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(_CELL, _CELL)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        view = self.parent()
        assert isinstance(view, QListView)
        place = option.rect.adjusted(0, 0, -_GAP, -_GAP)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(place.topLeft(), self._pixmap(index.data(IMAGE_ROLE), view.devicePixelRatioF()))
        if index.data(CURRENT_ROLE):
            _paint_current(painter, QRectF(place))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            _frame(painter, QRectF(place), QPen(QColor(colours().text), 1), 0.5)
        if view.hasFocus() and view.currentIndex().row() == index.row():
            _frame(painter, QRectF(place), QPen(QColor(colours().panel), 2), 4)
            _frame(painter, QRectF(place), QPen(QColor(colours().text), 2, Qt.PenStyle.DotLine), 4)
        painter.restore()

    def _pixmap(self, image: QImage, ratio: float) -> QPixmap:
        key = (image.cacheKey(), ratio)
        if key not in self._made:
            if len(self._made) > 100:
                self._made.clear()
            self._made[key] = thumbnail(image, SMALL, ratio)
        return self._made[key]


def _paint_current(painter: QPainter, place: QRectF) -> None:
    """The ring of what is shown, and a dot at its corner."""
    _frame(painter, place, QPen(QColor(colours().accent), 2), 1)
    painter.setPen(QPen(QColor(colours().panel), 1.5))
    painter.setBrush(QColor(colours().accent))
    painter.drawEllipse(place.topRight() + QPointF(-5, 5), 4, 4)


def _frame(painter: QPainter, place: QRectF, pen: QPen, inset: float) -> None:
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(place.adjusted(inset, inset, -inset, -inset), RADIUS - inset / 2, RADIUS - inset / 2)
