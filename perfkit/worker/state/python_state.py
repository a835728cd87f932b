"""What the interpreter and the system keep for a whole process: how each is read, and how it is put back.

All of `OF_THE_PROCESS` together are read within 15 microseconds, so around every call; `DEAR` once a proof or group.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # `signal` makes an enumeration member of each answer: 20 times as long
import builtins
import ctypes
import gc
import os
import resource
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfkit.phrases import listed

__all__ = ["DEAR", "OF_THE_PROCESS", "State", "before_and_after"]

_TINY, _ONE = 5e-324, 1.0  # names, so that the product is computed here and now
_BELOW_HALF, _QUARTER = 2.0**-54, 2.0**-55  # of the last bit of 1.0: added, they vanish unless rounding is directed
_UNWATCHED = {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD}  # the last is set by whoever starts a process
_SIGNALS = sorted(int(s) for s in signal.Signals if s < 32 and s not in _UNWATCHED)  # real-time ones are rarely used
_LIMITS = sorted({getattr(resource, n) for n in dir(resource) if n.startswith("RLIMIT_")})
_TIMERS = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)
# torch.compile sets these when it is first used, for itself and the processes it starts; nothing else reads them
_COMPILERS = ("_TORCHINDUCTOR_", "TORCHINDUCTOR_CACHE_DIR", "TRITON_CACHE_DIR")
_HOOKS = ("excepthook", "unraisablehook", "displayhook", "breakpointhook", "stdin", "stdout", "stderr")
_PLAIN_FLOATS = -1  # FE_DFL_ENV of the C library, on x86-64 and AArch64


def before_and_after(old: Any, new: Any) -> str:
    """A change in words; empty where there is none."""
    return "" if new is old or new == old else f"({old} before, {new} after)"


def _without_values(old: Any, new: Any) -> str:
    """A change whose values say nothing to a reader."""
    return "" if new is old or new == old else "(set anew)"


@dataclass(frozen=True, slots=True)
class State:
    """One thing that all code of a process shares. `tell(before, after)` says in words how it changed, "" if not.

    `by_imports`: libraries set it for themselves when they are first imported, which is no change of the recipe's. What
    they set then stays ("stays"), because they need it, or is undone ("undone"), so that what follows is seen.
    """

    name: str
    read: Callable[[], Any]
    restore: Callable[[Any], object]
    tell: Callable[[Any, Any], str] = before_and_after
    by_imports: str = ""


def _folder() -> str | None:
    try:
        return os.getcwd()
    except OSError:  # it has been removed
        return None


def _handlers_changed(old: Any, new: Any) -> str:
    changed = [s for s, a, b in zip(_SIGNALS, old, new, strict=True) if a is not b and a != b]
    return f"({signal.Signals(changed[0]).name})" if changed else ""


def _set_handlers(handlers: Any) -> None:
    for number, handler in zip(_SIGNALS, handlers, strict=True):
        if handler is not None and _signal.getsignal(number) is not handler:
            signal.signal(number, handler)


def _blocked() -> Any:
    return frozenset(_signal.pthread_sigmask(signal.SIG_BLOCK, ()))


def _set_blocked(numbers: Any) -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, numbers)


def _variables() -> dict[Any, Any]:
    """The environment, as the system spells it: decoding it takes longer than all the rest of a look."""
    return dict(getattr(os.environ, "_data", os.environ))


def _variables_changed(old: Any, new: Any) -> str:
    if old == new:
        return ""
    changed = sorted(os.fsdecode(k) for k in {*old, *new} if old.get(k) != new.get(k))
    changed = [variable for variable in changed if not variable.startswith(_COMPILERS)]
    return f"({listed(changed, 3)})" if changed else ""


def _set_variables(variables: Any) -> None:
    os.environ.clear()
    os.environ.update({os.fsdecode(k): os.fsdecode(v) for k, v in variables.items()})


def _timers() -> tuple[bool, ...]:
    return tuple(signal.getitimer(timer)[0] > 0 for timer in _TIMERS)


def _stop_timers(running: Any) -> None:
    for timer, ran in zip(_TIMERS, running, strict=True):
        if not ran:
            signal.setitimer(timer, 0)


def _set_limits(limits: Any) -> None:
    for number, limit in zip(_LIMITS, limits, strict=True):
        if resource.getrlimit(number) != limit:
            resource.setrlimit(number, limit)


def _subnormals() -> str:
    return "flushed to zero" if _TINY * _ONE == 0 else "kept"


def _rounding() -> str:
    up, down = _ONE + _BELOW_HALF != 1.0, _ONE - _QUARTER != 1.0
    return "up" if up else "down, or towards zero" if down else "to nearest"


def _plain_floats(before: Any) -> None:
    if before in ("kept", "to nearest"):
        ctypes.CDLL(None).fesetenv(ctypes.c_void_p(_PLAIN_FLOATS))


def _tracing() -> tuple[Any, ...]:
    return sys.gettrace(), sys.getprofile(), threading.gettrace(), threading.getprofile()


def _set_tracing(functions: Any) -> None:
    for setter, function in zip(
        (sys.settrace, sys.setprofile, threading.settrace, threading.setprofile), functions, strict=True
    ):
        setter(function)


def _traced_memory() -> bool:
    tracemalloc = sys.modules.get("tracemalloc")
    return tracemalloc is not None and tracemalloc.is_tracing()


def _stop_tracing_memory(traced: bool) -> None:
    if not traced:
        sys.modules["tracemalloc"].stop()


def _set_filters(filters: Any) -> None:
    warnings.filters[:] = filters  # type: ignore[index]
    getattr(warnings, "_filters_mutated", getattr(warnings, "_filters_mutated_lock_held", int))()


def _hooks() -> tuple[Any, ...]:
    return tuple(getattr(sys, name, None) for name in _HOOKS)


def _set_hooks(hooks: Any) -> None:
    for name, hook in zip(_HOOKS, hooks, strict=True):
        setattr(sys, name, hook)


def _hooks_changed(old: Any, new: Any) -> str:
    changed = [name for name, a, b in zip(_HOOKS, old, new, strict=True) if a is not b and a != b]
    return f"(sys.{changed[0]})" if changed else ""


def _list_state(name: str, values: list[Any], *, by_imports: str) -> State:
    def restore(before: Any) -> None:
        values[:] = before

    return State(name, lambda: tuple(values), restore, _without_values, by_imports)


def _put_words_back(words: Any) -> None:
    sys.argv[:] = words


def _builtins_changed(old: Any, new: Any) -> str:
    return f"({listed(sorted({*old} ^ {*new}), 3)})" if {*old} != {*new} else ""


def _put_builtins_back(before: Any) -> None:
    for name in {*vars(builtins)} - {*before}:
        delattr(builtins, name)


def _faults_shown() -> bool:
    faulthandler = sys.modules.get("faulthandler")
    return faulthandler is not None and faulthandler.is_enabled()


def _show_faults(shown: bool) -> None:
    import faulthandler

    (faulthandler.enable if shown else faulthandler.disable)()


def _of_linux() -> tuple[State, ...]:
    """How the system schedules this process. Looked at around every call: psutil takes a hundred times as long."""
    if not hasattr(os, "sched_getaffinity"):
        return ()
    return (
        State(
            "the processors it may run on",
            lambda: os.sched_getaffinity(0),
            lambda before: os.sched_setaffinity(0, before),
        ),
        State(
            "its scheduling policy",
            lambda: os.sched_getscheduler(0),
            lambda before: os.sched_setscheduler(0, before, os.sched_param(0)),
        ),
    )


OF_THE_PROCESS: tuple[State, ...] = (
    State("the current folder", _folder, lambda before: os.chdir(before)),
    State("the handler of a signal", lambda: tuple(map(_signal.getsignal, _SIGNALS)), _set_handlers, _handlers_changed),
    State("the garbage collector", gc.isenabled, lambda before: gc.enable() if before else gc.disable()),
    State("the thresholds of the garbage collector", gc.get_threshold, lambda before: gc.set_threshold(*before)),
    State("the debugging of the garbage collector", gc.get_debug, gc.set_debug),
    _list_state("what the garbage collector calls", gc.callbacks, by_imports="undone"),
    State("the handling of subnormal numbers", _subnormals, _plain_floats),
    State("the rounding of floating-point numbers", _rounding, _plain_floats),
    State("the environment variables", _variables, _set_variables, _variables_changed, "stays"),
    State("the signals that are blocked", _blocked, _set_blocked),
    State("a timer", _timers, _stop_timers, lambda old, new: "" if old == new else "(it runs)"),
    State(
        "a limit of the process",
        lambda: tuple(resource.getrlimit(number) for number in _LIMITS),
        _set_limits,  # what was lowered for good stays so
    ),
    State("the tracing of calls", _tracing, _set_tracing),
    State("the tracing of memory", _traced_memory, _stop_tracing_memory),
    State("the switch interval of threads", sys.getswitchinterval, sys.setswitchinterval),
    State("the recursion limit", sys.getrecursionlimit, sys.setrecursionlimit, by_imports="undone"),
    State("the most digits of a number in text", sys.get_int_max_str_digits, sys.set_int_max_str_digits),
    State(
        "the priority of the process",
        lambda: os.getpriority(os.PRIO_PROCESS, 0),
        lambda before: os.setpriority(os.PRIO_PROCESS, 0, before),
    ),
    *_of_linux(),
    State("the time zone", lambda: time.tzname, lambda _: time.tzset()),
    State("the stack of new threads", threading.stack_size, threading.stack_size),
    State("the filters of warnings", lambda: tuple(warnings.filters), _set_filters, _without_values, "undone"),
    State("a hook or stream of the interpreter", _hooks, _set_hooks, _hooks_changed),
    State("the dump of a crash (faulthandler)", _faults_shown, _show_faults),
    _list_state("where modules are looked for (sys.path)", sys.path, by_imports="stays"),
    State("the words of the command line (sys.argv)", lambda: tuple(sys.argv), _put_words_back, _without_values),
    State("the names of builtins", lambda: tuple(vars(builtins)), _put_builtins_back, _builtins_changed, "stays"),
    _list_state("who finds modules (sys.meta_path)", sys.meta_path, by_imports="stays"),
    _list_state("who finds modules (sys.path_hooks)", sys.path_hooks, by_imports="stays"),
)


def _umask() -> int:
    """The mask of new files' permissions; where the system tells it (psutil does not), without touching it."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        return int(status.partition("\nUmask:")[2].split(None, 1)[0], 8)
    except (OSError, IndexError, ValueError):
        mask = os.umask(0o077)
        os.umask(mask)
        return mask


def _more_frozen(old: int, new: int) -> str:
    return f"({new - old} objects frozen)" if new > old else ""  # those that are freed leave it: it shrinks by itself


def _modules() -> dict[str, Any]:
    return dict(sys.modules)


def _modules_changed(old: Any, new: Any) -> str:
    """Of those that were loaded: more may come at any time."""
    changed = sorted(name for name, module in old.items() if new.get(name) is not module)
    return f"({listed(changed, 3)})" if changed else ""


def _put_modules_back(before: Any) -> None:
    sys.modules.update(before)


DEAR: tuple[State, ...] = (
    State("which modules are loaded", _modules, _put_modules_back, _modules_changed, "stays"),
    State("the permissions of new files (umask)", _umask, os.umask, lambda a, b: "" if a == b else f"({b:03o})"),
    State(
        "what the garbage collector passes over (gc.freeze)",
        gc.get_freeze_count,  # counted one by one
        lambda before: None if before else gc.unfreeze(),
        _more_frozen,
    ),
)
