"""Workloads whose shares are known: 70, 20 and 10 in a hundred, calls against none, threads, a child, a crash."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from perfkit.target import Target, Workload

from .ops import Ops


class Program:
    def __init__(self, ops: Ops, shared: None) -> None:
        self.ops = ops
        self.pool = ThreadPoolExecutor(2, thread_name_prefix="task")

    def shares(self, scale: float) -> int:
        self.ops.long(0.007 * scale)
        self.ops.short(0.002 * scale)
        self.ops.in_c(0.001 * scale)
        return 1

    def calls(self, scale: float) -> int:
        return self.ops.chatty(int(20_000 * scale)) + self.ops.plain(int(40_000 * scale))

    def threads(self, scale: float) -> int:
        self.ops.pooled(self.pool, 0.004 * scale)
        self.ops.short(0.002 * scale)
        return 1

    def children(self, scale: float) -> int:
        self.ops.child(0.4 * scale)
        return 1

    def crashes(self, scale: float) -> int:
        self.ops.brittle()
        return 1

    def close(self) -> None:
        self.pool.shutdown()


def nothing(size: str, seed: int) -> None:
    return None


def scale(shared: None, rng: Any) -> float:
    """As much work as chance says, so that no sampler falls into step with it."""
    return float(rng.uniform(0.5, 1.5))


TARGET = Target(
    id="truth",
    summary="functions that take as long as they are told",
    ops=Ops,
    opaque=(ThreadPoolExecutor,),
    workloads=(
        Workload(
            id="shares",
            summary="70, 20 and 10 in a hundred",
            sizes=("small",),
            shared=nothing,
            build=Program,
            data=scale,
            call=lambda program: program.shares,
            close=Program.close,
        ),
        Workload(
            id="calls",
            summary="the same additions with a call for each, and without",
            sizes=("small",),
            shared=nothing,
            build=Program,
            data=scale,
            call=lambda program: program.calls,
            close=Program.close,
        ),
        Workload(
            id="threads",
            summary="two threads of a pool, and this one",
            sizes=("small",),
            shared=nothing,
            build=Program,
            data=scale,
            call=lambda program: program.threads,
            close=Program.close,
        ),
        Workload(
            id="children",
            summary="a process of its own",
            sizes=("small",),
            shared=nothing,
            build=Program,
            data=scale,
            call=lambda program: program.children,
            close=Program.close,
        ),
        Workload(
            id="crashes",
            summary="as soon as a profiler has a hook in this process",
            sizes=("small",),
            shared=nothing,
            build=Program,
            data=scale,
            call=lambda program: program.crashes,
            close=Program.close,
        ),
    ),
)
