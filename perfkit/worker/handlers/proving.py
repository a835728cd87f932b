"""The proofs of one candidate, and what it leaves behind."""

from __future__ import annotations

from perfkit.protocol.proving import Prove, Proven, ProveSeam, ProveUntouched, Settle, Settled, UntouchedProven
from perfkit.worker.guard import Rejected
from perfkit.worker.handlers.table import Handlers
from perfkit.worker.proof.prove import TARGET, refuse_busy
from perfkit.worker.proof.variant import one_call_each, prove_seam, prove_workload
from perfkit.worker.side_effects import acquaint, check_files, check_modules, check_running
from perfkit.worker.source import Source

__all__ = ["Proving"]


class Proving:
    """Proves the variants of one source."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def handlers(self) -> Handlers:
        """What it answers."""
        return {
            Prove: self.prove,
            ProveSeam: self.prove_seam,
            ProveUntouched: self.prove_untouched,
            Settle: self.settle,
        }

    def prove(self, request: Prove) -> Proven:
        """The whole proof of one variant on one workload, at the target's proof size."""
        acquaint(self._source, request.workload)
        try:
            tally = prove_workload(self._source, request)
        except Rejected as rejected:
            if rejected.difference is not None or rejected.reason == TARGET:
                check_modules(self._source)  # who has replaced what both call is refused for that
            raise
        return Proven(
            checked_calls=tally.checked_calls,
            calls_of_one_instance=tally.calls_of_one_instance,
            awkward=tally.awkward,
        )

    def prove_untouched(self, request: ProveUntouched) -> UntouchedProven:
        """One compared call of each variant; the baseline's answer is theirs in common."""
        acquaint(self._source, request.workload)
        proven: list[Proven | None] = []
        calls = one_call_each(self._source, request.workload, request.variants)
        for tally in calls:
            proven.append(
                Proven(checked_calls=tally.checked_calls, calls_of_one_instance=1, awkward=0) if tally else None
            )
        try:
            check_modules(self._source)
        except Rejected:  # nobody knows whose it is: each is proven by itself, and is told then
            return UntouchedProven(proven=(None,) * len(proven))
        return UntouchedProven(proven=tuple(proven))

    def prove_seam(self, request: ProveSeam) -> Proven:
        """The whole proof of one variant on one seam alone."""
        acquaint(self._source, request.workload)
        tally = prove_seam(self._source, request)
        return Proven(checked_calls=tally.checked_calls, calls_of_one_instance=tally.calls_of_one_instance)

    def settle(self, request: Settle) -> Settled:
        """After the proofs of one variant: what it has left behind in its process. Raises Rejected."""
        left = check_running(self._source, request.workload, request.on, request.recipes)
        check_modules(self._source)
        if request.quiet:
            refuse_busy("after the last call")
        clean = not left and not any(self._source.allowed(request.recipes))
        if not self._source.seams:  # functions: what a target's workload writes its author knows
            left += check_files(self._source, request.workload, request.on, request.recipes)
        return Settled(left=tuple(left), clean=clean)
