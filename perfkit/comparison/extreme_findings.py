"""Which candidates are tried on extreme inputs, and what a difference there means.

Where a target declares awkward inputs, these have decided in the proof. Elsewhere perfkit draws some by type. It cannot
know whether the code was meant for them: a difference is a finding beside the verdict, unless the user says otherwise.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence

from perfkit.comparison.plan import Plan
from perfkit.comparison.planned_rows import Row, proven_on
from perfkit.errors import PerfkitError
from perfkit.protocol.extremes import OpenExtremes
from perfkit.session.outcome import Extreme, Failure, Outcome, ProofTally
from perfkit.session.session import Session
from perfkit.session.try_extremes import try_extremes
from perfkit.session.worker_process import RejectedOutput
from perfkit.settings import Settings

__all__ = ["add_extremes"]


def add_extremes(
    session: Session,
    plan: Plan,
    rows: Sequence[Row],
    settings: Settings,
    report: Callable[[str, float], None],
    deadline: float = math.inf,
) -> None:
    """Try every candidate that passed its proof on extremes of each measured workload's input, and note what differs.

    What goes wrong here never takes from what was measured: it becomes a warning. After `deadline`, by
    `time.monotonic`, no more are begun, unless a difference is to refuse: how many that leaves out is said.
    """
    outcome, late = session.outcome, list[str]()
    for recipes, workload, on in _to_try(outcome, plan, rows, settings):
        names = "+".join(name.rpartition("/")[2] for name in recipes)
        if time.monotonic() > deadline and settings.extremes != "refuse":
            late.append(names)
            continue
        report(f"trying {names} on extreme inputs of {workload}", 0.0)
        request = OpenExtremes(workload=workload, on=on, recipes=recipes)
        try:
            tried = try_extremes(lambda: session.worker(0), request, f"extremes of {workload} with {names}")
        except RejectedOutput as rejected:
            outcome.warn(f"{names}: no extremes were tried: {rejected.rejection.text}")
            continue
        except PerfkitError as error:
            outcome.warn(f"{names}: no extremes were tried: {error.message}")
            continue
        outcome.extremes[workload, on, recipes] = tried
        if tried.found and settings.extremes == "refuse":
            outcome.note_failure(recipes, _refused(tried.found[0]))
    if late:
        few = ", ".join(dict.fromkeys(late))
        outcome.warn(f"there was no time left to try extreme inputs on {few}: compare without --all")


def _to_try(
    outcome: Outcome, plan: Plan, rows: Sequence[Row], settings: Settings
) -> Iterator[tuple[tuple[str, ...], str, tuple[str, ...]]]:
    """What is right and was called, of targets that declare no awkward inputs: recipes, workload, recipes below."""
    for variant in plan.variants:
        recipes = tuple(e.recipe.full_id for e in variant)
        proof, stacks = outcome.proofs.get(recipes, ProofTally()), proven_on(plan, variant, rows)
        declared = sum((proof.awkward or {}).values())
        if settings.extremes == "none" or (declared and settings.extremes != "refuse"):
            continue
        on = stacks[-1] if stacks else ()
        for workload in plan.workloads(variant):
            if (
                proof.passed
                and recipes not in outcome.failures
                and (workload, on, recipes) not in outcome.not_exercised
            ):
                yield recipes, workload, on


def _refused(extreme: Extreme) -> Failure:
    return Failure(
        verdict="failed" if extreme.reason and extreme.reason != "exception" else "rejected",
        reason=extreme.reason,
        text=f"an extreme input, {extreme.words}",
        difference=extreme.difference,
    )
