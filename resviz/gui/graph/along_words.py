"""What is known of a block, in words for its card."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from PySide6.QtCore import QCoreApplication

from resviz.arch.spec import ResNetSpec
from resviz.engine.messages import LesionRow, Strength
from resviz.gui.graph.along import Along
from resviz.gui.graph.facts import paragraph
from resviz.gui.off_words import PLAIN, passages, without_both, without_branch, without_shortcut
from resviz.ways import Off

_MINUS = "\N{MINUS SIGN}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("GraphView", text)


def known(blocks: Sequence[str], along: Along, spec: ResNetSpec, off: Off) -> str:
    """Rich text of what was measured of one block and of what is off in it; of several, how many are off."""
    if len(blocks) == 1:
        return "".join(map(paragraph, _of_block(blocks[0], along, spec, off)))
    out = sum(block in off.branches for block in blocks)
    return paragraph(_tr("{0} of {1} blocks are off.").format(out, len(blocks))) if out else ""


def _of_block(block: str, along: Along, spec: ResNetSpec, off: Off) -> Iterator[str]:
    if block not in passages(spec):
        return
    if block in off.branches and block in off.shortcuts:
        yield _tr("Branch and shortcut are off. {0}").format(without_both())
    elif block in off.branches:
        plain = passages(spec)[block].kind == PLAIN
        said = _tr("The block is out. {0}") if plain else _tr("The residual branch is off. {0}")
        yield said.format(without_branch(spec, block))
    elif block in off.shortcuts:
        yield _tr("The shortcut is cut. {0}").format(without_shortcut(spec, block))
    if block in along.strengths and "ribbon" in along.wanted:
        yield strength_text(along.strengths[block])
    if block in along.sweep:
        yield lesion_text(along.sweep[block])


def strength_text(strength: Strength) -> str:
    """`‖F(x)‖ / ‖x‖ = 0.42, cosine of F(x) with x −0.11`."""
    cosine = f"{strength.cosine:.2f}".replace("-", _MINUS)
    text = _tr("‖F(x)‖ / ‖x‖ = {0}; cosine of F(x) with x: {1}").format(f"{strength.ratio:.3g}", cosine)
    return text + (_tr(" (x is what the shortcut gives)") if strength.projected else "")


def lesion_text(row: LesionRow) -> str:
    """What a sweep found of a block."""
    if math.isnan(row.after):
        return _tr("Without it the network's numbers grow beyond fp32: it says nothing.")
    before, after = f"{100 * row.before:.1f} %", f"{100 * row.after:.1f} %"
    if not row.label:
        return _tr("Without it the accuracy on {0} pictures goes from {1} to {2}.").format(row.images, before, after)
    text = _tr("Without it {0} goes from {1} to {2}").format(row.label, before, after)
    return text + (_tr("; the answer is {0}.").format(row.top_after) if row.top_after != row.label else ".")
