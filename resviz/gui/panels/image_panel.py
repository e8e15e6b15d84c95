"""The picture, before the first one an invitation with samples."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QStackedWidget, QWidget

from resviz.engine import messages as m
from resviz.gui.icons import Icons
from resviz.gui.images_qt import to_qimage
from resviz.gui.panels.controls import colours, column, row
from resviz.gui.panels.picture import PictureView, thumbnail
from resviz.gui.panels.sample_grid import SampleGrid, read_tiles
from resviz.gui.panels.seen.zone import SeenZone as SeenZone
from resviz.gui.panels.zone import Zone
from resviz.gui.samples import Sample
from resviz.gui.sources.links import SourceLinks
from resviz.gui.sources.tray import Tray
from resviz.gui.sources.tray_view import TrayView

#: Thumbnails, px: as an invitation, and in the menu.
LARGE, TINY = 72, 24
PICTURE_WIDTH = 160


class ImageZone(Zone):
    """`image_wanted` carries the `ImageSource` of a sample or of a picture from the tray; the other signals ask for a
    file dialog, the clipboard, the camera, a region of the screen, the sketch pad, and for a live picture to stand
    still.
    """

    image_wanted = Signal(object)
    open_wanted = Signal()
    paste_wanted = Signal()
    camera_wanted = Signal()
    screen_wanted = Signal()
    sketch_wanted = Signal()
    freeze_wanted = Signal()

    def __init__(self, found: Sequence[Sample] | None = None) -> None:
        super().__init__(self.tr("Picture"))
        self.tiles = read_tiles(found, 2 * LARGE)
        self.tray = Tray(self)
        self.links = SourceLinks(self)
        self.open, self.more, self.menu = self.links.buttons["open"], self.links.more, self.links.menu
        self.picture, self.invitation = PictureView(), QLabel()
        self.large = SampleGrid(self.tiles, LARGE, titled=True)
        self.large.chosen.connect(self._choose)
        self.recent = [TrayView(self.tray), TrayView(self.tray)]
        for view in self.recent:
            view.chosen.connect(self.image_wanted)
        self._hovering = False
        self._name, self._live = "", ""
        self._build_links()
        self._pages = QStackedWidget()
        self._pages.addWidget(self._invitation_page())
        self._pages.addWidget(self._picture_page())
        self.body.addWidget(self._pages, 1)
        for changed in (self.tray.rowsInserted, self.tray.rowsRemoved, self.tray.modelReset):
            changed.connect(self._show_tray)
        self._show_tray()
        self.show_empty()

    # --- building --------------------------------------------------------------------------------------------------

    def _build_links(self) -> None:
        asked = {
            "open": self.open_wanted,
            "paste": self.paste_wanted,
            "camera": self.camera_wanted,
            "screen": self.screen_wanted,
            "sketch": self.sketch_wanted,
            "freeze": self.freeze_wanted,
        }
        self.links.wanted.connect(lambda name: asked[name].emit())
        for tile in self.tiles:
            icon = QIcon(thumbnail(tile.image, TINY, self.devicePixelRatioF()))
            self.links.add_sample(icon, tile.sample.title, partial(self._choose, tile.sample))
        self.header.addWidget(self.links, 100)  # the caption's stretch is for zones with less

    def set_icons(self, icons: Icons) -> None:
        """Icons instead of words for where pictures come from."""
        self.links.set_icons(icons)

    def _invitation_page(self) -> QWidget:
        page = QWidget()
        lines = column(page, 2)
        with_samples = self.tr("Drop a picture anywhere, paste, or click a sample.")
        without = self.tr("Drop a picture anywhere, paste, or open one.")
        self.invitation.setText(with_samples if self.tiles else without)
        self.invitation.setWordWrap(True)
        self.invitation.setProperty("role", "title")
        lines.addWidget(self.invitation)
        beside = row(spacing=12)
        beside.addWidget(self.large, 3)
        beside.addWidget(self.recent[0], 2)
        lines.addLayout(beside, 1)
        return page

    def _picture_page(self) -> QWidget:
        page = QWidget()
        beside = row(page, 12)
        self.picture.setFixedWidth(PICTURE_WIDTH)
        beside.addWidget(self.picture)
        beside.addWidget(self.recent[1], 1)
        return page

    def _show_tray(self) -> None:
        """Beside the samples there is room for those seen lately once there are any."""
        self.recent[0].setVisible(self.tray.rowCount() > 0)

    # --- dragging --------------------------------------------------------------------------------------------------

    def set_hovering(self, hovering: bool) -> None:
        """Something is dragged over the window: show where it would come."""
        self._hovering = hovering
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._hovering:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours().accent), 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(QColor(colours().tint))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(5, 5, -5, -5), 10, 10)

    # --- showing ---------------------------------------------------------------------------------------------------

    def _choose(self, sample: Sample, _checked: bool = False) -> None:
        self.image_wanted.emit(m.ImageSource(path=sample.path, name=sample.title))

    def show_empty(self) -> None:
        """No picture: the invitation."""
        self.picture.set_image(QImage())
        self._pages.setCurrentIndex(0)
        self._name = ""
        self._show_name()

    def show_prediction(self, prediction: m.Prediction) -> None:
        self.picture.set_image(to_qimage(prediction.preview))
        width, height = prediction.original_size
        self._name = f"{prediction.name} · {width}×{height}" if prediction.name else f"{width}×{height}"
        self._pages.setCurrentIndex(1)
        self._show_name()

    @property
    def is_live(self) -> bool:
        """Whether pictures come by themselves."""
        return bool(self._live)

    def show_live(self, note: str, frozen: bool = False) -> None:
        """Pictures come by themselves, or stand still; `note` says how many a second. Empty: no more."""
        self._live = note
        self.links.show_live(bool(note), frozen)
        self._show_name()

    def _show_name(self) -> None:
        self.foot.setText(" · ".join(filter(None, (self._live, self._name))))
