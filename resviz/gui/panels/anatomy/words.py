"""A block in words: its formula, what its shortcut does to the shape, how much F(x) changes."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication

from resviz.arch.plan import BlockPlan
from resviz.engine import messages as m
from resviz.gui.panels.anatomy.parts import Anatomy, Sum, digits
from resviz.gui.panels.figures import shape
from resviz.ways import Off

#: Closer to a right angle, or to the line itself, than this cosine is as good as there.
_RIGHT, _ALONG = 0.2, 0.9
#: From here on it is so many times as long, not so many percent.
_SEVERAL = 2.0
_ACTIVATIONS = {
    "relu": "ReLU",
    "leaky_relu": "LeakyReLU",
    "elu": "ELU",
    "silu": "SiLU",
    "gelu": "GELU",
    "mish": "Mish",
    "hardswish": "Hardswish",
}
#: Keeps a name and its number in one line.
_NB = "\u00a0"


def activation(anatomy: Anatomy) -> str:
    """What comes after the sum; empty with pre-activation, where nothing does."""
    return "" if anatomy.spec.preact else _ACTIVATIONS[anatomy.spec.activation]


def formula(anatomy: Anatomy) -> str:
    """`y = ReLU(F(x) + P(x))`."""
    inner = f"F(x) + {shortcut_name(anatomy)}"
    last = activation(anatomy)
    return f"y = {last}({inner})" if last else f"y = {inner}"


def shortcut_name(anatomy: Anatomy) -> str:
    return "x" if anatomy.identity else "P(x)"


def names(anatomy: Anatomy) -> dict[str, str]:
    """What stands over each picture."""
    last = activation(anatomy)
    after = _tr("after {activation}").format(activation=last) if last else _tr("leaves the block")
    return {
        "x": "x",
        "branch": "F(x)",
        "shortcut": "P(x) = x" if anatomy.identity else "P(x)",
        "total": f"F(x) + {shortcut_name(anatomy)}",
        "after": after,
    }


def sum_text(anatomy: Anatomy, found: Sum) -> str:
    """`F 0.421 + P 0.873 = 1.294 → ReLU 1.294`, every number in full."""
    second = "x" if anatomy.identity else "P"
    last = activation(anatomy) or "y"
    return (
        f"F{_NB}{digits(found.branch)} + {second}{_NB}{digits(found.shortcut)} "
        f"={_NB}{digits(found.total)} →{_NB}{last}{_NB}{digits(found.after)}"
    )


def shortcut_words(anatomy: Anatomy) -> str:
    """What the shortcut does, and to which shape."""
    if anatomy.identity:
        return _tr("identity: P(x) = x, added as it is")
    changes = f"{shape(anatomy.shape('x'))} → {shape(anatomy.shape('total'))}"
    if anatomy.shape("x") == anatomy.shape("total"):
        changes = _tr("{shape} stays").format(shape=shape(anatomy.shape("x")))
    how = _padded(anatomy.plan) if anatomy.found.kind == "zero-pad" else _projected(anatomy)
    return f"P(x): {changes}. {how}"


def _padded(plan: BlockPlan) -> str:
    new = plan.out - plan.channels
    every = _tr("Every second row and column of x") if plan.stride == 2 else _tr("x as it is")
    if new <= 0:
        return every + "."
    return _tr("{pixels}, and zeros for the {new} new channels: {before} before, {after} behind.").format(
        pixels=every, new=new, before=new // 2, after=new - new // 2
    )


def _projected(anatomy: Anatomy) -> str:
    plan = anatomy.plan
    assert plan.projection is not None
    conv, pool = plan.projection.conv, plan.projection.pool
    side = f"{conv.kernel}×{conv.kernel}"
    mixes = _tr("mixes the {channels} channels of x").format(channels=plan.channels)
    if pool > 1:
        how = _tr("The mean of every 2×2 pixels, then a {side} convolution that {mixes}")
    elif conv.stride > 1 and conv.kernel == 1:
        how = _tr("A {side} convolution of stride {stride} reads every second row and column and {mixes}")
    elif conv.stride > 1:
        how = _tr("A {side} convolution of stride {stride} that {mixes}")
    else:
        how = _tr("A {side} convolution that {mixes}")
    text = how.format(side=side, stride=conv.stride, mixes=mixes)
    return text + (_tr(" after BN and ReLU.") if anatomy.spec.preact else ".")


# --- how much ----------------------------------------------------------------------------------------------------


def strength_words(strength: m.Strength, off: Off) -> str:
    """`F(x) adds 38 % of x's length, at right angles to it`."""
    x = "P(x)" if strength.projected else "x"
    if strength.block in off.shortcuts:
        return _tr("The shortcut is cut: there is no {x} that F(x) could be compared with.").format(x=x)
    if strength.block in off.branches:
        return _tr("The residual branch is switched off: F(x) is 0.")
    if not strength.ratio:
        return _tr("F(x) adds nothing.")
    if strength.ratio >= _SEVERAL:
        said = _tr("F(x) is {times} times as long as {x}, {way}.")
    else:
        said = _tr("F(x) adds {percent} of the length of {x}, {way}.")
    times = f"{strength.ratio:,.1f}"
    return said.format(percent=percent(strength.ratio), times=times, x=x, way=_way(strength.cosine))


def _way(cosine: float) -> str:
    if abs(cosine) < _RIGHT:
        return _tr("nearly at right angles to it")
    if cosine >= _ALONG:
        return _tr("along it: it makes it longer")
    if cosine <= -_ALONG:
        return _tr("straight against it: it takes away")
    return _tr("leaning along it") if cosine > 0 else _tr("leaning against it")


def percent(ratio: float) -> str:
    """`38 %`, `0.4 %`."""
    value = 100 * ratio
    return f"{value:.0f} %" if value >= 9.5 else f"{value:.1f} %" if value >= 0.05 else "< 0.1 %"


def strength_figures(strength: m.Strength) -> str:
    """`‖F(x)‖ / ‖x‖ = 0.38 · cosine 0.02, 89°`."""
    x = "P(x)" if strength.projected else "x"
    angle = math.degrees(math.acos(min(max(strength.cosine, -1.0), 1.0)))
    said = _tr("‖F(x)‖ / ‖{x}‖ = {ratio} · cosine {cosine}, {angle}°")
    cosine = f"{strength.cosine:.2f}".replace("-", "−")
    return said.format(x=x, ratio=f"{strength.ratio:.3g}", cosine=cosine, angle=f"{angle:.0f}")


def _tr(text: str) -> str:
    return QCoreApplication.translate("AnatomyPanel", text)
