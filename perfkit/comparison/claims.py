"""What the replaced seams can give the whole (Amdahl), and what became of the recipe's claim. No I/O."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from perfkit import numbers
from perfkit.catalog import RecipeEntry, TargetEntry
from perfkit.cell import COLD_L2, Cell
from perfkit.protocol.counting import SeamCount
from perfkit.recipe import Claim, Reading
from perfkit.result import ClaimOutcome, ReadingOutcome, Result, Speedup
from perfkit.session.outcome import Outcome
from perfkit.stats.claim import judge, measured_of, measured_value
from perfkit.target import Seam

__all__ = ["Explained", "explain", "outcome_of", "speaks_of", "with_claim"]

_ERRORS = 2.0  # standard errors of a share
_NOTHING_LEFT = 1e-9  # of the time, at least


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What the time in the replaced seams means for the whole workload, as speed-ups.

    `share`: of the workload's time. `predicted`: by the share and the seams' own rows, None where one is missing.
    `least`, `most`: the ends of that, with two standard errors of the share; a seam without a row of its own may
    become free, or slower. `free`: when all of them become free, again with two standard errors.
    """

    share: float
    predicted: float | None
    least: float = 0.0
    most: float = math.inf
    free: float = math.inf

    def cap(self, measured: Speedup | None) -> float:
        """The largest speed-up to believe: what free seams would give, or what their own rows do where that is less
        than was surely measured."""
        return self.most if measured is not None and measured.low > self.most else self.free


def with_claim(
    result: Result,
    results: Sequence[Result],
    outcome: Outcome,
    entries: Mapping[str, RecipeEntry],
    place: TargetEntry,
) -> Result:
    """Add the share of the replaced seams, what that predicts, a word where it does not fit, and the judged claim.

    `results` are all rows of the session: those of the seams alone sharpen what is predicted for the whole.
    """
    if len(result.recipes) != 1:
        return result
    entry = entries[result.recipes[0]]
    explained = explain(result, results, outcome, entry, place.seams)
    if explained is not None:
        result = replace(result, share=explained.share, amdahl=explained.predicted, note=_noted(result, explained))
    claim = entry.recipe.claim
    if claim is None or outcome.on_other_threads(result.cell) or not speaks_of(claim, result.cell, place):
        return result
    if result.speedup is None and not {name.rpartition("/")[2] for name in result.cell.on} >= set(claim.on):
        return result  # it was made on other recipes, and nothing was measured without them
    return replace(result, claim=_judged(claim, result, explained.cap(result.speedup) if explained else math.inf))


def explain(
    result: Result, results: Sequence[Result], outcome: Outcome, entry: RecipeEntry, seams: Mapping[str, Seam]
) -> Explained | None:
    """What the shares of the seams that a recipe replaces mean for one row; None where they mean nothing."""
    counted = outcome.counted(result.cell)
    if result.cell.kind != "macro" or counted is None:
        return None
    touches = entry.recipe.touches
    if not touches:
        return None  # it replaces the whole
    if any(seams[seam].kind != "call" for seam in touches):
        return None  # what a factory makes works outside of its calls
    replaced = {seam: counted.seams[seam] for seam in touches}
    if any(seam.concurrent for seam in replaced.values()):
        return None  # on threads of their own their time runs beside that of others: it is no share of the whole
    share = min(1.0, sum(seam.inclusive for seam in replaced.values()))
    alone = {seam: _alone(result, results, seam) for seam in touches}
    exactly = {seam: (own.point if own else math.inf) for seam, own in alone.items()}
    known = all(alone.values())
    left = _left(replaced, exactly, 0.0)
    predicted = 1 / left if known and left > 0 else None
    if any(seam.error is None for seam in replaced.values()):
        return Explained(share=share, predicted=predicted)

    def ends(speedups: Mapping[str, float]) -> list[float]:
        return [1 / max(_NOTHING_LEFT, _left(replaced, speedups, errors)) for errors in (-_ERRORS, _ERRORS)]

    fast = ends({seam: (own.high if own else math.inf) for seam, own in alone.items()})
    slow = ends({seam: own.low for seam, own in alone.items() if own}) if known else [0.0]
    free = ends(dict.fromkeys(alone, math.inf))
    return Explained(share=share, predicted=predicted, least=min(*slow, *fast), most=max(*slow, *fast), free=max(free))


def _left(replaced: Mapping[str, SeamCount], speedups: Mapping[str, float], errors: float) -> float:
    """What remains of the time when each seam becomes so much faster, their shares being off by `errors`."""
    parts = {name: min(1.0, max(0.0, seam.inclusive + errors * (seam.error or 0.0))) for name, seam in replaced.items()}
    return 1 - min(1.0, sum(parts.values())) + sum(part / speedups[name] for name, part in parts.items())


def _alone(result: Result, results: Sequence[Result], seam: str) -> Speedup | None:
    """What a seam alone gained in the row that goes with a row of the whole workload."""
    alone = replace(result.cell, kind="micro", seam=seam, state=None)
    return next(
        (
            r.speedup
            for r in results
            if r.recipes == result.recipes
            and replace(r.cell, state=None, layout=result.cell.layout) == alone
            and r.cell.state in (None, "warm", result.cell.state)
            and r.speedup
        ),
        None,
    )


def _noted(result: Result, explained: Explained) -> str:
    """The row's note, and a word where its interval lies beside what the seams explain."""
    measured = result.speedup
    if measured is None or (explained.least <= measured.high and measured.low <= explained.most):
        return result.note
    if measured.high < explained.least:
        side, ends = "less", f"{numbers.ratio(explained.least)} to {numbers.ratio(explained.most)}"
    else:
        side, ends = "more", f"at most {numbers.ratio(explained.most)}"
    return "; ".join(
        filter(None, (result.note, f"{side} than the seam explains: Amdahl predicts {ends} from its share"))
    )


def speaks_of(claim: Claim, cell: Cell, place: TargetEntry) -> bool:
    """Whether a claim is about what a cell measures."""
    if cell.workload != claim.workload or cell.point != place.workload(cell.workload).sizes[0]:
        return False
    if claim.of_seam:
        return cell.kind == "micro" and not cell.is_cold
    return cell.kind == "macro" and cell.state != COLD_L2


def _judged(claim: Claim, result: Result, explained: float) -> ClaimOutcome:
    return outcome_of(claim, [_read(reading, result, explained) for reading in claim.every_reading])


def outcome_of(claim: Claim, read: Sequence[ReadingOutcome]) -> ClaimOutcome:
    """A claim, and what became of its readings."""
    first, *others = read
    return ClaimOutcome(
        text=claim.text,
        measure=first.measure,
        low=first.low,
        high=first.high,
        on=claim.on,
        source=claim.source,
        outcome=first.outcome,
        measured=first.measured,
        why=first.why,
        readings=tuple(others),
    )


def _read(reading: Reading, result: Result, explained: float) -> ReadingOutcome:
    measured = measured_of(result)
    outcome, why = judge(reading, result.verdict, measured, explained)
    return ReadingOutcome(
        measure=reading.measure,
        low=reading.low,
        high=reading.high,
        outcome=outcome,
        measured=measured_value(reading.measure, measured.speedup) if measured else None,
        why=why,
    )
