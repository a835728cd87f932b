"""What a session of benchmarks found, as a document. No I/O but a look at the clock and the machine's counters."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from perfkit.comparison.document import document_of
from perfkit.comparison.judge import Judge
from perfkit.comparison.partial import reached_rows
from perfkit.comparison.planned_rows import Row
from perfkit.machine import counters
from perfkit.microbench.judge import results
from perfkit.result import CutShort, Document
from perfkit.session.outcome import Outcome
from perfkit.settings import Settings, Watcher

__all__ = ["UnderWay"]


@dataclass(slots=True, kw_only=True)
class UnderWay:
    """A session that has begun: what it has found so far can be had at any time."""

    judge: Judge
    settings: Settings
    command: str
    rows: Sequence[Row] = ()
    start_s: float = field(default_factory=time.monotonic)
    before: dict[str, float] = field(default_factory=dict)  # the machine's counters when the measuring began

    def measuring(self, rows: Sequence[Row]) -> None:
        """These will be the rows, and the sampling is about to begin."""
        self.rows, self.before = rows, counters.counters()

    def document_after(self, measure: Callable[[], None], watcher: Watcher) -> Document:
        """What there is once `measure` is done, or Ctrl-C has stopped it: then with status `interrupted`.

        Raises CutShort, with what there is, where it fails once something has been sampled that has not.
        """
        cut_short = False
        try:
            with watcher.interruptible():
                measure()
        except KeyboardInterrupt:
            cut_short = True
        except Exception as error:
            if not any(group.samples and not group.failed for group in self.judge.outcome.groups.values()):
                raise
            raise CutShort(error, self._document(cut_short=True)) from error
        return self._document(cut_short=cut_short)

    def _document(self, *, cut_short: bool) -> Document:
        """What there is; `cut_short`: as interrupted, without rows that say nothing yet."""
        outcome = self.judge.outcome
        found = results(self.judge, self.rows)
        return document_of(
            outcome,
            self.settings,
            reached_rows(self.rows, found) if cut_short else found,
            command=self.command,
            start_s=self.start_s,
            before=self.before,
            status="interrupted" if cut_short else None,
            warnings=tuple(_beside(outcome)),
        )


def _beside(outcome: Outcome) -> Iterator[str]:
    """What calls do beside what they give, which makes their time mean something else."""
    for (workload, _), counted in outcome.seams.items():
        if counted.busy:
            yield f"{workload} keeps running after its calls return: what it does then is in no time here"
    changed = sorted({name for group in outcome.groups.values() for name in group.changed})
    if changed:
        yield f"calls change {', '.join(changed)}, for all code of the process"
