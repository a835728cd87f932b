"""What the libraries that a program has imported keep for a whole process: read within 15 microseconds, and put back.

A library that is not there yet has no state; its entry is then missing from a snapshot.
"""

from __future__ import annotations

import locale
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from perfkit.worker.state.python_state import State, before_and_after

__all__ = ["DEAR_OF_LIBRARIES", "OF_LIBRARIES"]


def _of_numpy() -> Iterator[State]:
    yield State("numpy's handling of floating-point errors", np.geterr, lambda before: np.seterr(**before))
    yield State("whom numpy calls on floating-point errors", np.geterrcall, np.seterrcall)
    yield State("the size of numpy's buffers", np.getbufsize, np.setbufsize)
    yield State(
        "how numpy prints arrays",
        np.get_printoptions,
        lambda before: np.set_printoptions(**before),
        lambda old, new: "" if old == new else f"({', '.join(sorted(k for k in old if old[k] != new.get(k)))})",
    )


def _decimal_context() -> tuple[Any, ...] | None:
    decimal = sys.modules.get("decimal")
    if decimal is None:
        return None
    now = decimal.getcontext()
    traps = tuple(signal.__name__ for signal, on in now.traps.items() if on)
    return now.prec, now.rounding, traps, now.Emin, now.Emax, now.capitals, now.clamp


def _set_decimal_context(before: Any) -> None:
    decimal = sys.modules["decimal"]
    now = decimal.getcontext()
    now.prec, now.rounding, traps, now.Emin, now.Emax, now.capitals, now.clamp = before
    for signal in now.traps:
        now.traps[signal] = signal.__name__ in traps


def _decimal_changed(old: Any, new: Any) -> str:
    if old is None or old == new:
        return ""
    names = ("precision", "rounding", "traps", "smallest exponent", "largest exponent", "capitals", "clamp")
    name, before, after = next((n, a, b) for n, a, b in zip(names, old, new, strict=True) if a != b)
    return f"({name} {before} before, {after} after)"


def _event_loop_policy() -> Any:
    """The class of a policy that somebody has set; asking asyncio itself would make one."""
    policy = getattr(sys.modules.get("asyncio.events"), "_event_loop_policy", None)
    return None if policy is None or type(policy).__module__.startswith("asyncio.") else type(policy).__qualname__


def _reset_event_loop_policy(before: Any) -> None:
    if before is None:
        sys.modules["asyncio"].set_event_loop_policy(None)


def _start_method() -> str | None:
    """How multiprocessing starts a process, where somebody has said so; its first use settles on the default."""
    context = getattr(sys.modules.get("multiprocessing.context"), "_default_context", None)
    chosen = getattr(context, "_actual_context", None)
    default = getattr(context, "_default_context", None)
    return None if chosen is None or chosen is default else str(chosen.get_start_method())


def _set_start_method(before: Any) -> None:
    sys.modules["multiprocessing"].set_start_method(before, force=True)


def _socket_timeout() -> Any:
    socket = sys.modules.get("_socket")
    return None if socket is None else socket.getdefaulttimeout()


def _logging() -> tuple[Any, ...] | None:
    logging = sys.modules.get("logging")
    if logging is None or not hasattr(logging, "root"):
        return None
    return logging.root.level, logging.root.manager.disable


def _set_logging(before: Any) -> None:
    logging = sys.modules["logging"]
    level, logging.root.manager.disable = before
    logging.root.setLevel(level)


def _if_there(old: Any, new: Any) -> str:
    """A change, where the library was there before."""
    return "" if old is None else before_and_after(old, new)


OF_LIBRARIES: tuple[State, ...] = (
    *_of_numpy(),
    State("the locale", lambda: locale.setlocale(locale.LC_ALL), lambda b: locale.setlocale(locale.LC_ALL, b)),
    State("the context of decimal numbers", _decimal_context, _set_decimal_context, _decimal_changed),
    State("the policy of event loops", _event_loop_policy, _reset_event_loop_policy, by_imports="undone"),
    State("how processes are started", _start_method, _set_start_method, by_imports="undone"),
    State(
        "the timeout of sockets",
        _socket_timeout,
        lambda before: sys.modules["_socket"].setdefaulttimeout(before),
    ),
    State("the level of logging that is off", _logging, _set_logging, _if_there, "undone"),
)


def _numba_threads() -> Any:
    """Numba's number of threads; asking for it would start them, so only where they have been."""
    parallel = sys.modules.get("numba.np.ufunc.parallel")
    return parallel.get_num_threads() if parallel is not None and parallel._is_initialized else None


def _set_numba_threads(before: Any) -> None:
    if before is not None:
        sys.modules["numba"].set_num_threads(before)


def _pandas_options() -> Any:
    config = sys.modules.get("pandas._config.config")
    return None if config is None else _flattened(config._global_config)


def _flattened(options: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in options.items():
        found.update(_flattened(value, f"{path}{name}.") if isinstance(value, dict) else {path + name: value})
    return found


def _pandas_changed(old: Any, new: Any) -> str:
    changed = sorted(name for name in old or () if old[name] is not new.get(name) and old[name] != new.get(name))
    return f"({', '.join(changed[:3])})" if changed else ""


def _set_pandas_options(before: Any) -> None:
    pandas = sys.modules["pandas"]
    now = _pandas_options()
    for name in [name for name in before if before[name] is not now.get(name) and before[name] != now.get(name)]:
        pandas.set_option(name, before[name])


DEAR_OF_LIBRARIES: tuple[State, ...] = (
    State("numba's number of threads", _numba_threads, _set_numba_threads, _if_there),
    State("the options of pandas", _pandas_options, _set_pandas_options, _pandas_changed, "undone"),
)
