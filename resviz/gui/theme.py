"""Colours and type of the window, light and dark, from the one palette the drawing uses too."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from resviz.drawing.palette import PALETTES, Palette
from resviz.gui.fonts import families
from resviz.gui.pieces import InPieces
from resviz.gui.restyle import restyle

#: Type scale in px: captions, body, titles, the formula.
CAPTION, BODY, TITLE, FORMULA = 11, 13, 15, 22


class Theme(QObject):
    """The theme in force; `changed` tells everything that paints by itself."""

    changed = Signal()

    def __init__(self, name: str = "system", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.choice = name
        self._hidden: InPieces | None = None
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._on_system_changed)

    @property
    def name(self) -> str:
        """`light` or `dark`."""
        if self.choice in PALETTES:
            return self.choice
        dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return "dark" if dark else "light"

    @property
    def is_settled(self) -> bool:
        """Whether what nobody sees has the theme's style as well."""
        return self._hidden is None or not self._hidden.is_active

    @property
    def palette(self) -> Palette:
        return PALETTES[self.name]

    def set_choice(self, choice: str) -> None:
        """`light`, `dark`, or `system`."""
        self.choice = choice
        self.apply()

    def apply(self) -> None:
        """Style the application."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.setPalette(_qt_palette(self.palette))
        sheet = style_sheet(self.palette)
        if app.styleSheet():
            if self._hidden is not None:
                self._hidden.deleteLater()
            self._hidden = InPieces(restyle(app, sheet), self)
            self._hidden.start()
        else:
            app.setStyle("Fusion")
            app.setFont(font(BODY))
            app.setStyleSheet(sheet)
        self.changed.emit()

    def _on_system_changed(self) -> None:
        if self.choice not in PALETTES:
            self.apply()


def font(px: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The window's type at a pixel size, figures of equal width."""
    result = QFont(families())
    result.setPixelSize(px)
    result.setWeight(weight)
    if hasattr(result, "setFeature"):
        result.setFeature(QFont.Tag("tnum"), 1)
    return result


def _qt_palette(colours: Palette) -> QPalette:
    roles = {
        QPalette.ColorRole.Window: colours.panel,
        QPalette.ColorRole.Base: colours.panel,
        QPalette.ColorRole.AlternateBase: colours.ground,
        QPalette.ColorRole.Button: colours.control,
        QPalette.ColorRole.WindowText: colours.text,
        QPalette.ColorRole.Text: colours.text,
        QPalette.ColorRole.ButtonText: colours.text,
        QPalette.ColorRole.ToolTipBase: colours.panel,
        QPalette.ColorRole.ToolTipText: colours.text,
        QPalette.ColorRole.PlaceholderText: colours.muted,
        QPalette.ColorRole.Highlight: colours.tint,
        QPalette.ColorRole.HighlightedText: colours.text,
        QPalette.ColorRole.Link: colours.accent,
        QPalette.ColorRole.Accent: colours.accent,
    }
    palette = QPalette()
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.muted))
    return palette


def mixed(one: str, other: str, part: float) -> QColor:
    """From one colour (0) to another (1)."""
    a, b = QColor(one), QColor(other)
    pairs = (a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue())
    return QColor(*(round(near + (far - near) * part) for near, far in pairs))


def style_sheet(c: Palette) -> str:
    """Widgets by Qt class and by the dynamic property `role`."""
    faint = mixed(c.muted, c.panel, 0.5).name()  # what cannot be used now is still to be seen
    return f"""
    QWidget {{ color: {c.text}; }}
    QMainWindow, QDockWidget, QStatusBar, QMenuBar {{ background: {c.panel}; }}
    QMainWindow::separator {{ background: {c.line}; width: 1px; height: 1px; }}
    QMainWindow::separator:hover {{ background: {c.accent}; }}
    QToolTip {{ background: {c.panel}; color: {c.text}; border: 1px solid {c.line}; padding: 6px; }}
    QLabel[role="caption"] {{ color: {c.muted}; font-size: {CAPTION}px; font-weight: 600; }}
    QLabel[role="muted"] {{ color: {c.muted}; font-size: {CAPTION + 1}px; }}
    QLabel[role="title"] {{ font-size: {TITLE}px; font-weight: 600; }}
    QLabel[role="formula"] {{ font-size: {FORMULA}px; font-weight: 700; }}
    QLabel[role="figure"] {{ font-size: {TITLE}px; font-weight: 700; }}
    QLabel[role="warning"] {{ color: {c.warning}; }}
    QLabel[role="error"] {{ color: {c.error}; }}
    QFrame[role="tint"] {{ background: {c.tint}; border-radius: 10px; }}
    QFrame[role="card"] {{ background: {c.control}; border-radius: 10px; }}
    QFrame[role="hairline"] {{ background: {c.line}; border: none; }}
    QFrame[role="segments"] {{ background: {c.control}; border-radius: 6px; }}
    QToolButton {{ border: none; border-radius: 6px; padding: 5px 10px; background: transparent; }}
    QToolButton:hover {{ background: {c.control}; }}
    QToolButton:focus {{ outline: none; border: 1px solid {c.accent}; padding: 4px 9px; }}
    QToolButton:disabled {{ color: {c.muted}; }}
    QToolButton[role="segment"] {{ background: transparent; color: {c.muted}; padding: 5px 8px; }}
    QToolButton[role="segment"]:hover {{ color: {c.text}; }}
    QToolButton[role="segment"]:checked {{ background: {c.panel}; color: {c.text}; font-weight: 600;
        border: 1px solid {c.line}; padding: 4px 7px; }}
    QToolButton[role="segment"]:disabled {{ color: {faint}; }}
    QToolButton[role="segment"]:focus {{ border: 1px solid {c.accent}; padding: 4px 7px; }}
    QToolButton[role="boxed"] {{ background: {c.panel}; border: 1px solid {c.line}; padding: 5px 10px; }}
    QToolButton[role="boxed"]:hover {{ background: {c.control}; }}
    QToolButton[role="boxed"]:checked {{ background: {c.tint}; color: {c.accent}; border-color: {c.accent}; }}
    QToolButton[role="icon"] {{ padding: 5px; }}
    QToolButton[role="icon"]:focus {{ padding: 4px; }}
    QToolButton[role="icon"]:checked {{ background: {c.tint}; }}
    QToolButton::menu-indicator {{ image: none; width: 0; }}
    QToolButton[role="link"] {{ color: {c.accent}; padding: 4px 0; }}
    QPushButton[role="quiet-link"] {{ background: transparent; color: {c.muted}; border: none; padding: 3px 0;
        font-size: {CAPTION + 1}px; }}
    QPushButton[role="quiet-link"]:hover {{ color: {c.accent}; }}
    QPushButton[role="quiet-link"]:focus {{ color: {c.accent}; text-decoration: underline; }}
    QPushButton[role="quiet-link"]:disabled {{ color: {faint}; }}
    QToolButton[role="toggle"] {{ color: {c.muted}; padding: 4px 9px; border: 1px solid {c.line}; }}
    QToolButton[role="toggle"]:checked {{ background: {c.tint}; color: {c.accent};
        border-color: {c.accent}; }}
    QFrame[role="stepper"] {{ background: {c.control}; border: 1px solid {c.line}; border-radius: 6px; }}
    QFrame[role="stepper"][active="true"] {{ border-color: {c.accent}; }}
    QFrame[role="stepper"] QSpinBox {{ border: none; border-radius: 0; }}
    QSpinBox[role="number"] {{ padding: 4px 0; selection-background-color: {c.tint};
        selection-color: {c.text}; }}
    QToolButton[role="step"] {{ background: transparent; padding: 4px 0; min-width: 22px;
        border-radius: 5px; }}
    QToolButton[role="step"]:hover {{ color: {c.accent}; }}
    QToolButton[role="step"]:pressed {{ background: {c.line}; }}
    QToolButton[role="step"]:disabled {{ color: {faint}; }}
    QLabel[role="stage"] {{ font-size: {CAPTION + 1}px; font-weight: 600; }}
    QLabel[role="field"] {{ color: {c.muted}; font-size: {CAPTION}px; }}
    QLabel[role="unit"] {{ color: {c.muted}; font-size: {CAPTION}px; }}
    QLabel[role="small-figure"] {{ font-size: {BODY}px; font-weight: 700; }}
    QLabel[role="sum"] {{ font-size: {CAPTION + 1}px; font-weight: 600; padding: 0 6px 0 0; }}
    QLabel[role="sum"][end="true"] {{ padding-right: 12px; }}
    QLabel[role="field-error"] {{ color: {c.error}; font-size: {CAPTION + 1}px; }}
    QPushButton {{ background: {c.panel}; border: 1px solid {c.line}; border-radius: 6px; padding: 5px 12px; }}
    QPushButton:hover {{ background: {c.control}; }}
    QPushButton:focus {{ border-color: {c.accent}; }}
    QPushButton:default {{ background: {c.accent}; color: {c.panel}; border-color: {c.accent}; }}
    QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox {{ background: {c.panel}; border: 1px solid {c.line};
        border-radius: 6px; padding: 5px 8px; selection-background-color: {c.accent}; selection-color: {c.panel}; }}
    QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus {{ border-color: {c.accent}; }}
    QComboBox::drop-down {{ border: none; width: 22px; }}
    QComboBox QAbstractItemView {{ background: {c.panel}; border: 1px solid {c.line};
        selection-background-color: {c.tint}; selection-color: {c.text}; outline: none; padding: 4px; }}
    QComboBox QAbstractItemView::item {{ min-height: 24px; padding: 0 8px; border-radius: 4px; }}
    QComboBox QAbstractItemView::item:selected {{ background: {c.tint}; color: {c.text}; }}
    QComboBox QAbstractItemView::item:disabled {{ color: {c.muted}; }}
    QToolBar {{ background: {c.panel}; border: none; border-bottom: 1px solid {c.line}; padding: 0; spacing: 0; }}
    QFrame[role="message"] {{ background: {c.panel}; border-bottom: 1px solid {c.line}; }}
    QToolButton[role="small"] {{ color: {c.muted}; padding: 2px 6px; font-size: {CAPTION}px; }}
    QMenuBar {{ padding: 2px 8px; border-bottom: 1px solid {c.line}; }}
    QMenuBar::item {{ padding: 4px 8px; border-radius: 6px; background: transparent; }}
    QMenuBar::item:selected {{ background: {c.control}; }}
    QMenu {{ background: {c.panel}; border: 1px solid {c.line}; padding: 4px; }}
    QMenu::item {{ padding: 5px 24px 5px 12px; border-radius: 4px; }}
    QMenu::item:selected {{ background: {c.tint}; }}
    QMenu::item:disabled {{ color: {c.muted}; }}
    QMenu::separator {{ height: 1px; background: {c.line}; margin: 4px 8px; }}
    QTableView {{ background: {c.panel}; border: none; gridline-color: transparent;
        selection-background-color: {c.tint}; selection-color: {c.text}; outline: none; }}
    QTableView::item {{ padding: 0 6px; }}
    QHeaderView::section {{ background: {c.panel}; color: {c.muted}; border: none;
        border-bottom: 1px solid {c.line}; padding: 5px 6px; font-weight: 500; font-size: {CAPTION + 1}px; }}
    QHeaderView::section:first {{ padding-left: 12px; }}
    QHeaderView::section:last {{ padding-right: 12px; }}
    QHeaderView::up-arrow, QHeaderView::down-arrow {{ image: none; width: 0px; height: 0px; }}
    QTabBar {{ qproperty-drawBase: 0; border-bottom: 1px solid {c.line}; }}
    QTabBar::tab {{ background: transparent; color: {c.muted}; padding: 8px 12px; border: none;
        border-bottom: 2px solid transparent; }}
    QTabBar::tab:selected {{ color: {c.text}; font-weight: 600; border-bottom-color: {c.accent}; }}
    QTabBar::tear {{ image: none; width: 0; }}
    QTabBar::scroller {{ width: 44px; }}
    QTabBar QToolButton {{ background: {c.panel}; border: none; border-radius: 0; padding: 0; }}
    QTabWidget::pane {{ border: none; border-top: 1px solid {c.line}; }}
    QScrollArea {{ border: none; background: transparent; }}
    QScrollBar {{ background: transparent; border: none; }}
    QScrollBar:vertical {{ width: 10px; }}
    QScrollBar:horizontal {{ height: 10px; }}
    QScrollBar::handle {{ background: {c.line}; border-radius: 4px; min-height: 24px; min-width: 24px; margin: 1px; }}
    QScrollBar::handle:hover {{ background: {c.muted}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QProgressBar {{ background: {c.control}; border: none; border-radius: 3px; max-height: 6px; }}
    QProgressBar::chunk {{ background: {c.accent}; border-radius: 3px; }}
    """
