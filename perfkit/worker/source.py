"""What the engine knows of the code under test: one Source, whatever it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from perfkit.equivalence import Equivalence
from perfkit.target import Cost, Seam, Workload
from perfkit.worker.inputs.arguments import ArgumentSpec
from perfkit.worker.inputs.recorder import SeamRecorder
from perfkit.worker.shared_state import SharedState
from perfkit.worker.subject import ColdSeamSubject, MacroSubject, SeamSubject
from perfkit.worker.timer import Timer

__all__ = ["Source"]


class Source(Protocol):
    """Gives a worker subjects, what must be equal, and the timer of the device that they run on.

    A variant is a sequence of names, of recipes or of functions: what is switched on, none for the plain baseline.
    Every subject has an instance and state of its own.
    """

    seed: int
    process: int
    timer: Timer
    seams: Mapping[str, Seam]  # what a variant may replace, by name
    printed: bool  # what calls print through sys.stdout is part of what they give
    shared_state: SharedState  # what all code of the process shares, as it was before any candidate was loaded
    warnings: list[str]  # about what all instances share

    def workload(self, name: str) -> Workload:
        """One thing that it does; KeyError where there is none by that name."""

    def proof_size(self, workload: str) -> str:
        """The size at which a workload is proven."""

    def shared(self, workload: str, size: str) -> Any:
        """What all instances of a workload share, made when it is first asked for."""

    def rule(self, variant: Sequence[str], *, seam: bool) -> Equivalence:
        """What must be equal when a variant is switched on: in the workload's output, or in the seam's."""

    def touches(self, variant: Sequence[str]) -> frozenset[str] | None:
        """The seams that a variant replaces; None where it is another program altogether."""

    def allowed(self, variant: Sequence[str]) -> tuple[int, int]:
        """How many threads and child processes a variant declares to keep running."""

    def macro(self, workload: str, size: str, variant: Sequence[str]) -> MacroSubject:
        """A whole workload on an instance of its own."""

    def recorded(
        self, workload: str, size: str, variant: Sequence[str], *, describe: bool
    ) -> tuple[SeamRecorder, MacroSubject]:
        """A whole workload whose seams are watched."""

    def choice(self, recorder: SeamRecorder, seam: str) -> ArgumentSpec | None:
        """How the arguments of a seam are made, from what was seen of it; None where it was not called."""

    def alone(self, workload: str, size: str, seam: str, variant: Sequence[str]) -> ArgumentSpec | None:
        """The arguments of a seam's costliest kind of call; None for a seam that cannot be measured alone."""

    def spec(self, workload: str, size: str, seam: str, variant: Sequence[str]) -> ArgumentSpec:
        """As `alone`. Raises PerfkitError for a seam that cannot be measured alone."""

    def seam(self, seam: str, variant: Sequence[str], spec: ArgumentSpec) -> SeamSubject:
        """One seam alone, called as `spec` says."""

    def cold_seam(self, seam: str, variant: Sequence[str], spec: ArgumentSpec) -> ColdSeamSubject:
        """One seam alone, each call on a table of its own."""

    def record_together(self, workload: str, size: str, seams: Sequence[str], variant: Sequence[str]) -> None:
        """From now on a run of the workload that one of these seams is recorded in serves the others too."""

    def least(self, seam: str, arguments: Sequence[Any]) -> Cost | None:
        """The least that a call of a seam with such arguments must do; None where nobody says."""

    def let_go(self) -> None:
        """Forget the instances that arguments are recorded from, where they keep something running."""
