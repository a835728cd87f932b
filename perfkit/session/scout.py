"""What is found out before anything is measured: the seams of each baseline, and the proof of each candidate."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import msgspec

from perfkit import schedule
from perfkit.errors import PerfkitError, RecipeConflict, WorkFailed
from perfkit.protocol.opening import Inspect, Inspected, Roofline
from perfkit.protocol.proving import Prove, Proven, Settle
from perfkit.protocol.record import Record, Request
from perfkit.session.blame import failure_of
from perfkit.session.open_worker import Opening, OpenWorker, Reserve
from perfkit.session.outcome import Candidate, Failure, Outcome, ProofTally
from perfkit.session.pending import Pending, Waiting, beside_each_other
from perfkit.session.proofs import Proof, Proofs
from perfkit.session.worker_process import RejectedOutput, WorkerHandle, close_all

__all__ = ["Examination", "Place", "Scout"]

A = TypeVar("A", bound=Record)

_SCOUT_CALLS = 200
_ONE_CALL = 2  # compared calls, at two sizes: no more than these are not a whole proof
_ENOUGH_NS = 100_000_000  # the counting pass clocks calls for this long; one longer call must do

Place = tuple[str, str, tuple[str, ...]]  # workload, size, recipes already on


@dataclass(frozen=True, slots=True)
class Examination:
    """What is to be found out about one candidate.

    `places`: where to look for calls of the seams it touches; where there are none it is not exercised.
    """

    candidate: Candidate
    places: Sequence[Place]
    touched: Sequence[str]
    proofs: Sequence[Proof]


class Scout:
    """Counts and proves; what it finds is noted in the outcome."""

    def __init__(
        self,
        outcome: Outcome,
        open_worker: OpenWorker,
        report: Callable[[str, float], None],
        at_once: int = 1,
        reserve: Reserve | None = None,
    ) -> None:
        """`report` hears what is being done; `at_once`: how many workers prove beside each other.

        `reserve`: what is opened as soon as the last proofs have no work for all of them.
        """
        self._outcome, self._open, self._report, self._at_once = outcome, open_worker, report, at_once
        self._reserve = reserve or Reserve(open_worker, 1)
        self._ahead: list[Opening] = []
        self._shares = False
        self._clean: list[WorkerHandle] = []  # that have proven others, and hold nothing of them

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
            self._close_clean()

    @contextmanager
    def opening_ahead(self) -> Iterator[None]:
        """Begin to open what the first candidate's proofs need, while something else is opened too.

        What nobody has taken at the end of the block is closed. One that cannot be opened is told of when it is needed.
        """
        try:
            with suppress(PerfkitError, OSError):  # there may be no room for more processes
                while self._at_once > 1 and len(self._ahead) < self._at_once:
                    self._ahead.append(self._open.ahead(0))
            yield
        finally:
            close_all(left.worker for left in self._ahead)
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
        """As `inspect`, of what the candidate `key` stands on; whether the worker is fit for others afterwards. Where
        recipes below it fail it is not, and the candidate has failed; where the plain baseline does, all has."""
        workload, size, on = place
        if not on:
            self.inspect(worker, workload, size, on)
            return True
        with self._noting(key):
            self.inspect(worker, workload, size, on)
            return True
        return False

    def roofline(self, sizes: Mapping[str, str]) -> None:
        """Note how fast this machine is at best, and the least that calls of these workloads (name: size) must do."""
        with self._open(0) as worker:
            found = _asked(worker, Roofline(sizes=dict(sizes)), about="the limits of this machine")
        costs = {name: msgspec.structs.asdict(cost) for name, cost in found.costs.items()}
        rates = msgspec.structs.asdict(found.rates) if found.rates is not None else {}
        self._outcome.environment["limits"] = {"rates": rates, "costs": costs}

    def examine(self, wanted: Iterable[Examination]) -> None:
        """See that each candidate is called, and prove it, in workers of its own; note what was found."""
        at_once = self._at_once if self._shares else 1
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
        reused = bool(self._clean)
        with self._noting(candidate.key):
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
            most = 1 if self._shares else self._at_once
            worker, *others = yield from self._opened(stack, min(most, len(proofs)), fresh=fresh)
            left = self._proofs(candidate, proofs)
            left.begin(others)
            yield from left.end(worker)
            # by worker: what it has seen the baseline do first
            first = {other: (proof.workload, proof.on) for other, proof in left.first.items()}
            known = {**first, worker: (called[0], called[2])}
            settling = []
            for each, (workload, on) in known.items():
                request = Settle(workload=workload, on=on, recipes=candidate.recipes, quiet=quiet)
                settling.append((each, each.send(request, about=", ".join(candidate.recipes))))
            yield [sent for _, sent in settling]
            settled = {each: sent.answer() for each, sent in settling}
            found = dict.fromkeys(words for answer in settled.values() for words in answer.left)
            self._outcome.proofs[candidate.key] = replace(self._outcome.proofs[candidate.key], passed=True)
            self._outcome.warnings += [f"{candidate.names} {words}" for words in found]
            if self._shares:
                self._clean += [each for each, answer in settled.items() if answer.clean]

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

    def _proofs(self, candidate: Candidate, proofs: Sequence[Proof]) -> Proofs:
        def passed(proof: Proof, proven: Proven) -> None:
            if isinstance(proof, Prove) and proven.checked_calls > _ONE_CALL:
                self._outcome.controlled.add((proof.workload, proof.on))
            tally = self._outcome.proofs[candidate.key]
            self._outcome.proofs[candidate.key] = tally.with_proof(proof.about, proven)

        idle = self._reserve.begin
        return Proofs(candidate, [self._with_what_is_known(proof) for proof in proofs], self._report, passed, idle)

    def _with_what_is_known(self, proof: Proof) -> Proof:
        if isinstance(proof, Prove) and (proof.workload, proof.on) in self._outcome.controlled:
            return msgspec.structs.replace(proof, controlled=True)
        return proof

    def _opened(
        self, stack: ExitStack, wanted: int, *, fresh: bool
    ) -> Generator[Collection[Pending[Any]], None, list[WorkerHandle]]:
        """So many workers, at least one. At the end of `stack` those are closed that are not found clean by then."""
        wanted = max(1, wanted)
        reused = 0 if fresh else wanted
        clean, self._clean = self._clean[:reused], self._clean[reused:]
        opening, self._ahead = self._ahead[: wanted - len(clean)], self._ahead[wanted - len(clean) :]
        for worker in [*clean, *(one.worker for one in opening)]:
            stack.callback(self._close_unless_clean, worker)
        for _ in range(wanted - len(clean) - len(opening)):
            opening.append(self._open.ahead(0))
            stack.callback(self._close_unless_clean, opening[-1].worker)
        for one in opening:
            yield [one.pending]
        return [*clean, *(one.opened() for one in opening)]

    def _close_clean(self) -> None:
        close_all(self._clean)
        self._clean = []

    def _close_unless_clean(self, worker: WorkerHandle) -> None:
        if worker not in self._clean:
            worker.close()

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
            self._outcome.failures[key] = Failure.of_error(error)


def _asked(worker: WorkerHandle, request: Request[A], *, about: str) -> A:
    """As `worker.ask`, where nothing but the baseline runs: what it raises ends the session."""
    try:
        return worker.ask(request, about=about)
    except RejectedOutput as rejected:
        said = rejected.rejection
        raise WorkFailed(f"{about}, {said.text}", reason=said.reason or "difference", role=said.role) from None
