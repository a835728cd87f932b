"""What the engine adds to the call it measures, beside timeit.

    python benchmarks/harness.py [rounds]

An empty function of one argument is measured by the engine's own sampling (fresh prepared arguments, a throw-away
call, the checks after the clock) and by timeit, alternating in one process. The ratio of nanoseconds per call is
what a user's function would be charged with.
"""

from __future__ import annotations

import random
import statistics
import timeit
from typing import Any

from support.arguments import Arguments

from perfkit.equivalence import exact
from perfkit.target import Workload
from perfkit.worker.sampler import RoleState, Sampler
from perfkit.worker.subject import MacroSubject
from perfkit.worker.timer import HostTimer

LOOPS = 20_000


def empty(argument: object) -> None:
    return None


EMPTY = Workload(id="empty", summary="nothing", data=lambda shared, rng: None, call=lambda instance: empty)


class EmptySubject(MacroSubject):
    """The smallest workload there is, driven as any other; only that it makes no generator for data it has not."""

    def __init__(self) -> None:
        super().__init__(EMPTY, ops=None, shared=None)

    def data(self, stream: int) -> Any:
        return None


def main() -> None:
    arguments = Arguments(__doc__)
    arguments.add_argument("rounds", nargs="?", type=int, default=200)
    chosen = arguments.chosen()
    rounds, loops = (5, 200) if chosen.smoke else (chosen.rounds, LOOPS)
    state = RoleState(role="baseline", subject=EmptySubject(), rule=exact(), loops=loops)
    sampler = Sampler(
        group="empty",
        seed=0,
        process=0,
        states={"baseline": state},
        reference=state,
        timer=HostTimer(),
        target_ns=1_000_000,
    )
    timer = timeit.Timer("f(None)", globals={"f": empty})
    order = random.Random(0)
    engine_ns: list[float] = []
    timeit_ns: list[float] = []
    for number in range(rounds):
        for which in order.sample(("engine", "timeit"), 2):
            if which == "engine":
                (sample,) = sampler.round(number, ["baseline"])
                engine_ns.append(sample.elapsed_ns / sample.loops)
            else:
                timeit_ns.append(timer.timeit(loops) / loops * 1e9)
    ratios = sorted(e / t for e, t in zip(engine_ns, timeit_ns, strict=True))
    low, middle, high = statistics.quantiles(ratios, n=4)
    print(f"engine  {statistics.median(engine_ns):.1f} ns a call")
    print(f"timeit  {statistics.median(timeit_ns):.1f} ns a call")
    print(f"ratio {middle:.2f} (quartiles {low:.2f} to {high:.2f}, {rounds} rounds); at most 1.2 is the goal")


if __name__ == "__main__":
    main()
