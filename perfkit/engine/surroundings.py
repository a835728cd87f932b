"""What all code of one process shares, and a recipe must leave as it found it.

A recipe that switches flush-to-zero on, changes the folder or pins torch's threads changes the baseline beside it
too: the comparison would be of something else, and so would the user's program.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import time
from typing import Any

import numpy as np

__all__ = ["busy_after", "change", "look", "put_back"]

_TINY, _ONE = 5e-324, 1.0  # names, so that the product is computed here and now
_UNWATCHED = {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD}  # the last is set by whoever starts a process
_SIGNALS = sorted(s for s in signal.Signals if s < 32 and s not in _UNWATCHED)  # the real-time ones are rarely used
_IDLE_SHARE = 0.2  # of one core: a process that waits uses next to nothing


def look() -> dict[str, Any]:
    """The state by name. Takes about 20 microseconds; torch's is there once torch has been imported."""
    found: dict[str, Any] = {
        "the current folder": _folder(),
        "the handler of a signal": tuple(signal.getsignal(s) for s in _SIGNALS),
        "the garbage collector": gc.isenabled(),
        "the handling of subnormal numbers": "flushed to zero" if _TINY * _ONE == 0 else "kept",
        "numpy's handling of floating-point errors": np.geterr(),
    }
    torch = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "get_num_threads"):
        found["torch's number of threads"] = torch.get_num_threads()
        found["torch's default dtype"] = torch.get_default_dtype()
        found["torch's gradient mode"] = torch.is_grad_enabled()
        found["torch's precision of float32 products"] = torch.get_float32_matmul_precision()
    return found


def change(before: dict[str, Any], after: dict[str, Any]) -> str:
    """What is no longer as it was, in words; empty when all is."""
    for name, old in before.items():
        new = after.get(name, old)
        if new is old or new == old:
            continue
        if name == "the handler of a signal":
            number = next(s for s, a, b in zip(_SIGNALS, old, new, strict=True) if a is not b)
            return f"{name} ({signal.Signals(number).name})"
        return f"{name} ({old} before, {new} after)"
    return ""


def put_back(before: dict[str, Any]) -> None:
    """Restore what can be restored, for the code that comes after."""
    with contextlib.suppress(OSError, TypeError):
        os.chdir(before["the current folder"])
    for number, handler in zip(_SIGNALS, before["the handler of a signal"], strict=True):
        if handler is not None and signal.getsignal(number) is not handler:
            with contextlib.suppress(OSError, ValueError):
                signal.signal(number, handler)
    (gc.enable if before["the garbage collector"] else gc.disable)()
    np.seterr(**before["numpy's handling of floating-point errors"])
    torch = sys.modules.get("torch")
    if torch is not None and "torch's number of threads" in before:
        torch.set_num_threads(before["torch's number of threads"])
        torch.set_default_dtype(before["torch's default dtype"])
        torch.set_grad_enabled(before["torch's gradient mode"])
        torch.set_float32_matmul_precision(before["torch's precision of float32 products"])
        torch.set_flush_denormal(before["the handling of subnormal numbers"] != "kept")


def busy_after(patience_s: float = 1.0, look_s: float = 0.02) -> bool:
    """Whether this process and its children go on working while nobody calls them.

    Thread pools spin for some milliseconds before they sleep; so it is only true of work that outlasts the patience.
    """
    give_up = time.monotonic() + patience_s
    while True:
        wall, used = time.monotonic(), _cpu_s()
        time.sleep(look_s)
        if _cpu_s() - used < _IDLE_SHARE * (time.monotonic() - wall):
            return False
        if time.monotonic() >= give_up:
            return True


def _cpu_s() -> float:
    """Seconds of processor time of this process and of its running children."""
    import psutil

    used = time.process_time()
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            times = child.cpu_times()
            used += times.user + times.system
    return used


def _folder() -> str | None:
    try:
        return os.getcwd()
    except OSError:  # it has been removed
        return None
