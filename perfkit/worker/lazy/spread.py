"""Clock a seam whose work is done after it has returned: at each step of the iterator or coroutine that it gave."""

from __future__ import annotations

import time
import types
from collections.abc import Callable, Coroutine, Generator
from itertools import repeat
from typing import Any

from perfkit.tree.lazy import is_lazy
from perfkit.tree.registry import kind_of

__all__ = ["spread", "step_ns", "stepped"]

Run = Callable[..., Any]  # (function, *arguments) -> its result, with its time noted


def spread(result: Any, run: Run) -> Any:
    """What a seam gave, with each step of it going through `run`; the result itself where it is there already."""
    if isinstance(result, types.CoroutineType):
        return _steps(result, run)
    if hasattr(type(result), "__next__") and kind_of(type(result)) is None and is_lazy(type(result)):
        return _items(result, run)
    return result


def _items(iterator: Any, run: Run) -> Generator[Any, None, Any]:
    while True:
        try:
            item = run(next, iterator)
        except StopIteration as end:
            return end.value
        yield item


async def _steps(coroutine: Coroutine[Any, Any, Any], run: Run) -> Any:
    return await _Steps(coroutine, run)


class _Steps:
    """A coroutine driven by hand."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any], run: Run) -> None:
        self._coroutine, self._run = coroutine, run

    def __await__(self) -> Generator[Any, Any, Any]:
        step, given = self._coroutine.send, None
        while True:
            try:
                waited = self._run(step, given)
            except StopIteration as end:
                return end.value
            try:
                step, given = self._coroutine.send, (yield waited)
            except BaseException as error:  # such as a cancellation: the coroutine's own to see
                step, given = self._coroutine.throw, error


def stepped(function: Callable[..., Any], *args: Any) -> Any:
    """One step."""
    return function(*args)


def step_ns(tries: int = 2_000) -> int:
    """What clocking a step that does nothing seems to take: it would be most of a short one."""
    nothing = repeat(None)
    best = 1_000
    for _ in range(tries):
        start = time.perf_counter_ns()
        stepped(next, nothing)
        best = min(best, time.perf_counter_ns() - start)
    return best
