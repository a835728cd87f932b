"""The proof of one candidate."""

from __future__ import annotations

from perfkit.protocol.record import Record, Request

__all__ = ["SOAK_CALLS", "Prove", "ProveSeam", "ProveUntouched", "Proven", "Settle", "Settled", "UntouchedProven"]

SOAK_CALLS = 64  # drift that starts after some dozens of calls must show


class Proven(Record, frozen=True):
    """How many calls were compared, and how many one instance made; how many awkward inputs of the workload's own were
    tried."""

    checked_calls: int
    calls_of_one_instance: int
    awkward: int | None = None


class Prove(Request[Proven], frozen=True):
    """The whole proof of one variant on one workload, at the target's proof size; `at_size`: and at its default.

    `soak`: calls that are compared in a row; `soak_s`: seconds of calls that are not. `controlled`: an earlier proof
    has compared the baseline with its control here; `called`: the workload is known to call what is replaced.
    """

    workload: str
    on: tuple[str, ...]
    recipes: tuple[str, ...]
    at_size: bool
    soak_s: float
    soak: int = SOAK_CALLS
    controlled: bool = False
    called: bool = False

    @property
    def about(self) -> str:
        """What it is proven on."""
        return self.workload


class UntouchedProven(Record, frozen=True):
    """For each variant what was proven; None where something is wrong, which a proof of its own has to find out."""

    proven: tuple[Proven | None, ...]


class ProveUntouched(Request[UntouchedProven], frozen=True):
    """One compared call of each of many variants on a workload that calls nothing of what they replace."""

    workload: str
    variants: tuple[tuple[str, ...], ...]


class ProveSeam(Request[Proven], frozen=True):
    """The whole proof of one variant on one seam alone. `soak`: calls that are compared in a row."""

    workload: str
    size: str
    seam: str
    on: tuple[str, ...]
    recipes: tuple[str, ...]
    soak: int
    soak_s: float

    @property
    def about(self) -> str:
        """What it is proven on."""
        return self.seam


class Settled(Record, frozen=True):
    """What a candidate has left behind, in words; `clean`: another may be proven in the same process."""

    left: tuple[str, ...]
    clean: bool = False


class Settle(Request[Settled], frozen=True):
    """After the proofs of one variant: what it leaves behind in its process."""

    workload: str
    on: tuple[str, ...]
    recipes: tuple[str, ...]
    quiet: bool
