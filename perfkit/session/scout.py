"""What is found out before anything is measured: the seams of each baseline, and the proof of each candidate."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TypeVar

import msgspec

from perfkit import schedule
from perfkit.errors import PerfkitError, RecipeConflict, WorkFailed
from perfkit.protocol.opening import Inspect, Inspected, Roofline
from perfkit.protocol.proving import Prove, Proven, Settle
from perfkit.protocol.record import Record, Request
from perfkit.session.blame import failure_of, rejected_on
from perfkit.session.opening import Opening, OpenWorker
from perfkit.session.outcome import Candidate, Failure, Outcome, ProofTally
from perfkit.session.process import RejectedOutput, WorkerHandle
from perfkit.session.proofs import Proof, Proofs

__all__ = ["Place", "Scout"]

A = TypeVar("A", bound=Record)

_SCOUT_CALLS = 200
_ONE_CALL = 2  # compared calls, at two sizes: no more than these are not a whole proof
_ENOUGH_NS = 100_000_000  # the counting pass clocks calls for this long; one longer call must do

Place = tuple[str, str, tuple[str, ...]]  # workload, size, recipes already on


class Scout:
    """Counts and proves; what it finds is noted in the outcome."""

    def __init__(
        self, outcome: Outcome, open_worker: OpenWorker, report: Callable[[str, float], None], at_once: int = 1
    ) -> None:
        """`report` hears what is being done; `at_once`: how many workers prove one candidate beside each other."""
        self._outcome, self._open, self._report, self._at_once = outcome, open_worker, report, at_once
        self._ahead: list[Opening] = []

    @contextmanager
    def opening_ahead(self) -> Iterator[None]:
        """Begin to open what the first candidate's proofs need, while something else is opened too.

        What nobody has taken at the end of the block is closed.
        """
        self._ahead = [self._open.ahead(0) for _ in range(self._at_once) if self._at_once > 1]
        try:
            yield
        finally:
            for left in self._ahead:
                left.worker.close()
            self._ahead = []

    def inspect(
        self, worker: WorkerHandle, workload: str, size: str, recipes: Sequence[str], *, calls: int = _SCOUT_CALLS
    ) -> Inspected:
        """Calls and shares of every seam of one variant on one workload; remembered."""
        key = (workload, tuple(recipes))
        if key not in self._outcome.seams:
            self._report(f"counting the seams of {workload}", 0.0)
            for opening in self._ahead:  # nothing else runs while calls are clocked
                opening.wait()
            request = Inspect(
                role=schedule.BASELINE,
                workload=workload,
                size=size,
                recipes=tuple(recipes),
                calls=calls,
                enough_ns=_ENOUGH_NS,
                declared=workload not in self._outcome.stateful,
            )
            inspected = self._outcome.seams[key] = _asked(worker, request, about=workload)
            if inspected.stateful is not None:
                self._outcome.stateful[workload] = inspected.stateful
        return self._outcome.seams[key]

    def inspect_below(self, worker: WorkerHandle, place: Place, key: tuple[str, ...]) -> bool:
        """As `inspect`, of what the candidate `key` stands on; whether that can be measured. Where recipes below it
        fail it cannot, where the plain baseline fails nothing can."""
        workload, size, on = place
        if not on:
            self.inspect(worker, workload, size, on)
        else:
            with self._noting(key):
                self.inspect(worker, workload, size, on)
        return key not in self._outcome.failures

    def roofline(self, sizes: Mapping[str, str]) -> None:
        """Note how fast this machine is at best, and the least that calls of these workloads (name: size) must do."""
        with self._open(0) as worker:
            found = _asked(worker, Roofline(sizes=dict(sizes)), about="the limits of this machine")
        costs = {name: msgspec.structs.asdict(cost) for name, cost in found.costs.items()}
        rates = msgspec.structs.asdict(found.rates) if found.rates is not None else {}
        self._outcome.environment["limits"] = {"rates": rates, "costs": costs}

    def examine(
        self,
        candidate: Candidate,
        places: Sequence[Place],
        touched: Sequence[str],
        proofs: Sequence[Proof],
    ) -> None:
        """See that a candidate is called, and prove it, in a worker of its own; note what was found.

        `places`: where to look for calls of the seams it touches; where there are none it is not exercised.
        """
        self._outcome.proofs.setdefault(candidate.key, ProofTally())
        quiet = not any(inspected.busy for inspected in self._outcome.seams.values())
        with self._noting(candidate.key), ExitStack() as stack:
            worker, *others = self._opened(stack, min(self._at_once, len(proofs)))
            left = self._proofs(candidate, proofs)
            left.begin(others)  # while the first sees whether anything calls the candidate
            for place in places:
                self._see_called(worker, candidate, place, touched, quiet=quiet)
            called = [p for p in places if (p[0], p[2], candidate.recipes) not in self._outcome.not_exercised]
            if not called:
                return
            left.end(worker)
            # by worker: what it has seen the baseline do first
            first = {other: (proof.workload, proof.on) for other, proof in left.first.items()}
            known = {**first, worker: (called[0][0], called[0][2])}
            settling = []
            for each, (workload, on) in known.items():
                request = Settle(workload=workload, on=on, recipes=candidate.recipes, quiet=quiet)
                settling.append(each.send(request, about=", ".join(candidate.recipes)))
            found = dict.fromkeys(words for sent in settling for words in sent.answer().left)
            self._outcome.proofs[candidate.key] = replace(self._outcome.proofs[candidate.key], passed=True)
            self._outcome.warnings += [f"{candidate.names} {words}" for words in found]

    def _see_called(
        self, worker: WorkerHandle, candidate: Candidate, place: Place, touched: Sequence[str], *, quiet: bool
    ) -> None:
        """Note it where a workload calls none of the seams that a candidate touches, if it touches any."""
        workload, size, on = place
        self._report(f"counting what {candidate.names} replaces in {workload}", 0.0)
        request = Inspect(
            role=schedule.CANDIDATE,
            workload=workload,
            size=size,
            recipes=(*on, *candidate.recipes),
            calls=0,
            enough_ns=0,
            quiet=quiet,
        )
        with rejected_on(workload):
            seams = worker.ask(request, about=f"{', '.join(candidate.recipes)} on {workload}").seams
        if touched and not any(seams[seam].calls for seam in touched):
            words = f"{workload} never calls what it replaces"
            if any(seams[seam].in_build for seam in touched):
                words = f"{workload} calls what it replaces only while it is built, which is not timed"
            self._outcome.not_exercised[workload, on, candidate.recipes] = words

    def _proofs(self, candidate: Candidate, proofs: Sequence[Proof]) -> Proofs:
        def passed(proof: Proof, proven: Proven) -> None:
            if isinstance(proof, Prove) and proven.checked_calls > _ONE_CALL:
                self._outcome.controlled.add((proof.workload, proof.on))
            tally = self._outcome.proofs[candidate.key]
            self._outcome.proofs[candidate.key] = tally.with_proof(proof.about, proven)

        return Proofs(candidate, [self._with_what_is_known(proof) for proof in proofs], self._report, passed)

    def _with_what_is_known(self, proof: Proof) -> Proof:
        if isinstance(proof, Prove) and (proof.workload, proof.on) in self._outcome.controlled:
            return msgspec.structs.replace(proof, controlled=True)
        return proof

    def _opened(self, stack: ExitStack, wanted: int) -> list[WorkerHandle]:
        """So many workers, at least one, that are open for as long as `stack` is."""
        opening, self._ahead = self._ahead[:wanted], self._ahead[wanted:]
        opening += [self._open.ahead(0) for _ in range(max(1, wanted) - len(opening))]
        for one in opening:
            stack.enter_context(one.worker)
        return [one.opened() for one in opening]

    @contextmanager
    def _noting(self, key: tuple[str, ...]) -> Iterator[None]:
        """Turn whatever goes wrong with a candidate into its failure; the others go on."""
        try:
            yield
        except RejectedOutput as rejected:
            self._outcome.failures[key] = failure_of(rejected.rejection)
        except RecipeConflict as conflict:
            self._outcome.failures[key] = Failure(verdict="rejected", reason="conflict", text=conflict.message)
        except PerfkitError as error:
            reason = error.reason if isinstance(error, WorkFailed) else "exception"
            self._outcome.failures[key] = Failure(verdict="failed", reason=reason, text=error.message)


def _asked(worker: WorkerHandle, request: Request[A], *, about: str) -> A:
    """As `worker.ask`, where nothing but the baseline runs: what it raises ends the session."""
    try:
        return worker.ask(request, about=about)
    except RejectedOutput as rejected:
        said = rejected.rejection
        raise WorkFailed(f"{about}, {said.text}", reason=said.reason or "difference", role=said.role) from None
