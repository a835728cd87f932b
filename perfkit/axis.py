"""Points on an axis of a workload: one of its sizes, with a number or a word set. People write `small[rows=64]`.

A workload names an axis of numbers by its name alone (`rows`), and one of words with them (`lm=tiny|gpt2`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from perfkit.errors import UnknownName, UsageError

__all__ = ["DTYPE", "DTYPES", "THREADS", "Axes", "Axis", "Sweep", "Value", "point", "read_axis", "read_point"]
__all__ += ["read_sweep", "without_dtype"]

DTYPE = "dtype"  # of the floats that a seam alone is given, where it declares others than the program's
DTYPES = ("float16", "float32", "float64", "bfloat16")
THREADS = "threads"  # of BLAS and OpenMP, as --threads: an axis that every workload has
_NUMBER, _WORD = "[1-9][0-9]{0,15}", "[a-z][a-z0-9_.-]{0,31}"
_VALUE = rf"[a-z_]+=(?:{_NUMBER}|{_WORD})"
_POINT = re.compile(rf"(.+)\[({_VALUE}(?:,{_VALUE})*)\]", re.DOTALL)
_SWEEP = re.compile(r"([a-z_]+)=(?:([0-9]{1,15}):([0-9]{1,15})|([0-9]{1,15}(?:,[0-9]{1,15})*))")
_WORDS = re.compile(rf"([a-z_]+)=({_WORD}(?:,{_WORD})*)")
_AXIS = re.compile(rf"([a-z_]+)(?:=({_WORD}(?:\|{_WORD})+))?")

Value = int | str
Axes = tuple[tuple[str, Value], ...]  # (axis, value) each
_MOST_POINTS, _LARGEST, _MOST_THREADS = 24, 2**40, 1024
_HINT = "--sweep rows=1:2048 doubles from one to the other; --sweep rows=1,16,64 takes these; words are listed: lm=a,b"


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis as a workload declares it; `words` that it takes, none for one of numbers."""

    name: str
    words: tuple[str, ...] = ()


def read_axis(text: str) -> Axis:
    """`rows`, or `lm=tiny|gpt2`. Raises ValueError."""
    parts = _AXIS.fullmatch(text)
    if parts is None:
        raise ValueError(f'axis {text!r} must be a name, or a name with the words that it takes: "lm=tiny|gpt2"')
    name, words = parts.groups()
    return Axis(name, tuple(words.split("|")) if words else ())


@dataclass(frozen=True, slots=True)
class Sweep:
    """The values to measure along one axis: numbers that rise, or words."""

    axis: str
    values: tuple[Value, ...]

    def check(self, workload: str, axes: Sequence[str]) -> None:
        """Raise UnknownName when the workload has no such axis, or the axis no such word; all have `threads`."""
        declared = {axis.name: axis for axis in map(read_axis, axes)}
        if self.axis not in (*declared, THREADS):
            raise UnknownName(f"axis of {workload}", self.axis, [*declared, THREADS])
        words = declared[self.axis].words if self.axis in declared else ()
        for value in self.values:
            if words and value not in words:
                raise UnknownName(f"value of {self.axis} of {workload}", str(value), words)
            if not words and isinstance(value, str):
                raise UsageError(f"{self.axis} of {workload} takes numbers, not {value!r}", hint=_HINT)


def read_sweep(text: str) -> Sweep:
    """`rows=1:2048` (doubling, both ends included), `rows=1,16,64` or `lm=tiny,gpt2`. Raises UsageError."""
    worded, parts = _WORDS.fullmatch(text), _SWEEP.fullmatch(text)
    if worded is not None:
        values: list[Value] = list(dict.fromkeys(worded[2].split(",")))
        axis = worded[1]
        if axis == THREADS:
            raise UsageError("--sweep threads takes numbers", hint="--sweep threads=1,2")
    elif parts is not None:
        axis, low, high, listed = parts.groups()
        numbers = sorted({int(v) for v in listed.split(",")}) if listed else _doubling(int(low), int(high))
        if not numbers or numbers[0] < 1 or numbers[-1] > _LARGEST:
            raise UsageError(f"--sweep {text!r} must go up, from 1 or more", hint=_HINT)
        if axis == THREADS and numbers[-1] > _MOST_THREADS:
            raise UsageError(f"--sweep threads goes up to {_MOST_THREADS}", hint="--sweep threads=1,2")
        values = list(numbers)
    else:
        raise UsageError(f"--sweep {text!r} is no axis with values", hint=_HINT)
    if not 2 <= len(values) <= _MOST_POINTS:
        raise UsageError(f"--sweep takes 2 to {_MOST_POINTS} points, {text!r} has {len(values)}", hint=_HINT)
    return Sweep(axis, tuple(values))


def _doubling(low: int, high: int) -> list[int]:
    if not 1 <= low < high:
        return []
    values = [low]
    while 2 * values[-1] < high:
        values.append(2 * values[-1])
    return [*values, high]


def point(size: str, axes: Axes) -> str:
    """The name of one point: `small[rows=64]`; of a plain size, where no axis is set."""
    return f"{size}[{','.join(f'{axis}={value}' for axis, value in axes)}]" if axes else size


def read_point(name: str) -> tuple[str, Axes]:
    """The size and the values of a point's name: ("small", (("rows", 64),)); none of a plain size."""
    parts = _POINT.fullmatch(name)
    if parts is None:
        return name, ()
    settings = [setting.partition("=") for setting in parts[2].split(",")]
    axes = tuple((axis, int(value) if value.isdigit() else value) for axis, _, value in settings)
    if any(axis == THREADS and isinstance(value, str) for axis, value in axes):
        return name, ()
    return parts[1], axes


def without_dtype(name: str, axes: Sequence[str]) -> tuple[str, str]:
    """A point's name without the dtype that is set in it, and that dtype: ("small", "float64") of a seam alone.

    `axes`: those of the workload. Where dtype is one of them it stays, and the second is "".
    """
    size, values = read_point(name)
    dtype = next((str(value) for axis, value in values if axis == DTYPE), "")
    if not dtype or any(read_axis(axis).name == DTYPE for axis in axes):
        return name, ""
    return point(size, tuple((axis, value) for axis, value in values if axis != DTYPE)), dtype
