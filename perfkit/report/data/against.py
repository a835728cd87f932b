"""`show --against`: two saved runs, row against row."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from perfkit.cell import CellKind, CellState, Layout
from perfkit.comparison.against import CHANGES, Against, Difference
from perfkit.report.data.envelope import Data, Envelope, one_of
from perfkit.report.flat import measured
from perfkit.result import Amount, Document, Positive, Result, Speedup, Status, Verdict

__all__ = ["AgainstDocument", "against_data"]


class RunData(Data, frozen=True, kw_only=True):
    """A saved run without its rows and samples."""

    perfkit: str
    command: str
    seed: int
    status: Status
    environment: dict[str, Any]
    timing: dict[str, Amount]


class RowData(Data, frozen=True, kw_only=True):
    """What a row measured."""

    target: str
    recipes: tuple[str, ...]
    on: tuple[str, ...]
    workload: str
    size: str
    kind: CellKind
    seam: str | None
    state: CellState | None
    layout: Layout


class OutcomeData(Data, frozen=True, kw_only=True):
    """What a row gave in one of two runs; times are null where the two must not be compared by them."""

    verdict: Verdict
    speedup: Speedup | None
    baseline_ns: Positive | None
    candidate_ns: Positive | None


class PairData(RowData, frozen=True, kw_only=True):
    """One row of both runs."""

    change: Annotated[str, one_of(CHANGES)]
    note: str
    then: OutcomeData
    now: OutcomeData


class AgainstDocument(Envelope, frozen=True, kw_only=True):
    """perfkit show NEW --against OLD"""

    command: Literal["show"] = "show"
    then: RunData
    now: RunData
    differences: tuple[Difference, ...]
    notes: tuple[Difference, ...]
    times_comparable: bool
    pairs: Annotated[tuple[PairData, ...], Meta(min_length=1)]
    only_then: tuple[RowData, ...]
    only_now: tuple[RowData, ...]


def against_data(found: Against) -> AgainstDocument:
    """Two saved runs, row against row, as plain data; times only where these may be compared."""
    times = found.times_comparable
    return AgainstDocument(
        then=_run(found.then),
        now=_run(found.now),
        differences=found.differences,
        notes=found.notes,
        times_comparable=times,
        pairs=tuple(
            PairData(
                **measured(pair.now),
                change=pair.change,
                note=pair.note,
                then=_outcome(pair.then, times=times),
                now=_outcome(pair.now, times=times),
            )
            for pair in found.pairs
        ),
        only_then=tuple(RowData(**measured(row)) for row in found.only_then),
        only_now=tuple(RowData(**measured(row)) for row in found.only_now),
    )


def _run(document: Document) -> RunData:
    return RunData(**{name: getattr(document, name) for name in RunData.__struct_fields__})


def _outcome(row: Result, *, times: bool) -> OutcomeData:
    return OutcomeData(
        verdict=row.verdict,
        speedup=row.speedup,
        baseline_ns=row.baseline_ns if times else None,
        candidate_ns=row.candidate_ns if times else None,
    )
