"""For a recipe's own tests: is it right, and would its proof notice if it were not?"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from perfkit import schedule
from perfkit.catalog import open_catalogs
from perfkit.catalog.read_files import RecipeEntry
from perfkit.equivalence import Equivalence, exact
from perfkit.protocol.proving import SOAK_CALLS, Prove, ProveSeam
from perfkit.recipe import Recipe
from perfkit.sources.catalog import CatalogSource
from perfkit.tree import copy, first_difference, mutants
from perfkit.worker.guard import Rejected
from perfkit.worker.proof.prove import TARGET, answer, call_once
from perfkit.worker.proof.variant import compare_once, prove_seam, prove_workload
from perfkit.worker.side_effects import acquaint, check_modules, check_running
from perfkit.worker.state.leftovers import adopting
from perfkit.worker.state.random_state import kept
from perfkit.worker.subject import Subject

__all__ = ["Checked", "check_loaded", "check_recipe"]

_FEW_CALLS = 8  # in a row, on the workloads after the first
_QUICK_CALLS = 16  # on the first, of a quick check: what drifts shows in the calls that are not compared
_SOAK_S = 0.1  # of calls that are not compared, on the first workload and on its seams


@dataclass(slots=True)
class Checked:
    """How much was checked: calls compared, wrong outputs refused, and the workloads that call its seams."""

    calls: int = 0
    mutants: int = 0
    exercised: tuple[str, ...] = ()
    seams: tuple[str, ...] = ()  # each with what the first workload that calls it passes


def check_recipe(
    name: str,
    *,
    catalog: Path | None = None,
    seed: int = 0,
    workloads: Collection[str] | None = None,
    quick: bool = False,
) -> Checked:
    """Prove one recipe on every workload and on its seams, and see that its proof refuses mutants of its output.

    `workloads`: on these alone, where a target has many and a test must be quick. `quick`: the whole proof on one, the
    one that the recipe is measured on where it names one; on each other that calls it, one call is compared. Runs in
    this process, at the target's proof size. `catalog` is the folder it belongs to; an installed package is found
    without. Raises AssertionError with the first thing that is wrong, PerfkitError when a module is missing. What a
    recipe changes for the whole process is wrong, and put back; so is what it leaves running, which is ended.
    """
    root = () if catalog is None else (catalog,)
    entry = open_catalogs(root).recipe(name)

    def load() -> CatalogSource:
        return CatalogSource(root, entry.recipe.target, seed=seed)

    return check_loaded(entry, load, workloads=workloads, quick=quick)


def check_loaded(
    entry: RecipeEntry,
    load: Callable[[], CatalogSource],
    *,
    workloads: Collection[str] | None = None,
    quick: bool = False,
) -> Checked:
    """As `check_recipe`, of a target that `load` gives: one and the same for many recipes, if no other comes between.

    Two that take turns would each forget what the other knows of its baseline.
    """
    name = entry.recipe.full_id
    entry.check_available()
    checked = Checked()
    with threadpool_limits(1), kept(), adopting():  # threads as perfkit's workers have them: many tests may run at once
        loaded = load()
        with threadpool_limits(1):  # of the libraries, too, that the target has imported just now
            clean = False
            try:
                _check_workloads(loaded, entry.recipe, checked, workloads, quick=quick)
                clean = True
            finally:
                loaded.shared_state.restore(checked=clean)
    if not checked.exercised:
        for lacking in (w for w in loaded.entry.workloads if w.unavailable):
            loaded.entry.check_available(lacking.id)
        raise AssertionError(
            f"{name}: no workload of {loaded.target.id} calls {', '.join(sorted(entry.recipe.touches))}"
        )
    if not checked.mutants:
        raise AssertionError(f"{name}: no mutant of its output could be made, so nothing shows that the proof works")
    return checked


def _check_workloads(
    loaded: CatalogSource, recipe: Recipe, checked: Checked, wanted: Collection[str] | None, *, quick: bool
) -> None:
    name = recipe.full_id
    workloads = [w for w in loaded.entry.able if wanted is None or w.id in wanted]
    if quick:
        measured = recipe.workload or (recipe.claim and recipe.claim.workload)
        workloads.sort(key=lambda w: w.id != measured)
    for workload in workloads:
        with _explained(f"{name} on {workload.id}"):
            acquaint(loaded, workload.id)  # of all, before the recipe has run: then one look at the end is enough
    for workload in workloads:
        with _explained(f"{name} on {workload.id}"):
            _check_workload(loaded, recipe, workload.id, checked, quick=quick)
            left = check_running(loaded, workload.id, _required(recipe), [name]) if checked.exercised else []
        if left:
            raise AssertionError(f"{name} on {workload.id}: it {left[0]}")
    with _explained(name):
        check_modules(loaded)


@contextlib.contextmanager
def _explained(what: str) -> Iterator[None]:
    """What is rejected within is an AssertionError that begins with `what`."""
    try:
        yield
    except Rejected as rejected:
        about = "about the target: " if rejected.reason == TARGET else ""
        raise AssertionError(f"{about}{what}: {rejected}") from rejected


def _required(recipe: Recipe) -> list[str]:
    return [f"{recipe.target}/{required}" for required in sorted(recipe.requires)]


def _check_workload(loaded: CatalogSource, recipe: Recipe, workload: str, checked: Checked, *, quick: bool) -> None:
    size, name, on = loaded.proof_size(workload), recipe.full_id, _required(recipe)
    with_it = [*on, name]
    recorder, recording = loaded.recorded(workload, size, with_it, describe=False)
    call_once(recording, recording.data(schedule.stream(loaded.seed, "record")), "recording")
    called = [seam for seam in sorted(recipe.touches) if recorder.seen[seam].calls]
    if not called:
        recording.close()
        return
    checked.exercised += (workload,)
    # at the default size, and dozens of times in a row, once: comparing it does so on every workload
    at_size = checked.exercised == (workload,)
    most = _QUICK_CALLS if quick else SOAK_CALLS
    soak, soak_s = (most, _SOAK_S) if at_size else (_FEW_CALLS, 0.0)
    proof = Prove(workload=workload, on=tuple(on), recipes=(name,), at_size=at_size, soak=soak, soak_s=soak_s)
    if quick and not at_size:
        checked.calls += compare_once(loaded, proof, size).checked_calls
    else:
        checked.calls += prove_workload(loaded, proof).checked_calls
        reference, candidate = loaded.macro(workload, size, on), loaded.macro(workload, size, with_it)
        checked.mutants += _refuse_mutants(name, reference, candidate, loaded.rule([name], seam=False), loaded.seed)
        reference.close()
        candidate.close()
    for seam in (seam for seam in called if seam not in checked.seams):
        checked.seams += (seam,)
        spec = loaded.alone(workload, size, seam, on)
        if spec is not None and loaded.seams[seam].kind == "call":
            alone = ProveSeam(
                workload=workload,
                size=size,
                seam=seam,
                on=tuple(on),
                recipes=(name,),
                soak=most,
                soak_s=soak_s,
            )
            checked.calls += prove_seam(loaded, alone).checked_calls
            pair = loaded.seam(seam, on, spec), loaded.seam(seam, with_it, spec)
            checked.mutants += _refuse_mutants(name, *pair, loaded.rule([name], seam=True), loaded.seed)
    recording.close()


def _refuse_mutants(name: str, reference: Subject, candidate: Subject, rule: Equivalence, seed: int) -> int:
    streams = [schedule.stream(seed, "mutant", i) for i in range(2)]
    earlier, right = (copy(_result(candidate, s)) for s in streams)
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
