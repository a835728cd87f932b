"""One workload, a size for each kind of program; `prog.py` holds them, `truth.py` what is to be found in them."""

from __future__ import annotations

from functools import partial
from typing import Any

from perfkit.target import Target, Workload

from .ops import Ops
from .truth import KINDS


def kind(size: str, seed: int) -> str:
    return size


def loops(kind: str, rng: Any) -> int:
    """As much work as chance says, so that no sampler falls into step with it."""
    return int(KINDS[kind].loops * rng.uniform(0.7, 1.3)) // 100 * 100


def build(ops: Ops, kind: str) -> Any:
    return partial(ops.main, kind)


TARGET = Target(
    id="kinds",
    summary="programs of many kinds, of known shares",
    ops=Ops,
    workloads=(
        Workload(
            id="program",
            summary="one run of a program; its kind is the size",
            sizes=(
                "threads",
                "thread_pool",
                "timers",
                "locks",
                "process_pool",
                "children",
                "sleeps",
                "consume",
                "tasks",
                "async_generators",
                "recursion",
                "deep_recursion",
                "execd",
                "nested",
                "decorators",
                "properties",
                "twins",
                "dataclasses_",
                "context_managers",
                "context_generators",
                "exceptions",
                "c_calls",
                "ufuncs",
                "callbacks",
                "comprehensions",
                "small_calls",
                "files",
                "library_names",
                "slices",
                "lambdas",
            ),
            shared=kind,
            build=build,
            data=loops,
            call=lambda program: program,
        ),
    ),
)
