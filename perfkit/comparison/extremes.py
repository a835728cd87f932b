"""Which candidates are tried on extreme inputs, and what a difference there means.

Where a target declares awkward inputs, these have decided in the proof. Elsewhere perfkit draws some by type. It cannot
know whether the code was meant for them: a difference is a finding beside the verdict, unless the user says otherwise.
"""

from __future__ import annotations

from perfkit.comparison.plan import Plan
from perfkit.errors import PerfkitError
from perfkit.protocol.extremes import OpenExtremes
from perfkit.session.extremes import try_extremes
from perfkit.session.outcome import Extreme, Failure, ProofTally
from perfkit.session.process import RejectedOutput
from perfkit.session.session import Session
from perfkit.settings import Settings, Watcher

__all__ = ["add_extremes"]


def add_extremes(session: Session, plan: Plan, settings: Settings, watcher: Watcher) -> None:
    """Try every candidate that passed its proof on extremes of each measured workload's input, and note what differs.

    What goes wrong here never takes from what was measured: it becomes a warning.
    """
    outcome = session.outcome
    for variant in plan.variants:
        recipes = tuple(e.recipe.full_id for e in variant)
        proof, stacks = outcome.proofs.get(recipes, ProofTally()), plan.measurable(variant)
        declared = sum((proof.awkward or {}).values())
        if settings.extremes == "none" or (declared and settings.extremes != "refuse"):
            continue
        for workload in plan.workloads(variant):
            key = (workload, stacks[-1] if stacks else (), recipes)
            if not proof.passed or recipes in outcome.failures or key in outcome.not_exercised:
                continue
            names = "+".join(name.rpartition("/")[2] for name in recipes)
            watcher.doing(f"trying {names} on extreme inputs of {workload}", 1.0)
            request = OpenExtremes(workload=workload, on=key[1], recipes=recipes)
            try:
                tried = try_extremes(lambda: session.worker(0), request, f"extremes of {workload} with {names}")
            except RejectedOutput as rejected:
                outcome.warnings.append(f"{names}: no extremes were tried: {rejected.rejection.text}")
                continue
            except PerfkitError as error:
                outcome.warnings.append(f"{names}: no extremes were tried: {error.message}")
                continue
            outcome.extremes[key] = tried
            if tried.found and settings.extremes == "refuse":
                outcome.failures[recipes] = _refused(tried.found[0])


def _refused(extreme: Extreme) -> Failure:
    return Failure(
        verdict="failed" if extreme.reason and extreme.reason != "exception" else "rejected",
        reason=extreme.reason,
        text=f"an extreme input, {extreme.words}",
        difference=extreme.difference,
    )
