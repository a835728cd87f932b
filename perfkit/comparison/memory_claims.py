"""What the second pass says of a row: its peak memory, and what became of a claim on it. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from perfkit.catalog import RecipeEntry, TargetEntry
from perfkit.comparison.claims import outcome_of, speaks_of
from perfkit.remarks import joined
from perfkit.result import WRONG, PeakMemory, ReadingOutcome, Result, Speedup
from perfkit.session.outcome import Outcome
from perfkit.stats.peak_memory import Peak, judge_peak, peaks

__all__ = ["with_memory"]


def with_memory(result: Result, outcome: Outcome, entries: Mapping[str, RecipeEntry], place: TargetEntry) -> Result:
    """A row, what the second pass has counted for it, and the judged claim."""
    before, after = (outcome.peaks.get((result.cell, recipes)) for recipes in ((), result.recipes))
    counted = bool(before and after)
    if before and after and result.verdict not in WRONG:
        found, word = peaks(before, after)
        note = joined(result.note, f"no peak memory: {word}" if word else "")
        result = replace(result, memory=tuple(map(_saved, found)), note=note)
    claim = entries[result.recipes[0]].recipe.memory_claim if len(result.recipes) == 1 else None
    if claim is None or not speaks_of(claim, result.cell, place) or not (counted or result.verdict in WRONG):
        return result
    ratio = result.memory[0].ratio if result.memory else None
    interval = (ratio.point, ratio.low, ratio.high) if ratio else None
    read = [
        ReadingOutcome(
            measure=reading.measure,
            low=reading.low,
            high=reading.high,
            outcome=judge_peak(reading, result.verdict, interval),
            measured=interval,
        )
        for reading in claim.every_reading
    ]
    return replace(result, memory_claim=outcome_of(claim, read))


def _saved(peak: Peak) -> PeakMemory:
    point, low, high = peak.ratio
    return PeakMemory(
        by=peak.by,
        baseline_bytes=peak.before,
        candidate_bytes=peak.after,
        ratio=Speedup(point=point, low=low, high=high, level=0.95),
        processes=peak.processes,
    )
