"""Counts the floating-point operations that a call really does: of numpy, of torch, and of plain numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

__all__ = ["Number", "by_numpy", "by_torch", "counted_array"]

_FREE = {"negative", "greater_equal", "greater", "less_equal", "less", "invert", "logical_not"}  # of signs and masks
_ELEMENTWISE = {
    "add": 1, "sub": 1, "mul": 1, "div": 1, "reciprocal": 1, "floor": 1, "cumsum": 1, "sum": 1,
    "addcmul": 2, "hypot": 4,
}  # fmt: skip


class _Counted(np.ndarray[Any, Any]):
    """An array whose operations are counted."""

    operations = 0.0

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        plain = [np.asarray(value) if isinstance(value, np.ndarray) else value for value in inputs]
        options["out"] = tuple(map(np.asarray, options["out"])) if "out" in options else None
        result = getattr(ufunc, method)(*plain, **options)
        if ufunc is np.matmul:
            _Counted.operations += 2 * np.size(result) * plain[0].shape[-1]
        elif ufunc.__name__ not in _FREE:
            _Counted.operations += np.size(result) if method == "__call__" else np.size(plain[0])
        return counted_array(result)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        if function is np.einsum:
            left, right = args[0].partition("->")[0].split(",")
            extent = dict(zip((*left, *right), (*args[1].shape, *args[2].shape), strict=True))
            _Counted.operations += 2 * math.prod(extent.values())
            return counted_array(np.einsum(args[0], *map(np.asarray, args[1:])))
        return super().__array_function__(function, types, args, options)


def counted_array(value: Any) -> Any:
    """The same numbers, as an array whose operations are counted."""
    return np.asarray(value).view(_Counted)


def by_numpy(call: Callable[[], Any]) -> float:
    """Operations of a call on counted arrays."""
    _Counted.operations = 0.0
    call()
    return _Counted.operations


def by_torch(call: Callable[[], Any]) -> float:
    """Operations of a call: matrices by torch's own counter, transforms as FFTW counts them, and element by element."""
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.utils._python_dispatch import TorchDispatchMode
    from torch.utils.flop_counter import FlopCounterMode

    class Elementwise(TorchDispatchMode):
        operations = 0.0

        def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), options: Any = None) -> Any:
            result = function(*args, **(options or {}))
            self.operations += _operations(function.overloadpacket.__name__.rstrip("_"), args, result)
            return result

    # attention as two products: torch's counter does not know the fused one
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as matrices, Elementwise() as others:
        call()
    return matrices.get_total_flops() + others.operations


def _operations(name: str, args: Sequence[Any], result: Any) -> float:
    if name in ("_fft_r2c", "_fft_c2r", "_fft_c2c"):
        real = result if name == "_fft_c2r" else args[0]
        length = real.shape[args[1][0]]
        return (5.0 if name == "_fft_c2c" else 2.5) * real.numel() * math.log2(max(1, length))
    if name not in _ELEMENTWISE or not (result.is_floating_point() or result.is_complex()):
        return 0.0
    if name == "sum":
        return float(args[0].numel())
    parts = sum(hasattr(value, "is_complex") and value.is_complex() for value in args)
    each = {("mul", 2): 6, ("mul", 1): 2, ("add", 2): 2, ("sub", 2): 2}.get((name, parts), _ELEMENTWISE[name])
    return float(result.numel() * each)


class Number(float):
    """A plain number that counts how often it is compared or divided."""

    operations = 0

    def __gt__(self, other: float) -> bool:
        Number.operations += 1
        return super().__gt__(other)

    def __truediv__(self, other: float) -> Number:
        Number.operations += 1
        return Number(float(self) / other)

    def __abs__(self) -> Number:
        return Number(super().__abs__())
