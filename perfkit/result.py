"""What a session found out. Plain frozen data: no I/O, no formatting, no numpy."""

from __future__ import annotations

from dataclasses import dataclass, field

from perfkit.cell import Cell

__all__ = [
    "VERDICTS",
    "ClaimOutcome",
    "Document",
    "Proof",
    "ReadingOutcome",
    "Result",
    "Sample",
    "Speedup",
]

VERDICTS = (
    "faster",
    "slower",
    "equivalent",
    "undecided",
    "layout-dependent",
    "rejected",
    "failed",
    "unavailable",
    "not-exercised",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One timed walk of `loops` calls by one role in one round. `elapsed_ns` is the whole walk."""

    group: str
    role: str
    process: int
    round: int
    position: int
    loops: int
    elapsed_ns: int
    phase: str = "measure"
    flags: tuple[str, ...] = ()

    @property
    def per_call_ns(self) -> float:
        """Nanoseconds per call."""
        return self.elapsed_ns / self.loops


@dataclass(frozen=True, slots=True, kw_only=True)
class Speedup:
    """Before/after, > 1 is faster, with its confidence interval at `level`."""

    point: float
    low: float
    high: float
    level: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The outcome of the equivalence proof. `first_difference`: a `perfkit.tree.Difference` by its fields."""

    passed: bool
    kind: str
    detail: str
    checked_calls: int
    first_difference: dict[str, object] | None = None
    calls_of_one_instance: int = 0  # at most: of one proof, or of one process that was timed
    awkward: int | None = None  # inputs that the target declares for it and the proof tried; None: not known
    extremes: tuple[int, int] | None = None  # inputs that perfkit drew by type: how many were compared, of how many


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingOutcome:
    """Another way to read a claim: its range, the value measured in the same measure, and how the two compare."""

    measure: str
    low: float
    high: float
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
class Result:
    """One row of the table: one candidate against one baseline on one workload or seam."""

    id: str
    group: str
    role: str
    cell: Cell
    recipes: tuple[str, ...]
    verdict: str
    reason: str | None
    note: str
    baseline_ns: float | None
    candidate_ns: float | None
    speedup: Speedup | None
    speedup_99: Speedup | None
    noise_floor: float | None
    margin: float
    proof: Proof
    claim: ClaimOutcome | None
    share: float | None  # inclusive share of the seams the recipe touches, in the baseline
    amdahl: float | None  # speed-up of the workload that share and micro predict
    processes: int
    rounds: int
    loops: dict[str, int]
    units: tuple[str, float] | None = None  # what the work is counted in, and how many of it one call does
    ratios: dict[str, tuple[float, float]] = field(default_factory=dict)  # what else it may pay with: before, after
    variance: tuple[float, float] | None = None  # of a process's median log-ratio: between processes, within one
    stopped_by: str = ""  # budget | precision | rounds: what ended the rounds of the last process
    sums: float | None = None  # before/after of the sums of all samples, which see what happens now and then
    trend: tuple[float, float] | None = None  # speed-up at first and at last in a process, where it surely moves
    p99_ns: dict[str, float] = field(default_factory=dict)  # by role, of single calls; where there are 100 of them
    findings: tuple[str, ...] = ()  # extreme inputs for which the output is not the baseline's; the verdict stands


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Everything one command has to say; written as one JSON document."""

    perfkit: str
    command: str
    seed: int
    status: str  # complete | budget | interrupted
    environment: dict[str, object]
    results: tuple[Result, ...]
    samples: tuple[Sample, ...]
    warnings: tuple[str, ...] = ()
    timing: dict[str, float] = field(default_factory=dict)  # seconds: measuring, total
    format_version: int = 1
    reached: str = ""  # how far an interrupted run came, in words that follow "interrupted"
