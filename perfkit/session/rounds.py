"""What is asked of the workers of one group in one process, from building its instances to the last checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from perfkit import schedule
from perfkit.protocol.measuring import Built, Finish, Finished, Round, RoundSample
from perfkit.session.outcome import Group
from perfkit.session.process import WorkerHandle

__all__ = ["Rounds"]


class Rounds:
    """The rounds of one group in one process. `hosts`: the worker of each role, one for all or one each."""

    def __init__(self, group: Group, process: int, hosts: Mapping[str, WorkerHandle], seed: int, about: str) -> None:
        """`about` names them where a worker fails."""
        self._group, self._process, self._hosts = group, process, hosts
        self._seed, self._about = seed, about
        self._workers = _by_worker(hosts)

    def build(self, resolution_ns: int) -> Iterator[Built]:
        """Build the instances and warm them up, worker by worker."""
        for worker, roles in self._workers:
            yield worker.ask(self._group.build(roles, resolution_ns), about=self._about)

    def take(self, number: int, loops: Mapping[str, int]) -> list[RoundSample]:
        """One round: a sample of each role. Where `loops` is empty, as many calls as their pilots chose."""
        order = schedule.round_order(self._seed, self._process, self._group.id, number, self._group.roles)
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


def _by_worker(hosts: Mapping[str, WorkerHandle]) -> list[tuple[WorkerHandle, list[str]]]:
    roles: dict[int, tuple[WorkerHandle, list[str]]] = {}
    for role, worker in hosts.items():
        roles.setdefault(id(worker), (worker, []))[1].append(role)
    return list(roles.values())
