"""Who is to blame when an output is refused or a worker dies: each suspect is tried on its own."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import msgspec

from perfkit import schedule
from perfkit.errors import PerfkitError, RecipeConflict, WorkFailed
from perfkit.protocol.failing import Rejection
from perfkit.remarks import failing_itself
from perfkit.session.outcome import Candidate, Failure, Group, Outcome
from perfkit.session.rounds import Rounds
from perfkit.session.worker_process import RejectedOutput, WorkerHandle
from perfkit.worker.proof.control import TARGET, not_itself

__all__ = ["Blame", "failure_of", "noting_failure", "rejected_on"]

_BASELINES = (schedule.BASELINE, schedule.CONTROL)
_RETRIED_ROUNDS, _RETRIED_S = 10, 0.5  # at least, of a candidate in whose code a worker died
_LONGEST_S = 8.0  # but no more begin after that: a group of slow calls may have two dozen candidates


@contextmanager
def rejected_on(what: str) -> Iterator[None]:
    """Name the workload or seam in a rejection."""
    try:
        yield
    except RejectedOutput as rejected:
        during = f"on {what}: {rejected.rejection.during}"
        rejected.rejection = msgspec.structs.replace(rejected.rejection, during=during)
        raise


@contextmanager
def noting_failure(outcome: Outcome, key: tuple[str, ...]) -> Iterator[None]:
    """Turn whatever goes wrong with a candidate into its failure; the others go on."""
    try:
        yield
    except RejectedOutput as rejected:
        outcome.note_failure(key, failure_of(rejected.rejection))
    except RecipeConflict as conflict:
        outcome.note_failure(key, Failure(verdict="rejected", reason="conflict", text=conflict.message))
    except PerfkitError as error:
        outcome.note_failure(key, Failure.of_error(error))


def failure_of(rejection: Rejection) -> Failure:
    """What a rejection means for the candidate that was measured."""
    if rejection.reason == TARGET:
        return Failure(verdict="failed", reason=TARGET, text=f"about the target: {rejection.text}")
    if rejection.role in _BASELINES:
        text = f"{failing_itself(rejection.role)}{rejection.text}"
        return Failure(verdict="failed", reason="exception", text=text)
    return Failure(
        verdict="failed" if rejection.reason == "out-of-memory" else "rejected",
        reason=rejection.reason,
        text=rejection.text,
        difference=rejection.difference,
    )


class Blame:
    """Finds who is to blame, and writes it into the outcome as that candidate's failure."""

    def __init__(self, outcome: Outcome, seed: int, start: Callable[[int], WorkerHandle]) -> None:
        """`start` makes a fresh worker for a process of that number."""
        self._outcome = outcome
        self._seed = seed
        self._start = start
        self._deaths: dict[tuple[str, ...], int] = {}  # workers that died in a candidate's own code
        # groups of which a worker died, and candidates of theirs (none: the baseline) of which none did again
        self._cleared: set[tuple[str, tuple[str, ...]]] = set()

    def alive(self, group: Group) -> Group:
        """The group without the candidates that were rejected or failed."""
        return replace(group, candidates=tuple(c for c in group.candidates if c.key not in self._outcome.failures))

    def attribute_failure(self, group: Group, process: int, rejection: Rejection) -> None:
        """An output was refused. Where several candidates share the process, each is tried alone first: one of them
        may have spoilt another, or the baseline."""
        named = [c for c in group.candidates if c.role == rejection.role]
        if len(group.candidates) > 1 and self._found_alone(group, process, named):
            return
        if rejection.role in _BASELINES and rejection.difference:
            alone = self._alone(group, process, ())
            if isinstance(alone, Rejection) and alone.difference:
                rejection = msgspec.structs.replace(alone, reason=TARGET, error=not_itself(str(alone.difference)))
        for candidate in named or group.candidates:  # a baseline that fails leaves nothing to compare with
            self._outcome.note_failure(candidate.key, failure_of(rejection))

    def _found_alone(self, group: Group, process: int, named: Sequence[Candidate]) -> bool:
        """Try each candidate on its own, the named first and, where one fails, no further; whether any has failed."""
        for candidate in (*named, *(c for c in group.candidates if c not in named)):
            alone = self._alone(group, process, (candidate,))
            if alone is not None:
                self._note(candidate, alone)
            if alone is not None and candidate in named:
                return True
        return any(c.key in self._outcome.failures for c in group.candidates)

    def died(self, group: Group, process: int, failed: WorkFailed) -> None:
        """A worker died: one more try on its own decides whether the candidate is to blame, or the machine.

        Where the breadcrumb names the candidate, only that one is tried; where it names the baseline, nobody can be
        compared with it. A candidate whose worker dies twice is to blame even when each try succeeds. Where nobody was
        found, nobody is tried once more in later processes: of slow calls a try takes as long as what is measured.
        """
        alive = self.alive(group).candidates
        suspects = [c for c in alive if failed.role in ("", c.role)]
        if failed.role in _BASELINES:
            suspects = list(alive)
            if self._tried(group, process, ()) is not None:
                for candidate in suspects:
                    self._failed(candidate.key, failed, failing_itself(schedule.BASELINE))
                return
        cleared = {(group.id, c.key) for c in suspects} | ({(group.id, ())} if failed.role in _BASELINES else set())
        before = "" if cleared - self._cleared else ", when it was tried in an earlier process"
        for candidate in suspects:
            self._try_again(group, process, candidate, failed)
        if not any(c.key in self._outcome.failures for c in suspects):
            self._outcome.warn(f"{failed.message}; it did not happen again on its own{before}")
            self._cleared |= cleared

    def _try_again(self, group: Group, process: int, candidate: Candidate, failed: WorkFailed) -> None:
        """Note it where a candidate is to blame for a worker that died."""
        deaths = self._deaths[candidate.key] = self._deaths.get(candidate.key, 0) + bool(failed.role)
        if failed.reason == "timeout":  # another try would take as long
            self._failed(candidate.key, failed)
            return
        alone = self._tried(group, process, (candidate,))
        own = failed.role == candidate.role
        if own and isinstance(alone, WorkFailed):
            self._failed(candidate.key, failed, again=" (and again on its own)")
        elif alone is not None:
            self._note(candidate, alone)
        elif own and deaths > 1:
            self._failed(candidate.key, failed, again=" (and before in another process)")

    def _tried(self, group: Group, process: int, candidates: tuple[Candidate, ...]) -> Rejection | WorkFailed | None:
        """As `_alone`, unless that is known from an earlier process."""
        key = candidates[0].key if candidates else ()
        return None if (group.id, key) in self._cleared else self._alone(group, process, candidates)

    def _alone(self, group: Group, process: int, candidates: tuple[Candidate, ...]) -> Rejection | WorkFailed | None:
        """A few rounds of some candidates, or none, in a fresh process: how they fail, or None when they do not."""
        alone = replace(group, candidates=candidates)
        try:
            with rejected_on(group.cell.part), self._start(process) as worker:
                hosts = dict.fromkeys(alone.roles, worker)
                rounds = Rounds(alone, process, hosts, self._seed, f"{group.cell.title}, on its own")
                rounds.build(self._outcome.resolution_ns)
                start = time.monotonic()
                for number in itertools.count():
                    taken_s = time.monotonic() - start
                    enough_s = _RETRIED_S if number >= _RETRIED_ROUNDS else _LONGEST_S
                    if number and taken_s >= enough_s:
                        break
                    rounds.take(number)
                rounds.finish()
        except RejectedOutput as rejected:
            return rejected.rejection
        except WorkFailed as failed:
            return failed
        except PerfkitError as error:
            return WorkFailed(error.message)
        return None

    def _note(self, candidate: Candidate, how: Rejection | WorkFailed) -> None:
        """Note how a candidate failed on its own."""
        if isinstance(how, WorkFailed):
            self._failed(candidate.key, how)
        else:
            self._outcome.note_failure(candidate.key, failure_of(how))

    def _failed(self, key: tuple[str, ...], failed: WorkFailed, prefix: str = "", *, again: str = "") -> None:
        first, _, rest = f"{prefix}{failed.message}".partition("\n")
        text = f"{first}{again}" + (f"\n{rest}" if rest else "")
        self._outcome.note_failure(key, Failure.of_error(failed, text=text))
