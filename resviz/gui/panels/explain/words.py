"""What the methods compute, in a sentence each, and numbers as text."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from resviz.gui.panels.controls import Choice

METHODS = ("gradcam", "occlusion", "ig", "gradient")


def tr(text: str) -> str:
    return QCoreApplication.translate("ExplainPanel", text)


def methods() -> list[Choice]:
    """The four methods."""
    return [
        Choice(
            "gradcam",
            tr("Grad-CAM"),
            tr(
                "The channels of a layer, each by the mean gradient of the class with respect to it, added up"
                " (Selvaraju 2017)"
            ),
        ),
        Choice(
            "occlusion",
            tr("Occlusion"),
            tr(
                "By how much the class's logit falls when a window of the picture is made the mean colour (Zeiler 2014)"
            ),
        ),
        Choice(
            "ig",
            tr("Integrated"),
            tr(
                "Integrated gradients: the gradient on the way from the mean colour to the picture, added up, times the"
                " difference (Sundararajan 2017)"
            ),
        ),
        Choice(
            "gradient",
            tr("Gradient"),
            tr("By how much the class's logit would rise if a pixel were a little brighter (Simonyan 2014)"),
        ),
    ]


def method_name(method: str) -> str:
    """As the button says it, in full."""
    full = {"ig": tr("Integrated gradients"), "gradient": tr("Input gradient")}
    return full.get(method) or next(choice.text for choice in methods() if choice.value == method)


def signed(value: float) -> str:
    """`+0.0341`, `−1.2`, `0`: three figures."""
    text = f"{value:+.3g}" if value else "0"
    return text.replace("-", "\N{MINUS SIGN}")


def shape(height: int, width: int) -> str:
    return f"{height}×{width}"
