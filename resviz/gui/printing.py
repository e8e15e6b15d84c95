"""The drawing on a printer, and its preview: the pages of `drawing.paper`, as large as the printer's sheets."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrintPreviewDialog
from PySide6.QtWidgets import QDialog, QWidget

from resviz.drawing.output import Drawing
from resviz.drawing.paper import PAPERS, Paper, pages
from resviz.gui.graph.export import paint_page


def usual_paper() -> Paper:
    """What lies in printers where the user lives."""
    metric = QLocale.system().measurementSystem() == QLocale.MeasurementSystem.MetricSystem
    return PAPERS["a4" if metric else "letter"]


def print_dialog(drawing: Drawing, window: QWidget) -> QDialog:
    """Asks for a printer, then prints."""
    dialog = QPrintDialog(window)  # it has a printer of its own, which lives as long
    _set_up(dialog.printer(), drawing)
    dialog.accepted.connect(lambda: paint(dialog.printer(), drawing))
    return _opened(dialog)


def preview_dialog(drawing: Drawing, window: QWidget) -> QDialog:
    """Shows the pages, and prints them if that is wished."""
    dialog = QPrintPreviewDialog(window)
    _set_up(dialog.printer(), drawing)
    dialog.paintRequested.connect(lambda printer: paint(printer, drawing))
    dialog.resize(1000, 760)
    return _opened(dialog)


def paint(printer: QPrinter, drawing: Drawing) -> None:
    """All pages, or those that the printer was asked for."""
    printer.setFullPage(True)
    sheet = printer.pageLayout().fullRectPoints()
    all_pages = pages(drawing.plan, Paper("", sheet.width(), sheet.height()), drawing.heat, turns=False)
    first, last = printer.fromPage() or 1, printer.toPage() or len(all_pages)
    with QPainter(printer) as painter:
        for number, page in enumerate(all_pages[first - 1 : last]):
            if number:
                printer.newPage()
            paint_page(painter, page, drawing.ink, printer.resolution() / 72)


def _set_up(printer: QPrinter, drawing: Drawing) -> None:
    """Sheets of the usual size, lying where that takes fewer of them."""
    printer.setDocName(drawing.pages()[0].picture.title)
    printer.setCreator("ResViz")
    paper = drawing.paper or usual_paper()
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4 if paper.name == "A4" else QPageSize.PageSizeId.Letter))
    page = pages(drawing.plan, paper, drawing.heat)[0]
    lies = page.width > page.height
    printer.setPageOrientation(QPageLayout.Orientation.Landscape if lies else QPageLayout.Orientation.Portrait)


def _opened(dialog: QDialog) -> QDialog:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    QDialog.open(dialog)  # the print dialog has one of its own, which wants a slot by name
    return dialog
