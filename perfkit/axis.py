"""Points on an axis of a workload: one of its sizes, with a number set. People read and write `small[rows=64]`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from perfkit.errors import UnknownName, UsageError

__all__ = ["THREADS", "Axes", "Sweep", "point", "read_point", "read_sweep"]

THREADS = "threads"  # of BLAS and OpenMP, as --threads: an axis that every workload has
_VALUE = r"[a-z_]+=[1-9][0-9]{0,15}"
_POINT = re.compile(rf"(.+)\[({_VALUE}(?:,{_VALUE})*)\]", re.DOTALL)
_SWEEP = re.compile(r"([a-z_]+)=(?:([0-9]{1,15}):([0-9]{1,15})|([0-9]{1,15}(?:,[0-9]{1,15})*))")
Axes = tuple[tuple[str, int], ...]  # (axis, value) each
_MOST_POINTS, _LARGEST, _MOST_THREADS = 24, 2**40, 1024
_HINT = "--sweep rows=1:2048 doubles from one to the other; --sweep rows=1,16,64 takes these"


@dataclass(frozen=True, slots=True)
class Sweep:
    """The values to measure along one axis, rising."""

    axis: str
    values: tuple[int, ...]

    def check(self, workload: str, axes: Sequence[str]) -> None:
        """Raise UnknownName when the workload has no such axis; all have `threads`."""
        if self.axis not in (*axes, THREADS):
            raise UnknownName(f"axis of {workload}", self.axis, [*axes, THREADS])


def read_sweep(text: str) -> Sweep:
    """`rows=1:2048` (doubling, both ends included) or `rows=1,16,64`. Raises UsageError."""
    parts = _SWEEP.fullmatch(text)
    if parts is None:
        raise UsageError(f"--sweep {text!r} is no axis with values", hint=_HINT)
    axis, low, high, listed = parts.groups()
    values = sorted({int(v) for v in listed.split(",")}) if listed else _doubling(int(low), int(high))
    if not values or values[0] < 1 or values[-1] > _LARGEST:
        raise UsageError(f"--sweep {text!r} must go up, from 1 or more", hint=_HINT)
    if not 2 <= len(values) <= _MOST_POINTS:
        raise UsageError(f"--sweep takes 2 to {_MOST_POINTS} points, {text!r} has {len(values)}", hint=_HINT)
    if axis == THREADS and values[-1] > _MOST_THREADS:
        raise UsageError(f"--sweep threads goes up to {_MOST_THREADS}", hint="--sweep threads=1,2")
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
    return parts[1], tuple((axis, int(value)) for axis, _, value in settings)
