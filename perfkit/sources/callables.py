"""Functions by name: a baseline and candidates, called with what another function makes, or with literals.

    Callables.named(FromCallables(baseline="mine:slow", candidates={"fast": "mine:fast"}, make="mine:make"), seed=1)

There are no seams: a function is measured as a whole. It has a workload `call`, or one for each of the literal
arguments that it is called with.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from perfkit.equivalence import Equivalence, close, combined, exact, own, unproven
from perfkit.errors import PerfkitError, UsageError
from perfkit.machine.float_mode import said_of, watching_imports
from perfkit.protocol.opening import FromCallables
from perfkit.sources.calling import called
from perfkit.sources.held import held, held_input, unheld
from perfkit.sources.importing import function_at
from perfkit.sources.inputs import Inputs, from_literal, from_make, handed_out_again, is_declared_recurring, with_sizes
from perfkit.target import Seam, Workload
from perfkit.worker.device.open_device import open_device
from perfkit.worker.device.timer import DeviceTimer
from perfkit.worker.device.waiting import device_in_use, place_on_device
from perfkit.worker.guard import user_code
from perfkit.worker.inputs.arguments import ArgumentSpec
from perfkit.worker.inputs.recorder import SeamRecorder
from perfkit.worker.lazy.consume import Lateness
from perfkit.worker.shared_state import SharedState
from perfkit.worker.state.origin import add_catalogue
from perfkit.worker.subject import CallSubject, ColdSeamSubject, MacroSubject, SeamSubject
from perfkit.worker.timer import HostTimer, Timer

__all__ = ["CALL", "Callables"]

CALL = "call"  # the name of the one workload, where there is one
_BASELINE = ""  # where there is no candidate: what it must be equal to when it is called again
_SIZE = "made"  # inputs have the sizes that they are made with
_NO_ARGUMENTS = "((), {})"
_LONGEST = 80  # characters of a signature
_SAME = "is the very function that it is compared with: its row shows what no change looks like"
_LOOKED_AT = (0, 1, 2)  # seeds of inputs that are looked at before anything is measured


@dataclass(frozen=True)
class _NoSeams:
    """A table without any."""


class _HeldCall(CallSubject):
    """A function whose arguments may be of any type."""

    def untouched(self, data: Any) -> Any:
        """All that can be compared."""
        return held_input(data)


class _HeldByName(MacroSubject):
    """The same, called by name."""

    def untouched(self, data: Any) -> Any:
        """All that can be compared."""
        args, kwargs = data
        return held_input(args), {name: held(value) for name, value in kwargs.items()}


_KINDS = {  # by whether all arguments are positional, and whether they may be of any type
    (True, False): CallSubject,
    (True, True): _HeldCall,
    (False, False): MacroSubject,
    (False, True): _HeldByName,
}


class Callables:
    """One function and others that may take its place. A variant names one candidate at most."""

    def __init__(
        self,
        baseline: Callable[..., Any],
        candidates: Mapping[str, Callable[..., Any]],
        inputs: Mapping[str, Inputs],
        *,
        rules: Mapping[str, Equivalence] | None = None,
        seed: int = 0,
        process: int = 0,
        timer: Timer | None = None,
        shared_state: SharedState | None = None,
        printed: bool = False,
        raising: bool = False,
    ) -> None:
        """`inputs` by workload. `rules`: what must be equal for a candidate, where not all bits. `printed`, `raising`:
        what calls print and raise too. `shared_state`: by default as it is now."""
        self.seed, self.process, self.printed = seed, process, printed
        self.timer = timer or HostTimer()
        self.seams: Mapping[str, Seam] = {}
        self.shared_state = shared_state or SharedState("")
        same = [name for name, function in candidates.items() if function == baseline]
        self.warnings = [f"{name} {_SAME}" for name in same]
        self._baseline, self._candidates, self._rules = baseline, candidates, rules or {}
        self._lateness = Lateness(device=self.timer.device)  # known to all roles
        functions = [baseline, *candidates.values()]
        self._own_rule = any(rule.kind in ("own", "unproven") for rule in self._rules.values())
        self._called = {
            name: called(
                name,
                made,
                functions,
                size=_SIZE,
                seeds=_LOOKED_AT,
                printed=printed,
                raising=raising,
                own_rule=self._own_rule,
            )
            for name, made in inputs.items()
        }

    @classmethod
    def named(cls, source: FromCallables, *, seed: int, process: int = 0) -> Callables:
        """Import what `source` names. Raises UsageError and WorkFailed, and Rejected where making inputs raises."""
        sys.path += [place for place in source.path if place not in sys.path]
        texts = {"": source.baseline, **source.candidates}
        with watching_imports() as switched:
            functions = {name: _imported(text, source) for name, text in texts.items()}
        rule = _rule(source)
        inputs = _inputs(source)
        for function in functions.values():
            add_catalogue(getattr(function, "__module__", None) or "")
        for made in inputs.values():
            _check_signatures({texts[name]: function for name, function in functions.items()}, made)
        baseline = functions.pop("")
        found = cls(
            baseline,
            functions,
            inputs,
            rules=dict.fromkeys(functions, rule) if functions else {_BASELINE: rule},
            seed=seed,
            process=process,
            timer=_timer_of(inputs),
            printed=source.printed,
            raising=source.raising,
        )
        found.warnings += said_of(switched, source.baseline)
        return found

    def workload(self, name: str) -> Workload:
        """The call."""
        return self._called[name].workload

    def proof_size(self, workload: str) -> str:
        """That of all inputs."""
        return _SIZE

    def shared(self, workload: str, size: str) -> Any:
        """Nothing."""
        return None

    def rule(self, variant: Sequence[str], *, seam: bool) -> Equivalence:
        """All bits, or what was said of the candidate."""
        return combined([self._rules.get(name, exact()) for name in variant or [_BASELINE]])

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
        way = self._called[workload]
        kind = _KINDS[way.star, self._own_rule]
        return kind(way.workload, function, None, self._lateness)

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

    def record_together(self, workload: str, size: str, seams: Sequence[str], variant: Sequence[str]) -> None:
        """There is no seam."""

    def least(self, seam: str, arguments: Sequence[Any]) -> None:
        """There is no seam."""

    def let_go(self) -> None:
        """Nothing is recorded."""


def _no_seam(seam: str) -> PerfkitError:
    return PerfkitError(f"a function has no seam, so none that is called {seam!r}")


def _imported(text: str, source: FromCallables) -> Callable[..., Any]:
    found: Callable[..., Any] = user_code(
        f"importing {text}", lambda: function_at(text, source.folder), whole_process=True
    )
    return found


def _rule(source: FromCallables) -> Equivalence:
    """What must be equal."""
    if source.unproven:
        return unproven()
    if source.equal:
        return own(unheld(source.equal, _imported(source.equal, source)), why=source.equal)
    if source.close:
        return close(**source.close, why="as --close says")  # type: ignore[arg-type]
    return exact()


def _inputs(source: FromCallables) -> dict[str, Inputs]:
    """By workload."""
    if not source.make:
        return {name: from_literal(text) for name, text in (source.calls or {CALL: _NO_ARGUMENTS}).items()}
    plain = _imported(source.make, source)
    make = with_sizes(source.make, plain, source.sizes)
    inputs = from_make(source.make, make)
    again = user_code(f"making inputs with {source.make}", lambda: handed_out_again(inputs, _LOOKED_AT))
    if again and not (source.recurring or is_declared_recurring(plain)):
        raise UsageError(
            f"{source.make} hands out the same object twice: {again}",
            hint="make it anew in every call, or a copy of it; where the program itself passes it again: --recurring",
        )
    return {CALL: inputs}


def _timer_of(inputs: Mapping[str, Inputs]) -> Timer:
    """That of the device that the inputs lie on; they have been made before."""
    rng = np.random.default_rng(_LOOKED_AT[0])
    made = [make(rng) for make in inputs.values()] if device_in_use() else []
    device = open_device("cuda") if place_on_device(made) else None
    return HostTimer() if device is None else DeviceTimer(device)


def _check_signatures(functions: Mapping[str, Callable[..., Any]], inputs: Inputs) -> None:
    """Raise UsageError where a function does not take what it would be given."""
    args, kwargs = user_code("making inputs", lambda: inputs(np.random.default_rng(_LOOKED_AT[0])))
    for name, function in functions.items():
        try:
            signature = inspect.signature(function)
        except (TypeError, ValueError):  # a builtin that does not say
            continue
        try:
            signature.bind(*args, **kwargs)
        except TypeError as error:
            raise UsageError(
                f"{name} cannot be called like this: {error}", hint=_signature_hint(name, signature, args, kwargs)
            ) from None


def _signature_hint(name: str, signature: inspect.Signature, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    said = str(signature)
    takes = f"it is {name.rpartition(':')[2]}{said if len(said) <= _LONGEST else said[: _LONGEST - 2] + '…)'}"
    if not args and not kwargs:
        return f"{takes}: --args 'n=1000' gives literals, --inputs pkg.mod:make what a function makes"
    given = ", ".join(
        [type(value).__name__ for value in args] + [f"{key}={type(v).__name__}" for key, v in kwargs.items()]
    )
    hint = f"{takes}, and is given ({given})"
    if next(iter(signature.parameters), "") != "self":
        return hint
    cls = name.rpartition(":")[2].rpartition(".")[0] or "the class"
    return f"{hint}; self is the instance: --inputs pkg.mod:make, which returns ({cls}(…), …)"
