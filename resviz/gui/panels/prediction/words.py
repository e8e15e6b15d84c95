"""Figures of a prediction as text."""

from __future__ import annotations

import math

from resviz.engine import messages as m

_MINUS = "\N{MINUS SIGN}"


def percent(probability: float) -> str:
    """`71.1 %`; what would round to nothing is still not nothing, and what is no number a dash."""
    if not math.isfinite(probability):
        return "-"
    share = 100 * probability
    return "< 0.1 %" if 0 < share < 0.05 else f"{share:.1f} %"


def points(difference: float) -> str:
    """`+3.1`, `−12.0`, `0.0`: percentage points; a dash for what is no number."""
    if not math.isfinite(difference):
        return "-"
    text = f"{100 * difference:+.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text.replace("-", _MINUS)


def milliseconds(value: float | None) -> str:
    """Three figures at most: `0.62 ms`, `3.4 ms`, `128 ms`; nothing for what was not measured."""
    if value is None:
        return ""
    return f"{value:.2f} ms" if value < 1 else f"{value:.1f} ms" if value < 100 else f"{value:,.0f} ms"


def device_text(name: str) -> str:
    """`CPU`, `CUDA 1`, `MPS`."""
    return name.upper().replace(":", " ")


def known_weights(name: str | None, catalog: tuple[m.WeightsInfo, ...]) -> m.WeightsInfo | None:
    """The catalogue's entry of weights given by name or by file."""
    return next((info for info in catalog if name in (info.name, info.path)), None) if name else None


def logit_text(value: float) -> str:
    """`12.34`, `−0.20`; of very large ones three figures and a power of ten."""
    if value in (float("inf"), float("-inf")):
        return f"{_MINUS if value < 0 else ''}∞"
    text = f"{value:.2f}" if abs(value) < 1000 else f"{value:,.0f}" if abs(value) < 1e6 else f"{value:.2e}"
    return _power(text.replace("-0.00", "0.00") if text == "-0.00" else text)


def small_text(value: float) -> str:
    """Of a number from 0 up: `1.000`, `0.024`, `3.1·10⁻⁷`."""
    if value == 0 or 0.0005 <= value < 1000:
        return f"{value:.3f}" if value < 100 else f"{value:.1f}"
    return _power(f"{value:.1e}")


def odds_text(log_odds: float) -> str:
    """`1.05`, `24`, `1,234`, `10³⁰⁰`: by its logarithm to base 10, because the number may be beyond all numbers."""
    if log_odds >= 6:
        whole = int(log_odds)
        lead = f"{10 ** (log_odds - whole):.1f}"
        return _power(f"{lead}e{whole}") if lead != "10.0" else _power(f"1.0e{whole + 1}")
    odds = 10.0**log_odds
    return f"{odds:.2f}" if odds < 9.995 else f"{odds:.1f}" if odds < 99.95 else f"{odds:,.0f}"


def _power(text: str) -> str:
    """`3.1e-07` as `3.1·10⁻⁷`, with the true minus sign."""
    mantissa, e, exponent = text.partition("e")
    mantissa = mantissa.replace("-", _MINUS)
    if not e:
        return mantissa
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa}·10{raised}"
