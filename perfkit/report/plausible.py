"""Values that no run can give: what a table relies on, checked when a saved run is read."""

from __future__ import annotations

import math
from collections.abc import Iterator

from perfkit.result import VERDICTS, Document, ReadingOutcome, Result, Sample

__all__ = ["check_plausible"]

_KINDS = ("micro", "macro", "stack")
_LEVEL = 0.95  # what the tables' heads say

Fault = tuple[str, object]  # the field, and the value that it cannot have


def check_plausible(document: Document) -> None:
    """Raise ValueError naming the first value that cannot be."""
    for name, value in document.timing.items():
        _refuse(f"timing.{name}", [] if _at_least(0, value) else [("seconds", value)])
    for i, result in enumerate(document.results):
        _refuse(f"results[{i}]", _faults(result))
    for i, sample in enumerate(document.samples):
        _refuse(f"samples[{i}]", _sample_faults(sample))


def _refuse(place: str, faults: Iterator[Fault] | list[Fault]) -> None:
    for field, value in faults:
        raise ValueError(f"{place}: {field} cannot be {value!r:.60}")


def _faults(r: Result) -> Iterator[Fault]:
    if r.verdict not in VERDICTS:
        yield "verdict", r.verdict
    if r.cell.kind not in _KINDS:
        yield "kind", r.cell.kind
    if not r.recipes:
        yield "recipes", []
    for field in ("baseline_ns", "candidate_ns", "margin", "amdahl", "sums"):
        value = getattr(r, field)
        if value is not None and not _positive(value):
            yield field, value
    for field in ("noise_floor", "share", "processes", "rounds"):
        value = getattr(r, field)
        if value is not None and not _at_least(0, value):
            yield field, value
    if r.proof.checked_calls < 0:
        yield "proof.checked_calls", r.proof.checked_calls
    if r.proof.calls_of_one_instance < 0:
        yield "proof.calls_of_one_instance", r.proof.calls_of_one_instance
    if r.proof.awkward is not None and r.proof.awkward < 0:
        yield "proof.awkward", r.proof.awkward
    if r.proof.extremes is not None and not 0 <= r.proof.extremes[0] <= r.proof.extremes[1]:
        yield "proof.extremes", r.proof.extremes
    if r.units is not None and not _positive(r.units[1]):
        yield "units", r.units
    for name, both in r.ratios.items():
        if not all(_at_least(0, value) for value in both):
            yield f"ratios of {name!r}", both
    if r.trend is not None and not all(map(_positive, r.trend)):
        yield "trend", r.trend
    for role, p99_ns in r.p99_ns.items():
        if not _at_least(0, p99_ns):
            yield f"p99_ns of {role!r}", p99_ns
    for role, loops in r.loops.items():
        if loops < 1:
            yield f"loops of {role!r}", loops
    for field in ("speedup", "speedup_99"):
        s = getattr(r, field)
        if s is not None and not (all(map(_positive, (s.point, s.low, s.high))) and s.low <= s.point <= s.high):
            yield field, (s.point, s.low, s.high)
    if r.speedup is not None and r.speedup.level != _LEVEL:
        yield "speedup.level", r.speedup.level
    if r.variance is not None and not all(_at_least(0, part) for part in r.variance):
        yield "variance", r.variance
    for reading in (r.claim, *r.claim.readings) if r.claim else ():
        yield from _reading_faults(reading)


def _reading_faults(reading: ReadingOutcome) -> Iterator[Fault]:
    if not (_positive(reading.low) and _positive(reading.high) and reading.low <= reading.high):
        yield "claim", (reading.low, reading.high)
    measured = reading.measured
    if measured is not None and not (all(map(math.isfinite, measured)) and measured[1] <= measured[0] <= measured[2]):
        yield "claim.measured", measured


def _sample_faults(s: Sample) -> Iterator[Fault]:
    if s.loops < 1:
        yield "loops", s.loops
    for field in ("elapsed_ns", "process", "round", "position"):
        if getattr(s, field) < 0:
            yield field, getattr(s, field)


def _positive(value: float) -> bool:
    return math.isfinite(value) and value > 0


def _at_least(least: float, value: float) -> bool:
    return math.isfinite(value) and value >= least
