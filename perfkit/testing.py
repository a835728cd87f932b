"""For a recipe's own tests: is it right, and would its proof notice if it were not?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from perfkit import schedule
from perfkit.catalog import open_catalogs
from perfkit.equivalence import Equivalence, exact
from perfkit.proof import first_difference, mutants, snapshot
from perfkit.recipe import Recipe
from perfkit.worker.guard import Rejected
from perfkit.worker.loaded_target import LoadedTarget
from perfkit.worker.proof.prove import TARGET, answer, call_once
from perfkit.worker.state.leftovers import adopting
from perfkit.worker.state.random_state import kept
from perfkit.worker.subject import Subject

__all__ = ["Checked", "check_recipe"]

_SOAK_CALLS = 64
_SOAK_S = 0.1  # of calls that are not compared, on the first workload and on its seams


@dataclass(slots=True)
class Checked:
    """How much was checked: calls compared, wrong outputs refused, and the workloads that call its seams."""

    calls: int = 0
    mutants: int = 0
    exercised: tuple[str, ...] = ()
    seams: tuple[str, ...] = ()  # each with what the first workload that calls it passes


def check_recipe(name: str, *, catalog: Path | None = None, seed: int = 0) -> Checked:
    """Prove one recipe on every workload and on its seams, and see that its proof refuses mutants of its output.

    Runs in this process, at the target's proof size. `catalog` is the folder it belongs to; an installed package is
    found without. Raises AssertionError with the first thing that is wrong, PerfkitError when a module is missing.
    What a recipe changes for the whole process is wrong, and put back; so is what it leaves running, which is ended.
    """
    root = () if catalog is None else (catalog,)
    entry = open_catalogs(root).recipe(name)
    entry.check_available()
    checked = Checked()
    with threadpool_limits(1), kept(), adopting():  # threads as perfkit's workers have them: many tests may run at once
        loaded = LoadedTarget(root, entry.recipe.target, seed=seed)
        try:
            _check_workloads(loaded, entry.recipe, checked)
        finally:
            loaded.shared_state.restore()
    if not checked.exercised:
        for lacking in (w for w in loaded.entry.workloads if w.unavailable):
            loaded.entry.check_available(lacking.id)
        raise AssertionError(
            f"{name}: no workload of {loaded.target.id} calls {', '.join(sorted(entry.recipe.touches))}"
        )
    if not checked.mutants:
        raise AssertionError(f"{name}: no mutant of its output could be made, so nothing shows that the proof works")
    return checked


def _check_workloads(loaded: LoadedTarget, recipe: Recipe, checked: Checked) -> None:
    name = recipe.full_id
    for workload in loaded.entry.able:
        try:
            _check_workload(loaded, recipe, workload.id, checked)
            left = loaded.check_running(workload.id, _required(recipe), [name]) if checked.exercised else []
            loaded.check_modules()
        except Rejected as rejected:
            about = "about the target: " if rejected.reason == TARGET else ""
            raise AssertionError(f"{about}{name} on {workload.id}: {rejected}") from rejected
        if left:
            raise AssertionError(f"{name} on {workload.id}: it {left[0]}")


def _required(recipe: Recipe) -> list[str]:
    return [f"{recipe.target}/{required}" for required in sorted(recipe.requires)]


def _check_workload(loaded: LoadedTarget, recipe: Recipe, workload: str, checked: Checked) -> None:
    size, name, on = loaded.proof_size(workload), recipe.full_id, _required(recipe)
    loaded.acquaint(workload)
    with_it = [*on, name]
    recorder, recording = loaded.recorded(workload, size, with_it, describe=True)
    call_once(recording, recording.data(schedule.stream(loaded.seed, "record")), "recording")
    called = [seam for seam in sorted(recipe.touches) if recorder.seen[seam].calls]
    if not called:
        recording.close()
        return
    checked.exercised += (workload,)
    # at the default size once: comparing it does so on every workload
    at_size = checked.exercised == (workload,)
    soak_s = _SOAK_S if at_size else 0.0
    checked.calls += loaded.prove(workload, size, on, [name], at_size=at_size, soak_s=soak_s).checked_calls
    reference, candidate = loaded.macro(workload, size, on), loaded.macro(workload, size, with_it)
    checked.mutants += _refuse_mutants(name, reference, candidate, loaded.rule([name], seam=False), loaded.seed)
    for seam in (seam for seam in called if seam not in checked.seams):
        checked.seams += (seam,)
        spec = loaded.alone(workload, size, seam, on)
        if spec is not None and loaded.entry.seams[seam].kind == "call":
            checked.calls += loaded.prove_seam(seam, spec, on, [name], _SOAK_CALLS, soak_s).checked_calls
            pair = loaded.seam(seam, on, spec), loaded.seam(seam, with_it, spec)
            checked.mutants += _refuse_mutants(name, *pair, loaded.rule([name], seam=True), loaded.seed)
    for subject in (recording, reference, candidate):
        subject.close()


def _refuse_mutants(name: str, reference: Subject, candidate: Subject, rule: Equivalence, seed: int) -> int:
    streams = [schedule.stream(seed, "mutant", i) for i in range(2)]
    earlier, right = (snapshot(_result(candidate, s)) for s in streams)
    expected = _result(reference, streams[1])
    count = 0
    for what, wrong in mutants(right, earlier, rule, seed):
        if first_difference(expected, wrong, rule) is None:
            raise AssertionError(f"{name}: its proof accepts a wrong output: {what}")
        count += 1
    return count


def _result(subject: Subject, stream: int) -> Any:
    """What must be right after a call: where it changes its input in place, that too."""
    got = answer(subject, lambda one: one.data(stream), "mutants")
    changed = first_difference(subject.untouched(subject.data(stream)), got.after, exact()) is not None
    return {"output": got.seen, "input": got.after} if changed else got.seen
