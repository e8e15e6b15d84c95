"""Why these two? By how much one class is ahead of another, in logits and in odds."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from resviz.gui.panels.controls import caption, column, row
from resviz.gui.panels.prediction.words import logit_text, odds_text
from resviz.gui.panels.softmax.temperature import temperature_text
from resviz.gui.softmax import Margin
from resviz.gui.theme import TITLE, font


class PairCard(QWidget):
    """A formula and a sentence; `reset` is asked for by hand."""

    reset = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.odds, self.sentence, self.back = QLabel(), QLabel(), QToolButton()
        self.odds.setFont(font(TITLE, QFont.Weight.DemiBold))
        for label in (self.odds, self.sentence):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.sentence.setWordWrap(True)
        self.back.setText(self.tr("The top two"))
        self.back.setProperty("role", "link")
        self.back.setToolTip(self.tr("Back to the two likeliest classes"))
        self.back.clicked.connect(self.reset)
        head = row(spacing=8)
        head.addWidget(caption(self.tr("Why these two?")))
        head.addStretch(1)
        head.addWidget(self.back)
        box = column(self, 4)
        box.addLayout(head)
        box.addWidget(self.odds)
        box.addWidget(self.sentence)

    def show_margin(self, found: Margin, ahead: str, behind: str, temperature: float, default: bool) -> None:
        """The margin between two named classes; `default` where nobody has picked them."""
        gap, t = logit_text(found.difference), temperature_text(temperature)
        odds = odds_text(found.log_odds) if found.difference != float("inf") else "∞"
        divided = "" if temperature == 1 else f" / {t}"
        sign = "=" if found.difference in (0, float("inf")) else "≈"
        self.odds.setText(f"e^({_finer(found.difference)}{divided}) {sign} {odds} : 1")
        self.sentence.setText(self._words(found, ahead, behind, gap, odds, f"{temperature:.3g}"))
        self.back.setVisible(not default)

    def _words(self, found: Margin, ahead: str, behind: str, gap: str, odds: str, t: str) -> str:
        if found.difference == 0:
            said = self.tr("{ahead} and {behind} have the same logit: one is as likely as the other, at any T.")
        elif found.difference == float("inf"):
            said = self.tr("{behind} has a logit of minus infinity: it cannot be, at any T.")
        else:
            said = self.tr(
                "{ahead} is {gap} logits ahead of {behind}: {odds} times as likely at T = {t}, whatever the other "
                "classes say."
            )
        return said.format(ahead=ahead, behind=behind, gap=gap, odds=odds, t=t)


def _finer(gap: float) -> str:
    """With as many digits as a calculator needs to find the same odds: e^4.50 is not e^4.5043."""
    if not 0 < abs(gap) < 1000:
        return logit_text(gap)
    whole, _, part = f"{gap:.4f}".replace("-", "−").partition(".")
    return f"{whole}.{part[:2]}{part[2:].rstrip('0')}"
