"""`bench --trap`: what the naive loop says and what fresh inputs say, the way of the data, and what subnormals cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from msgspec import Meta

from perfkit.machine.subnormal_cost import Penalty
from perfkit.microbench.trap import Shown, Trap
from perfkit.report.data.envelope import Data, Envelope, Environment, one_of
from perfkit.result import Loops, Positive, Result, Speedup, Verdict

__all__ = ["TrapDocument", "trap_data"]

Share = Annotated[float, Meta(ge=0, le=1)]


class TimeData(Data, frozen=True, kw_only=True):
    """Nanoseconds of a call, with their interval at 95 %."""

    point: Positive
    low: Positive
    high: Positive


class PathData(Data, frozen=True, kw_only=True):
    """After each call the shares of all numbers that are normal, subnormal and zero."""

    normal: tuple[Share, ...]
    subnormal: tuple[Share, ...]
    zero: tuple[Share, ...]


class NaiveData(Data, frozen=True, kw_only=True):
    """What the loop says of the form in place; `speedup` (before/after) is null where there is no other form.

    `slowest_over_first`: the time of its slowest ten calls by that of its first ten.
    """

    time_ns: TimeData
    speedup: Speedup | None
    slowest_over_first: Positive
    data: PathData


class FreshData(Data, frozen=True, kw_only=True):
    """What fresh inputs for every call say of the same."""

    verdict: Verdict
    time_ns: TimeData | None
    speedup: Speedup | None
    equal_output: bool


class ClaimData(Data, frozen=True, kw_only=True):
    """What somebody said: so many times slower."""

    slower: Positive
    source: str


class OneTrapData(Data, frozen=True, kw_only=True):
    """One loop on its own output, of so many calls. `recipe`: the same change in the catalogue, or empty."""

    name: str
    calls: Loops
    recipe: str
    claim: ClaimData | None
    naive: NaiveData
    fresh: FreshData | None


class PenaltyData(Data, frozen=True, kw_only=True):
    """Time with subnormals by time without, with its interval at 95 %."""

    operation: str
    dtype: str
    of: Annotated[str, one_of(["inputs", "results"])]
    ratio: Positive
    low: Positive
    high: Positive


class TrapDocument(Envelope, frozen=True, kw_only=True):
    """perfkit bench --trap"""

    command: Literal["bench --trap"] = "bench --trap"
    seed: int
    environment: Environment
    traps: Annotated[tuple[OneTrapData, ...], Meta(min_length=1)]
    penalties: tuple[PenaltyData, ...]


def trap_data(shown: Sequence[Shown], penalties: Sequence[Penalty]) -> TrapDocument:
    """Every trap that was tried, and every operation, as plain data."""
    return TrapDocument(
        seed=shown[0].safe.seed,
        environment=shown[0].safe.environment,
        traps=tuple(map(_one, shown)),
        penalties=tuple(
            PenaltyData(operation=p.operation, dtype=p.dtype, of=p.of, ratio=p.ratio, low=p.low, high=p.high)
            for p in penalties
        ),
    )


def _one(shown: Shown) -> OneTrapData:
    trap, told = shown.trap, shown.naive
    normal, subnormal, zero = zip(*told.path, strict=True)
    return OneTrapData(
        name=trap.name,
        calls=trap.calls,
        recipe=trap.recipe,
        claim=_claim(trap),
        naive=NaiveData(
            time_ns=_time(told.time_ns),
            speedup=told.ratio,
            slowest_over_first=told.worst,
            data=PathData(normal=normal, subnormal=subnormal, zero=zero),
        ),
        fresh=_fresh(shown.fresh) if shown.fresh else None,
    )


def _claim(trap: Trap) -> ClaimData | None:
    return ClaimData(slower=trap.claim, source=trap.source) if trap.claim else None


def _fresh(row: Result) -> FreshData:
    return FreshData(
        verdict=row.verdict,
        time_ns=_time(row.bench.time_ns) if row.bench else None,
        speedup=row.speedup,
        equal_output=row.proof.passed,
    )


def _time(interval: tuple[float, float, float]) -> TimeData:
    return TimeData(**dict(zip(("point", "low", "high"), interval, strict=True)))
