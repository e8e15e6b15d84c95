"""The tray as thumbnails to click back to, by mouse and by arrow keys."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRectF, QSize, Qt, Signal
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
    """Round-cornered squares; a ring where the pointer or the keyboard is, a thinner one around what is shown."""

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
        state = option.state
        pointed = state & QStyle.StateFlag.State_MouseOver or (
            view.hasFocus() and view.currentIndex().row() == index.row()
        )
        if pointed or index.data(CURRENT_ROLE):
            wide = 3 if pointed else 2
            painter.setPen(QPen(QColor(colours().accent), wide))
            inset = wide / 2
            painter.drawRoundedRect(QRectF(place).adjusted(inset, inset, -inset, -inset), RADIUS, RADIUS)
        painter.restore()

    def _pixmap(self, image: QImage, ratio: float) -> QPixmap:
        key = (image.cacheKey(), ratio)
        if key not in self._made:
            if len(self._made) > 100:
                self._made.clear()
            self._made[key] = thumbnail(image, SMALL, ratio)
        return self._made[key]
