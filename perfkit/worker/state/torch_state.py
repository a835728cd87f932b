"""What torch keeps for a whole process, once it has been imported: how it is read, and how it is put back."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

from perfkit.worker.state.python_state import State

__all__ = ["DEAR_OF_TORCH", "TORCH", "torch_is_there"]


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


DEAR_OF_TORCH = State(
    "torch's own operations", _overridden, lambda _: None, lambda a, b: f"({min(b - a)})" if b - a else ""
)
