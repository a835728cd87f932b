"""What else happened on the machine while a session measured, from counters that the system shows to everyone."""

from __future__ import annotations

import resource
import sys
import time
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

__all__ = ["counters", "happened"]

_SYS = Path("/sys")
_THROTTLED = "devices/system/cpu/cpu*/thermal_throttle/core_throttle_count"  # psutil knows temperatures, not this
_PAGE_BYTES = 4096  # what psutil takes a page to be


def counters(sys_folder: Path = _SYS) -> dict[str, float]:
    """Seconds of processor time (all, idle, stolen by the host, our own), pages swapped, times throttled.

    What this system does not show is skipped.
    """
    throttled = [int(text) for path in sys_folder.glob(_THROTTLED) if (text := _text(path))]
    return {
        "wall_s": time.monotonic(),
        "own_s": _own_s(),
        **_processors(),
        **_swapped(),
        **({"throttled": sum(throttled)} if throttled else {}),
    }


def _processors() -> dict[str, float]:
    try:
        times = psutil.cpu_times()._asdict()
    except OSError:
        return {}
    for guest in ("guest", "guest_nice"):  # their share stands in user already (proc(5))
        times.pop(guest, None)
    return {
        "all_s": sum(times.values()),
        "idle_s": times["idle"] + times.get("iowait", 0.0),
        "stolen_s": times.get("steal", 0.0),  # a host tells its guests under Linux only
    }


def _swapped() -> dict[str, float]:
    if sys.platform != "linux":  # macOS counts every page that is read from a file among those swapped in
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)  # psutil's way to say that a 0 is not known
        try:
            swap = psutil.swap_memory()
        except (OSError, RuntimeWarning):
            return {}
    return {"swapped_pages": (swap.sin + swap.sout) // _PAGE_BYTES}


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


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError:
        return ""
