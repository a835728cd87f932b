"""`bench --trap`: the naive loop beside the safe form, and the way that its data takes.

The naive loop is what one writes at first: make the data once, call again and again, divide the time by the calls. It
is timed here as it is, and never used for a verdict; the safe form is a benchmark, with fresh inputs for every call.
"""

from __future__ import annotations

import math
import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from perfkit.catalog import Catalog
from perfkit.microbench import trap_functions
from perfkit.microbench.functions import named_function, run_function
from perfkit.microbench.run import Bench, run
from perfkit.microbench.wanted import wanted
from perfkit.result import Document, Result, Speedup
from perfkit.settings import Settings, Watcher
from perfkit.stats.estimate import ratio_interval
from perfkit.worker.number_health import Health, scan

__all__ = ["TRAPS", "Naive", "Shown", "Trap", "naive", "path_of", "show_trap"]

_REPEATS = 6  # whole loops of each form, each on data of its own
_STRETCH = 10  # calls that are timed together
_MODULE = "perfkit.microbench.trap_functions"

Call = Callable[[Any, Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trap:
    """A benchmark that walks into it: one form of a function, or two, and how often the naive loop calls each.

    Forms and what makes their inputs are functions of `perfkit.microbench.trap_functions`.
    """

    name: str
    in_place: str
    make: str
    calls: int
    before: str = ""  # the form in new memory, which the one in place is compared with
    recipe: str = ""  # of the catalogue, which is the same change on fresh inputs
    claim: float = 0.0  # times slower, as its source says; 0: nobody has said anything
    source: str = ""


TRAPS = (
    Trap(
        name="in-place SwiGLU, float32",
        before="gate",
        in_place="gate_in_place",
        make="make_gate",
        calls=300,
        recipe="glassbox/inplace-swiglu",
        claim=100.0,
        source="notes of the glass-box engine, 2024-10-31",
    ),
    Trap(name="decaying exponential, float64", in_place="weights_in_place", make="make_weights", calls=200),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Naive:
    """What the naive loop says of the form in place: nanoseconds of a call, with their interval over whole loops, and
    before/after beside the other form, where there is one.

    `worst`: by how much its slowest stretch is slower than its first. `path`: after each call, the shares of numbers
    that are normal, subnormal and zero.
    """

    time_ns: tuple[float, float, float]
    ratio: Speedup | None
    worst: float
    path: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One trap: what the naive loop says, and what the engine says with fresh inputs for every call."""

    trap: Trap
    naive: Naive
    safe: Document

    @property
    def fresh(self) -> Result | None:
        """The row that tells of the form in place; None where nothing was measured of it."""
        rows = (r for r in self.safe.results if r.bench and (r.recipes or not self.trap.before))
        return next((r for r in rows if r.cell.state != "cold"), None)


def show_trap(trap: Trap, found: Catalog, *, settings: Settings, watcher: Watcher) -> Shown:
    """Run both. Raises what a benchmark raises."""
    watcher.doing(f"{trap.name}: the naive loop", 0.0)
    told = naive(trap, seed=settings.seed)
    command = "perfkit bench --trap"
    if trap.recipe:
        chosen = wanted(found, [trap.recipe])
        safe = run(Bench(catalog=found, wanted=chosen, settings=settings, command=command, watcher=watcher))
    else:
        asked = named_function(f"{_MODULE}:{trap.in_place}", folder=os.getcwd(), make=f"{_MODULE}:{trap.make}")
        safe = run_function(asked, settings=settings, command=command, watcher=watcher)
    return Shown(trap=trap, naive=told, safe=safe)


def naive(trap: Trap, *, seed: int, clock: Callable[[], int] = time.perf_counter_ns) -> Naive:
    """Time the forms in loops on the same data, in random order, and follow the data of one more loop off the clock."""
    in_place, make = getattr(trap_functions, trap.in_place), getattr(trap_functions, trap.make)
    forms = (getattr(trap_functions, trap.before), in_place) if trap.before else (in_place,)
    order = random.Random(seed)
    sums, worst = dict[Any, list[int]](), list[float]()
    with np.errstate(all="ignore"):
        for number in range(_REPEATS):
            for form in order.sample(forms, len(forms)):
                taken = _stretches(form, make(np.random.default_rng((seed, number))), trap.calls, clock)
                sums.setdefault(form, []).append(sum(taken))
                worst += [max(taken) / taken[0]] if form is in_place else []
        path = path_of(in_place, make(np.random.default_rng((seed, _REPEATS))), trap.calls)
    own = np.log(sums[in_place])
    ratio = ratio_interval(np.log(sums[forms[0]]) - own, 0.95).speedup() if trap.before else None
    time_ns = ratio_interval(own - math.log(trap.calls), 0.95).ratio()
    return Naive(time_ns=time_ns, ratio=ratio, worst=float(np.median(worst)), path=path)


def _stretches(form: Call, data: Any, calls: int, clock: Callable[[], int]) -> list[int]:
    """Nanoseconds of each few calls on the same data, after none to warm up: so are naive loops written."""
    taken = []
    for _ in range(calls // _STRETCH):
        start = clock()
        for _ in range(_STRETCH):
            form(*data)
        taken.append(max(1, clock() - start))
    return taken


def path_of(form: Call, data: Any, calls: int) -> tuple[tuple[float, float, float], ...]:
    """The shares of normal, subnormal and zero numbers in what each call of a loop gives."""
    return tuple(_shares(scan(form(*data))) for _ in range(calls))


def _shares(found: Health) -> tuple[float, float, float]:
    zero = found.floats - found.nonzero
    normal = found.floats - zero - found.subnormal - found.nonfinite
    return normal / found.floats, found.subnormal / found.floats, zero / found.floats
