"""The kind of arguments a seam gets: drawn anew as often as needed, or those of real calls, replayed.

Writable arrays are activations: they are drawn afresh, with the recorded shape, dtype, memory order, mean, spread and
range. Read-only arrays are weights, and small plain values are settings: both are passed as they were. What can be
neither is to be recorded (`recording`), and then all arguments of a call come from the same real one.
What cannot be copied either (a closure, a table of seams) makes the seam measurable only within its workload.
"""

from __future__ import annotations

import copy
import math
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perfkit.errors import PerfkitError
from perfkit.tree import leaves
from perfkit.worker.inputs.recording import OpsSlot, Recording

__all__ = ["ArgumentSpec", "Fixed", "OpsSlot", "RandomArray", "Recorded", "coarse", "is_plain", "signature"]

Array = NDArray[Any]
_SPARE = 65_537  # how many offsets one bank of values offers; odd, so that rows do not line up
_STAMPS = 4  # elements that make one cut unlike any other
_LONG = 100  # characters; a longer text is told apart by its hash
_PLAIN = (type(None), bool, int, float, complex, str, bytes, np.dtype, type, np.generic)


@dataclass(frozen=True, slots=True)
class Fixed:
    """A value passed as it was: a setting, a weight, or an opaque object of the role's own instance."""

    value: Any


@dataclass(frozen=True, slots=True)
class RandomArray:
    """An array drawn afresh for each call."""

    shape: tuple[int, ...]
    order: tuple[int, ...]  # axes from the slowest to the fastest in memory
    dtype: np.dtype[Any]
    mean: float
    spread: float
    low: float  # an int for integers, which a float cannot hold
    high: float
    tensor: bool = False  # of torch, over the memory of the array
    cast: str = ""  # a dtype of torch that numpy has not, which the tensor is given in

    @property
    def nbytes(self) -> int:
        """Bytes of one array."""
        return self._size * self.dtype.itemsize

    def bank(self, rng: np.random.Generator) -> Array:
        """A stock of values that `take` cuts arrays from; drawing each array anew costs ten times as much."""
        return self._draw(rng, self._size + _SPARE)

    def take(self, bank: Array, rng: np.random.Generator) -> Array:
        """One fresh, writable array in the recorded memory order.

        Cuts may meet again, so a few elements are drawn anew: no two arrays have the same content.
        """
        start = int(rng.integers(_SPARE))
        flat = bank[start : start + self._size].copy()
        if self._size:
            flat[rng.integers(0, self._size, _STAMPS)] = self._draw(rng, _STAMPS)
        return flat.reshape([self.shape[a] for a in self.order]).transpose(np.argsort(self.order))

    @property
    def _size(self) -> int:
        return math.prod(self.shape)

    def as_array(self, value: Any) -> Array | None:
        """The memory of such an argument, to look at; None where it is none that can be drawn."""
        return _as_array(value) if self.tensor else value

    def given(self, array: Array) -> Any:
        """What the seam is passed: the array, or a tensor over the same memory; in another dtype a copy."""
        if not self.tensor:
            return array
        torch = sys.modules["torch"]
        tensor = torch.from_numpy(array)
        return tensor.to(getattr(torch, self.cast)) if self.cast else tensor

    def _draw(self, rng: np.random.Generator, size: int) -> Array:
        if self.dtype.kind == "b":
            return rng.random(size) < self.mean
        if self.dtype.kind in "iu":
            return rng.integers(int(self.low), int(self.high), size, endpoint=True, dtype=self.dtype)
        values = rng.standard_normal(size) * self.spread + self.mean
        if self.dtype.kind == "c":
            parts = rng.standard_normal((2, size)) * (self.spread / math.sqrt(2))
            values = self.mean + parts[0] + 1j * parts[1]
            return np.asarray(values, self.dtype)
        return np.clip(values, self.low, self.high).astype(self.dtype)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An argument that comes from a real call. `kind`: its type in a word or two."""

    kind: str


@dataclass(frozen=True, slots=True)
class ArgumentSpec:
    """The arguments of one seam call. `obstacle` says why it cannot be repeated, or is empty.

    `recording` gives the arguments where any part is Recorded; `written` are the positions of those that the call
    writes to, as the baseline does.
    """

    parts: tuple[Any, ...]
    obstacle: str = ""
    gradients: bool = True  # whether torch kept what autograd may ask for, when the seam was called
    recording: Recording | None = None
    written: frozenset[int] = frozenset()

    @classmethod
    def of(
        cls, args: tuple[Any, ...], ops_type: type, opaque: tuple[type, ...], read: Sequence[Any] = ()
    ) -> ArgumentSpec:
        """Describe one real call. `read`: results of seams that are only read, which are passed as they were."""
        parts: list[Any] = []
        for value in args:
            known = any(value is one for one in read)
            parts.append(Fixed(value) if known else _describe(value, ops_type, opaque) or Recorded(_name(value)))
        torch = sys.modules.get("torch")
        return cls(tuple(parts), gradients=torch is None or torch.is_grad_enabled())

    @property
    def nbytes(self) -> int:
        """Bytes drawn for one call."""
        return sum(p.nbytes for p in self.parts if isinstance(p, RandomArray))

    @property
    def draws(self) -> bool:
        """Whether any argument differs from call to call."""
        return any(isinstance(p, RandomArray | Recorded) for p in self.parts)

    @property
    def recorded(self) -> bool:
        """Whether its arguments come from real calls."""
        return any(isinstance(p, Recorded) for p in self.parts)

    @property
    def recorded_kinds(self) -> str:
        """The types of those that do, as `list, str`."""
        return ", ".join(dict.fromkeys(p.kind for p in self.parts if isinstance(p, Recorded)))

    def as_dtype(self, name: str) -> ArgumentSpec:
        """The same with floats of another dtype, drawn or passed as they were. Raises PerfkitError where recorded."""
        if self.recorded:
            raise PerfkitError("recorded arguments have the dtype of the program")
        return replace(self, parts=tuple(_as_dtype(part, name) for part in self.parts))

    def describe(self) -> str:
        """What differs from call to call, as `float32 (4, 128), int64 (3,)` or `recorded: list, str`."""
        if self.recorded:
            return f"recorded: {self.recorded_kinds}"
        drawn = Counter(f"{p.cast or p.dtype} {p.shape}" for p in self.parts if isinstance(p, RandomArray))
        return ", ".join(f"{count} × {name}" if count > 1 else name for name, count in drawn.items())


def _as_dtype(part: Any, name: str) -> Any:
    """A part with its floats in another dtype, those of a module's weights too. Raises PerfkitError."""
    if isinstance(part, Fixed):
        return Fixed(_cast(part.value, name))
    if not isinstance(part, RandomArray) or part.dtype.kind != "f":
        return part
    if hasattr(np, name):
        return replace(part, dtype=np.dtype(name))
    if not part.tensor:
        raise PerfkitError(f"numpy has no {name}")
    return replace(part, dtype=np.dtype(np.float32), cast=name)


def _cast(value: Any, name: str) -> Any:
    torch = sys.modules.get("torch")
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        cast = value.astype(name)
        cast.flags.writeable = value.flags.writeable
        return cast
    if torch is not None and isinstance(value, torch.Tensor) and value.is_floating_point():
        return value.to(getattr(torch, name))
    if torch is not None and isinstance(value, torch.nn.Module):
        return copy.deepcopy(value).to(getattr(torch, name))  # the workload goes on with its own
    return value


def _describe(value: Any, ops_type: type, opaque: tuple[type, ...]) -> Any:
    if isinstance(value, ops_type):
        return OpsSlot()
    if isinstance(value, np.ndarray):
        return _describe_array(value)
    tensor = _as_array(value)
    if tensor is not None:
        part = _describe_array(tensor)
        return replace(part, tensor=True) if isinstance(part, RandomArray) else part
    if isinstance(value, (_PLAIN, opaque)):
        return Fixed(value)
    if isinstance(value, tuple) and all(isinstance(v, _PLAIN) for v in value):
        return Fixed(value)
    if isinstance(value, dict) and all(not a.flags.writeable for a in leaves(value)):
        return Fixed(value)
    return None


def _as_array(value: Any) -> Array | None:
    """The memory of a tensor on the processor, which no gradient is asked for; None for anything else."""
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(value, torch.Tensor) or value.requires_grad or value.device.type != "cpu":
        return None
    try:
        return np.asarray(value.detach().numpy())
    except (TypeError, RuntimeError):  # a layout or dtype that numpy does not know
        return None


def _describe_array(value: Array) -> Any:
    if not value.flags.writeable:
        return Fixed(value)
    if value.dtype.kind not in "fciub" or type(value) not in (np.ndarray, np.memmap):  # a mask would be lost
        return None
    order = tuple(int(a) for a in np.argsort([-abs(s) for s in value.strides], kind="stable"))
    finite = value[np.isfinite(value)] if value.dtype.kind in "fc" else value
    some = bool(finite.size)
    low, high = (finite.min().item(), finite.max().item()) if some and value.dtype.kind != "c" else (0, 0)
    return RandomArray(
        shape=value.shape,
        order=order,
        dtype=value.dtype,
        mean=float(np.mean(finite.real)) if some else 0.0,
        spread=float(np.std(finite)) if some else 1.0,
        low=low,
        high=high,
    )


def is_plain(value: Any) -> bool:
    """Whether a value is a number, a text or None: a setting, or what the seam works on."""
    return isinstance(value, _PLAIN) and not isinstance(value, type | np.dtype)


def signature(args: tuple[Any, ...]) -> tuple[str, ...]:
    """Calls with equal signatures do the same kind of work: shapes, dtypes, writability and plain values."""
    words = []
    for value in args:
        if isinstance(value, np.ndarray):
            words.append(f"{value.dtype}{value.shape}{'' if value.flags.writeable else ' fixed'}")
        elif (tensor := _as_array(value)) is not None:
            words.append(f"tensor {tensor.dtype}{tensor.shape}")
        elif is_plain(value):
            long = isinstance(value, str | bytes) and len(value) > _LONG
            words.append(f"{type(value).__name__} {hash(value)}" if long else repr(value))
        else:
            words.append(type(value).__name__)
    return tuple(words)


def coarse(args: tuple[Any, ...]) -> tuple[str, ...]:
    """As `signature`, without what may differ from call to call on the same kind of work: sizes and plain values."""
    return tuple(_name(value) for value in args)


def _name(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.ndim}-d {value.dtype}{'' if value.flags.writeable else ' fixed'}"
    if (torch := sys.modules.get("torch")) is not None and isinstance(value, torch.Tensor):
        return f"{value.dim()}-d {value.dtype}"
    return type(value).__name__
