"""Numbers as a person reads them, alike in a table, a note, a warning, a plan and an error. Pure.

What a command, a rule or a file is to read again (`--budget 24s`, `close(rtol=1e-05)`) is written where it is made.

A number that is wrong, not badly written, comes from `comparison/table_figures.py` or `judge.py`; the interval beside a
verdict from `stats/deciding_interval.py`.
"""

from __future__ import annotations

import math

__all__ = [
    "amount", "as_given", "bounds", "calls", "count", "exponent", "given_seconds", "interval", "level", "memory",
    "operations", "percent", "percent_with_error", "rate", "ratio", "seconds", "seconds_span", "share",
    "share_interval", "size", "time", "time_interval", "tradeoff",
]  # fmt: skip

_BYTES = ((1.0, "B"), (1e3, "kB"), (1e6, "MB"), (1e9, "GB"))
_MINUTES_S = 120  # from here on a duration is in minutes
_UNITS = ((1.0, "ns"), (1e3, "µs"), (1e6, "ms"), (1e9, "s"))


def time(ns: float | None) -> str:
    """Three significant digits and a unit: 14.1 ms."""
    if ns is None:
        return "–"
    ns = float(f"{ns:.3g}") if abs(ns) >= 1 else ns  # round first: 999.6 ns is 1.00 µs
    scale, unit = next(((s, u) for s, u in reversed(_UNITS) if abs(ns) >= s), _UNITS[0])
    return f"{_significant(ns / scale)} {unit}"


def time_interval(point_ns: float, low_ns: float, high_ns: float) -> str:
    """A time with its interval, in one unit: 312 µs (308–316)."""
    said = time(point_ns)
    scale = next(s for s, u in _UNITS if u == said.rpartition(" ")[2])
    decimals = len(said.rpartition(" ")[0].partition(".")[2])
    return f"{said} ({low_ns / scale:.{decimals}f}–{high_ns / scale:.{decimals}f})"


def rate(value: float) -> str:
    """Bytes a second: 3.21 GB/s."""
    return f"{size(value)}/s"


def operations(value: float) -> str:
    """Floating-point operations a second: 41.2 GFLOP/s."""
    scale, unit = (1e9, "GFLOP/s") if value >= 1e9 else (1e6, "MFLOP/s")
    return f"{_significant(value / scale)} {unit}"


def ratio(value: float) -> str:
    """A speed-up, before/after: 1.155x, 12.34x, 8,900x."""
    return f"{_like(value, value)}x"


def interval(point: float, low: float, high: float) -> str:
    """A speed-up with its interval: 1.155x (1.149–1.161)."""
    return f"{ratio(point)} {bounds(point, low, high)}"


def bounds(point: float, low: float, high: float) -> str:
    """The interval of a speed-up, for a column of its own: (1.149–1.161). An end that is beyond 1 never reads as 1."""
    ends = _like(low, point), _like(high, point)
    if (low > 1 and _is_one(ends[0])) or (high < 1 and _is_one(ends[1])):
        near = low if low > 1 else high
        decimals = next((d for d in range(1, 16) if not _is_one(f"{near:.{d}f}")), 16)
        ends = f"{low:.{decimals}f}", f"{high:.{decimals}f}"
    return f"({'–'.join(ends)})"


def level(value: float) -> str:
    """How sure an interval is: 95 %, 99.5 %."""
    return f"{100 * value:.4g} %"


def percent(value: float) -> str:
    """A share 0…1, or a relative difference, in percent: 13.4 %, 0.040 %, 134 %."""
    return f"{100 * value:,.{_decimals(value)}f} %"


def percent_with_error(value: float, error: float) -> str:
    """A share with what it may be off by: 85.0 % ±1.8."""
    return f"{percent(value)} ±{100 * error:.{_decimals(value)}f}"


def share(value: float | None) -> str:
    """A share 0…1 for a column of shares: 13.4 %."""
    return f"{100 * value:.1f} %" if value is not None else "–"


def share_interval(point: float, low: float, high: float) -> str:
    """A share with its interval: 13.4 % (12.9–13.8)."""
    return _signed(f"{share(point)} ({100 * low:.1f}{_to(low)}{100 * high:.1f})")


def exponent(point: float, low: float, high: float) -> str:
    """How something grows, with its interval: 1.02 (0.98–1.05)."""
    return _signed(f"{point:.2f} ({low:.2f}{_to(low)}{high:.2f})")


def seconds(value: float) -> str:
    """A duration: 0.4 s, 12 s, 3 min 20 s."""
    if value < 10:
        return f"{value:.1f} s"
    if value < _MINUTES_S:
        return f"{value:.0f} s"
    return f"{int(value) // 60} min {int(value) % 60} s"


def seconds_span(least: float, most: float) -> str:
    """A duration that is foreseen: 24–31 s, 3.3–6.0 min; one figure where both ends are nearly the same."""
    scale, unit = (60, "min") if most >= _MINUTES_S else (1, "s")
    decimals = 1 if unit == "min" and most < 10 * scale else 0
    low, high = f"{least / scale:.{decimals}f}", f"{most / scale:.{decimals}f}"
    return f"about {high} {unit}" if low == high else f"{low}–{high} {unit}"


def given_seconds(value: float) -> str:
    """A duration that somebody has set: 8 s, 0.25 s, 20 min."""
    return f"{value:.3g} s" if value < _MINUTES_S else seconds(value).removesuffix(" 0 s")


def memory(size_bytes: float) -> str:
    """Main memory: 23.5 GiB, 1,536 GiB."""
    size = size_bytes / 2**30
    return f"{size:,.0f} GiB" if size >= 100 else f"{size:.3g} GiB"


def size(size_bytes: float) -> str:
    """Bytes that code holds, three significant digits: 512 B, 1.02 kB, 64.1 MB."""
    size_bytes = float(f"{size_bytes:.3g}")
    scale, unit = next(((s, u) for s, u in reversed(_BYTES) if size_bytes >= s), _BYTES[0])
    return f"{size_bytes:.0f} B" if unit == "B" else f"{_significant(size_bytes / scale)} {unit}"


def count(value: int) -> str:
    """A whole number with thousands marked."""
    return f"{value:,}"


def calls(value: float | None) -> str:
    """How often something is called, which may be a mean: 3, 2.33, 12,345."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 or value == round(value) else _significant(value)


def tradeoff(value: float) -> str:
    """What a workload says of itself beside its time, such as a compression: 1.713."""
    return _like(value, value) if 0 < value < 0.01 else f"{value:.3f}"


def as_given(value: float) -> str:
    """A number that somebody has written, as it was written: 70, 1.3, 1e-05."""
    return f"{value:.15g}"


def amount(value: float) -> str:
    """A number of things with three significant digits: 62.1, 1,840, 18,400."""
    return f"{float(f'{value:.3g}'):,.0f}" if value >= 100 else _significant(value)


def _significant(value: float) -> str:
    size = abs(value)
    if size >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if size >= 10 else f"{value:.2f}"


def _decimals(share: float) -> int:
    """Those of a share in percent."""
    size = abs(100 * share)
    return 0 if size > 100.5 else 1 if size >= 1 else 2 if size >= 0.095 else 3


def _to(low: float) -> str:
    """What stands between the ends of an interval."""
    return " to " if low < 0 else "–"


def _signed(text: str) -> str:
    return text.replace("-", "−")


def _is_one(text: str) -> bool:
    return float(text.replace(",", "")) == 1


def _like(value: float, model: float) -> str:
    """`value` with as many decimals as `model` deserves."""
    if 0 < model < 0.01:
        return f"{value:.{1 - math.floor(math.log10(model))}f}"
    if model >= 100:
        step = 10 ** (math.floor(math.log10(model)) - 2)
        return f"{round(value / step) * step:,.0f}"
    return f"{value:.1f}" if model >= 20 else f"{value:.2f}" if model >= 5 else f"{value:.3f}"
