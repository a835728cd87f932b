"""The rounds of one group in one process."""

from __future__ import annotations

from perfkit.cell import Cell
from perfkit.protocol.record import Record, Request

__all__ = ["Build", "Built", "DataSeen", "Finish", "Finished", "FloatsSeen", "LeastSeen", "Piloted", "Replayed"]
__all__ += ["Round", "RoundSample", "RoundTaken"]


class FloatsSeen(Record, frozen=True):
    """How many floats were looked at, and how many of them are subnormal, infinite or NaN, and zero."""

    floats: int = 0
    subnormal: int = 0
    nonfinite: int = 0
    zero: int = 0


class LeastSeen(Record, frozen=True):
    """The least that one call must do, operations and bytes to read; and how many of each, for data of that size, this
    machine does in a second."""

    operations: float
    read: float
    operating: float
    reading: float


class DataSeen(Record, frozen=True):
    """What one call was given and gave: types and shapes in words, and the floats in both. `least`: where the seam
    states its cost."""

    words: str
    inputs: FloatsSeen
    outputs: FloatsSeen
    least: LeastSeen | None = None


class Piloted(Record, frozen=True):
    """One role after its warm-up: how many calls make a sample, and what a call takes.

    `natural`: flags that a single call already has. `ready_ns`: building its instance. `draws`: whether it takes
    inputs. `build_ns`: making one cold table. `units`: what the workload counts its work in, and how many a call does.
    `unreached`: of a role that flushes subnormals to zero, threads that ran before, and so do not.
    """

    loops: int
    call_ns: float
    natural: tuple[str, ...]
    ready_ns: int
    draws: bool
    build_ns: int | None = None
    units: tuple[str, float] | None = None
    data: DataSeen | None = None
    unreached: int = 0


class Built(Record, frozen=True):
    """By role; and warnings about what the target holds."""

    roles: dict[str, Piloted]
    warnings: tuple[str, ...]


class Build(Request[Built], frozen=True):
    """Build the instances of one group, warm them up, and choose the loops. `variants`: the recipes of each candidate.

    `stateful`: preparing an input touches the instance. `seams`: those of the same workload that other groups of this
    process measure alone, whose arguments are recorded with those of this one.
    `describe`: say what the calls are given. `swept`: no call finds anything in a cache. `collects`: garbage is
    collected while calls are timed. `usual_ns`: what a call of the baseline took when it was counted; 0: not known.
    """

    group: str
    cell: Cell
    stateful: bool
    variants: dict[str, tuple[str, ...]]
    roles: tuple[str, ...]
    resolution_ns: int
    seams: tuple[str, ...] = ()
    describe: bool = False
    swept: bool = False
    collects: bool = False
    usual_ns: float = 0.0


class RoundSample(Record, frozen=True):
    """What one role gave in one round: so many calls, in so many nanoseconds."""

    role: str
    position: int
    loops: int
    elapsed_ns: int
    flags: tuple[str, ...]


class RoundTaken(Record, frozen=True):
    """The samples of a round, in the order they were taken."""

    samples: tuple[RoundSample, ...]


class Round(Request[RoundTaken], frozen=True):
    """One round, with the loops that the parent chose: of a role that it names none for, those of the pilot."""

    round: int
    order: tuple[str, ...]
    loops: dict[str, int]


class Replayed(Record, frozen=True):
    """Of a process that replays recorded calls: which share of the program's own `repeated` earlier contents, and how
    often all had to be `replayed` once more."""

    repeated: float
    replayed: float


class Finished(Record, frozen=True):
    """By role: calls compared, calls of one instance, amounts of what else a call takes (by name), single calls.

    `changed`: what all code of the process shares, and calls of the baseline have changed, by name. `warnings`: about
    the device that it ran on.
    """

    checked_calls: dict[str, int]
    calls: dict[str, int]
    ratios: dict[str, dict[str, tuple[float, float]]]
    tails_ns: dict[str, tuple[int, ...]]
    recorded: Replayed | None = None
    changed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class Finish(Request[Finished], frozen=True):
    """The last checks of a group; lets its instances go."""
