"""Numbers as a person reads them, alike in a table, a note, a warning, a plan and an error. Pure.

What a command, a rule or a file is to read again (`--budget 24s`, `close(rtol=1e-05)`) is written where it is made.

A number that is wrong, not badly written, comes from `comparison/row_figures.py` or `judge.py`; the interval beside a
verdict from `stats/deciding_interval.py`.
"""

from __future__ import annotations

import math

__all__ = [
    "amount", "bounds", "count", "interval", "level", "memory", "operations", "percent", "rate", "ratio",
    "seconds", "share_interval", "size", "time", "time_interval",
]  # fmt: skip

_BYTES = ((1.0, "B"), (1e3, "kB"), (1e6, "MB"), (1e9, "GB"))
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
    """A share 0…1, or a relative difference, in percent: 13.4 %, 0.040 %."""
    size = abs(100 * value)
    digits = 1 if size >= 1 else 2 if size >= 0.095 else 3
    return f"{100 * value:.{digits}f} %"


def share_interval(point: float, low: float, high: float) -> str:
    """A share with its interval: 13.4 % (12.9–13.8)."""
    to = " to " if low < 0 else "–"
    return f"{100 * point:.1f} % ({100 * low:.1f}{to}{100 * high:.1f})".replace("-", "−")


def seconds(value: float) -> str:
    """A duration: 0.4 s, 12 s, 3 min 20 s."""
    if value < 10:
        return f"{value:.1f} s"
    if value < 120:
        return f"{value:.0f} s"
    return f"{int(value) // 60} min {int(value) % 60} s"


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


def amount(value: float) -> str:
    """A number of things with three significant digits: 62.1, 1,840, 18,400."""
    return f"{float(f'{value:.3g}'):,.0f}" if value >= 100 else _significant(value)


def _significant(value: float) -> str:
    size = abs(value)
    if size >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if size >= 10 else f"{value:.2f}"


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
