"""What a profiler is to find in each of the programs, and which profilers cannot see it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["KINDS", "Kind"]

_ALL = ("pyspy", "sampling", "pyinstrument", "cprofile")
_OUTSIDE = ("pyspy", "sampling")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """The shares of what runs: a function's own, and with what it calls for those of `total`.

    `by`: the profilers that can see them; `loops`: how much work one call is.
    """

    shares: dict[str, float]
    total: bool = False
    by: tuple[str, ...] = _ALL
    loops: int = 10_000


KINDS: dict[str, Kind] = {
    "threads": Kind(shares={"thread_a": 0.75, "thread_b": 0.25}, by=_OUTSIDE, loops=20_000),
    "thread_pool": Kind(shares={"pooled_a": 0.7, "pooled_b": 0.3}, by=_OUTSIDE, loops=40_000),
    "timers": Kind(shares={"timed": 0.6, "untimed": 0.4}, by=_OUTSIDE, loops=20_000),
    "locks": Kind(shares={"locked_a": 0.7, "locked_b": 0.3}, by=_OUTSIDE, loops=20_000),
    "process_pool": Kind(shares={"forked_a": 0.75, "forked_b": 0.25}, by=("pyspy",), loops=20_000),
    "children": Kind(shares={"child": 0.8, "parent": 0.2}, by=("pyspy",), loops=20_000),
    "sleeps": Kind(shares={"spin": 1.0}, by=("pyspy", "pyinstrument", "cprofile")),
    "consume": Kind(shares={"produce": 0.8, "consume": 0.2}),
    "tasks": Kind(shares={"heavy": 0.7, "light": 0.3}),
    "async_generators": Kind(shares={"async_produce": 0.7, "async_consume": 0.3}),
    "recursion": Kind(shares={"recursive": 0.7, "straight": 0.3}),
    "deep_recursion": Kind(shares={"deep": 0.6, "shallow": 0.4}),
    "execd": Kind(shares={"made": 0.7, "plain": 0.3}),
    "nested": Kind(shares={"inner#1": 0.7, "inner#2": 0.3}),
    "decorators": Kind(shares={"wrapped_a": 0.6, "wrapped_b": 0.4}),
    "properties": Kind(shares={"area": 0.65, "__getattr__": 0.35}),
    "twins": Kind(shares={"run#1": 0.6, "run#2": 0.4}),
    "dataclasses_": Kind(shares={"__post_init__": 0.6, "use": 0.4}),
    "context_managers": Kind(shares={"__enter__": 0.3, "inside": 0.5, "__exit__": 0.2}),
    "context_generators": Kind(shares={"opened": 0.4, "used": 0.6}),
    "exceptions": Kind(shares={"fails": 0.6, "handles": 0.4}),
    "c_calls": Kind(shares={"c_long": 0.6, "c_short": 0.4}, total=True),
    "ufuncs": Kind(shares={"ufunc_a": 0.75, "ufunc_b": 0.25}, total=True),
    "callbacks": Kind(shares={"key_of": 0.7, "mapped": 0.3}),
    "comprehensions": Kind(shares={"comprehension_a": 0.7, "comprehension_b": 0.3}, total=True),
    "small_calls": Kind(shares={"many_a": 0.75, "many_b": 0.25}, total=True),
    "files": Kind(shares={"write_a": 0.75, "write_b": 0.25}, total=True),
    "library_names": Kind(shares={"get": 0.5, "wait": 0.3, "join": 0.2}),
    "slices": Kind(shares={"slice_a": 0.6, "slice_b": 0.4}, loops=2000),
    "lambdas": Kind(shares={"<lambda>": 1.0}, total=True),
}
