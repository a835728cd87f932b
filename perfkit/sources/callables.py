"""Functions by name: a baseline and candidates, called with what another function makes.

    Callables.named(FromCallables(baseline="mine:slow", candidates={"fast": "mine:fast"}, make="mine:make"), seed=1)

`make(rng)` gives the positional arguments of one call as a tuple; equal generators give equal ones. There are no
seams: a function is measured as a whole, in its one workload `call`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from perfkit.equivalence import Equivalence, combined, exact
from perfkit.errors import PerfkitError, UsageError
from perfkit.protocol.opening import FromCallables
from perfkit.target import Seam, Workload
from perfkit.worker.guard import user_code
from perfkit.worker.inputs.arguments import ArgumentSpec
from perfkit.worker.inputs.recorder import SeamRecorder
from perfkit.worker.lazy.consume import Lateness
from perfkit.worker.shared_state import SharedState
from perfkit.worker.subject import CallSubject, ColdSeamSubject, MacroSubject, SeamSubject
from perfkit.worker.timer import HostTimer, Timer

__all__ = ["CALL", "Callables", "Make"]

CALL = "call"  # the name of the one workload
_SIZE = "made"  # inputs have the sizes that `make` gives them

Make = Callable[[np.random.Generator], tuple[Any, ...]]


@dataclass(frozen=True)
class _NoSeams:
    """A table without any."""


class Callables:
    """One function and others that may take its place. A variant names one candidate at most."""

    def __init__(
        self,
        baseline: Callable[..., Any],
        candidates: Mapping[str, Callable[..., Any]],
        make: Make,
        *,
        rules: Mapping[str, Equivalence] | None = None,
        seed: int = 0,
        process: int = 0,
        timer: Timer | None = None,
        shared_state: SharedState | None = None,
    ) -> None:
        """`rules`: what must be equal for a candidate, where not all bits. `shared_state`: by default as it is now."""
        self.seed, self.process = seed, process
        self.timer = timer or HostTimer()
        self.seams: Mapping[str, Seam] = {}
        self.shared_state = shared_state or SharedState(getattr(baseline, "__module__", None) or "")
        self.warnings: list[str] = []
        self._baseline, self._candidates, self._rules = baseline, candidates, rules or {}
        self._lateness = Lateness()  # known to all roles
        self._workload = Workload(
            id=CALL,
            summary="one call",
            data=lambda shared, rng: make(rng),
            call=lambda function: function,
            sizes=(_SIZE,),
        )

    @classmethod
    def named(cls, source: FromCallables, *, seed: int, process: int = 0) -> Callables:
        """Import what `source` names, each as `module:function`. Raises UsageError, and Rejected where one raises."""
        baseline, make = (_imported(where) for where in (source.baseline, source.make))
        state = SharedState(source.baseline.partition(":")[0])
        candidates = {
            name: state.loading(where.partition(":")[0], name, lambda where=where: _imported(where))  # type: ignore[misc]
            for name, where in source.candidates.items()
        }
        return cls(baseline, candidates, make, seed=seed, process=process, shared_state=state)

    def workload(self, name: str) -> Workload:
        """The call."""
        return {CALL: self._workload}[name]

    def proof_size(self, workload: str) -> str:
        """That of all inputs."""
        return _SIZE

    def shared(self, workload: str, size: str) -> Any:
        """Nothing."""
        return None

    def rule(self, variant: Sequence[str], *, seam: bool) -> Equivalence:
        """All bits, or what was said of the candidate."""
        return combined([self._rules.get(name, exact()) for name in variant])

    def touches(self, variant: Sequence[str]) -> None:
        """A candidate is another function altogether."""
        return None

    def allowed(self, variant: Sequence[str]) -> tuple[int, int]:
        """A function leaves nothing running."""
        return 0, 0

    def macro(self, workload: str, size: str, variant: Sequence[str]) -> MacroSubject:
        """The function itself: instances of it share what it keeps."""
        if len(variant) > 1:
            raise UsageError(f"one function cannot stand in the place of another and also be {variant[1]}")
        function = self._candidates[variant[0]] if variant else self._baseline
        return CallSubject(self.workload(workload), function, None, self._lateness)

    def recorded(
        self, workload: str, size: str, variant: Sequence[str], *, describe: bool
    ) -> tuple[SeamRecorder, MacroSubject]:
        """The function, and a recorder that sees nothing."""
        return SeamRecorder(_NoSeams(), describe=describe), self.macro(workload, size, variant)

    def choice(self, recorder: SeamRecorder, seam: str) -> ArgumentSpec | None:
        """There is no seam."""
        return None

    def alone(self, workload: str, size: str, seam: str, variant: Sequence[str]) -> ArgumentSpec | None:
        """There is no seam."""
        return None

    def spec(self, workload: str, size: str, seam: str, variant: Sequence[str]) -> ArgumentSpec:
        """There is no seam."""
        raise _no_seam(seam)

    def seam(self, seam: str, variant: Sequence[str], spec: ArgumentSpec) -> SeamSubject:
        """There is no seam."""
        raise _no_seam(seam)

    def cold_seam(self, seam: str, variant: Sequence[str], spec: ArgumentSpec) -> ColdSeamSubject:
        """There is no seam."""
        raise _no_seam(seam)

    def let_go(self) -> None:
        """Nothing is recorded."""


def _no_seam(seam: str) -> PerfkitError:
    return PerfkitError(f"a function has no seam, so none that is called {seam!r}")


def _imported(name: str) -> Callable[..., Any]:
    """The function at `module:function`."""
    module, colon, function = name.partition(":")
    if not (module and colon and function):
        raise UsageError(f"{name!r} is no function", hint="write module:function")
    found: Any = user_code(f"importing {name}", lambda: importlib.import_module(module), whole_process=True)  # noqa: TID251
    for part in function.split("."):
        found = getattr(found, part, None)
    if not callable(found):
        raise UsageError(f"{module} has no function {function}", hint="write module:function")
    checked: Callable[..., Any] = found
    return checked
