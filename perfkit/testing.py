"""For a recipe's own tests: is it right, and would its proof notice if it were not?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfkit import plan
from perfkit.catalog import RecipeEntry, TargetEntry, load_recipe, load_target, open_catalogs
from perfkit.engine.prove import Rejected, call_once, prove
from perfkit.engine.record import SeamRecorder
from perfkit.engine.subject import MacroSubject, SeamSubject, Subject
from perfkit.equivalence import Equivalence
from perfkit.proof import first_difference, mutants, snapshot
from perfkit.recipe import Recipe, compose
from perfkit.target import Target, Workload

__all__ = ["Checked", "check_recipe"]


@dataclass(slots=True)
class Checked:
    """How much was checked: calls compared, wrong outputs refused, and the workloads that call its seams."""

    calls: int = 0
    mutants: int = 0
    exercised: tuple[str, ...] = ()


def check_recipe(name: str, *, catalog: Path | None = None, seed: int = 0) -> Checked:
    """Prove one recipe on every workload and on its seams, and see that its proof refuses mutants of its output.

    Runs in this process, at the target's proof size. Raises AssertionError with the first thing that is wrong.
    """
    root = () if catalog is None or (catalog / "perfkit" / "catalog.py").exists() else (catalog,)
    found = open_catalogs(root)
    entry = found.recipe(name)
    place = found.target(entry.recipe.target)
    checked = Checked()
    for workload, size in _workloads(place):
        check = _Check(entry, place, workload, size, seed)
        try:
            check.run(checked)
        except Rejected as rejected:
            raise AssertionError(f"{name} on {workload}: {rejected}") from rejected
    if not checked.exercised:
        raise AssertionError(f"{name}: no workload of {place.id} calls {', '.join(sorted(entry.recipe.touches))}")
    if not checked.mutants:
        raise AssertionError(f"{name}: no mutant of its output could be made, so nothing shows that the proof works")
    return checked


def _workloads(place: TargetEntry) -> Iterator[tuple[str, str]]:
    proof_size = load_target(place).proof_size
    for workload in place.workloads:
        yield workload.id, proof_size if proof_size in workload.sizes else workload.sizes[0]


class _Check:
    def __init__(self, entry: RecipeEntry, place: TargetEntry, workload: str, size: str, seed: int) -> None:
        self.recipe: Recipe = load_recipe(entry)
        self.target: Target = load_target(place)
        self.place = place
        self.workload: Workload = self.target.workload(workload)
        self.shared = self.workload.shared(size, seed)
        self.seed = seed

    def ops(self, *, changed: bool) -> Any:
        return compose(self.target.ops(), [self.recipe] if changed else [], self.place.tree)

    def run(self, checked: Checked) -> None:
        recorder = SeamRecorder(self.ops(changed=True), self.target.opaque)
        recording = MacroSubject(self.workload, recorder.ops, self.shared)
        call_once(recording, recording.data(plan.stream(self.seed, "record")), "recording")
        called = [seam for seam in sorted(self.recipe.touches) if recorder.seen[seam].calls]
        if called:
            checked.exercised += (self.workload.id,)
        reference, candidate = (MacroSubject(self.workload, self.ops(changed=c), self.shared) for c in (False, True))
        awkward, change = self.workload.awkward, self.workload.change
        checked.calls += prove(
            reference,
            candidate,
            self.recipe.equivalence,
            self.seed,
            awkward=None if awkward is None else lambda s: iter(awkward(s.shared)),  # type: ignore[attr-defined]
            change=None if change is None else lambda s, rng: change(s.instance, rng),  # type: ignore[attr-defined]
        ).checked_calls
        checked.mutants += self._refuses_mutants(reference, candidate, self.recipe.equivalence)
        for seam in called:
            self._check_seam(seam, recorder, checked)
        for subject in (recording, reference, candidate):
            subject.close()

    def _check_seam(self, seam: str, recorder: SeamRecorder, checked: Checked) -> None:
        template = recorder.seen[seam].dearest()
        if template is None or template.obstacle or self.place.seams[seam].kind != "call":
            return
        rule = self.recipe.seam_equivalence or self.recipe.equivalence
        reference, candidate = (
            SeamSubject(seam, self.ops(changed=c), template, plan.stream(self.seed, "bank")) for c in (False, True)
        )
        checked.calls += prove(reference, candidate, rule, self.seed).checked_calls
        checked.mutants += self._refuses_mutants(reference, candidate, rule)

    def _refuses_mutants(self, reference: Subject, candidate: Subject, rule: Equivalence) -> int:
        streams = [plan.stream(self.seed, "mutant", i) for i in range(2)]
        earlier, right = (snapshot(call_once(candidate, candidate.data(s), "mutants")[1]) for s in streams)
        expected = call_once(reference, reference.data(streams[1]), "mutants")[1]
        count = 0
        for what, wrong in mutants(right, earlier, rule, self.seed):
            if first_difference(expected, wrong, rule) is None:
                raise AssertionError(f"{self.recipe.full_id}: its proof accepts a wrong output: {what}")
            count += 1
        return count
