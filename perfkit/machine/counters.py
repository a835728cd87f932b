"""What else happened on the machine while a session measured, from counters that Linux shows to everyone."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["counters", "happened"]

_PROC = Path("/proc")
_THROTTLED = "devices/system/cpu/cpu*/thermal_throttle/core_throttle_count"


def counters(proc: Path = _PROC, sys: Path = Path("/sys")) -> dict[str, float]:
    """Seconds of processor time (all, idle, stolen by the host, our own), pages swapped, times throttled.

    What this system does not show is left out.
    """
    found = {"wall_s": time.monotonic(), "own_s": _own_s()}
    tick_s = 1 / os.sysconf("SC_CLK_TCK")
    for line in _lines(proc / "stat"):
        if line.startswith("cpu "):
            # user nice system idle iowait irq softirq steal; the guests' share stands in user already (proc(5))
            ticks = [int(word) for word in line.split()[1:9]]
            found |= {"all_s": sum(ticks) * tick_s, "idle_s": sum(ticks[3:5]) * tick_s, "stolen_s": ticks[7] * tick_s}
    for line in _lines(proc / "vmstat"):
        name, _, value = line.partition(" ")
        if name in ("pswpin", "pswpout"):
            found["swapped_pages"] = found.get("swapped_pages", 0) + int(value)
    counts = [int(lines[0]) for path in sys.glob(_THROTTLED) if (lines := _lines(path))]
    if counts:
        found["throttled"] = sum(counts)
    return found


def happened(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, Any]:
    """Between two readings: shares 0…1 of all processor time that the host stole and that others used; counts."""
    change = {name: after[name] - value for name, value in before.items() if name in after}
    found: dict[str, Any] = {}
    if change.get("all_s", 0) > 0:
        busy_s = change["all_s"] - change["idle_s"] - change["stolen_s"]
        found["stolen_share"] = round(max(0.0, change["stolen_s"] / change["all_s"]), 4)
        found["others_share"] = round(max(0.0, (busy_s - change["own_s"]) / change["all_s"]), 4)
    for name in ("swapped_pages", "throttled"):
        if name in change:
            found[name] = int(change[name])
    return found


def _own_s() -> float:
    """Processor seconds of this process and of the children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
