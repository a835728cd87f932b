"""The proofs of one candidate, by as many workers as there are, beside each other."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from perfkit.errors import PerfkitError
from perfkit.protocol.proving import Prove, Proven, ProveSeam
from perfkit.session.blame import rejected_on
from perfkit.session.outcome import Candidate
from perfkit.session.pending import Pending, Waiting, first_done
from perfkit.session.worker_process import RejectedOutput, WorkerHandle

__all__ = ["Proof", "ProofQueue"]

Proof = Prove | ProveSeam


class _Sent(NamedTuple):
    number: int
    proof: Proof
    worker: WorkerHandle


class ProofQueue:
    """What is left of a list of proofs: one worker takes from its front, the others from its back.

    What is measured stands in front, so that what is wrong with it is found soon, and what takes longest often stands
    at the back. `first`: by worker, the first that it was given.
    """

    def __init__(
        self,
        candidate: Candidate,
        proofs: Sequence[Proof],
        report: Callable[[str, float], None],
        passed: Callable[[Proof, Proven], None],
        idle: Callable[[], None] = lambda: None,
    ) -> None:
        """`passed` hears of each that has; `idle` is called once nothing is left for a worker while others prove."""
        self.first: dict[WorkerHandle, Proof] = {}
        self._candidate, self._report, self._passed, self._idle = candidate, report, passed, idle
        self._left = deque(enumerate(proofs))
        self._sent: dict[Pending[Proven], _Sent] = {}
        self._failed: dict[int, Exception] = {}

    def begin(self, workers: Sequence[WorkerHandle]) -> None:
        """Give each of some workers one from the back, and go on with something else."""
        for worker in workers:
            if self._left:
                self._send(worker, *self._left.pop())

    def end(self, front: WorkerHandle) -> Waiting:
        """Have all done. Raises what the first in their order raises; none is begun after a failure."""
        self._give(front, front)
        while self._sent:
            yield [*self._sent]
            done = first_done(self._sent)
            sent = self._sent.pop(done)
            try:
                with rejected_on(sent.proof.about):
                    proven = done.answer()
            except (RejectedOutput, PerfkitError) as failure:
                self._failed[sent.number] = failure
                continue
            self._passed(sent.proof, proven)
            if not self._give(sent.worker, front) and self._sent and not self._failed:
                self._idle()
        if self._failed:
            raise self._failed[min(self._failed)]

    def _give(self, worker: WorkerHandle, front: WorkerHandle) -> bool:
        """Whether there was something left for it."""
        if not self._left or self._failed:
            return False
        self._send(worker, *(self._left.popleft() if worker is front else self._left.pop()))
        return True

    def _send(self, worker: WorkerHandle, number: int, proof: Proof) -> None:
        self._report(f"proving {self._candidate.names} on {proof.about}", 0.0)
        self.first.setdefault(worker, proof)
        sent = worker.send(proof, about=f"proof of {self._candidate.names} on {proof.about}")
        self._sent[sent] = _Sent(number, proof, worker)
