"""The scale of the bars: the graph's own, so that a value has one colour in both."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from resviz.arch import costs
from resviz.arch.costs import Scale
from resviz.arch.layout.fold import Fold
from resviz.arch.layout.pair import pair
from resviz.arch.layout.plan import Layout
from resviz.arch.layout.stack import layout
from resviz.drawing.heat import Shades, heat_of
from resviz.gui.document import Document
from resviz.gui.look import Look


def drawn_scale(document: Document, look: Look, times: Mapping[str, float]) -> Scale:
    """From the least to the most that a box of the graph is worth, folded or beside another network as it is."""
    plan = _drawn(document, look)
    heat = heat_of(plan, look.metric, look.log, times)
    if look.fold == Fold():  # every layer has a box of its own
        return costs.scale(chain(heat.values.values(), heat.beside.values()), look.log)
    return Shades(plan, heat).scale


def _drawn(document: Document, look: Look) -> Layout:
    """What the graph draws; it is remembered there, so that this costs nothing."""
    if document.reference is not None:
        return pair(document.reference, document.spec, look.fold, look.direction)
    return layout(document.spec, look.fold, look.direction)
