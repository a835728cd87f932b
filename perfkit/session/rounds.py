"""What is asked of the workers of one group in one process, from building its instances to the last checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from perfkit import schedule
from perfkit.errors import PerfkitError
from perfkit.protocol.measuring import Built, Finish, Finished, Round, RoundSample
from perfkit.session.outcome import Group
from perfkit.session.worker_process import Pending, RejectedOutput, WorkerHandle

__all__ = ["BuiltAhead", "Rounds"]


class Rounds:
    """The rounds of one group in one process. `hosts`: the worker of each role, one for all or one each."""

    def __init__(self, group: Group, process: int, hosts: Mapping[str, WorkerHandle], seed: int, about: str) -> None:
        """`about` names them where a worker fails."""
        self.group, self.process, self._hosts = group, process, hosts
        self._seed, self._about = seed, about
        self._workers = _by_worker(hosts)

    def build(self, resolution_ns: int) -> Iterator[Built]:
        """Build the instances and warm them up, worker by worker."""
        for worker, roles in self._workers:
            yield worker.ask(self.group.build(roles, resolution_ns), about=self._about)

    def begin(self, resolution_ns: int) -> Iterator[Pending[Built]]:
        """As `build`, without waiting: other workers may build theirs meanwhile."""
        for worker, roles in self._workers:
            yield worker.send(self.group.build(roles, resolution_ns), about=self._about)

    def take(self, number: int, loops: Mapping[str, int]) -> list[RoundSample]:
        """One round: a sample of each role. Where `loops` is empty, as many calls as their pilots chose."""
        order = schedule.round_order(self._seed, self.process, self.group.id, number, self.group.roles)
        # in one process a round is one request; in several, each role's sample is one, in the same order
        together = len(self._workers) == 1
        asked: list[tuple[WorkerHandle, Sequence[str]]] = (
            [(self._workers[0][0], order)] if together else [(self._hosts[role], [role]) for role in order]
        )
        taken: list[RoundSample] = []
        for worker, roles in asked:
            request = Round(round=number, order=tuple(roles), loops=dict(loops))
            taken += worker.ask(request, about=self._about).samples
        return taken

    def finish(self) -> Iterator[Finished]:
        """The last checks, worker by worker."""
        for worker, _ in self._workers:
            yield worker.ask(Finish(), about=self._about)


class BuiltAhead:
    """Instances that are built before their turn, beside those of other processes."""

    def __init__(self, rounds: Rounds) -> None:
        self.rounds = rounds
        self._sent: list[Pending[Built]] = []
        self._built: list[Built] = []
        self._failed: Exception | None = None

    @property
    def group(self) -> Group:
        """What was built."""
        return self.rounds.group

    def begin(self, resolution_ns: int) -> None:
        """Have its workers begin."""
        self._sent = list(self.rounds.begin(resolution_ns))

    def wait(self) -> None:
        """Until they are done. What goes wrong is raised by `answers`, when it is this group's turn."""
        try:
            self._built = [sent.answer() for sent in self._sent]
        except (RejectedOutput, PerfkitError) as failed:
            self._failed = failed

    def answers(self) -> list[Built]:
        """What its workers answered. Raises what they did."""
        if self._failed is not None:
            raise self._failed
        return self._built


def _by_worker(hosts: Mapping[str, WorkerHandle]) -> list[tuple[WorkerHandle, list[str]]]:
    roles: dict[int, tuple[WorkerHandle, list[str]]] = {}
    for role, worker in hosts.items():
        roles.setdefault(id(worker), (worker, []))[1].append(role)
    return list(roles.values())
