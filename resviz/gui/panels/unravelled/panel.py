"""The network unravelled: its 2^n paths by length, and how much of the gradient comes by which."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from resviz.arch.presets import title_of
from resviz.gui.background import Background
from resviz.gui.document import Document
from resviz.gui.jobs import Jobs
from resviz.gui.panels.controls import Choice, CopyLink, Segmented, column, row, wrapped
from resviz.gui.panels.figures import share as share_text
from resviz.gui.panels.unravelled import paths
from resviz.gui.panels.unravelled.curve import LengthCurve, in_powers
from resviz.gui.panels.unravelled.fan import PathFan
from resviz.gui.panels.unravelled.measuring import Measuring
from resviz.gui.panels.zone import ElidedLabel
from resviz.gui.theme import BODY, TITLE, Theme, font

#: The lengths are named that hold at least this share of the gradient.
_MOST = 0.9


class UnravelledPanel(QWidget):
    """Counting needs no engine; measuring is a job of its own."""

    def __init__(self, document: Document, jobs: Jobs, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._jobs = document, jobs
        self.blocks: tuple[str, ...] = ()
        self.title, self.warning = ElidedLabel("plain"), ElidedLabel("warning")
        self.number, self.words, self.readout = QLabel(), QLabel(), QLabel()
        self.finding, self.source = QLabel(), QLabel()
        self.fan, self.measuring = PathFan(), Measuring(document, jobs)
        self.paths = LengthCurve(self.tr("Paths by length"))
        self.gradients = LengthCurve(self.tr("Mean gradient by one path (log)"), curve=True)
        self.flow = LengthCurve(self.tr("Share of the gradient: paths × mean"))
        self.scale = self._scale_choice()
        self.copy = CopyLink(self.tr("Copy as CSV"), self.tr("A row a length, numbers in full"), self)
        self._background = Background(self)
        self._build()
        self._connect(theme)
        self._stale = True

    @property
    def curves(self) -> tuple[LengthCurve, ...]:
        return self.paths, self.gradients, self.flow

    # --- building ----------------------------------------------------------------------------------------------------

    def _scale_choice(self) -> Segmented:
        choices = (
            Choice("linear", self.tr("Linear"), self.tr("Bars as long as there are many paths")),
            Choice("log", self.tr("Log"), self.tr("In powers of ten, so that the few short and long paths show")),
        )
        scale = Segmented(choices, self.tr("Scale of the number of paths"))
        scale.set_value("linear")
        scale.set_tight()
        scale.setFixedWidth(112)
        return scale

    def _build(self) -> None:
        self.title.setFont(font(BODY, QFont.Weight.DemiBold))
        self.number.setFont(font(TITLE, QFont.Weight.DemiBold))
        self.finding.setFont(font(BODY, QFont.Weight.DemiBold))
        self.warning.setText(self.tr("untrained: the weights are random, and so are these gradients"))
        for label in (self.words, self.readout, self.source):
            label.setProperty("role", "muted")
        for label in (self.number, self.words, self.readout, self.finding, self.source):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.readout.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.readout.setMinimumHeight(2 * self.readout.fontMetrics().lineSpacing() + 2)
        content = QWidget()
        self._fill(content)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(content)
        column(self).addWidget(area)

    def _fill(self, content: QWidget) -> None:
        tools = row(spacing=8)
        tools.addWidget(self.scale)
        tools.addStretch(1)
        tools.addWidget(self.copy)
        self.many = QWidget()
        box = column(self.many, 8)
        _stack(box, self.fan, self.paths, self.readout)
        box.addLayout(tools)
        _stack(box, self.measuring, self.warning, self.finding, self.gradients, self.flow, self.source)
        whole = column(content, 6, (16, 6, 16, 12))
        _stack(whole, self.title, self.number, self.words, self.many)
        whole.addStretch(1)

    def _connect(self, theme: Theme) -> None:
        self._document.spec_changed.connect(self.refresh)
        self.measuring.changed.connect(self._show_flow)
        self.scale.chosen.connect(lambda _: self._show_paths())
        self.copy.clicked.connect(self._on_copy)
        self.fan.pointed.connect(self._on_path)
        for curve in self.curves:
            curve.pointed.connect(self._on_length)
        theme.changed.connect(self.update)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.refresh()

    # --- what to show ------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Count the paths of the document's network; later, if nobody can see it."""
        self._stale = not self.isVisible()
        if self._stale:
            return
        spec = self._document.spec
        self.blocks = paths.residual_blocks(spec)
        count = len(self.blocks)
        self.title.setText(title_of(spec))
        self.many.setVisible(count > 0)
        if not count:
            self.number.setText(self.tr("1 path"))
            self.words.setText(
                self.tr(
                    "A plain network has no shortcuts: there is one way through it, and it goes through every layer."
                )
            )
            return
        few = count <= paths.FEW
        self.fan.setVisible(few)
        self.paths.setVisible(not few)
        self.scale.setVisible(not few)
        if few:
            self.fan.show_blocks(self.blocks)
        self._show_number(count)
        self._show_paths()
        self._show_flow()

    def _show_number(self, count: int) -> None:
        whole = 2**count
        said = self.tr("{n} blocks with a shortcut: 2{power} = {paths} paths")
        power = str(count).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
        self.number.setText(said.format(n=count, power=power, paths=paths.big(whole)))
        self.number.setToolTip(wrapped(_in_lines(f"{whole:,}")))
        mean, marked = f"{count / 2:,.1f}".removesuffix(".0"), self._marked()
        said = self.tr("Each block is gone through or around. The mean path goes through {mean} residual branches")
        if marked is None:
            said += self.tr(", the shortest through none, the longest through all {n}.")
            self.words.setText(said.format(mean=mean, n=count))
            return
        low, high = marked
        said += self.tr("; {share} of the paths go through {low} to {high} (tinted).")
        held = _held(paths.between(count, low, high))
        self.words.setText(said.format(mean=mean, share=held, low=f"{low:,}", high=f"{high:,}"))

    def _marked(self) -> tuple[int, int] | None:
        """The lengths that nearly all paths have; None of a network so small that those are all there are."""
        low, high = paths.middle(len(self.blocks))
        return (low, high) if low else None

    def _show_paths(self) -> None:
        count = len(self.blocks)
        if not count:
            return
        if self.scale.value() == "log":
            heights, _, high = in_powers(paths.logs(count))
            self.paths.show_heights(heights, ("1", _power(high)), self._marked())
            return
        shares = paths.shares(count)
        most = max(shares)
        linear = [share / most for share in shares]
        self.paths.show_heights(linear, ("0", _short(paths.counts(count)[count // 2])), self._marked())

    def _show_flow(self) -> None:
        flow = self.measuring.flow
        fits = flow is not None and len(flow.lengths) == len(self.blocks) + 1
        for part in (self.gradients, self.flow, self.source):
            part.setVisible(fits)
        self.warning.setVisible(fits and not self.measuring.trained)
        self.finding.setVisible(fits and self.measuring.trained)
        self.fan.show_shares(flow.shares if flow is not None and fits else ())
        if flow is not None and fits:
            heights, low, high = in_powers(flow.logs)
            self.gradients.show_heights(heights, (_power(low), _power(high)))
            most = max(flow.shares) or 1.0
            marked = paths.shortest(flow.shares, _MOST)
            self.flow.show_heights([share / most for share in flow.shares], ("0", share_text(most, 1.0)), marked)
            self._show_finding(flow, *marked)
        self._on_length(-1)

    def _show_finding(self, flow: paths.Flow, low: int, high: int) -> None:
        if not any(flow.shares):
            self.finding.setText(self.tr("No gradient comes by any path: the network is certain of this class."))
        else:
            said = self.tr("{share} of the gradient comes by paths of {which} residual branches (tinted), of {n}.")
            which = str(low) if low == high else self.tr("{low} to {high}").format(low=low, high=high)
            held = _held(math.fsum(flow.shares[low : high + 1]))
            self.finding.setText(said.format(share=held, which=which, n=len(self.blocks)) + self._trend(flow))
        samples = max(each.samples for each in flow.lengths)
        says = self.tr(
            "After Veit, Wilber and Belongie 2016, section 5 (fig. 6): all is computed forward as ever, and the "
            "gradient of the loss for “{label}” goes back by one path. The mean over at most {samples} paths of each "
            "length, for this one picture, at the input of the first block."
        ).format(label=self.measuring.label, samples=samples)
        if self.measuring.whole:
            says += " " + self.tr("Measured with everything switched on.")
        self.source.setText(says)

    def _trend(self, flow: paths.Flow) -> str:
        """Whether a longer path brings less, as is taught, or more, as may be in networks of few blocks."""
        first, last = flow.lengths[0].gradient, flow.lengths[-1].gradient
        if last == first:
            return ""
        if last < first:
            said = self.tr(" The longest path brings less than the shortest ({last} against {first}), as in the paper.")
        else:
            said = self.tr(
                " Here the longest path brings more than the shortest ({last} against {first}); "
                "in the paper's network of 54 blocks it was the opposite."
            )
        return said.format(first=f"{first:.2g}", last=f"{last:.2g}")

    # --- one length, one path ----------------------------------------------------------------------------------------

    def _on_length(self, length: int) -> None:
        for curve in self.curves:
            curve.set_current(length)
        self.readout.setText(self.length_words(length) if length >= 0 else self._idle_words())

    def _idle_words(self) -> str:
        if len(self.blocks) <= paths.FEW:
            return self.tr("Point at a path to see where it goes.")
        return self.tr("Point at a length to read its figures.")

    def length_words(self, length: int) -> str:
        """All figures of a length."""
        count, flow = len(self.blocks), self.measuring.flow
        found = paths.counts(count)[length]
        said = self.tr("length {length} of {n}: {paths} paths, {share} of all")
        share = share_text(paths.shares(count)[length], 1.0)
        text = said.format(length=f"{length:,}", n=f"{count:,}", paths=paths.big(found), share=share)
        if flow is None or len(flow.lengths) != count + 1:
            return text
        more = self.tr(" · gradient {gradient} by one (mean of {samples}), {share} of the whole")
        one = flow.lengths[length]
        return text + more.format(
            gradient=f"{one.gradient:.3g}", samples=one.samples, share=share_text(flow.shares[length], 1.0)
        )

    def _on_path(self, number: int) -> None:
        if number < 0:
            self._on_length(-1)
            return
        path = self.fan.paths[number]
        for curve in self.curves:
            curve.set_current(len(path))
        self.readout.setText(self.path_words(path))

    def path_words(self, path: tuple[str, ...]) -> str:
        """Where a path goes, and how many are as long."""
        around = [block for block in self.blocks if block not in path]
        if not path:
            where = self.tr("around every block, by the shortcuts alone")
        elif not around:
            where = self.tr("through every residual branch")
        else:
            where = self.tr("through {through}, around {around}").format(
                through=", ".join(path), around=", ".join(around)
            )
        alike = paths.counts(len(self.blocks))[len(path)]
        said = self.tr("{where} · one of {alike} paths of length {length}, of {all}")
        return said.format(where=where, alike=alike, length=len(path), all=2 ** len(self.blocks))

    def _on_copy(self) -> None:
        """Put the table on the clipboard; numbers of thousands of digits take their time to be written."""
        count, flow = len(self.blocks), self.measuring.flow
        self._background.run(lambda: paths.csv(count, flow), self.copy.copy)


def _stack(box: QVBoxLayout, *parts: QWidget) -> None:
    for part in parts:
        box.addWidget(part)


def _held(share: float) -> str:
    """`99.2 %`; nearly all is not all, whatever it rounds to."""
    return "> 99.9 %" if 0.9995 <= share < 1 - 1e-9 else share_text(share, 1.0).replace("100.0 %", "100 %")


def _power(log: float) -> str:
    """The number with this decimal logarithm, for the end of an axis: `0.012`, `1.1e-3`, `1e180`."""
    if -2 <= log < 5:
        return f"{10**log:.2g}" if log < 2 else f"{10**log:,.0f}"
    power = math.floor(log)
    return f"{10 ** (log - power):.1f}e{power}" if power < 0 else f"1e{power}"


def _short(number: int) -> str:
    """Exact, or two figures of it: `12,870`, `2.0e7`."""
    if number < 100_000:
        return f"{number:,}"
    power = len(str(number)) - 1
    tenths = round(number * 10, -power) // 10**power
    return f"{tenths / 10:.1f}e{power}" if tenths < 100 else f"1.0e{power + 1}"


def _in_lines(digits: str, groups: int = 12) -> str:
    """A long number with commas, in lines that end at one."""
    parts = digits.split(",")
    return ",\n".join(",".join(parts[at : at + groups]) for at in range(0, len(parts), groups))
