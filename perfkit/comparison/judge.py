"""From what a session found to the rows of the table: proof, figures, verdict, share, claim. No I/O.

A verdict comes from `table_figures` where a row was measured; two layouts must agree on it. *Rejected* and *failed* are
`Outcome.failures`, noted by the session's `proving`, `blame` and extreme inputs; *not-exercised* is
`Outcome.not_exercised`, noted by `proving`. What has none of these is *unavailable*, and the row says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np

from perfkit import numbers
from perfkit.catalog import RecipeEntry, TargetEntry
from perfkit.cell import Cell
from perfkit.comparison.claims import with_claim
from perfkit.comparison.memory_claims import with_memory
from perfkit.comparison.planned_rows import Row
from perfkit.comparison.stack import NO_WHOLE
from perfkit.comparison.table_figures import Sampled, unmeasured, with_figures, with_sums_of
from perfkit.comparison.tolerance import tolerance_words
from perfkit.equivalence import combined
from perfkit.grammar import is_function
from perfkit.remarks import joined
from perfkit.result import Proof, Result, Speedup
from perfkit.session.outcome import ExtremesTried, Failure, GroupOutcome, Outcome, ProofTally
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
        single = [
            self._part(row) if row.is_part else self._result(row, measured.get((row.cell, row.recipes))) for row in rows
        ]
        agreed = [_with_layouts(result, single) for result in single]
        claimed = [with_claim(result, agreed, self.outcome, self.entries, self.target) for result in agreed]
        return tuple(with_memory(result, self.outcome, self.entries, self.target) for result in claimed)

    def alternatives(
        self, rows: Sequence[Row], results: Sequence[Result], pairs: Sequence[tuple[str, str]]
    ) -> tuple[Result, ...]:
        """For each pair of recipes that take each other's place: the second against the first, where both have figures.

        Both were candidates of one group, so that they have rounds in common. `results`: those of the rows.
        """
        measured = self._measured()
        own = {(r.recipes, r.cell): r for r in results if r.speedup is not None}
        found = []
        for first, second in pairs:
            for row in rows:
                sampled = measured.get((row.cell, row.recipes))
                before, after = own.get(((first,), row.cell)), own.get((row.recipes, row.cell))
                if row.recipes == (second,) and sampled and before and after:
                    found += self._instead_of(first, row, sampled, before, after)
        return tuple(found)

    def _instead_of(self, first: str, row: Row, sampled: Sampled, before: Result, after: Result) -> list[Result]:
        """A recipe against the `first`, where that is a candidate of the same group. `before`, `after`: their rows."""
        base = next((c for c in sampled.group.group.candidates if c.recipes == (first,)), None)
        if base is None:
            return []
        plain = self._without_figures(replace(row, note=""), sampled)
        plain = replace(plain, id=f"{after.id} / instead of {first}", instead_of=(first,), findings=())
        return [with_sums_of(with_figures(plain, replace(sampled, base=base.role)), before, after)]

    def _measured(self) -> Measured:
        """Of what was measured in two groups, what more processes have sampled; of as many, what came last."""
        measured: dict[tuple[Cell, tuple[str, ...]], Sampled] = {}
        for group in sorted(self.outcome.groups.values(), key=lambda group: group.processes):
            for sampled in self._sampled(group):
                measured[group.group.cell, sampled.recipes] = sampled
        return measured

    def _sampled(self, group: GroupOutcome) -> list[Sampled]:
        times, resolution_ns = Times(group.samples), self.outcome.resolution_ns
        return [
            Sampled(group=group, role=c.role, times=times, resolution_ns=resolution_ns) for c in group.group.candidates
        ]

    def _part(self, row: Row) -> Result:
        """A recipe on the rest of its stack: the whole against the whole without it, both candidates of one group."""
        plain, rest = self._without_figures(row, None), row.cell.on
        if refused := self._refused(row, plain):
            return refused
        if failure := self.outcome.failures.get(rest):
            return replace(plain, note=f"the stack without it is {failure.verdict}: {failure.text}")
        sides = self._sides(row)
        if sides is None:
            return plain
        before, after = sides
        if after.recipes in self.outcome.failures:
            return replace(plain, note=NO_WHOLE)
        proven = replace(self._without_figures(row, after), proof=self._proof(after.recipes, after.recipes, after))
        figures = with_figures(proven, replace(after, base=before.role))
        return with_sums_of(figures, with_figures(plain, before), with_figures(plain, after))

    def _sides(self, row: Row) -> tuple[Sampled, Sampled] | None:
        """The rest of a stack, and all of it, as candidates of one group; None where that was not measured."""
        rest, whole = frozenset(row.cell.on), frozenset((*row.cell.on, *row.recipes))
        for group in self.outcome.groups.values():
            if group.group.cell == replace(row.cell, on=()):
                by_recipes = {frozenset(sampled.recipes): sampled for sampled in self._sampled(group)}
                if {rest, whole} <= by_recipes.keys():
                    return by_recipes[rest], by_recipes[whole]
        return None

    def _result(self, row: Row, sampled: Sampled | None) -> Result:
        plain = self._without_figures(row, sampled)
        if refused := self._refused(row, plain):
            return refused
        return plain if sampled is None else self._with_efficiency(with_figures(plain, sampled))

    def _refused(self, row: Row, plain: Result) -> Result | None:
        """A row whose recipes have failed, or are not called; None where nothing stands against its figures."""
        if failure := self.outcome.failures.get(row.key):
            note = joined(failure.text, self._tolerance(row, failure))
            return replace(plain, verdict=failure.verdict, reason=failure.reason, note=note)
        if idle := self.outcome.not_exercised.get(row.place):
            return replace(plain, verdict="not-exercised", note=idle)
        return None

    def _with_efficiency(self, result: Result) -> Result:
        """A row of recipes that share a workload among processes says what is left of each of them."""
        processes = sum(self.entries[name].recipe.children for name in result.recipes)
        if processes < 2 or result.speedup is None or result.cell.kind != "macro":
            return result
        part = result.speedup.point / processes
        word = f"scaling efficiency {numbers.percent(part)}: the speed-up over {processes} processes"
        return replace(result, note=joined(result.note, word))

    def _tolerance(self, row: Row, failure: Failure) -> str:
        """The tolerance that a recipe would have to declare, where floats differ a little."""
        if failure.difference is None or is_function(row.cell.target):  # whose tolerance is an option
            return ""
        return tolerance_words(failure.difference, row.recipes, self.entries)

    def _without_figures(self, row: Row, sampled: Sampled | None) -> Result:
        names = "+".join(name.rpartition("/")[2] for name in row.recipes)
        group = sampled.group.group.id if sampled else ""
        tried = self.outcome.extremes.get(row.place) if row.cell.kind == "macro" else None
        result = unmeasured(
            row,
            named=f"{row.cell.target}/{names}/{group or row.cell.kind}",
            group=group,
            role=sampled.role if sampled else "",
            margin=self.margin,
            proof=self._proof(row.key, row.recipes, sampled, tried),
        )
        return replace(result, findings=tuple(extreme.words for extreme in tried.found)) if tried else result

    def _proof(
        self,
        key: tuple[str, ...],
        recipes: Sequence[str],
        sampled: Sampled | None,
        tried: ExtremesTried | None = None,
    ) -> Proof:
        """`key`: what the proof of these recipes is noted under."""
        proof, failure = self.outcome.proofs.get(key, ProofTally()), self.outcome.failures.get(key)
        timed = sampled.group.checked.get(sampled.role, 0) if sampled else 0
        calls = sampled.group.calls.get(sampled.role, 0) if sampled else 0
        return Proof(
            passed=failure is None and proof.passed,
            kind=combined([self.entries[name].recipe.equivalence for name in recipes]).kind,
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
