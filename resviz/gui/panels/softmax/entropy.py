"""How undecided a network is: entropy in bits, and among how many classes it is as if choosing."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from resviz.gui.panels.controls import colours, column, row, wrapped
from resviz.gui.softmax import Softmax
from resviz.gui.theme import BODY, font


class _Share(QWidget):
    """A thin bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.share = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(120, 6)

    def set_share(self, share: float) -> None:
        self.share = min(max(share, 0.0), 1.0)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        place = QRectF(self.rect())
        painter.fillRect(place, QColor(colours().control))
        place.setWidth(place.width() * self.share)
        painter.fillRect(place, QColor(colours().accent))


class EntropyLine(QWidget):
    """`Entropy 0.82 of at most 3.32 bits`, as a bar, and in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bits, self.words, self.bar = QLabel(), QLabel(), _Share()
        self.bits.setFont(font(BODY, QFont.Weight.DemiBold))
        self.words.setProperty("role", "muted")
        name = QLabel(self.tr("Entropy"))
        name.setProperty("role", "muted")
        head = row(spacing=8)
        head.addWidget(name)
        head.addStretch(1)
        head.addWidget(self.bits)
        box = column(self, 4)
        box.addLayout(head)
        box.addWidget(self.bar)
        box.addWidget(self.words)
        self.setToolTip(
            wrapped(
                self.tr(
                    "The sum of p log2(1/p) over all classes: 0 bits where one class has everything, the most where "
                    "all are alike. Two to its power (the perplexity) is the number of equal classes that one would "
                    "be as undecided among."
                )
            )
        )

    def show_entropy(self, found: Softmax) -> None:
        bits, most = f"{found.entropy:.2f}", f"{found.most_entropy:.2f}"
        self.bits.setText(self.tr("{bits} of at most {most} bits").format(bits=bits, most=most))
        said = self.tr("as if choosing among {some} of {all} classes")
        some, classes = choice_text(found.perplexity), f"{len(found.logits):,}"
        self.words.setText(said.format(some=some, all=classes))
        self.bar.set_share(found.entropy / found.most_entropy if found.most_entropy else 0.0)


def choice_text(perplexity: float) -> str:
    """`1.8`, `14`, `1,000`."""
    return f"{perplexity:.1f}" if perplexity < 9.95 else f"{perplexity:,.0f}"
