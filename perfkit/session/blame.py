"""Who is to blame when an output is refused or a worker dies: each suspect is tried on its own."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from perfkit import schedule
from perfkit.errors import PerfkitError, WorkFailed
from perfkit.proof import Difference
from perfkit.session.outcome import Candidate, Failure, Group, Outcome
from perfkit.session.process import RejectedOutput, WorkerHandle
from perfkit.worker.proof.control import TARGET, not_itself

__all__ = ["Blame", "rejected_on"]

_RETRIED_ROUNDS, _RETRIED_S = 10, 0.5  # at least, of a candidate in whose code a worker died


@contextmanager
def rejected_on(what: str) -> Iterator[None]:
    """Name the workload or seam in a rejection."""
    try:
        yield
    except RejectedOutput as rejected:
        rejected.report["during"] = f"on {what}: {rejected.report['during']}"
        raise


class Blame:
    """Finds who is to blame, and writes it into the outcome as that candidate's trouble."""

    def __init__(self, outcome: Outcome, seed: int, start: Callable[[int], WorkerHandle]) -> None:
        """`start` makes a fresh worker for a process of that number."""
        self._outcome = outcome
        self._seed = seed
        self._start = start
        self._deaths: dict[tuple[str, ...], int] = {}  # workers that died in a candidate's own code

    def alive(self, group: Group) -> Group:
        """The group without the candidates that were rejected or failed."""
        return replace(group, candidates=tuple(c for c in group.candidates if c.key not in self._outcome.failures))

    def attribute_failure(self, group: Group, process: int, report: dict[str, Any]) -> None:
        """An output was refused. Where several candidates share the process, each is tried alone first: one of them
        may have spoilt what another, or the baseline, stands on."""
        named = [c for c in group.candidates if c.role == report["role"]]
        if len(group.candidates) > 1:
            for candidate in (*named, *(c for c in group.candidates if c not in named)):
                alone = self._alone(group, process, (candidate,))
                if isinstance(alone, WorkFailed):
                    self._failed(candidate.key, alone)
                elif alone is not None:
                    self.trouble(candidate.key, alone)
                if named and candidate in named and alone is not None:
                    return
            if any(c.key in self._outcome.failures for c in group.candidates):
                return
        if report["role"] in (schedule.BASELINE, schedule.CONTROL) and report["difference"]:
            alone = self._alone(group, process, ())
            if isinstance(alone, dict) and alone["difference"]:
                said = not_itself(str(Difference(**alone["difference"])))
                report = {**alone, "reason": TARGET, "error": said}
        for candidate in named or group.candidates:  # a baseline that fails leaves nothing to compare with
            self.trouble(candidate.key, report)

    def trouble(self, key: tuple[str, ...], report: dict[str, Any]) -> None:
        """Note what a worker says is wrong with the output of a candidate."""
        if report["reason"] == TARGET:
            text = f"about the target: {_report_text(report)}"
            self._outcome.failures[key] = Failure(verdict="failed", reason=TARGET, text=text)
            return
        if report["role"] in (schedule.BASELINE, schedule.CONTROL):
            text = f"the {report['role']} itself fails: {_report_text(report)}"
            self._outcome.failures[key] = Failure(verdict="failed", reason="exception", text=text)
            return
        self._outcome.failures[key] = Failure(
            verdict="failed" if report["reason"] == "out-of-memory" else "rejected",
            reason=report["reason"],
            text=_report_text(report),
            difference=report["difference"],
        )

    def died(self, group: Group, process: int, failed: WorkFailed) -> None:
        """A worker died: one more try on its own decides whether the candidate is to blame, or the machine.

        Where the trail names the candidate, only that one is tried; where it names the baseline, nobody can be
        compared with it. A candidate whose worker dies twice is to blame even when each try succeeds.
        """
        suspects = [c for c in self.alive(group).candidates if failed.role in ("", c.role)]
        if failed.role in (schedule.BASELINE, schedule.CONTROL):
            suspects = list(self.alive(group).candidates)
            if self._alone(group, process, ()) is not None:
                for candidate in suspects:
                    self._failed(candidate.key, failed, "the baseline itself fails: ")
                return
        for candidate in suspects:
            deaths = self._deaths[candidate.key] = self._deaths.get(candidate.key, 0) + bool(failed.role)
            if failed.reason == "timeout":  # another try would take as long
                self._failed(candidate.key, failed)
                continue
            alone = self._alone(group, process, (candidate,))
            if isinstance(alone, WorkFailed) and failed.role == candidate.role:
                self._failed(candidate.key, failed, again=" (and again on its own)")
            elif isinstance(alone, WorkFailed):
                self._failed(candidate.key, alone)
            elif alone is not None:
                self.trouble(candidate.key, alone)
            elif deaths > 1 and failed.role == candidate.role:
                self._failed(candidate.key, failed, again=" (and before in another process)")
        if not any(c.key in self._outcome.failures for c in suspects):
            self._outcome.warnings.append(f"{failed.message}; it did not happen again on its own")

    def _alone(
        self, group: Group, process: int, candidates: tuple[Candidate, ...]
    ) -> dict[str, Any] | WorkFailed | None:
        """A few rounds of some candidates, or none, in a fresh process: how they fail, or None when they do not."""
        alone = replace(group, candidates=candidates)
        about = f"{group.cell.title}, on its own"
        try:
            with rejected_on(group.cell.part), self._start(process) as worker:
                request = {"roles": list(alone.roles), "resolution_ns": self._outcome.resolution_ns, **alone.request()}
                worker.ask("build", about=about, **request)
                start = time.monotonic()
                for number in itertools.count():
                    if number >= _RETRIED_ROUNDS and time.monotonic() - start >= _RETRIED_S:
                        break
                    order = schedule.round_order(self._seed, process, group.id, number, alone.roles)
                    worker.ask("round", about=about, round=number, order=list(order), loops={})
                worker.ask("finish", about=about)
        except RejectedOutput as rejected:
            return rejected.report
        except WorkFailed as failed:
            return failed
        except PerfkitError as error:
            return WorkFailed(error.message)
        return None

    def _failed(self, key: tuple[str, ...], failed: WorkFailed, prefix: str = "", *, again: str = "") -> None:
        first, _, rest = f"{prefix}{failed.message}".partition("\n")
        text = f"{first}{again}" + (f"\n{rest}" if rest else "")
        self._outcome.failures[key] = Failure(verdict="failed", reason=failed.reason, text=text)


def _report_text(report: Mapping[str, Any]) -> str:
    if report["error"]:
        return f"{report['during']}: {report['error']}"
    return f"{report['during']}: {Difference(**report['difference'])}"
