"""The proofs of one candidate, and what it leaves behind."""

from __future__ import annotations

from perfkit.protocol.proving import Prove, Proven, ProveSeam, Settle, Settled
from perfkit.worker.handlers.table import Handlers
from perfkit.worker.loaded_target import LoadedTarget
from perfkit.worker.proof.prove import refuse_busy

__all__ = ["Proving"]


class Proving:
    """Proves recipes of one target."""

    def __init__(self, loaded: LoadedTarget) -> None:
        self._loaded = loaded

    def handlers(self) -> Handlers:
        """What it answers."""
        return {Prove: self.prove, ProveSeam: self.prove_seam, Settle: self.settle}

    def prove(self, request: Prove) -> Proven:
        """The whole proof of one variant on one workload, at the target's proof size."""
        self._loaded.acquaint(request.workload)
        size = self._loaded.proof_size(request.workload)
        tally = self._loaded.prove(
            request.workload, size, request.on, request.recipes, at_size=request.at_size, soak_s=request.soak_s
        )
        return Proven(
            checked_calls=tally.checked_calls,
            calls_of_one_instance=tally.calls_of_one_instance,
            awkward=self._loaded.awkward_inputs(request.workload, size),
        )

    def prove_seam(self, request: ProveSeam) -> Proven:
        """The whole proof of one variant on one seam alone."""
        spec = self._loaded.spec(request.workload, request.size, request.seam, request.on)
        tally = self._loaded.prove_seam(request.seam, spec, request.on, request.recipes, request.soak, request.soak_s)
        return Proven(checked_calls=tally.checked_calls, calls_of_one_instance=tally.calls_of_one_instance)

    def settle(self, request: Settle) -> Settled:
        """After the proofs of one variant: what it has left behind in its process. Raises Rejected."""
        left = self._loaded.check_running(request.workload, request.on, request.recipes)
        self._loaded.check_modules()
        if request.quiet:
            refuse_busy("after the last call")
        return Settled(left=tuple(left))
