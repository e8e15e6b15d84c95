"""Whether what a network says means anything: a command that concludes from it asks here first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resviz.nets.classifier import Classifier


def doubt(classifier: Classifier) -> str:
    """Why its predictions mean nothing; empty if they may."""
    from resviz.nets.classifier import NEVER_RAN_NOTE

    if not classifier.trained:
        return classifier.note
    return NEVER_RAN_NOTE if NEVER_RAN_NOTE in classifier.note else ""
