"""From what a session found to the rows of a benchmark: times with intervals, data, limits. No I/O."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from perfkit.comparison.judge import Judge
from perfkit.comparison.planned_rows import Row
from perfkit.comparison.table_figures import unmeasured
from perfkit.protocol.measuring import DataSeen, FloatsSeen
from perfkit.result import Benched, Floats, Proof, Result
from perfkit.schedule import BASELINE, CONTROL, flushed_role
from perfkit.session.outcome import GroupOutcome
from perfkit.stats.estimate import noise_floor, process_medians, ratio_interval
from perfkit.stats.times import Times
from perfkit.stats.trend import trend_of
from perfkit.stats.verdict import MIN_PROCESSES

__all__ = ["results"]

_SETTLES = math.log(1.05)  # as a log-ratio: a smaller change is no reason for a word
_NO_TIME = "no time was left to measure it: name it, or give --budget"
_NOT_PROVEN = Proof(passed=False, kind="exact", detail="", checked_calls=0)


def results(judge: Judge, rows: Sequence[Row]) -> tuple[Result, ...]:
    """One result a row, in the order of the rows: of a recipe as `compare` has it, of a baseline its time alone."""
    compared = iter(judge.results([row for row in rows if row.recipes]))
    groups = [group for group in judge.outcome.groups.values() if group.samples or group.failed]
    times = {id(group): Times(group.samples) for group in groups}
    found = []
    for row in rows:
        if row.recipes:
            result = next(compared)
            group = next((g for g in groups if g.group.id == result.group), None)
        else:
            group = next((g for g in groups if g.group.cell == row.cell and g.group.alone), None)
            result = _alone(row, group, times[id(group)] if group else None, judge)
        if group is not None:
            result = _benched(result, group, times[id(group)], judge.outcome.resolution_ns)
        elif result.verdict == "unavailable" and not row.remark:
            result = replace(result, note=_NO_TIME)
        found.append(result)
    return tuple(found)


def _alone(row: Row, group: GroupOutcome | None, times: Times | None, judge: Judge) -> Result:
    """The baseline by itself: `measured`, or why it is not."""
    plain = unmeasured(
        row,
        named=f"{row.cell.target}/{' / '.join(row.cell.words)}",
        group=group.group.id if group else "",
        role=BASELINE if group else "",
        margin=judge.margin,
        proof=_NOT_PROVEN,
    )
    if group is None or times is None:
        return plain
    if group.failed is not None:
        return replace(plain, verdict="failed", reason=group.failed.reason, note=group.failed.text)
    pairs = times.pairs(CONTROL)
    if pairs.processes < 2:
        return replace(plain, verdict="undecided", note="too few processes were measured", processes=pairs.processes)
    blur = _blur(times, judge.outcome.resolution_ns)
    return replace(
        plain,
        verdict="measured",
        baseline_ns=pairs.typical_before_ns(),
        noise_floor=noise_floor(pairs.estimate(0.95, blur)),
        processes=pairs.processes,
        rounds=pairs.process.size,
        loops={role: group.loops[role] for role in (BASELINE, CONTROL) if role in group.loops},
        stopped_by=group.stopped_by,
        units=group.units,
    )


def _benched(result: Result, group: GroupOutcome, times: Times, resolution_ns: int) -> Result:
    """A row with what a benchmark tells of it besides; as it is where it was not timed."""
    role = result.role
    pairs = times.pairs(CONTROL if role == BASELINE else role)
    if result.baseline_ns is None or pairs.processes < 2:
        return result
    own_ns = pairs.before_ns if role == BASELINE else pairs.after_ns
    blur = _blur(times, resolution_ns)
    estimate = ratio_interval(process_medians(np.log(own_ns), pairs.process), 0.95, blur)
    own = [sample for sample in group.samples if sample.role == role]
    flagged = dict.fromkeys(flag for sample in own for flag in sample.flags if flag != "repeated")
    data = group.data or DataSeen("", FloatsSeen(), FloatsSeen())
    least = data.least
    tax = times.pairs(flushed_role(role), role)
    told = tax.processes >= MIN_PROCESSES
    benched = Benched(
        time_ns=estimate.ratio(),
        data=data.words,
        inputs=_floats(data.inputs),
        outputs=_floats(data.outputs),
        least=(least.operations, least.read) if least else None,
        rate=(least.operating, least.reading) if least else None,
        settling=_settling(pairs.process, own_ns),
        retaken=sum("repeated" in sample.flags for sample in own),
        flagged=tuple(flagged),
        tax=tax.estimate(0.95, blur).speedup() if told else None,
        unreached=group.unreached if told else 0,
    )
    return replace(result, bench=benched)


def _settling(process: NDArray[np.int64], own_ns: NDArray[np.float64]) -> tuple[float, float] | None:
    """The time of a call at first and at last in a process, where calls surely become faster: nothing has settled.

    The interpreter specialises code that runs often, compilers work in stages, tables fill.
    """
    trend = trend_of(process, np.log(own_ns))
    if trend is None or trend.change.high >= 0 or trend.change.point > -_SETTLES:
        return None
    return float(np.exp(trend.first)), float(np.exp(trend.last))


def _floats(seen: FloatsSeen) -> Floats:
    return Floats(floats=seen.floats, subnormal=seen.subnormal, nonfinite=seen.nonfinite, zero=seen.zero)


def _blur(times: Times, resolution_ns: int) -> float:
    """What the clock cannot tell apart, as a log-ratio."""
    return float(np.log1p(resolution_ns / max(1.0, times.shortest_ns)))
