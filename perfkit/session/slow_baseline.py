"""Is the baseline slower beside a candidate than alone? A ratio of the two would then flatter the candidate.

The counting pass has clocked the baseline in a process without any candidate. Where it is far slower in the rounds, it
is measured once more alone, and beside each candidate of its group, before anything is said.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import replace

from perfkit import numbers, schedule
from perfkit.errors import PerfkitError
from perfkit.session.outcome import Candidate, Group, Outcome
from perfkit.session.rounds import Rounds
from perfkit.session.worker_process import RejectedOutput, WorkerHandle

__all__ = ["Company"]

_SLOWER = 3.0  # no other state of a machine or of its caches lasts through all rounds and does as much
_ROUNDS = 7


class Company:
    """Compares the baseline's time in the rounds with that alone, and warns once a group and candidate."""

    def __init__(self, outcome: Outcome, seed: int, start: Callable[[int], WorkerHandle]) -> None:
        """`start` makes a fresh worker for a process of that number."""
        self._outcome, self._seed, self._start = outcome, seed, start
        self._looked_into: set[str] = set()

    def check(self, group: Group, process: int) -> None:
        """After the rounds of a group in one process: add a warning for each candidate that slows the baseline."""
        cell = group.cell
        counted = self._outcome.counted(cell)
        if counted is None or cell.kind == "micro" or cell.state == "cold" or group.id in self._looked_into:
            return
        samples = self._outcome.groups[group.id].samples
        taken = [s.elapsed_ns / s.loops for s in samples if s.process == process and s.role == schedule.BASELINE]
        if not taken or statistics.median(taken) < _SLOWER * counted.call_ns:
            return
        self._looked_into.add(group.id)
        alone_ns = self._baseline_ns(group, process, ())
        for candidate in group.candidates:
            beside_ns = self._baseline_ns(group, process, (candidate,)) if alone_ns else None
            if alone_ns and beside_ns and beside_ns >= _SLOWER * alone_ns:
                names, ratio = candidate.names, beside_ns / alone_ns
                where = f"{cell.workload}: the baseline is {numbers.ratio(ratio)} slower beside {names} than alone"
                self._outcome.warn(f"{where}, so the speed-up of {names} is of something else")

    def _baseline_ns(self, group: Group, process: int, candidates: tuple[Candidate, ...]) -> float | None:
        """The baseline's time a call in a fresh process, beside its control and these; None where that fails."""
        company = replace(group, candidates=candidates)
        about = f"{group.cell.title}, the baseline beside {len(candidates)} candidates"
        try:
            with self._start(process) as worker:
                rounds = Rounds(company, process, dict.fromkeys(company.roles, worker), self._seed, about)
                rounds.build(self._outcome.resolution_ns)
                samples = [s for number in range(_ROUNDS) for s in rounds.take(number)]
        except (RejectedOutput, PerfkitError):  # that it fails is found and said where the group is measured
            return None
        return statistics.median(s.elapsed_ns / s.loops for s in samples if s.role == schedule.BASELINE)
