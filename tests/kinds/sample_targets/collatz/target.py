"""How many steps each number takes to one."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="collatz",
    summary="how many steps each number takes to one",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.integers(1, 20000, 60).tolist(),
            call=lambda ops: ops.f,
            awkward=lambda shared: [lambda rng: [1], lambda rng: []],  # for other numbers nobody knows an end
        ),
    ),
)
