"""Words and figures about weights, as the window, the offer and screen readers tell them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from resviz.arch.presets import title_of
from resviz.engine import messages as m
from resviz.gui.panels import figures
from resviz.gui.weights.catalogue import Catalogue, Transfer


def tr(text: str) -> str:
    return QCoreApplication.translate("weights", text)


def percent(share: float | None) -> str:
    """`80.9 %`, a dash for what nobody measured."""
    return figures.NONE if share is None else f"{100 * share:.1f} %"


def licence(info: m.WeightsInfo) -> str:
    """The short form of the note."""
    return info.licence.partition(":")[0] or figures.NONE


def place(catalogue: Catalogue, info: m.WeightsInfo) -> str:
    """Where the weights are, in a word or two."""
    transfer = catalogue.transfers.get(info.name)
    if transfer is not None:
        return progress(transfer)
    if catalogue.is_used(info):
        return tr("in use")
    if info.path:
        return tr("shipped") if info.shipped else tr("on disk")
    if (stopped := catalogue.paused.get(info.name)) is not None:
        return tr("stopped, {share}").format(share=progress(stopped))
    return tr("try again") if info.name in catalogue.errors else tr("to download")


def progress(transfer: Transfer) -> str:
    """`43 %`; megabytes where the whole is not known."""
    if transfer.want:
        return f"{100 * transfer.share:.0f} %"
    return figures.size(transfer.got) if transfer.got else tr("connecting…")


def pace(transfer: Transfer) -> str:
    """`41.9 of 97.8 MB · 12.3 MB/s · 5 s left`, as far as it is known."""
    if not transfer.got and not transfer.want:
        return tr("connecting…")
    parts = [tr("{got} of {whole}").format(got=figures.size(transfer.got), whole=figures.size(transfer.want))]
    if not transfer.want:
        parts = [figures.size(transfer.got)]
    if transfer.per_second > 0:
        parts.append(f"{figures.size(round(transfer.per_second))}/s")
    elif transfer.got:
        parts.append(tr("nothing comes"))
    if (left := transfer.seconds_left) is not None:
        parts.append(tr("{time} left").format(time=duration(left)))
    return " · ".join(parts)


def brief(transfer: Transfer) -> str:
    """`41 % · 12.3 MB/s · 5 s`: the same where room is short."""
    if not transfer.want or transfer.seconds_left is None:
        return progress(transfer)
    parts = (progress(transfer), f"{figures.size(round(transfer.per_second))}/s", duration(transfer.seconds_left))
    return " · ".join(parts)


def short_title(info: m.WeightsInfo) -> str:
    """What sets weights apart from others of the same network: `ImageNet-1K (V2)`."""
    return info.title.removeprefix(title_of(info.spec)).strip(" ·") or info.data or info.title


def duration(seconds: float) -> str:
    """`5 s`, `2 min`, `3 h`: rounded up, for nobody minds being surprised early."""
    whole = int(seconds) + 1
    if whole < 100:
        return f"{whole} s"
    return f"{-(-whole // 60)} min" if whole < 6000 else f"{-(-whole // 3600)} h"
