"""The small form in the run strip: the network's input, and the way to its steps."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QToolButton

from resviz.engine import messages as m
from resviz.gui.images_qt import to_qimage
from resviz.gui.panels.picture import PictureView
from resviz.gui.panels.zone import MARGIN, Zone

_WIDTH = 160


class SeenZone(Zone):
    """The network's input, each of its pixels a square. `detail_wanted`: show it step by step."""

    detail_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(self.tr("What the network sees"))
        self.picture = PictureView()
        self.body.addWidget(self.picture, 1)
        self.detail = QToolButton(self)
        self.detail.setText("›")
        self.detail.setProperty("role", "link")
        self.detail.setToolTip(self.tr("Step by step: resizing, crop, normalisation, numbers"))
        self.detail.setAccessibleName(self.tr("What the network sees, step by step"))
        self.detail.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.detail.clicked.connect(self.detail_wanted)
        self.header.addWidget(self.detail)
        self.foot.ensurePolished()  # else it measures in the font it has not got yet
        widest = max(self.foot.fontMetrics().horizontalAdvance(said) for said in self._sayings(224, 224).values())
        self.setFixedWidth(max(widest + 4, _WIDTH) + 2 * MARGIN)

    def show_empty(self) -> None:
        self.picture.set_image(QImage())
        self.foot.setText("")

    def show_prediction(self, prediction: m.Prediction) -> None:
        self.picture.set_image(to_qimage(prediction.seen))
        height, width = prediction.seen.shape[:2]
        how = prediction.steps.how if prediction.steps is not None else "short"
        self.foot.setText(self._sayings(width, height)[how])

    def _sayings(self, width: int, height: int) -> dict[str, str]:
        sentences = {
            "short": self.tr("centre crop → {width}×{height}, normalised"),
            "square": self.tr("square → {width}×{height}, normalised"),
            "digit": self.tr("digit → {width}×{height}, normalised"),
        }
        return {how: said.format(width=width, height=height) for how, said in sentences.items()}
