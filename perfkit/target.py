"""A target: a plain model, its seams, and the workloads that make it work.

A target file defines `TARGET = Target(...)`; its `ops.py` holds the literals TREE, KINDS, REUSED and SUMMARIES
(and CONSUMES, ONLY_READ and DTYPES) beside the table of seams, so that both can be listed without being run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from perfkit.axis import DTYPES
from perfkit.needs import check_needs

__all__ = ["DEVICES", "HOST", "KINDS", "Cost", "Seam", "Target", "Workload"]

KINDS = ("call", "factory", "construct", "context", "process")
HOST = "host"
DEVICES = (HOST, "cuda")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seam:
    """One named function that a recipe may replace.

    `kind` is one of KINDS; only a call can be measured alone. `children` are the seams its documented form
    calls. `reused`: the real program passes it the same arguments again and again, so a second call with the
    same input is honest, and cold and warm are measured apart. `consumes`: positions of the arguments whose
    memory it may take for its result, because the caller does not read them again. `only_read`: the caller never
    writes to its result, so that the same one may be handed out again. `dtypes`: of floats that it may be given
    alone, beside those of the program.
    """

    name: str
    kind: str = "call"
    children: tuple[str, ...] = ()
    reused: bool = False
    consumes: tuple[int, ...] = ()
    only_read: bool = False
    dtypes: tuple[str, ...] = ()
    summary: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"seam {self.name}: kind must be one of {', '.join(KINDS)}, not {self.kind!r}")
        unknown = [name for name in self.dtypes if name not in DTYPES]
        if unknown:
            raise ValueError(f"seam {self.name}: dtypes must be of {', '.join(DTYPES)}, not {unknown[0]!r}")
        if not all(type(position) is int and position >= 0 for position in self.consumes):
            raise ValueError(f"seam {self.name}: consumes must be positions of arguments, not {self.consumes!r}")


def _output_alone(instance: Any, argument: Any, output: Any) -> Any:
    return output


def _nothing_shared(size: str, seed: int, **axes: int | str) -> None:
    return None


def _the_table(ops: Any, shared: Any) -> Any:
    return ops


def _as_it_is(instance: Any, data: Any) -> Any:
    return data


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The least that one call must do, however it is written: operations (a multiply-add is two) and bytes to read."""

    operations: float
    read: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """One thing a target does, as the engine drives it.

    data(shared, rng)            one fresh input, a tree of arrays; equal generators give byte-equal inputs
    call(instance)               the measured function, of exactly one argument
    shared(size, seed, **axes)   read-only data that all instances of a process share (weights); nothing by default.
                                 Without axes it takes `size` and `seed` alone
    axes                         what `--sweep` can set beside the size: names of numbers (`rows`), and of words, with
                                 them (`lm=tiny|gpt2`). `shared` is given what is set, by keyword, numbers as whole
                                 ones: `shared("small", seed, rows=64)`, `shared("small", seed, lm="gpt2")`. All else
                                 (`data`, `cost`, …) finds in what `shared` returns what it needs of them
    build(ops, shared)           one independent instance; what it derives or writes is its own; the table by default
    prepare(instance, data)      the argument of a call, made from `data` outside the clock
    observe(instance, argument, output)   all that must be right afterwards: the output and the state changed
    awkward(shared)              functions rng -> data at sizes 1, odd, and others that break things; where no workload
                                 of a target has any, perfkit draws extremes by type, which refuse nothing
    cost(shared)                 the least that a call must do: what the fastest stack is held against
    throughput                   (what, shared -> how many of it one call does): bytes, tokens; shown for each second
    tradeoffs(data, observed)    name -> (amount, amount) of one call: what else a recipe may pay with than time
    change(instance, rng)        change what a careless cache would keep (weights), equally on every instance
    stateful                     whether `prepare` touches the instance, so that each input is prepared just before its
                                 call; None: perfkit finds out
    needs                        optional modules, beyond those of its target, each with what to pip install for it
    """

    id: str
    summary: str
    data: Callable[[Any, Any], Any]
    call: Callable[[Any], Callable[[Any], Any]]
    shared: Callable[..., Any] = _nothing_shared
    build: Callable[[Any, Any], Any] = _the_table
    sizes: tuple[str, ...] = ("small",)
    axes: tuple[str, ...] = ()
    prepare: Callable[[Any, Any], Any] = _as_it_is
    observe: Callable[[Any, Any, Any], Any] = _output_alone
    awkward: Callable[[Any], Iterable[Callable[[Any], Any]]] | None = None
    change: Callable[[Any, Any], None] | None = None
    stateful: bool | None = None
    close: Callable[[Any], None] | None = None
    cost: Callable[[Any], Cost] | None = None
    throughput: tuple[str, Callable[[Any], float]] | None = None
    tradeoffs: Callable[[Any, Any], Mapping[str, tuple[float, float]]] | None = None
    needs: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "needs", check_needs(self.needs))

    @property
    def prepares(self) -> bool:
        """Whether `prepare` does more than hand the data on."""
        return self.prepare is not _as_it_is

    @property
    def observes(self) -> bool:
        """Whether `observe` picks what must be right; else all of the output must."""
        return self.observe is not _output_alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A model with its table of seams and its workloads; the first workload is the default.

    `profiled` names the workload that `perfkit profile` takes where none is named: one whose call is quick.

    `ops()` returns a fresh documented table. `proof_size` names the small size at which every workload is
    proven. Objects of the types in `opaque` (a thread pool) are handed to a seam as they are when it is
    measured alone. `needs` names the optional modules that its files import, each with what to pip install for it: a
    literal, so that it is listed, and the rest of the catalogue works, where one is missing. `costs`: by seam, what one
    call of it must do at least, as a function of its arguments (None where they do not tell); a benchmark shows it
    beside what this machine can do.
    `device`: one of DEVICES, a literal: what its calls run on, and so what they are timed and waited for by.
    """

    id: str
    summary: str
    ops: Callable[[], Any]
    workloads: tuple[Workload, ...]
    proof_size: str = "tiny"
    profiled: str = ""
    opaque: tuple[type, ...] = ()
    costs: Mapping[str, Callable[..., Cost | None]] = field(default_factory=dict, hash=False)
    needs: Mapping[str, str] = field(default_factory=dict, hash=False)
    device: str = HOST

    def __post_init__(self) -> None:
        object.__setattr__(self, "needs", check_needs(self.needs))
        if self.device not in DEVICES:
            raise ValueError(f"target {self.id}: device must be one of {', '.join(DEVICES)}, not {self.device!r}")

    def workload(self, name: str) -> Workload:
        """The workload of that name; KeyError when there is none."""
        return {w.id: w for w in self.workloads}[name]
