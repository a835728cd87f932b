"""What the libraries that a program has imported keep for a whole process: read within 25 microseconds, and put back.

A library that is not there yet has no state; its entry is then missing from a snapshot.
"""

from __future__ import annotations

import locale
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from perfkit.engine.process_state import State, before_and_after

__all__ = ["DEAR_OF_LIBRARIES", "OF_LIBRARIES", "TORCH", "torch_is_there"]


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
    State("the least level that is logged", _logging, _set_logging, _if_there, "undone"),
)


def torch_is_there() -> bool:
    """Whether torch has been imported, whole."""
    return hasattr(sys.modules.get("torch"), "get_num_threads")


def _torch() -> Any:
    return sys.modules["torch"]


def _flag(getter: str, setter: str) -> tuple[Callable[[], Any], Callable[[Any], object]]:
    """Read and set a switch of torch's core, where this version has it."""

    def read() -> Any:
        get = getattr(_torch()._C, getter, None)
        return None if get is None else get()

    def restore(before: Any) -> None:
        if before is not None:
            getattr(_torch()._C, setter)(before)

    return read, restore


_SWITCHES = {
    "torch's use of cuDNN": ("_get_cudnn_enabled", "_set_cudnn_enabled"),
    "torch's benchmarking of cuDNN": ("_get_cudnn_benchmark", "_set_cudnn_benchmark"),
    "torch's determinism of cuDNN": ("_get_cudnn_deterministic", "_set_cudnn_deterministic"),
    "torch's use of oneDNN": ("_get_mkldnn_enabled", "_set_mkldnn_enabled"),
    "torch's determinism of oneDNN": ("_get_mkldnn_deterministic", "_set_mkldnn_deterministic"),
    "torch's use of NNPACK": ("_get_nnpack_enabled", "_set_nnpack_enabled"),
    "torch's quantized engine": ("_get_qengine", "_set_qengine"),
    "torch's flash attention": ("_get_flash_sdp_enabled", "_set_sdp_use_flash"),
    "torch's memory-efficient attention": ("_get_mem_efficient_sdp_enabled", "_set_sdp_use_mem_efficient"),
    "torch's attention by plain products": ("_get_math_sdp_enabled", "_set_sdp_use_math"),
    "torch's attention by cuDNN": ("_get_cudnn_sdp_enabled", "_set_sdp_use_cudnn"),
    "torch's gradients on several threads": ("_is_multithreading_enabled", "_set_multithreading_enabled"),
}


def _switches() -> Iterator[State]:
    for name, (getter, setter) in _SWITCHES.items():
        yield State(name, *_flag(getter, setter))


def _interop_threads_stay(before: Any) -> None:
    """They can be set once only."""


def _fast_path() -> Any:
    mha = sys.modules.get("torch.backends.mha")
    return getattr(mha, "_is_fastpath_enabled", None)


def _set_fast_path(before: Any) -> None:
    sys.modules["torch.backends.mha"].set_fastpath_enabled(before)


def _autocast() -> tuple[Any, ...]:
    torch = _torch()
    kinds = ("cpu", "cuda")
    return (
        *((torch.is_autocast_enabled(kind), torch.get_autocast_dtype(kind)) for kind in kinds),
        torch.is_autocast_cache_enabled(),
    )


def _set_autocast(before: Any) -> None:
    torch = _torch()
    for kind, (enabled, dtype) in zip(("cpu", "cuda"), before[:-1], strict=True):
        torch.set_autocast_enabled(kind, enabled)
        torch.set_autocast_dtype(kind, dtype)
    torch.set_autocast_cache_enabled(before[-1])


def _anomalies() -> tuple[bool, bool]:
    torch = _torch()
    return torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()


def _deterministic() -> tuple[bool, bool]:
    torch = _torch()
    return torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()


def _default_device() -> str:
    context = getattr(_torch()._GLOBAL_DEVICE_CONTEXT, "device_context", None)
    return "none" if context is None else str(context.device)


_held: list[Any] = []


def _set_inference_mode(before: bool) -> None:
    """The mode lasts as long as its guard lives."""
    _held[:] = [_torch()._C._InferenceMode(before)]


def _module_hooks() -> tuple[tuple[Any, ...], ...]:
    """The functions that torch calls around the forward or backward pass of every module."""
    hooks = vars(sys.modules["torch.nn.modules.module"])
    return tuple(tuple(hooks[name].values()) for name in _HOOK_TABLES if name in hooks)


_HOOK_TABLES = (
    "_global_forward_hooks", "_global_forward_pre_hooks", "_global_backward_hooks", "_global_backward_pre_hooks",
)  # fmt: skip


def _set_module_hooks(before: Any) -> None:
    hooks = vars(sys.modules["torch.nn.modules.module"])
    for name, kept in zip([name for name in _HOOK_TABLES if name in hooks], before, strict=True):
        for key in [key for key, hook in hooks[name].items() if hook not in kept]:
            del hooks[name][key]


def _modes() -> tuple[int, int]:
    """How many modes intercept what torch computes."""
    return _torch()._C._len_torch_function_stack(), _torch()._C._len_torch_dispatch_stack()


def _end_modes(before: Any) -> None:
    torch = _torch()
    for _ in range(torch._C._len_torch_function_stack() - before[0]):
        torch._C._pop_torch_function_stack()


TORCH: tuple[State, ...] = (
    State("torch's number of threads", lambda: _torch().get_num_threads(), lambda b: _torch().set_num_threads(b)),
    State(
        "torch's number of threads between operations",
        lambda: _torch().get_num_interop_threads(),
        _interop_threads_stay,
    ),
    State("torch's default dtype", lambda: _torch().get_default_dtype(), lambda b: _torch().set_default_dtype(b)),
    State("torch's default device", _default_device, lambda b: _torch().set_default_device(None if b == "none" else b)),
    State("torch's gradient mode", lambda: _torch().is_grad_enabled(), lambda b: _torch().set_grad_enabled(b)),
    State("torch's inference mode", lambda: _torch().is_inference_mode_enabled(), _set_inference_mode),
    State(
        "torch's precision of float32 products",
        lambda: _torch().get_float32_matmul_precision(),
        lambda b: _torch().set_float32_matmul_precision(b),
    ),
    State(
        "torch's deterministic algorithms",
        _deterministic,
        lambda b: _torch().use_deterministic_algorithms(b[0], warn_only=b[1]),
    ),
    State("torch's automatic precision (autocast)", _autocast, _set_autocast),
    State("torch's search for anomalies", _anomalies, lambda b: _torch().autograd.set_detect_anomaly(b[0], b[1])),
    State("torch's fast path of attention", _fast_path, _set_fast_path),
    *_switches(),
    State(
        "torch's hooks of all modules",
        _module_hooks,
        _set_module_hooks,
        lambda a, b: "" if a == b else "(more or less)",
    ),
    State("torch's modes", _modes, _end_modes),
)


def _overridden() -> frozenset[str]:
    """Operations of torch's own that somebody has given another implementation."""
    impls = getattr(sys.modules.get("torch.library"), "_impls", ())
    return frozenset(key for key in impls if key.startswith("aten/") and key.endswith(_COMPUTED) and key[5] != "_")


# where it computes; shapes, transforms and what begins with _ torch itself brings when they are first needed
_COMPUTED = ("/CPU", "/AutogradCPU", "/Autograd", "/CUDA", "/AutogradCUDA")


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
    State("torch's own operations", _overridden, lambda _: None, lambda a, b: f"({min(b - a)})" if b - a else ""),
    State("numba's number of threads", _numba_threads, _set_numba_threads, _if_there),
    State("the options of pandas", _pandas_options, _set_pandas_options, _pandas_changed, "undone"),
)
