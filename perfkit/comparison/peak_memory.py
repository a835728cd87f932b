"""The second pass: peak memory, of the rows where it was asked for or is claimed. Nothing here is on a clock.

Each variant runs in fresh processes of its own, few of them: what is counted hardly differs from one to the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack

from perfkit import schedule
from perfkit.catalog import RecipeEntry
from perfkit.cell import IN_PROCESS
from perfkit.comparison.claims import speaks_of
from perfkit.comparison.plan import Plan
from perfkit.comparison.planned_rows import Row
from perfkit.errors import PerfkitError
from perfkit.protocol.peak_memory import TakePeak
from perfkit.schedule import SLOW_CALL_NS
from perfkit.session.outcome import Outcome
from perfkit.session.session import Session
from perfkit.session.worker_process import RejectedOutput
from perfkit.stats.peak_memory import Counted

__all__ = ["add_peaks"]

_PROCESSES = 3  # of each variant
_AT_ONCE = 2  # of them: nothing is timed
_CALLS = 3  # on one instance, so that what it keeps is seen; of a slow call one


def add_peaks(
    session: Session,
    plan: Plan,
    rows: Sequence[Row],
    entries: Mapping[str, RecipeEntry],
    report: Callable[[str, float], None],
) -> None:
    """Count the peak memory of rows whose candidates are right; what goes wrong here becomes a warning."""
    outcome = session.outcome
    for row in rows:
        entry = entries[row.recipes[0]] if len(row.recipes) == 1 else None
        claim = entry.recipe.memory_claim if entry else None
        claimed = claim is not None and speaks_of(claim, row.cell, plan.target)
        if not (plan.memory or claimed) or not _is_able(row, outcome):
            continue
        names = "+".join(name.rpartition("/")[2] for name in row.recipes)
        report(f"peak memory of {names} on {row.cell.part}", 0.0)
        try:
            for role, recipes in ((schedule.BASELINE, ()), (schedule.CANDIDATE, row.recipes)):
                if (row.cell, recipes) not in outcome.peaks:
                    outcome.peaks[row.cell, recipes] = tuple(_take(session, row, role, recipes))
        except RejectedOutput as rejected:
            outcome.warn(f"{names}: no peak memory: {rejected.rejection.text}")
        except PerfkitError as error:
            outcome.warn(f"{names}: no peak memory: {error.message}")


def _is_able(row: Row, outcome: Outcome) -> bool:
    """Whether a row's memory can be counted: its candidate is right and called. Cold and warm take the same."""
    cell = row.cell
    return not (
        row.remark
        or cell.is_cold
        or cell.layout != IN_PROCESS
        or outcome.on_other_threads(cell)
        or row.key in outcome.failures
        or row.place in outcome.not_exercised
    )


def _take(session: Session, row: Row, role: str, recipes: tuple[str, ...]) -> Iterator[Counted]:
    slow = session.outcome.call_ns(row.cell) > SLOW_CALL_NS
    request = TakePeak(role=role, cell=row.cell, recipes=recipes, calls=1 if slow else _CALLS)
    about = f"peak memory of {', '.join(recipes) or 'the baseline'} on {row.cell.part}"
    for first in range(0, _PROCESSES, _AT_ONCE):
        with ExitStack() as stack:
            counting = [
                stack.enter_context(session.worker(process)).send(request, about=about)
                for process in range(first, min(first + _AT_ONCE, _PROCESSES))
            ]
            found = [sent.answer() for sent in counting]
        for taken in found:
            yield Counted(traced=taken.traced_bytes, rss=taken.rss_bytes, torch=taken.torch)
