"""All that is known of the selected weights, and what can be done with them."""

from __future__ import annotations

from html import escape
from pathlib import PurePath

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QProgressBar, QPushButton, QScrollArea, QSizePolicy, QWidget

from resviz.arch.analysis import report
from resviz.arch.presets import title_of
from resviz.engine import messages as m
from resviz.gui.feedback import sentence
from resviz.gui.panels import figures
from resviz.gui.panels.controls import caption, column, row
from resviz.gui.panels.zone import ElidedLabel, Headline
from resviz.gui.weights import words
from resviz.gui.weights.catalogue import Catalogue

_PARTS = 1000
_LABELS = 5


class Details(QWidget):
    """Follows the catalogue. The signals carry what the buttons were pressed for."""

    use_wanted = Signal(object)
    show_wanted = Signal(object)

    def __init__(self, catalogue: Catalogue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self.info: m.WeightsInfo | None = None
        self._build_texts()
        self._build_buttons()
        self._lay_out()
        catalogue.moved.connect(self._on_moved)
        catalogue.changed.connect(self._on_changed)
        self.show_info(None)

    # --- building ------------------------------------------------------------------------------------------

    def _build_texts(self) -> None:
        self.headline = Headline(self)
        names = {
            "architecture": self.tr("network"),
            "params": self.tr("parameters"),
            "data": self.tr("data"),
            "top1": self.tr("top-1"),
            "top5": self.tr("top-5"),
            "size": self.tr("size"),
            "sha256": self.tr("SHA-256"),
            "place": self.tr("file"),
        }
        self.names = {key: QLabel(text) for key, text in names.items()}
        self.values = {key: ElidedLabel("plain") for key in names}
        for key, label in self.names.items():
            label.setProperty("role", "muted")
            self.values[key].setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.classes, self.licence, self.recipe = _text(), _text(), _text()
        self.recipe.setTextFormat(Qt.TextFormat.RichText)
        self.recipe.setOpenExternalLinks(True)
        self.recipe.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.pace, self.trouble = ElidedLabel(), _text()
        self.trouble.setProperty("role", "error")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, _PARTS)

    def _build_buttons(self) -> None:
        self.use = QPushButton(self.tr("&Use"))
        self.use.setToolTip(self.tr("Open this network with these weights (Enter)"))
        self.download = QPushButton(self.tr("&Download"))
        self.cancel = QPushButton(self.tr("&Cancel download"))
        self.cancel.setToolTip(self.tr("What came is kept; the next download goes on from there"))
        self.show_file = QPushButton(self.tr("&Show in folder"))
        for button in (self.use, self.download, self.cancel, self.show_file):
            button.setAutoDefault(False)
        self.use.clicked.connect(lambda: self.use_wanted.emit(self.info))
        self.show_file.clicked.connect(lambda: self.show_wanted.emit(self.info))
        self.download.clicked.connect(lambda: self._catalogue.download(self.info.name) if self.info else None)
        self.cancel.clicked.connect(lambda: self._catalogue.cancel(self.info.name) if self.info else None)

    def _lay_out(self) -> None:
        inner = QWidget()
        facts = QGridLayout()
        facts.setVerticalSpacing(6)
        facts.setHorizontalSpacing(12)
        facts.setColumnStretch(1, 1)
        for line, key in enumerate(self.names):
            facts.addWidget(self.names[key], line, 0)
            facts.addWidget(self.values[key], line, 1)
        lines = column(inner, 6, (16, 12, 16, 12))
        lines.addWidget(self.headline)
        lines.addSpacing(4)
        lines.addLayout(facts)
        for title, label in ((self.tr("Classes"), self.classes), (self.tr("Licence"), self.licence)):
            lines.addSpacing(6)
            lines.addWidget(caption(title))
            lines.addWidget(label)
        lines.addWidget(self.recipe)
        lines.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        foot = column(None, 8, (16, 8, 16, 16))
        foot.addWidget(self.pace)
        foot.addWidget(self.trouble)
        foot.addWidget(self.bar)
        buttons = row(None, 8)
        for button in (self.use, self.download, self.cancel, self.show_file):
            buttons.addWidget(button, 1)
        foot.addLayout(buttons)
        whole = column(self)
        whole.addWidget(scroll, 1)
        whole.addLayout(foot)

    # --- showing -------------------------------------------------------------------------------------------

    def show_info(self, info: m.WeightsInfo | None) -> None:
        """Facts of these weights; nothing, with a hint, for None."""
        self.info = info
        self.headline.set_text(info.title if info else self.tr("Select weights to read about them"))
        for label in (*self.names.values(), *self.values.values(), self.classes, self.licence, self.recipe):
            label.setVisible(info is not None)
        if info is not None:
            self._show_facts(info)
        self.show_place()

    def _show_facts(self, info: m.WeightsInfo) -> None:
        put = {key: label.setText for key, label in self.values.items()}
        put["architecture"](title_of(info.spec))
        put["params"](figures.exact(report(info.spec).params))
        put["data"](info.data or figures.NONE)
        put["top1"](words.percent(info.accuracy))
        put["top5"](words.percent(info.top5))
        put["size"](figures.size(info.size) if info.size else figures.NONE)
        put["sha256"](f"{info.sha256}…" if 0 < len(info.sha256) < 64 else info.sha256 or figures.NONE)
        few, count = ", ".join(info.labels[:_LABELS]), len(info.labels)
        self.classes.setText(f"{count:,}: {few}{' …' if count > _LABELS else ''}")
        note = info.licence or self.tr("No licence is stated.")
        self.licence.setText(note)
        self.recipe.setVisible(info.recipe.startswith("https://"))
        if self.recipe.isVisibleTo(self):
            self.recipe.setText(f'<a href="{escape(info.recipe)}">{self.tr("How they were trained")}</a>')
            self.recipe.setToolTip(info.recipe)

    def show_place(self) -> None:
        """Where the weights are now, and the buttons for it."""
        info = self.info
        transfer = self._catalogue.transfers.get(info.name) if info else None
        here, used = bool(info and info.path), bool(info and self._catalogue.is_used(info))
        self.names["place"].setText(self.tr("file") if here else self.tr("from"))
        address = (info.path or info.url or figures.NONE) if info else ""
        self.values["place"].setText(PurePath(address).name)
        self.values["place"].setToolTip(address)
        self.use.setVisible(here)
        self.use.setEnabled(not used)
        self.use.setText(self.tr("In use") if used else self.tr("&Use"))
        self.show_file.setVisible(here)
        (self.use if here else self.download).setDefault(True)
        self.download.setVisible(info is not None and not here and transfer is None)
        self.cancel.setVisible(transfer is not None)
        self._show_transfer()

    def _show_transfer(self) -> None:
        info = self.info
        transfer = self._catalogue.transfers.get(info.name) if info else None
        failed = self._catalogue.errors.get(info.name) if info else None
        self.bar.setVisible(transfer is not None)
        self.pace.setVisible(transfer is not None)
        self.trouble.setVisible(transfer is None and failed is not None)
        if transfer is not None:
            self.bar.setRange(0, _PARTS if transfer.want else 0)
            self.bar.setValue(round(_PARTS * transfer.share))
            self.pace.setText(words.pace(transfer))
        elif failed is not None:
            self.trouble.setText(sentence(failed.code, failed.values, failed.message))
        if info is not None:
            self.download.setText(self._download_text(info))

    def _download_text(self, info: m.WeightsInfo) -> str:
        if info.name in self._catalogue.paused:
            return self.tr("&Go on")
        if info.name in self._catalogue.errors:
            return self.tr("&Try again")
        return self.tr("&Download {size}").format(size=figures.size(info.size) if info.size else "").strip()

    def _on_moved(self, name: str) -> None:
        if self.info is None or name != self.info.name:
            return
        if (name in self._catalogue.transfers) == self.cancel.isVisibleTo(self):
            self._show_transfer()
        else:
            self.show_place()

    def _on_changed(self) -> None:
        """The same weights, as they are now."""
        if self.info is not None:
            self.show_info(self._catalogue.find(self.info.name))


def _text() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label
