"""What many candidates have in common: which seams each workload calls, and one call where it calls none of theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, nullcontext, suppress

from perfkit.errors import PerfkitError, WorkFailed
from perfkit.protocol.proving import ProveUntouched, Survey
from perfkit.session.open_worker import OpenWorker
from perfkit.session.outcome import Outcome, ProofTally
from perfkit.session.pending import Waiting, beside_each_other
from perfkit.session.worker_process import RejectedOutput, WorkerHandle

__all__ = ["Surveyor"]


class Surveyor:
    """Finds out once what each candidate would have to; what it finds is noted in the outcome."""

    def __init__(
        self, outcome: Outcome, open_worker: OpenWorker, report: Callable[[str, float], None], at_once: int = 1
    ) -> None:
        """`report` hears what is being done; `at_once`: how many workers prove beside each other."""
        self._outcome, self._open, self._report, self._at_once = outcome, open_worker, report, at_once

    def survey(self, workloads: Sequence[str], worker: WorkerHandle | None = None) -> None:
        """Note which seams each workload calls; `worker`: one that is open already."""
        self._report("looking which seams each workload calls", 0.0)
        with nullcontext(worker) if worker is not None else self._open(0) as worker:
            request = Survey(workloads=tuple(workloads))
            try:
                surveyed = worker.ask(request, about="which seams each workload calls")
            except RejectedOutput as rejected:
                raise WorkFailed(rejected.rejection.text) from None
        self._outcome.taken_ns.update(surveyed.taken_ns)
        self._outcome.called.update({name: frozenset(seams) for name, seams in surveyed.called.items()})

    def prove_untouched(self, variants: Mapping[str, Sequence[tuple[str, ...]]]) -> None:
        """One compared call of each variant on workloads that call nothing of it, by workload; notes what is right.

        All share two processes. What is not right there, or cannot be asked any more, is left to a proof of its own.
        """
        with ExitStack() as stack, suppress(PerfkitError, RejectedOutput):
            idle = [stack.enter_context(self._open(0)) for _ in range(min(self._at_once, len(variants)))]
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
