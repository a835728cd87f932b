"""What is asked of the workers of one group in one process, from building its instances to the last checks.

A process is one of those in which a group is measured anew, by its number: one worker of all its roles, or, in the
layout `processes`, one a role.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfkit import schedule
from perfkit.errors import PerfkitError
from perfkit.protocol.measuring import Built, Finish, Finished, Round, RoundSample
from perfkit.session.outcome import Group
from perfkit.session.pending import Pending
from perfkit.session.worker_process import RejectedOutput, WorkerHandle

__all__ = ["BuiltAhead", "Rounds"]


class Rounds:
    """The rounds of one group in one process. `hosts`: the worker of each role, one for all or one each."""

    def __init__(self, group: Group, process: int, hosts: Mapping[str, WorkerHandle], seed: int, about: str) -> None:
        """`about` names them where a worker fails."""
        self.group, self.process, self._hosts = group, process, hosts
        self._seed, self._about = seed, about
        self._workers = _by_worker(hosts)

    def build(self, resolution_ns: int) -> list[Built]:
        """Build the instances and warm them up, worker by worker."""
        return [
            worker.ask(self.group.build(roles, resolution_ns), about=self._about) for worker, roles in self._workers
        ]

    def begin(self, resolution_ns: int) -> Pending[Built]:
        """As `build`, of a single worker and without waiting: other processes may build theirs meanwhile."""
        ((worker, roles),) = self._workers
        return worker.send(self.group.build(roles, resolution_ns), about=self._about)

    def take(self, number: int, loops: Mapping[str, int] | None = None) -> list[RoundSample]:
        """One round: a sample of each role, of so many calls; None: as many as their pilots chose."""
        order = schedule.round_order(self._seed, self.process, self.group.id, number, self.group.roles)
        # in one process a round is one request; in several, each role's sample is one, in the same order
        together = len(self._workers) == 1
        asked: list[tuple[WorkerHandle, Sequence[str]]] = (
            [(self._workers[0][0], order)] if together else [(self._hosts[role], [role]) for role in order]
        )
        taken: list[RoundSample] = []
        for worker, roles in asked:
            request = Round(round=number, order=tuple(roles), loops=dict(loops or {}))
            taken += worker.ask(request, about=self._about).samples
        return taken

    def finish(self) -> list[Finished]:
        """The last checks, worker by worker."""
        return [worker.ask(Finish(), about=self._about) for worker, _ in self._workers]


class BuiltAhead:
    """Instances of one worker that are built before their turn, beside those of other processes."""

    def __init__(self, rounds: Rounds, resolution_ns: int) -> None:
        """Has them begun."""
        self.rounds = rounds
        self._sent = rounds.begin(resolution_ns)
        self._answer: Built | RejectedOutput | PerfkitError | None = None  # None: not waited for yet

    @property
    def group(self) -> Group:
        """What was built."""
        return self.rounds.group

    @property
    def failed(self) -> bool:
        """Whether that went wrong. Waits for it."""
        return isinstance(self.wait(), Exception)

    def wait(self) -> Built | RejectedOutput | PerfkitError:
        """Until they are done. What goes wrong is raised by `answers`, when it is this group's turn."""
        if self._answer is None:
            try:
                self._answer = self._sent.answer()
            except (RejectedOutput, PerfkitError) as failed:
                self._answer = failed
        return self._answer

    def answers(self) -> list[Built]:
        """What its worker answered, as `Rounds.build` gives it. Raises what that did."""
        answer = self.wait()
        if isinstance(answer, Exception):
            raise answer
        return [answer]


def _by_worker(hosts: Mapping[str, WorkerHandle]) -> list[tuple[WorkerHandle, list[str]]]:
    roles: dict[int, tuple[WorkerHandle, list[str]]] = {}
    for role, worker in hosts.items():
        roles.setdefault(id(worker), (worker, []))[1].append(role)
    return list(roles.values())
