"""What a session found out. Plain frozen data: no I/O, no formatting, no numpy.

A `Result` is filled by `comparison/table_figures.py` (figures and verdict) and `comparison/judge.py` (all the rest).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal, get_args

from msgspec import Meta

from perfkit.cell import Cell
from perfkit.equivalence import EquivalenceKind
from perfkit.errors import PerfkitError
from perfkit.reasons import Reason

__all__ = [
    "STATUSES",
    "VERDICTS",
    "WRONG",
    "Amount",
    "Benched",
    "ClaimOutcome",
    "Count",
    "CutShort",
    "Document",
    "Floats",
    "Loops",
    "PeakMemory",
    "Positive",
    "Proof",
    "ReadingOutcome",
    "Result",
    "Sample",
    "Speedup",
    "Status",
    "Verdict",
]

# what a run can give, checked when a saved one is read, and said in the schema
Count = Annotated[int, Meta(ge=0)]
Loops = Annotated[int, Meta(ge=1)]
Amount = Annotated[float, Meta(ge=0)]
Positive = Annotated[float, Meta(gt=0)]

Verdict = Literal[
    "faster",  # surely, and by more than identical code differs by
    "slower",  # the same, the other way
    "equivalent",  # surely no further from the baseline than the margin
    "undecided",  # none of these; the note says why, where there is a reason
    "layout-dependent",  # one thing in the baseline's process, another in a process of its own
    "rejected",  # its output is not right, or it raised, or it does not go with other recipes
    "failed",  # its process died or hung, or the baseline's own code is to blame
    "unavailable",  # not measured: the note says why
    "not-exercised",  # nothing that it replaces is called
    "measured",  # of a baseline that is timed by itself: there is nothing to compare
]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
WRONG: tuple[Verdict, ...] = ("rejected", "failed")

# of several runs as one: the first that any of them has
Status = Literal[
    "interrupted",  # by Ctrl-C or another signal; what was measured is kept
    "budget",  # the time budget ended it
    "complete",
]
STATUSES: tuple[Status, ...] = get_args(Status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One timed walk of `loops` calls by one role in one round. `elapsed_ns` is the whole walk."""

    group: str
    role: str
    process: Count
    round: Count
    position: Count
    loops: Loops
    elapsed_ns: Count
    phase: str = "measure"
    flags: tuple[str, ...] = ()

    @property
    def per_call_ns(self) -> float:
        """Nanoseconds per call."""
        return self.elapsed_ns / self.loops


@dataclass(frozen=True, slots=True, kw_only=True)
class Speedup:
    """Before/after, > 1 is faster, with its confidence interval at `level`."""

    point: Positive
    low: Positive
    high: Positive
    level: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The outcome of the equivalence proof. `first_difference`: a `perfkit.tree.Difference` by its fields."""

    passed: bool
    kind: EquivalenceKind
    detail: str
    checked_calls: Count
    first_difference: dict[str, object] | None = None
    calls_of_one_instance: Count = 0  # at most: of one proof, or of one process that was timed
    awkward: Count | None = None  # inputs that the target declares for it and the proof tried; None: not known
    extremes: tuple[Count, Count] | None = None  # inputs that perfkit drew by type: how many were compared, of how many


@dataclass(frozen=True, slots=True, kw_only=True)
class PeakMemory:
    """Peak memory of a second pass, in fresh processes: the medians, and their ratio before/after, > 1 is less.

    `by`: "tracemalloc" (what Python and NumPy ask for) or "rss" (what the whole process holds).
    """

    by: str
    baseline_bytes: Count
    candidate_bytes: Count
    ratio: Speedup
    processes: Count  # of each role


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingOutcome:
    """Another way to read a claim: its range, the value measured in the same measure, and how the two compare."""

    measure: str
    low: Positive
    high: Positive
    outcome: str
    measured: tuple[float, float, float] | None  # point, low, high
    why: str = ""  # of the outcome, where it needs a reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimOutcome(ReadingOutcome):
    """A claim as it is first read, and its other readings."""

    text: str
    on: tuple[str, ...]
    source: str
    readings: tuple[ReadingOutcome, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Floats:
    """How many floats were looked at, and how many of them are subnormal, infinite or NaN, and zero."""

    floats: Count = 0
    subnormal: Count = 0
    nonfinite: Count = 0
    zero: Count = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Benched:
    """What a microbenchmark tells of a row besides: the time of its own code, and the data that it was given.

    `least`: operations, and bytes to read, of one call however it is written, where the seam states its cost; `rate`:
    how many of each this machine does in a second, for data of that size.
    """

    time_ns: tuple[Positive, Positive, Positive]  # of one call: point, low, high at 95 %
    data: str = ""  # what differs from call to call
    inputs: Floats = Floats()
    outputs: Floats = Floats()  # of the baseline, with what a call writes to
    least: tuple[Amount, Amount] | None = None
    rate: tuple[Amount, Amount] | None = None
    tax: Speedup | None = None  # time as it is / with subnormals flushed to zero, round by round
    unreached: Count = 0  # threads that ran before anything was flushed, and so are not part of that
    settling: tuple[Positive, Positive] | None = None  # nanoseconds at first and at last in a process that falls still
    retaken: Count = 0  # samples whose data decayed or overflowed, and which were taken again with fewer calls
    flagged: tuple[str, ...] = ()  # what was wrong with them, and with samples of a single call


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One row of the table: one candidate against one baseline on one workload or seam."""

    id: str
    group: str
    role: str
    cell: Cell
    recipes: tuple[str, ...]  # none: the baseline by itself
    verdict: Verdict
    reason: Reason | None
    note: str
    baseline_ns: Positive | None
    candidate_ns: Positive | None
    speedup: Annotated[Speedup | None, Meta(description="with the 95 % interval")]
    speedup_99: Annotated[Speedup | None, Meta(description="the same with the 99 % interval")]
    noise_floor: Amount | None
    margin: Positive
    proof: Proof
    claim: ClaimOutcome | None
    share: Amount | None  # inclusive share of the seams the recipe touches, in the baseline
    amdahl: Positive | None  # speed-up of the workload that share and micro predict
    processes: Count
    rounds: Count
    loops: dict[str, Loops]
    units: tuple[str, Positive] | None = None  # what the work is counted in, and how many of it one call does
    ratios: dict[str, tuple[Amount, Amount]] = field(default_factory=dict)  # what else it may pay with: before, after
    variance: tuple[Amount, Amount] | None = None  # of a process's median log-ratio: between processes, within one
    stopped_by: str = ""  # budget | precision | rounds: what ended the rounds of the last process
    sums: Positive | None = None  # before/after of the sums of all samples, which see what happens now and then
    trend: tuple[Positive, Positive] | None = None  # speed-up at first and at last in a process, where it surely moves
    p99_ns: dict[str, Amount] = field(default_factory=dict)  # by role, of single calls; where there are 100 of them
    findings: tuple[str, ...] = ()  # extreme inputs for which the output is not the baseline's; the verdict stands
    memory: tuple[PeakMemory, ...] = ()  # the one to go by first; none where nobody asked, or nothing can be told
    memory_claim: ClaimOutcome | None = None
    instead_of: tuple[str, ...] = ()  # the recipes that are its baseline: both replace one seam, in the same rounds
    bench: Benched | None = None  # of a microbenchmark


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Everything one command has to say; written as one JSON document."""

    perfkit: str
    command: str
    seed: int
    status: Status
    environment: dict[str, object]
    results: tuple[Result, ...]
    samples: tuple[Sample, ...]
    warnings: tuple[str, ...] = ()
    timing: dict[str, Amount] = field(default_factory=dict)  # seconds: measuring, total
    format_version: int = 1
    reached: str = ""  # how far an interrupted run came, in words that follow "interrupted"


class CutShort(PerfkitError):
    """An `error` that ended a run once samples had been taken: `document` holds them."""

    def __init__(self, error: Exception, document: Document) -> None:
        super().__init__(getattr(error, "message", str(error)), hint=getattr(error, "hint", ""))
        self.code = getattr(error, "code", PerfkitError.code)
        self.error, self.document = error, document
