"""Extreme inputs of a workload, tried on baseline and candidate: the parent's part.

One extreme after the other in a process of its own; where the process dies or answers no more, its last words say
whose code it was, and the next extremes go to a fresh one.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from perfkit import numbers, schedule
from perfkit.errors import WorkFailed
from perfkit.protocol.extremes import AttemptExtreme, Expected, ExpectExtreme, OpenExtremes
from perfkit.session.outcome import Extreme, ExtremesTried
from perfkit.session.worker_process import RejectedOutput, WorkerHandle
from perfkit.tree import Difference

__all__ = ["try_extremes"]

_BUDGET_S = 2.0  # of trying; starting processes comes on top
_EACH_S = 5.0  # that the baseline, or the candidate, may take for one
_TIMES = 20  # what the baseline takes, where that is longer
_MOST_DEATHS = 3


def try_extremes(
    start: Callable[[], WorkerHandle],
    request: OpenExtremes,
    about: str,
    *,
    budget_s: float = _BUDGET_S,
    each_s: float = _EACH_S,
    clock: Callable[[], float] = time.monotonic,
) -> ExtremesTried:
    """Try a candidate on the extremes of one workload, as `request` names both, within a budget of seconds.

    A candidate that does not answer within `each_s`, or 20 times what the baseline takes, is taken to hang.
    Raises WorkFailed or RejectedOutput where not even an ordinary call goes well.
    """
    tried = ExtremesTried()
    number, spent_s, deaths = 0, 0.0, 0
    while deaths < _MOST_DEATHS:
        with start() as worker:
            names = worker.ask(request, about=about).names
            tried.of, died = len(names), False
            while number < len(names) and spent_s < budget_s and not died:
                before = clock()
                died = _one(worker, names[number], number, about, tried, each_s)
                spent_s += clock() - before
                number += 1
        deaths += died
        if number == len(names) or spent_s >= budget_s:
            break
    return tried


def _one(worker: WorkerHandle, name: str, number: int, about: str, tried: ExtremesTried, each_s: float) -> bool:
    """Try one extreme and note what became of it; answers whether the worker is lost."""
    expected: Expected | None = None
    try:
        expected = worker.ask(ExpectExtreme(number), about=about, within_s=each_s)
        if expected.usable:
            within_s = max(each_s, _TIMES * expected.elapsed_ns / 1e9)
            got = worker.ask(AttemptExtreme(number), about=about, within_s=within_s)
            tried.count += got.usable
            if got.difference is not None:
                name = name if got.alone else f"{name}, after other extremes"
                tried.found.append(_found(name, got.difference))
    except RejectedOutput as rejected:
        rejection = rejected.rejection
        if rejection.role == schedule.CANDIDATE:
            tried.count += 1
            words = f"for {name}: the candidate {rejection.error}"
            tried.found.append(Extreme(words=words, reason=rejection.reason))
    except WorkFailed as failed:
        is_candidates = failed.role == schedule.CANDIDATE and failed.reason != "out-of-memory"
        if is_candidates and expected is not None and expected.usable:
            tried.count += 1
            words = f"for {name}: {_ended(failed, expected.elapsed_ns)}"
            tried.found.append(Extreme(words=words, reason=failed.reason))
        return True
    return False


def _found(name: str, difference: Difference) -> Extreme:
    """A difference in words: where an exception is in play, what each side does."""
    if difference.why == "a different outcome":
        sides = f"the baseline {difference.expected}, the candidate {difference.got}"
        return Extreme(words=f"for {name}: {' '.join(sides.split())}", difference=difference)
    said = str(difference).removeprefix("a different value at output: ")
    return Extreme(words=f"for {name}: {' '.join(said.split())}", difference=difference)


def _ended(failed: WorkFailed, baseline_ns: int) -> str:
    """How the candidate ended its process, or that it did not answer."""
    said = failed.message.partition("\n")[0].rpartition(": ")[2]
    return said + (f" (the baseline takes {numbers.time(baseline_ns)})" if failed.reason == "timeout" else "")
