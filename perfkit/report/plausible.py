"""Values that no run can give together; what each may be by itself stands at its field in `perfkit.result`."""

from __future__ import annotations

from collections.abc import Iterator

from perfkit.result import Document, ReadingOutcome, Result

__all__ = ["check_plausible"]

_LEVEL = 0.95  # what the tables' heads say

Fault = tuple[str, object]  # the field, and the value that it cannot have


def check_plausible(document: Document) -> None:
    """Raise ValueError naming the first value that cannot be."""
    for i, result in enumerate(document.results):
        for field, value in _faults(result):
            raise ValueError(f"results[{i}].{field} cannot be {value!r:.60}")


def _faults(r: Result) -> Iterator[Fault]:
    if r.proof.extremes is not None and r.proof.extremes[0] > r.proof.extremes[1]:
        yield "proof.extremes", r.proof.extremes
    for field, s in (("speedup", r.speedup), ("speedup_99", r.speedup_99)):
        if s is not None and not s.low <= s.point <= s.high:
            yield field, (s.point, s.low, s.high)
    if r.speedup is not None and r.speedup.level != _LEVEL:
        yield "speedup.level", r.speedup.level
    for peak in r.memory:
        if not peak.ratio.low <= peak.ratio.point <= peak.ratio.high:
            yield "memory.ratio", (peak.ratio.point, peak.ratio.low, peak.ratio.high)
    for claim in filter(None, (r.claim, r.memory_claim)):
        for reading in (claim, *claim.readings):
            yield from _reading_faults(reading)


def _reading_faults(reading: ReadingOutcome) -> Iterator[Fault]:
    if reading.low > reading.high:
        yield "claim", (reading.low, reading.high)
    measured = reading.measured
    if measured is not None and not measured[1] <= measured[0] <= measured[2]:
        yield "claim.measured", measured
