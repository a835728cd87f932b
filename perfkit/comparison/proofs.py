"""What is proven of each candidate before it is measured, and how many calls in a row that may take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import structs

from perfkit import schedule
from perfkit.catalog import RecipeEntry
from perfkit.cell import Cell
from perfkit.comparison.plan import Plan
from perfkit.comparison.planned_rows import Row, proven_on
from perfkit.protocol.proving import SOAK_CALLS, Prove, ProveSeam
from perfkit.schedule import SLOW_CALL_NS
from perfkit.session.outcome import Candidate, Outcome
from perfkit.session.proving import Examination
from perfkit.session.session import Session
from perfkit.settings import Settings

__all__ = ["examination_of_stacked", "prove", "seam_proof", "seams_alone"]

_SOAK_NS = 300_000_000  # how long the repeated calls of one seam's proof may take
_SOAK_CALLS = (4, 64)
_ELSEWHERE = 16  # calls in a row on a workload that is not measured
_OFTEN = 10  # calls, which a soak must have room for
_SOAK_S, _SOAKS_S = 1.5, 1.5  # that calls without comparing may take at most: one proof's, and a candidate's
_FEWEST_SOAKS_S = 1.0  # however short the session: drift comes with calls, and not with the budget


def prove(session: Session, plan: Plan, rows: Sequence[Row], settings: Settings) -> None:
    """Prove every candidate on every workload of the target, and on each seam that will be measured alone.

    `plan` may be a batch: what was looked at for an earlier one is not looked at again.
    """
    if not plan.is_of_many:
        _prove_each(session, plan, rows, settings)
        return
    if not (plan.quick or plan.later_point):
        if not session.outcome.called:
            session.counter.survey([workload.id for workload in plan.target.able])
        session.prover.prove_untouched(_untouched(plan, session))
    with session.prover.sharing():
        _prove_each(session, plan, rows, settings)


def _prove_each(session: Session, plan: Plan, rows: Sequence[Row], settings: Settings) -> None:
    session.prover.examine(_examinations(session, plan, rows, settings))


def _examinations(session: Session, plan: Plan, rows: Sequence[Row], settings: Settings) -> Iterator[Examination]:
    for variant in plan.variants:
        recipes, stacks = tuple(e.recipe.full_id for e in variant), proven_on(plan, variant, rows)
        if not stacks or recipes in session.outcome.failures:
            continue
        places = [(w, plan.point_of(w), on) for w in plan.workloads(variant) for on in stacks]
        seams = seams_alone(rows, recipes)
        soak_s = min(_SOAK_S, _soaks_s(settings) / (len(places) + len(seams)))
        touched = {seam for e in variant for seam in e.recipe.touches}
        whole = [row for row in rows if row.recipes == recipes and row.cell.kind == "macro" and not row.remark]
        wholes = _workload_proofs(plan, variant, stacks, soak_s, session.outcome.called)
        wholes = [_without_what_timing_does(proof, whole, session.outcome) for proof in wholes]
        wholes = [proof for proof in wholes if proof.on or (proof.workload, recipes) not in session.outcome.untouched]
        proofs: list[Prove | ProveSeam] = [*wholes]
        proofs += [seam_proof(cell, recipes, session.outcome.call_ns(cell), soak_s) for cell in seams]
        yield Examination(Candidate(role=schedule.CANDIDATE, recipes=recipes), places, sorted(touched), proofs)


def _untouched(plan: Plan, session: Session) -> dict[str, list[tuple[str, ...]]]:
    """By workload: the variants that are not measured there and replace nothing that it calls."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for variant in plan.variants:
        touched, measured = {seam for e in variant for seam in e.recipe.touches}, plan.workloads(variant)
        if () not in plan.measurable(variant):
            continue
        for name, called in session.outcome.called.items():
            if name not in measured and not called & touched:
                found.setdefault(name, []).append(tuple(e.recipe.full_id for e in variant))
    return found


def examination_of_stacked(row: Row, touched: Sequence[str], settings: Settings) -> Examination:
    """Of a candidate on top of a stack of its own, on the workload where it will be measured.

    The whole stack at the default size too, and by calling it often. Of a part a few calls in a row are compared, where
    the whole is wrong.
    """
    cell, part = row.cell, bool(row.cell.on)
    proof = Prove(
        workload=cell.workload,
        on=cell.on,
        recipes=row.recipes,
        at_size=not part,
        soak_s=0.0 if part else min(_SOAK_S, _soaks_s(settings)),
        soak=_SOAK_CALLS[0] if part else SOAK_CALLS,
        called=True,
    )
    candidate = Candidate(role=schedule.CANDIDATE, recipes=row.recipes, apart=row.apart)
    return Examination(candidate, [(cell.workload, cell.point, cell.on)], touched, [proof])


def seams_alone(rows: Sequence[Row], recipes: tuple[str, ...]) -> list[Cell]:
    """The seams of a candidate that will be measured; one that is measured cold and warm once."""
    own = [row.cell for row in rows if row.recipes == recipes and not row.remark]
    return [cell for cell in own if cell.kind == "micro" and not cell.is_cold]


def _workload_proofs(
    plan: Plan,
    variant: Sequence[RecipeEntry],
    stacks: Sequence[tuple[str, ...]],
    soak_s: float,
    called: Mapping[str, frozenset[str]],
) -> list[Prove]:
    """A request for each workload of the target; on top of other recipes only for those that are measured.

    `called`: the seams that workloads are known to call. On workloads that are not measured fewer calls in a row
    are compared, and where many are proven few.
    """
    measured = plan.workloads(variant)
    touched = {seam for e in variant for seam in e.recipe.touches}
    return [
        Prove(
            workload=workload.id,
            on=on,
            recipes=tuple(e.recipe.full_id for e in variant),
            at_size=plan.proves_at_size and on == stacks[-1] and workload.id in measured,
            soak_s=soak_s if workload.id in measured else 0.0,
            soak=SOAK_CALLS if workload.id in measured else _SOAK_CALLS[0] if plan.is_of_many else _ELSEWHERE,
            called=bool(touched & called.get(workload.id, frozenset())),
        )
        for on in stacks
        for workload in plan.target.able
        if workload.id in measured or not (on or plan.quick or plan.later_point)
    ]


def _without_what_timing_does(proof: Prove, whole: Sequence[Row], outcome: Outcome) -> Prove:
    """Timed calls are compared, at the size that is measured: where they are sure to be, no other need be. Where they
    are few it is proven as where there are none: the row on the claim's stack has had many calls."""
    timed = [row for row in whole if (row.cell.workload, row.cell.on) == (proof.workload, proof.on)]
    sure = any(outcome.call_ns(row.cell) <= SLOW_CALL_NS for row in timed)  # slower ones the budget may not hold
    if timed and all(row.brief for row in timed):
        proof = structs.replace(proof, soak_s=0.0, soak=min(proof.soak, _ELSEWHERE))
    return structs.replace(proof, at_size=proof.at_size and not sure)


def seam_proof(cell: Cell, recipes: tuple[str, ...], call_ns: float, soak_s: float) -> ProveSeam:
    """The proof of a variant on one seam alone; `soak_s`: of calls without comparing, where many fit into it."""
    fewest, most = _SOAK_CALLS
    often = call_ns * _OFTEN < soak_s * 1e9  # else calling it without comparing adds next to nothing to those in a row
    return ProveSeam(
        workload=cell.workload,
        size=cell.point,
        seam=cell.part,
        on=cell.on,
        recipes=recipes,
        soak=max(fewest, min(most, int(_SOAK_NS / max(call_ns, 1)))),
        soak_s=soak_s if often else 0.0,
    )


def _soaks_s(settings: Settings) -> float:
    """Seconds that many calls in a row may take, of all the proofs of a candidate: less in a short session."""
    return min(_SOAKS_S, max(_FEWEST_SOAKS_S, settings.budget_s / 2))
