"""What the libraries that a program has imported keep for a whole process: read within 15 microseconds, and put back.

A library that is not there yet has no state; its entry is then missing from a snapshot.
"""

from __future__ import annotations

import locale
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from perfkit.phrases import listed
from perfkit.worker.state.origin import is_of_a_catalogue
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
    """What decides of every program's records: the root logger, and what is switched off for all."""
    logging = sys.modules.get("logging")
    if logging is None or not hasattr(logging, "root"):
        return None
    root = logging.root
    return root.manager.disable, root.level, tuple(root.handlers), tuple(root.filters)


def _set_logging(before: Any) -> None:
    root = sys.modules["logging"].root
    root.manager.disable, level, root.handlers[:], root.filters[:] = before
    root.setLevel(level)


def _logging_changed(old: Any, new: Any) -> str:
    if old is None or new is None or old == new:
        return ""
    if old[0] != new[0]:
        return f"(switched off up to level {old[0]} before, {new[0]} after)"
    if old[1] != new[1]:
        return f"(level of the root logger {old[1]} before, {new[1]} after)"
    if old[3] == new[3] and not old[2] and _is_made_by_first_record(new[2]):
        return ""
    return "(handlers or filters of the root logger)"


def _is_made_by_first_record(handlers: tuple[Any, ...]) -> bool:
    """Whether these are what `logging.warning(…)` sets up where nobody has: every program may do so."""
    logging = sys.modules["logging"]
    if len(handlers) != 1 or type(handlers[0]) is not logging.StreamHandler:
        return False
    (handler,) = handlers
    formatter = handler.formatter
    plain = formatter is not None and formatter._fmt == logging.BASIC_FORMAT and not handler.filters
    return bool(plain and handler.level == 0 and handler.stream in (sys.stderr, sys.__stderr__))


def _loggers() -> dict[str, tuple[Any, ...]] | None:
    """How each logger that somebody has asked for is set up; libraries set up their own when they are first used."""
    logging = sys.modules.get("logging")
    if logging is None or not hasattr(logging, "root"):
        return None
    known = [*logging.root.manager.loggerDict.items()]
    return {
        name: (one.level, tuple(one.handlers), tuple(one.filters), one.propagate, one.disabled)
        for name, one in known
        if isinstance(one, logging.Logger) and not _is_of_a_library(name)
    }


def _is_of_a_library(logger: str) -> bool:
    """Whether a logger has the name of a loaded package that no recipe or function comes from."""
    package = logger.partition(".")[0]
    return package in sys.modules and not is_of_a_catalogue(logger)


def _loggers_changed(old: Any, new: Any) -> str:
    """Of those that were there before: a new one is its author's own affair."""
    changed = sorted(name for name in old or () if new.get(name, old[name]) != old[name])
    return f"({listed(changed, 3)})" if changed else ""


def _set_loggers(before: Any) -> None:
    now = _loggers() or {}
    for name in [name for name in before or () if now.get(name) != before[name]]:
        logger = sys.modules["logging"].getLogger(name)
        level, logger.handlers[:], logger.filters[:], logger.propagate, logger.disabled = before[name]
        logger.setLevel(level)


def _temporary_folder() -> Any:
    tempfile = sys.modules.get("tempfile")
    return None if tempfile is None else tempfile.tempdir


def _temporary_folder_changed(old: Any, new: Any) -> str:
    """A change; but for the first use, which settles on one."""
    first = old is None and new in sys.modules["tempfile"]._candidate_tempdir_list()
    return "" if first else before_and_after(old, new)


def _set_temporary_folder(before: Any) -> None:
    tempfile: Any = sys.modules["tempfile"]
    tempfile.tempdir = before


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
    State("the folder of temporary files", _temporary_folder, _set_temporary_folder, _temporary_folder_changed),
    State("the set-up of logging", _logging, _set_logging, _logging_changed, "undone"),
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
    return f"({listed(changed, 3)})" if changed else ""


def _set_pandas_options(before: Any) -> None:
    pandas = sys.modules["pandas"]
    now = _pandas_options()
    for name in [name for name in before if before[name] is not now.get(name) and before[name] != now.get(name)]:
        pandas.set_option(name, before[name])


DEAR_OF_LIBRARIES: tuple[State, ...] = (
    State("the set-up of a logger", _loggers, _set_loggers, _loggers_changed, "undone"),
    State("numba's number of threads", _numba_threads, _set_numba_threads, _if_there),
    State("the options of pandas", _pandas_options, _set_pandas_options, _pandas_changed, "undone"),
)
