"""What all code of one process shares, and a recipe must leave as it found it.

A recipe that switches flush-to-zero on, changes the folder or pins torch's threads changes the baseline beside it
too: the comparison would be of something else, and so would the user's program.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # `signal` makes an enumeration member of each answer: 20 times as long
import contextlib
import gc
import os
import resource
import signal
import sys
import time
from typing import Any

import numpy as np

__all__ = ["busy_after", "change", "functions", "look", "put_back", "replaced"]

_TINY, _ONE = 5e-324, 1.0  # names, so that the product is computed here and now
_UNWATCHED = {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD}  # the last is set by whoever starts a process
_SIGNALS = sorted(int(s) for s in signal.Signals if s < 32 and s not in _UNWATCHED)  # real-time ones are rarely used
_LIMITS = sorted({getattr(resource, n) for n in dir(resource) if n.startswith("RLIMIT_")})
# where numerical code gets its functions from; what a target defines comes with it, perfkit's own stand for the proof
_SHARED = ("builtins", "math", "time", "random", "numpy", "numpy.linalg", "numpy.random", "torch.nn.functional")
# torch.compile sets these when it is first used, for itself and the processes it starts; nothing else reads them
_COMPILERS = ("_TORCHINDUCTOR_", "TORCHINDUCTOR_CACHE_DIR", "TRITON_CACHE_DIR")
_IDLE_LOOKS = 2  # in a row: on a busy machine one may come while the other thread waits its turn
_IDLE_SHARE = 0.3  # of one core: a process that waits uses next to nothing


def look() -> dict[str, Any]:
    """The state by name. Takes about 20 microseconds; torch's is there once torch has been imported."""
    found: dict[str, Any] = {
        "the current folder": _folder(),
        "the handler of a signal": tuple(map(_signal.getsignal, _SIGNALS)),
        "the garbage collector": gc.isenabled(),
        "the handling of subnormal numbers": "flushed to zero" if _TINY * _ONE == 0 else "kept",
        "numpy's handling of floating-point errors": np.geterr(),
        "the environment variables": _variables(),
        "a timer": signal.getitimer(signal.ITIMER_REAL)[0] > 0,
        "a limit of the process": tuple(resource.getrlimit(number) for number in _LIMITS),
        "the tracing of calls": (sys.gettrace(), sys.getprofile()),
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
        if name == "the environment variables":
            changed = sorted(os.fsdecode(k) for k in {*old, *new} if old.get(k) != new.get(k))
            changed = [variable for variable in changed if not variable.startswith(_COMPILERS)]
            if not changed:
                continue
            return f"{name} ({', '.join(changed[:3])})"
        return f"{name} ({old} before, {new} after)"
    return ""


def put_back(before: dict[str, Any]) -> None:
    """Restore what can be restored, for the code that comes after."""
    with contextlib.suppress(OSError, TypeError):
        os.chdir(before["the current folder"])
    for number, handler in zip(_SIGNALS, before["the handler of a signal"], strict=True):
        if handler is not None and _signal.getsignal(number) is not handler:
            with contextlib.suppress(OSError, ValueError):
                signal.signal(number, handler)
    if "the environment variables" in before:
        os.environ.clear()
        os.environ.update({os.fsdecode(k): os.fsdecode(v) for k, v in before["the environment variables"].items()})
    signal.setitimer(signal.ITIMER_REAL, 0)
    for number, limits in zip(_LIMITS, before["a limit of the process"], strict=True):
        with contextlib.suppress(OSError, ValueError):  # what was lowered for good stays so
            resource.setrlimit(number, limits)
    trace, profile = before["the tracing of calls"]
    sys.settrace(trace)
    sys.setprofile(profile)
    (gc.enable if before["the garbage collector"] else gc.disable)()
    np.seterr(**before["numpy's handling of floating-point errors"])
    torch = sys.modules.get("torch")
    if torch is not None and "torch's number of threads" in before:
        torch.set_num_threads(before["torch's number of threads"])
        torch.set_default_dtype(before["torch's default dtype"])
        torch.set_grad_enabled(before["torch's gradient mode"])
        torch.set_float32_matmul_precision(before["torch's precision of float32 products"])
        torch.set_flush_denormal(before["the handling of subnormal numbers"] != "kept")


def functions(package: str) -> dict[tuple[str, str], Any]:
    """Every function and class of the modules that all code shares, of `package` and of perfkit, by (module, name)."""
    found = {}
    for name, module in list(sys.modules.items()):
        if module is not None and (name in _SHARED or name.startswith(("perfkit.", f"{package}."))):
            found.update({(name, key): value for key, value in vars(module).items() if callable(value)})
    return found


def replaced(before: dict[tuple[str, str], Any]) -> str:
    """The first function of `before` that is no longer there or no longer the same; empty when all are."""
    for (module, name), function in before.items():
        if getattr(sys.modules.get(module), name, None) is not function:
            return f"{module}.{name}"
    return ""


def busy_after(patience_s: float = 1.0, look_s: float = 0.02) -> bool:
    """Whether this process and its children go on working while nobody calls them.

    Thread pools spin for some milliseconds before they sleep; so it is only true of work that outlasts the patience.
    """
    give_up = time.monotonic() + patience_s
    idle = 0
    while idle < _IDLE_LOOKS:
        children_s = _children_s()  # looking for them takes time of our own, so that is read inside
        wall_s, own_s = time.monotonic(), time.process_time()
        time.sleep(look_s)
        own_s, wall_s = time.process_time() - own_s, time.monotonic() - wall_s
        used_s = own_s + max(0.0, _children_s() - children_s)
        idle = idle + 1 if used_s < _IDLE_SHARE * wall_s else 0
        if idle == 0 and time.monotonic() >= give_up:
            return True
    return False


def _children_s() -> float:
    """Seconds of processor time of the processes that this one has started and that still run."""
    import psutil

    used = 0.0
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            times = child.cpu_times()
            used += times.user + times.system
    return used


def _variables() -> dict[Any, Any]:
    """The environment, as the system spells it: decoding it takes longer than all the rest of a look."""
    return dict(getattr(os.environ, "_data", os.environ))


def _folder() -> str | None:
    try:
        return os.getcwd()
    except OSError:  # it has been removed
        return None
