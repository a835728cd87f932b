"""From what a session found to the rows of the table: proof, figures, verdict, share, claim. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np

from perfkit.catalog import RecipeEntry, TargetEntry
from perfkit.cell import Cell
from perfkit.comparison.claims import with_claim
from perfkit.comparison.measured import Sampled, with_figures
from perfkit.comparison.memory import with_memory
from perfkit.comparison.rows import Row
from perfkit.equivalence import combined
from perfkit.result import Proof, Result, Speedup
from perfkit.session.outcome import ExtremesTried, Outcome, ProofTally
from perfkit.stats.estimate import Estimate
from perfkit.stats.times import Times
from perfkit.stats.verdict import Decision, combine
from perfkit.tree import Difference

__all__ = ["Judge"]

Measured = Mapping[tuple[Cell, tuple[str, ...]], Sampled]  # by what was measured, and the candidate's recipes


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """What rows are judged by: the target, its recipes by full id, what the session found, and the user's margin."""

    target: TargetEntry
    entries: Mapping[str, RecipeEntry]
    outcome: Outcome
    margin: float

    def results(self, rows: Sequence[Row]) -> tuple[Result, ...]:
        """One Result a row, in the order of the rows."""
        measured = self._measured()
        results = [self._result(row, measured.get((row.cell, row.recipes))) for row in rows]
        results = [_with_layouts(result, results) for result in results]
        results = [with_claim(result, results, self.outcome, self.entries, self.target) for result in results]
        return tuple(with_memory(result, self.outcome, self.entries, self.target) for result in results)

    def _measured(self) -> Measured:
        measured: dict[tuple[Cell, tuple[str, ...]], Sampled] = {}
        for group in self.outcome.groups.values():
            times = Times(group.samples)
            for candidate in group.group.candidates:
                sampled = Sampled(
                    group=group, role=candidate.role, times=times, resolution_ns=self.outcome.resolution_ns
                )
                measured.setdefault((group.group.cell, candidate.recipes), sampled)
        return measured

    def _result(self, row: Row, sampled: Sampled | None) -> Result:
        failure, idle = self.outcome.failures.get(row.key), self.outcome.not_exercised.get(row.place)
        result = self._without_figures(row, sampled)
        if failure is not None:
            return replace(result, verdict=failure.verdict, reason=failure.reason, note=failure.text)
        if idle is not None:
            return replace(result, verdict="not-exercised", note=idle)
        return result if sampled is None else with_figures(result, sampled)

    def _without_figures(self, row: Row, sampled: Sampled | None) -> Result:
        names = "+".join(name.rpartition("/")[2] for name in row.recipes)
        group = sampled.group.group.id if sampled else ""
        tried = self.outcome.extremes.get(row.place) if row.cell.kind == "macro" else None
        return Result(
            id=f"{row.cell.target}/{names}/{group or row.cell.kind}",
            group=group,
            role=sampled.role if sampled else "",
            cell=row.cell,
            recipes=row.recipes,
            verdict="unavailable",
            reason=row.reason,
            note=row.remark or row.note,
            baseline_ns=None,
            candidate_ns=None,
            speedup=None,
            speedup_99=None,
            noise_floor=None,
            margin=self.margin,
            proof=self._proof(row, sampled, tried),
            claim=None,
            share=None,
            amdahl=None,
            processes=0,
            rounds=0,
            loops={},
            findings=tuple(extreme.words for extreme in tried.found) if tried else (),
        )

    def _proof(self, row: Row, sampled: Sampled | None, tried: ExtremesTried | None) -> Proof:
        proof, failure = self.outcome.proofs.get(row.key, ProofTally()), self.outcome.failures.get(row.key)
        timed = sampled.group.checked.get(sampled.role, 0) if sampled else 0
        calls = sampled.group.calls.get(sampled.role, 0) if sampled else 0
        return Proof(
            passed=failure is None and proof.passed,
            kind=combined([self.entries[name].recipe.equivalence for name in row.recipes]).kind,
            detail=failure.text if failure else "",
            checked_calls=proof.checked_calls + timed,
            first_difference=_fields(failure.difference) if failure and failure.difference else None,
            calls_of_one_instance=max(calls, proof.calls_of_one_instance),
            awkward=sum(proof.awkward.values()) if proof.awkward is not None else None,
            extremes=(tried.count, tried.of) if tried else None,
        )


def _fields(difference: Difference) -> dict[str, object]:
    """A difference as it is saved."""
    fields: dict[str, object] = msgspec.structs.asdict(difference)
    return {**fields, "index": None if difference.index is None else list(difference.index)}


def _with_layouts(result: Result, results: Sequence[Result]) -> Result:
    """When both layouts were measured, both rows carry the verdict that holds in both."""
    twin = next((r for r in results if _are_twins(r, result)), None)
    if twin is None or result.speedup is None or twin.speedup is None:
        return result
    decision = combine(
        Decision(verdict=result.verdict, note=result.note),
        _as_estimate(result.speedup, result.processes),
        Decision(verdict=twin.verdict, note=twin.note),
        _as_estimate(twin.speedup, twin.processes),
    )
    return replace(result, verdict=decision.verdict, note=decision.note)


def _are_twins(result: Result, twin: Result) -> bool:
    """Whether two rows are of the same whole workload in two layouts."""
    if result.cell.kind != "macro" or result.cell.layout == twin.cell.layout or result.recipes != twin.recipes:
        return False
    return replace(result.cell, layout=twin.cell.layout) == twin.cell


def _as_estimate(speedup: Speedup, processes: int) -> Estimate:
    point, low, high = (float(np.log(v)) for v in (speedup.point, speedup.low, speedup.high))
    return Estimate(point=point, low=low, high=high, level=speedup.level, processes=processes)
