"""Whose values a preparation has, in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from resviz.engine.messages import Steps
from resviz.ways import Preparation


def _tr(text: str) -> str:
    return QCoreApplication.translate("StepsView", text)


def whose(steps: Steps, wanted: Preparation) -> str:
    """One line: whose values are in force, or which of them the user changed."""
    changed = changes(steps, wanted)
    if changed:
        return _tr("Changed by you: {what}").format(what=", ".join(changed))
    sentences = {
        "card": _tr("As the card of these weights says"),
        "torchvision": _tr("As torchvision does for these weights"),
        "file": _tr("As the file beside these weights says"),
        "assumed": _tr("Assumed: these weights do not say how"),
        "neutral": _tr("Neutral values: the network is untrained"),
    }
    return sentences.get(steps.source, _tr("As the weights want it"))


def changes(steps: Steps, wanted: Preparation) -> tuple[str, ...]:
    """What is not as the weights want it."""
    own = steps.own
    return tuple(
        word
        for word, differs in (
            (_tr("what is looked at"), wanted.how not in (None, own.how)),
            (_tr("the square"), wanted.box is not None),
            (_tr("the size"), wanted.resize not in (None, own.resize) and steps.how == "short"),
            (_tr("the interpolation"), wanted.interpolation not in (None, own.interpolation)),
            (_tr("the mean"), bool(wanted.mean) and wanted.mean != own.mean),
            (_tr("the std"), bool(wanted.std) and wanted.std != own.std),
        )
        if differs
    )
