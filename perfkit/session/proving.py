"""The proof of each candidate, before it is measured; one call of each where nothing of it is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace

import msgspec

from perfkit.errors import PerfkitError
from perfkit.protocol.proving import Prove, Proven, ProveUntouched, Settle
from perfkit.session.blame import noting_failure
from perfkit.session.counting import Place
from perfkit.session.open_worker import Reserve
from perfkit.session.outcome import Candidate, Outcome, ProofTally
from perfkit.session.pending import Waiting, beside_each_other
from perfkit.session.proof_queue import Proof, ProofQueue
from perfkit.session.proof_workers import ProofWorkers
from perfkit.session.worker_process import RejectedOutput, WorkerHandle

__all__ = ["Examination", "Prover"]

_ONE_CALL = 2  # compared calls, at two sizes: no more than these are not a whole proof


@dataclass(frozen=True, slots=True)
class Examination:
    """What is to be found out about one candidate.

    `places`: where to look for calls of the seams it touches; where there are none it is not exercised.
    """

    candidate: Candidate
    places: Sequence[Place]
    touched: Sequence[str]
    proofs: Sequence[Proof]


class Prover:
    """Sees that candidates are called, and proves them; what it finds is noted in the outcome."""

    def __init__(
        self, outcome: Outcome, workers: ProofWorkers, report: Callable[[str, float], None], reserve: Reserve
    ) -> None:
        """`report` hears what is being done; `reserve`: what is opened as soon as the last proofs have no work for all
        workers."""
        self._outcome, self._workers, self._report, self._reserve = outcome, workers, report, reserve
        self._shares = False

    @contextmanager
    def sharing(self) -> Iterator[None]:
        """Have a worker in which a candidate has left nothing prove the next one too, instead of a fresh one.

        Each candidate has one worker, and as many candidates are proven at once as may work beside each other. What is
        refused in a worker that has proven others is proven once more in a fresh one, and is refused only if that does.
        """
        self._shares = True
        try:
            yield
        finally:
            self._shares = False
            self._workers.close_clean()

    def examine(self, wanted: Iterable[Examination]) -> None:
        """See that each candidate is called, and prove it, in workers of its own; note what was found."""
        at_once = self._workers.at_once if self._shares else 1
        try:
            beside_each_other((self._examined(one) for one in wanted), at_once, self._reserve.begin)
        except BaseException:
            self._reserve.close()
            raise

    def _examined(self, wanted: Examination) -> Waiting:
        candidate = wanted.candidate
        before = self._outcome.proofs.setdefault(candidate.key, ProofTally())
        called = [place for place in wanted.places if self.is_called(candidate, place, wanted.touched)]
        if not called:
            return
        reused = self._workers.any_clean
        with noting_failure(self._outcome, candidate.key):
            try:
                yield from self._proven(candidate, called[0], wanted.proofs)
            except (RejectedOutput, PerfkitError):
                if not reused:
                    raise
                self._outcome.proofs[candidate.key] = before
                yield from self._proven(candidate, called[0], wanted.proofs, fresh=True)

    def _proven(self, candidate: Candidate, called: Place, proofs: Sequence[Proof], *, fresh: bool = False) -> Waiting:
        """`called`: a place where it is, and where it is seen what it leaves behind. `fresh`: in no clean worker."""
        quiet = not any(inspected.busy for inspected in self._outcome.seams.values())
        with ExitStack() as stack:
            most = 1 if self._shares else self._workers.at_once
            worker, *others = yield from self._workers.opened(stack, min(most, len(proofs)), fresh=fresh)
            queue = self._queue(candidate, proofs)
            queue.begin(others)
            yield from queue.end(worker)
            # by worker: what it has seen the baseline do first
            first = {other: (proof.workload, proof.on) for other, proof in queue.first.items()}
            known = {**first, worker: (called[0], called[2])}
            settling = []
            for each, (workload, on) in known.items():
                request = Settle(workload=workload, on=on, recipes=candidate.recipes, quiet=quiet)
                settling.append((each, each.send(request, about=", ".join(candidate.recipes))))
            yield [sent for _, sent in settling]
            settled = {each: sent.answer() for each, sent in settling}
            self._outcome.proofs[candidate.key] = replace(self._outcome.proofs[candidate.key], passed=True)
            self._outcome.warn(*(f"{candidate.names} {words}" for answer in settled.values() for words in answer.left))
            if self._shares:
                self._workers.keep(each for each, answer in settled.items() if answer.clean)

    def is_called(self, candidate: Candidate, place: Place, touched: Sequence[str]) -> bool:
        """Whether a workload calls one of the seams that a candidate touches, if it touches any; noted where not.

        The counting pass of its baseline there says it: a seam that is replaced is called as before.
        """
        workload, _, on = place
        seams = self._outcome.seams[workload, on].seams
        if not touched or any(seams[seam].calls for seam in touched):
            return True
        words = f"{workload} never calls what it replaces"
        if any(seams[seam].in_build for seam in touched):
            words = f"{workload} calls what it replaces only while it is built, which is not timed"
        self._outcome.not_exercised[workload, on, candidate.recipes] = words
        return False

    def _queue(self, candidate: Candidate, proofs: Sequence[Proof]) -> ProofQueue:
        def passed(proof: Proof, proven: Proven) -> None:
            if isinstance(proof, Prove) and proven.checked_calls > _ONE_CALL:
                self._outcome.controlled.add((proof.workload, proof.on))
            tally = self._outcome.proofs[candidate.key]
            self._outcome.proofs[candidate.key] = tally.with_proof(proof.about, proven)

        idle = self._reserve.begin
        return ProofQueue(candidate, [self._with_what_is_known(proof) for proof in proofs], self._report, passed, idle)

    def _with_what_is_known(self, proof: Proof) -> Proof:
        if isinstance(proof, Prove) and (proof.workload, proof.on) in self._outcome.controlled:
            return msgspec.structs.replace(proof, controlled=True)
        return proof

    def prove_untouched(self, variants: Mapping[str, Sequence[tuple[str, ...]]]) -> None:
        """One compared call of each variant on workloads that call nothing of it, by workload; notes what is right.

        All share two processes. What is not right there, or cannot be asked any more, is left to a proof of its own.
        """
        with ExitStack() as stack, suppress(PerfkitError, RejectedOutput):
            most = min(self._workers.at_once, len(variants))
            idle = [stack.enter_context(self._workers.fresh()) for _ in range(most)]
            beside_each_other((self._one_call_of(each, name, idle) for name, each in variants.items()), len(idle))

    def _one_call_of(self, variants: Sequence[tuple[str, ...]], workload: str, idle: list[WorkerHandle]) -> Waiting:
        worker = idle.pop()
        count = f"{len(variants)} candidate{'s' * (len(variants) != 1)}"
        self._report(f"proving {count} on {workload}, which calls none of their seams", 0.0)
        request = ProveUntouched(workload=workload, variants=tuple(variants))
        sent = worker.send(request, about=f"proofs on {workload}")
        yield [sent]
        for recipes, proven in zip(variants, sent.answer().proven, strict=True):
            if proven is not None:
                tally = self._outcome.proofs.get(recipes, ProofTally())
                self._outcome.proofs[recipes] = tally.with_proof(workload, proven)
                self._outcome.untouched.add((workload, recipes))
        idle.append(worker)
