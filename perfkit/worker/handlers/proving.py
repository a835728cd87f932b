"""The proofs of one candidate, and what it leaves behind."""

from __future__ import annotations

from perfkit.protocol.proving import Prove, Proven, ProveSeam, Settle, Settled
from perfkit.worker.handlers.table import Handlers
from perfkit.worker.proof.prove import refuse_busy
from perfkit.worker.proof.variant import awkward_inputs, prove_seam, prove_workload
from perfkit.worker.side_effects import acquaint, check_modules, check_running
from perfkit.worker.source import Source

__all__ = ["Proving"]


class Proving:
    """Proves the variants of one source."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def handlers(self) -> Handlers:
        """What it answers."""
        return {Prove: self.prove, ProveSeam: self.prove_seam, Settle: self.settle}

    def prove(self, request: Prove) -> Proven:
        """The whole proof of one variant on one workload, at the target's proof size."""
        acquaint(self._source, request.workload)
        tally = prove_workload(self._source, request)
        return Proven(
            checked_calls=tally.checked_calls,
            calls_of_one_instance=tally.calls_of_one_instance,
            awkward=awkward_inputs(self._source, request.workload),
        )

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
        return Settled(left=tuple(left))
