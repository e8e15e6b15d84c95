"""Anatomy of the selected block: x, F(x), P(x), their sum and what leaves, channel by channel and pixel by pixel."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFont, QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QStackedWidget, QWidget

from resviz.drawing.palette import DARK
from resviz.engine import messages as m
from resviz.gui.document import Document, has_layer
from resviz.gui.feedback import sentence
from resviz.gui.jobs import Jobs
from resviz.gui.panels.anatomy import words
from resviz.gui.panels.anatomy.asking import Asking
from resviz.gui.panels.anatomy.channels import ChannelChooser
from resviz.gui.panels.anatomy.chart import StrengthChart
from resviz.gui.panels.anatomy.parts import Anatomy, block_of, has_shortcut
from resviz.gui.panels.anatomy.pictures import PAD, Pictures
from resviz.gui.panels.controls import Choice, CopyLink, Segmented, caption, colours, column, hairline, row
from resviz.gui.panels.zone import ElidedLabel
from resviz.gui.theme import BODY, TITLE, Theme, font
from resviz.maps import plots

#: Under the pictures, where all of them are in sight, px.
_UNDER = 4


class AnatomyPanel(QWidget):
    """Asks the engine only while it can be seen."""

    def __init__(self, document: Document, jobs: Jobs, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._jobs = document, jobs
        self.asking = Asking(document, jobs, self)
        #: What is on screen; None while a sentence says what to do.
        self.shown: Anatomy | None = None
        self.title, self.warning, self.note = ElidedLabel("plain"), ElidedLabel("warning"), ElidedLabel()
        self.formula, self.shortcut, self.empty, self.hint = QLabel(), QLabel(), QLabel(), QLabel()
        self.sum, self.place, self.words, self.figures = QLabel(), QLabel(), QLabel(), QLabel()
        self.copy = CopyLink(self.tr("Copy"), self.tr("Copy the sum (Ctrl+C)"), self)
        self.pictures, self.channels, self.chart = Pictures(), ChannelChooser(), StrengthChart()
        self.scale = self._scale_choice()
        self._late = False
        self._build()
        self._connect()
        theme.changed.connect(self._paint)
        self.refresh()

    # --- building ----------------------------------------------------------------------------------------------------

    def _scale_choice(self) -> Segmented:
        choices = (
            Choice("channel", self.tr("Channel"), self.tr("The colours reach to this channel's largest value")),
            Choice("block", self.tr("Block"), self.tr("The colours reach to the largest value of all channels")),
        )
        scale = Segmented(choices, self.tr("Scale"))
        scale.set_value("channel")
        scale.set_tight()
        scale.chosen.connect(lambda _: self._paint())
        return scale

    def _build(self) -> None:
        self.title.setFont(font(BODY, QFont.Weight.DemiBold))
        self.formula.setFont(font(TITLE, QFont.Weight.DemiBold))
        self.formula.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for label in (self.shortcut, self.empty, self.hint, self.figures, self.place):
            label.setProperty("role", "muted")
        for label in (self.shortcut, self.empty, self.hint, self.sum, self.words, self.figures):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.sum.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        # Two lines, whatever the numbers are: nothing jumps under the pointer.
        self.sum.setMinimumHeight(2 * self.sum.fontMetrics().lineSpacing() + 2)
        self.sum.setToolTip(
            self.tr("The numbers that the network has, in full: 32-bit floating point, and the sum rounded to that")
        )
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setContentsMargins(24, 0, 24, 0)
        self.pictures.setToolTip(
            self.tr("Click pins a pixel, Shift and the arrows move it, Left and Right change the channel")
        )
        content = QWidget()
        self.area = QScrollArea()
        self._fill(content)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(content)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.empty)
        self.pages.addWidget(self.area)
        column(self).addWidget(self.pages)

    def _fill(self, content: QWidget) -> None:
        self.anatomy_part, self.strength_part = QWidget(), QWidget()
        box = column(content, 10, (16 - PAD, 2, 16 - PAD, 12))
        said = column(None, 10, (PAD, 0, PAD, 0))
        for part in (self.warning, self.note, self.hint):
            said.addWidget(part)
        box.addLayout(said)
        box.addWidget(self.anatomy_part)
        box.addWidget(self.strength_part)
        box.addStretch(1)
        self._fill_anatomy()
        self._fill_strength()

    def _fill_anatomy(self) -> None:
        box = column(None, 4, (PAD, 0, PAD, 0))
        order = row(spacing=8)
        for text, widget, wide in (
            (self.tr("Order"), self.channels.order, 132),
            (self.tr("Scale"), self.scale, 116),
        ):
            label = QLabel(text)
            label.setProperty("role", "muted")
            widget.setFixedWidth(wide)
            order.addWidget(label)
            order.addWidget(widget)
        order.addStretch(1)
        reading = row(spacing=8)
        reading.addWidget(self.place, 1)
        reading.addWidget(self.copy)
        head = row(spacing=8)
        head.addWidget(self.title, 1)
        head.addWidget(self.formula)
        box.addLayout(head)
        for part in (self.shortcut, self.channels):
            box.addWidget(part)
        box.addLayout(order)
        # The sum stands over the pictures: in a low dock it would be out of sight under them.
        box.addLayout(reading)
        box.addWidget(self.sum)
        whole = column(self.anatomy_part)
        whole.addLayout(box)
        whole.addWidget(self.pictures)
        for watched in (self.anatomy_part, self.pictures, self.area.viewport()):
            watched.installEventFilter(self)

    def _fill_strength(self) -> None:
        box = column(self.strength_part, 4, (PAD, 0, PAD, 0))
        box.addWidget(hairline())
        for part in (self.words, self.figures, caption(self.tr("All blocks"))):
            box.addWidget(part)
        box.addWidget(self.chart)
        self.legend = QLabel()
        self.legend.setProperty("role", "muted")
        self.legend.setWordWrap(True)
        box.addWidget(self.legend)

    def _connect(self) -> None:
        document, jobs = self._document, self._jobs
        for changed in (
            document.selection_changed,
            document.image_changed,
            document.spec_changed,
            jobs.predicted,
            jobs.busy,
        ):
            changed.connect(self.refresh)
        self.asking.answered.connect(self._on_answer)
        self.asking.late.connect(self._on_late)
        self.channels.changed.connect(lambda _: self._paint())
        self.pictures.pixel_changed.connect(lambda _: self._show_sum())
        self.pictures.channel_stepped.connect(self.channels.step)
        self.pictures.copy_wanted.connect(self.copy_sum)
        self.copy.clicked.connect(lambda: self.copy.copy(self.sum_text()))
        self.chart.chosen.connect(self._choose)

    # --- size --------------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize):
            self._give_room()
        return super().eventFilter(watched, event)

    def _give_room(self) -> None:
        """All five pictures shall be in sight, under what stands over them."""
        above = self.anatomy_part.y() + self.pictures.y()
        self.pictures.set_room(self.area.viewport().height() - above - _UNDER)

    # --- when it can be seen -----------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._jobs.want(strengths=True)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.asking.forget()

    # --- what to show ------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Ask for what the document is about, and say what stands in the way of it."""
        if not self.isVisible():
            return
        document, jobs = self._document, self._jobs
        block = block_of(document.spec, document.selection)
        hint = self._hint(block)
        if hint:
            self.shown = None
            self.asking.forget()
            self.empty.setText(hint)
        elif block is not None and jobs.prediction is not None and not jobs.outdated and not jobs.is_busy:
            self.asking.ask(block)
        if self.shown is None and not hint and not self.asking.has_failed:
            self.empty.setText(self.tr("{block}: waiting for the engine").format(block=block))
        self._show_strengths()
        self._show_page()
        self._show_stale()

    def _hint(self, block: str | None) -> str:
        """What to do before there is an anatomy; empty where there can be one."""
        document = self._document
        if not document.spec.residual:
            return self.tr(
                "This is a plain network: its blocks have no shortcut. What leaves a block is F(x) alone, and nothing "
                "of x is added to it. Choose shortcut option A, B or C to make it residual."
            )
        if document.image is None:
            return self.tr("Drop a picture to see what a block makes of it.")
        if document.selection is None:
            return self.tr("Click a block in the graph to take it apart.")
        if block is None:
            return self.tr("{layer} is in no block. Click a block in the graph to take it apart.").format(
                layer=document.selection
            )
        if not has_shortcut(document.spec, block):
            return self.tr(
                "{block} is a plain block: it has no shortcut. What leaves it is F(x) alone, and nothing of x is added "
                "to it. Click a block of another stage."
            ).format(block=block)
        return ""

    def _choose(self, block: str) -> None:
        """A block of the chart, which may still be that of the former network."""
        if has_layer(self._document.spec, f"{block}.add"):
            self._document.select(f"{block}.add")

    def _on_answer(self, answer: Anatomy | m.Failed) -> None:
        if isinstance(answer, m.Failed):
            self.shown = None
            self.empty.setText(sentence(answer.code, answer.values, answer.message))
        else:
            self.shown = answer
            self._show_block(answer)
        self._show_page()
        self._show_stale()

    def _show_page(self) -> None:
        """The block's parts, or a sentence; the chart of all blocks stays where there is one to choose from."""
        charts, has = bool(self.chart.strengths), self.shown is not None
        self.anatomy_part.setVisible(has)
        self.hint.setText(self.empty.text())
        self.hint.setVisible(not has)
        if not has:
            self.note.hide()
        self.pages.setCurrentWidget(self.area if has or charts else self.empty)

    def _show_block(self, anatomy: Anatomy) -> None:
        self.title.setText(f"{anatomy.found.block} · {self._document_title(anatomy)}")
        self.formula.setText(words.formula(anatomy))
        self.shortcut.setText(words.shortcut_words(anatomy))
        self.shortcut.setHidden(anatomy.identity)  # the title and the pictures say it, and height is short
        stride = anatomy.found.total.stride
        self.note.setText(self.tr("1 of {n}×{n} pixels is shown").format(n=stride))
        self.note.setVisible(stride > 1)
        # Of a zero-padded shortcut the first channels are padding: there is no x to be seen in them.
        first = next((at for at in range(anatomy.channels) if anatomy.source(at) is not None), 0)
        self.channels.show_channels(anatomy.by_branch, first)
        self._paint()

    def _document_title(self, anatomy: Anatomy) -> str:
        kinds = {
            "identity": self.tr("identity shortcut"),
            "projection": self.tr("projection shortcut"),
            "zero-pad": self.tr("zero-padded shortcut"),
        }
        return kinds.get(anatomy.found.kind, anatomy.found.kind)

    def _paint(self) -> None:
        anatomy = self.shown
        if anatomy is None:
            return
        channel = self.channels.channel
        limit = anatomy.limit(channel if self.scale.value() == "channel" else None)
        table = plots.table(plots.SIGNED, dark=colours() is DARK)
        self.pictures.show_channel(anatomy, channel, limit, table)
        self._show_sum()

    def _show_strengths(self) -> None:
        """Of all blocks, and of the selected one in words."""
        prediction, block = self._jobs.prediction, block_of(self._document.spec, self._document.selection)
        found = prediction.strengths if prediction is not None else ()
        self.chart.show_strengths(found, block)
        self.strength_part.setVisible(bool(found))
        own = next((each for each in found if each.block == block), None)
        for label in (self.words, self.figures):
            label.setVisible(own is not None)
        if own is not None and prediction is not None:
            self.words.setText(words.strength_words(own, prediction.off))
            self.figures.setText(words.strength_figures(own))
        self._show_legend(any(each.projected for each in found))
        self.warning.setText(self.tr("untrained: the weights are random, and so are these numbers"))
        self.warning.setVisible(prediction is not None and not prediction.trained)

    def _show_legend(self, projected: bool) -> None:
        says = self.tr("Above ‖F(x)‖ / ‖x‖, below the cosine of F(x) with x; a click selects the block.")
        if projected:
            says += " " + self.tr("In the colour of projections: where the shortcut changes x, measured against P(x).")
        self.legend.setText(says)

    # --- the sum -----------------------------------------------------------------------------------------------------

    def sum_text(self) -> str:
        """The sum at the pixel in question; empty without one."""
        anatomy, pixel = self.shown, self.pictures.pixel
        if anatomy is None or pixel is None:
            return ""
        return words.sum_text(anatomy, anatomy.sum_at(self.channels.channel, *pixel))

    def copy_sum(self) -> None:
        if text := self.sum_text():
            QGuiApplication.clipboard().setText(text)

    def _show_sum(self) -> None:
        anatomy, pixel = self.shown, self.pictures.pixel
        self.copy.setEnabled(pixel is not None)
        self.sum.setText(self.sum_text())
        if anatomy is None or pixel is None:
            self.place.setText(self.tr("Point at a pixel to read the sum; click to pin it."))
            return
        found = anatomy.sum_at(self.channels.channel, *pixel)
        said = self.tr("channel {channel} · y {y}, x {x}").format(channel=found.channel, y=found.y, x=found.x)
        pinned = self.tr(" · pinned") if pixel == self.pictures.pinned else ""
        self.place.setText(said + self._read_at(anatomy, *pixel) + pinned)

    def _read_at(self, anatomy: Anatomy, down: int, across: int) -> str:
        """Where the shortcut reads, if that is another place."""
        if anatomy.plan.stride == 1 or anatomy.found.x.stride > 1:
            return ""
        box = anatomy.box("x", down, across)
        said = self.tr(" · reads x at y {y}, x {x}")
        return said.format(y=_span(box.row, box.rows), x=_span(box.column, box.columns))

    # --- old answers -------------------------------------------------------------------------------------------------

    def _on_late(self, late: bool) -> None:
        self._late = late
        self._show_stale()

    def _show_stale(self) -> None:
        """Dim what is not, or not yet, of the document's network, picture and block."""
        jobs = self._jobs
        self.pictures.set_stale(self._late or jobs.outdated)
        self.chart.set_stale(jobs.outdated)


def _span(start: int, count: int) -> str:
    return str(start) if count == 1 else f"{start}-{start + count - 1}"
