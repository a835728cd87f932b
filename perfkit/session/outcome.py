"""What a session is asked to measure, and what it found. Plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from perfkit import schedule
from perfkit.cell import COLD_L2, Cell, CellKind, CellState
from perfkit.errors import PerfkitError, WorkFailed
from perfkit.protocol.counting import Inspected
from perfkit.protocol.measuring import Build, DataSeen, Finished, Piloted, Replayed
from perfkit.protocol.proving import Proven
from perfkit.reasons import Cause
from perfkit.remarks import of_group, work_has
from perfkit.result import Sample
from perfkit.stats.peak_memory import Counted
from perfkit.tree import Difference

__all__ = ["Candidate", "Extreme", "ExtremesTried", "Failure", "Group", "GroupOutcome", "Outcome", "ProofTally"]
__all__ += ["candidate_key"]


# a whole workload is noisier than one seam, and matters more
_WEIGHTS: Mapping[CellKind | CellState | None, float] = {
    "cold": 0.5,
    "warm": 1.0,
    "micro": 1.0,
    "macro": 3.0,
    "stack": 3.0,
}
_BRIEF = 0.01  # the first round is always done


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One variant to measure: its role and the full ids of the recipes it switches on."""

    role: str
    recipes: tuple[str, ...]
    apart: tuple[str, ...] = ()  # the stack below it, where its fate there says nothing of it alone

    @property
    def names(self) -> str:
        """Its recipes in short."""
        return "+".join(name.rpartition("/")[2] for name in self.recipes)

    @property
    def key(self) -> tuple[str, ...]:
        """What its proof and its trouble are noted under."""
        return candidate_key(self.recipes, self.apart)


def candidate_key(recipes: tuple[str, ...], apart: tuple[str, ...]) -> tuple[str, ...]:
    """The recipes; with the stack below them where that sets them apart."""
    return (*recipes, "on", *apart) if apart else recipes


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofTally:
    """What the proofs of a candidate have done so far; `passed` when all are done.

    `awkward`: inputs that workloads declare and that were tried, by workload; None where none was asked.
    """

    checked_calls: int = 0
    calls_of_one_instance: int = 0
    passed: bool = False
    awkward: Mapping[str, int] | None = None

    def with_proof(self, what: str, proven: Proven) -> ProofTally:
        """And one more proof, on a workload or seam."""
        awkward = self.awkward if proven.awkward is None else {**(self.awkward or {}), what: proven.awkward}
        return replace(
            self,
            checked_calls=self.checked_calls + proven.checked_calls,
            calls_of_one_instance=max(self.calls_of_one_instance, proven.calls_of_one_instance),
            awkward=awkward,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Candidates that share the rounds of one baseline and one control."""

    id: str
    cell: Cell
    candidates: tuple[Candidate, ...]
    stateful: bool = False  # preparing an input touches the instance: it comes just before its call
    processes: int = 8
    seams: tuple[str, ...] = ()  # that are recorded in the same runs of a workload that takes long
    taxed: tuple[str, ...] = ()  # roles that are sampled once more with subnormals flushed to zero
    swept: bool = False  # the caches are swept before each call
    collects: bool = False  # garbage is collected while calls are timed
    alone: bool = False  # the baseline is a row of its own: it is sampled even where no candidate is left
    brief: bool = False  # one round in a process must do
    usual_ns: float = 0.0  # of a call of the baseline, as counted; 0: not known

    @property
    def weight(self) -> float:
        """How much of the sampling it gets in each process, beside others."""
        return _BRIEF if self.brief else _WEIGHTS.get(self.cell.state, _WEIGHTS[self.cell.kind])

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role of a round."""
        plain = (schedule.BASELINE, schedule.CONTROL, *(c.role for c in self.candidates))
        return (*plain, *(schedule.flushed_role(role) for role in plain if role in self.taxed))

    def build(self, roles: Sequence[str], resolution_ns: int) -> Build:
        """The request that begins it in a worker of these roles."""
        return Build(
            group=self.id,
            cell=self.cell,
            stateful=self.stateful,
            variants={
                role: (*self.cell.on, *c.recipes)
                for c in self.candidates
                for role in (c.role, schedule.flushed_role(c.role))
            },
            roles=tuple(roles),
            resolution_ns=resolution_ns,
            seams=self.seams,
            describe=self.alone,
            swept=self.swept or self.cell.state == COLD_L2,
            collects=self.collects,
            usual_ns=self.usual_ns,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a candidate has no speed: its output is not right, or its code failed."""

    verdict: Literal["rejected", "failed"]
    reason: Cause | None
    text: str
    difference: Difference | None = None

    @classmethod
    def of_error(cls, error: PerfkitError, *, text: str = "") -> Failure:
        """The failure that an error is, with what to do about it behind its first line; `text` in place of its own."""
        reason = error.reason if isinstance(error, WorkFailed) else "exception"
        first, *output = (text or error.message).split("\n")
        said = f"{first}; {error.hint}" if error.hint else first
        return cls(verdict="failed", reason=reason, text="\n".join([said, *output]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Extreme:
    """An extreme input for which a candidate is not as the baseline, in words; `reason` as that of a Failure."""

    words: str
    difference: Difference | None = None
    reason: Cause | None = None


@dataclass(slots=True)
class ExtremesTried:
    """The extremes of one workload's own input: how many there are, how many were compared, and which differ."""

    of: int = 0
    count: int = 0
    found: list[Extreme] = field(default_factory=list)


@dataclass(slots=True)
class GroupOutcome:
    """What was measured of one group."""

    group: Group
    samples: list[Sample] = field(default_factory=list)
    checked: dict[str, int] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)  # by role: of one instance, in the process that made most
    loops: dict[str, int] = field(default_factory=dict)
    build_ns: dict[str, list[int]] = field(default_factory=dict)  # by role: what making one cold table took, a process
    ready_ns: dict[str, list[int]] = field(default_factory=dict)  # by role: what building its instance took, a process
    units: tuple[str, float] | None = None  # what the workload counts its work in, and how many a call does
    ratios: dict[str, dict[str, tuple[float, float]]] = field(default_factory=dict)  # by role and name: two amounts
    tails_ns: dict[str, list[int]] = field(default_factory=dict)  # by role: single calls, where a sample holds several
    natural: set[str] = field(default_factory=set)  # what the data of a single call already is: subnormal, decayed…
    recorded: list[Replayed] = field(default_factory=list)  # of each process that replays recorded calls
    stopped_by: str = ""
    changed: set[str] = field(default_factory=set)  # what the process shares, and calls of the baseline change
    data: DataSeen | None = None  # what the baseline was called with, and gave, in the pilot
    untaxed: bool = False  # what flushes has failed: it is not sampled any more
    unreached: int = 0  # threads that ran before anything was flushed, and so are not
    failed: Failure | None = None  # the baseline itself, where no candidate is there to bear it

    @property
    def processes(self) -> int:
        """How many processes have samples that count."""
        return len({sample.process for sample in self.samples if sample.phase == "measure"})

    def note_pilots(self, piloted: Mapping[str, Piloted], loops: Mapping[str, int]) -> None:
        """The roles of one process are built and warm, and the calls of a sample chosen."""
        self.loops.update(loops)
        for role, pilot in piloted.items():
            self.ready_ns.setdefault(role, []).append(pilot.ready_ns)
            if pilot.build_ns is not None:
                self.build_ns.setdefault(role, []).append(pilot.build_ns)
        self.units = next((pilot.units for pilot in piloted.values() if pilot.units), self.units)
        self.unreached = max([self.unreached, *(pilot.unreached for pilot in piloted.values())])
        baseline = piloted.get(schedule.BASELINE)
        self.data = baseline.data if baseline is not None and baseline.data is not None else self.data
        self.natural.update(flag for pilot in piloted.values() for flag in pilot.natural)

    def note_finish(self, finished: Finished) -> None:
        """The roles of one worker are done."""
        self.changed.update(finished.changed)
        self.recorded += [finished.recorded] if finished.recorded is not None else []
        for role, calls in finished.checked_calls.items():
            self.checked[role] = self.checked.get(role, 0) + calls
        for role, calls in finished.calls.items():
            self.calls[role] = max(self.calls.get(role, 0), calls)
        for role, each_ns in finished.tails_ns.items():
            self.tails_ns.setdefault(role, []).extend(each_ns)
        for role, ratios in finished.ratios.items():
            own = self.ratios.setdefault(role, {})
            for name, (before, after) in ratios.items():
                sums = own.get(name, (0.0, 0.0))
                own[name] = (sums[0] + before, sums[1] + after)


_A_WHILE_S = 60.0  # nothing opens later


@dataclass(slots=True)
class Outcome:
    """What a session found. Proofs and failures are by the key of a candidate: wrong once is wrong everywhere.

    What more than one module finds out is noted by the methods that follow the fields; every other field has one module
    that writes it, which is named above it. All may read.
    """

    threads: int | None = None  # on which the seams are counted; given from the start

    # noted by the methods
    failures: dict[tuple[str, ...], Failure] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    environment: dict[str, Any] = field(default_factory=dict)
    raised: dict[tuple[str, str], int] = field(default_factory=dict)  # by threads: (role that ran, what) -> how often

    # open_worker
    resolution_ns: int = 1
    opened_in_s: float = _A_WHILE_S  # the least that opening a worker has taken, alone or beside another

    # counting
    # by workload: the seams that its plain baseline calls at the size of a proof, where that was looked at
    called: dict[str, frozenset[str]] = field(default_factory=dict)
    taken_ns: dict[str, int] = field(default_factory=dict)  # about what that took, by workload
    seams: dict[tuple[str, tuple[str, ...]], Inspected] = field(default_factory=dict)  # by (workload, recipes on)
    stateful: dict[str, bool] = field(default_factory=dict)  # by workload: whether preparing touches the instance

    # proving
    proofs: dict[tuple[str, ...], ProofTally] = field(default_factory=dict)
    untouched: set[tuple[str, tuple[str, ...]]] = field(default_factory=set)  # (workload, recipes): one call was right
    controlled: set[tuple[str, tuple[str, ...]]] = field(default_factory=set)  # (workload, recipes on): equals itself
    # (workload, recipes already on, recipes) where no seam that a candidate replaces is called -> in words
    not_exercised: dict[tuple[str, tuple[str, ...], tuple[str, ...]], str] = field(default_factory=dict)

    # measuring
    groups: dict[str, GroupOutcome] = field(default_factory=dict)
    measuring_s: float = 0.0
    status: Literal["complete", "budget"] = "complete"

    # peak_memory: by what was run and the recipes beside those of its cell (none: the baseline), one count a process
    peaks: dict[tuple[Cell, tuple[str, ...]], tuple[Counted, ...]] = field(default_factory=dict)

    # extreme_findings: by (workload, recipes already on, recipes), what became of extreme inputs, where they were tried
    extremes: dict[tuple[str, tuple[str, ...], tuple[str, ...]], ExtremesTried] = field(default_factory=dict)

    def note_failure(self, key: tuple[str, ...], failure: Failure) -> None:
        """A candidate is out of the running; what was found first stands, whatever it does later."""
        self.failures.setdefault(key, failure)

    def note_environment(self, known: Mapping[str, Any]) -> None:
        """What is known of the machine and its libraries, beside what is known already."""
        self.environment.update(known)

    def warn(self, *warnings: str) -> None:
        """Add what is to be said to the user, each once."""
        self.warnings += [words for words in dict.fromkeys(warnings) if words not in self.warnings]

    def thread_raised(self, role: str, what: str, count: int) -> None:
        """Count what a thread of the measured code has raised."""
        role = role.partition("-")[0]  # a candidate has a number while it is measured, and none in its proof
        self.raised[role, what] = self.raised.get((role, what), 0) + count

    def on_other_threads(self, cell: Cell) -> bool:
        """Whether a cell is measured on another number of threads than the seams were counted on."""
        return cell.threads not in (None, self.threads)

    def counted(self, cell: Cell) -> Inspected | None:
        """What the counting pass saw of a cell's baseline; None where it did not, or on other threads."""
        return None if self.on_other_threads(cell) else self.seams.get((cell.workload, cell.on))

    def call_ns(self, cell: Cell) -> float:
        """Nanoseconds of one call of a workload, or of a seam alone, from the counting pass."""
        counted = self.seams[cell.workload, cell.on]
        if cell.kind != "micro":
            return counted.call_ns
        seam = counted.seams[cell.seam or ""]
        return counted.call_ns * seam.inclusive / max(1.0, seam.calls / counted.passes)

    def natural_warnings(self) -> list[str]:
        """Subnormal or non-finite numbers that belong to the work itself, and not to the loop around it."""
        return [
            of_group(group_id, work_has(flag))
            for group_id, measured in self.groups.items()
            for flag in sorted(measured.natural)
            if flag != "decayed"
        ]

    def thread_warnings(self) -> list[str]:
        """A line for each of them."""
        return [
            f"a thread raised{f', while the {role} ran' if role else ''}: {what} ({count} time{'s' * (count != 1)})"
            for (role, what), count in self.raised.items()
        ]
