"""What a workload declares in numbers: throughput, tradeoffs and cost, checked when they are first asked for.

A number that is none would otherwise end a session after everything was measured, or stand in a table as `nan`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from numbers import Real
from typing import Any

from perfkit.errors import CatalogError
from perfkit.phrases import a_or_an
from perfkit.target import Cost, Workload
from perfkit.worker.guard import user_code

__all__ = ["cost_of", "seam_cost", "throughput_of", "tradeoffs_of"]


def throughput_of(workload: Workload, shared: Any) -> tuple[str, float] | None:
    """What the workload counts its work in, and how many of it one call does. Raises CatalogError."""
    if workload.throughput is None:
        return None
    form = 'throughput=("tokens", function of shared)'
    try:
        name, count = workload.throughput
    except (TypeError, ValueError):
        raise _wrong(workload, "throughput", f"is {_said(workload.throughput)}", form) from None
    if not isinstance(name, str) or not callable(count):
        raise _wrong(workload, "throughput", f"is {_said(workload.throughput)}", form)
    given = user_code("counting the work of a call", lambda: count(shared))
    return name, _number(workload, "throughput", given, above=True)


def tradeoffs_of(workload: Workload, data: Any, seen: Any) -> dict[str, tuple[float, float]]:
    """What else than time one call takes or gives, by name, as two amounts. Raises CatalogError."""
    if workload.tradeoffs is None:
        return {}
    tradeoffs: Callable[[Any, Any], Mapping[str, tuple[float, float]]] = workload.tradeoffs
    given = user_code("the tradeoffs of a call", lambda: tradeoffs(data, seen))
    form = 'it must return {"name": (amount, amount)}'
    if not isinstance(given, Mapping):
        raise _wrong(workload, "tradeoffs", f"gave {_said(given)}", form)
    found = {}
    for name, pair in given.items():
        if not isinstance(name, str) or not isinstance(pair, tuple | list) or len(pair) != 2:
            raise _wrong(workload, "tradeoffs", f"gave {_said({name: pair})}", form)
        found[name] = (
            _number(workload, f"tradeoffs[{name!r}]", pair[0]),
            _number(workload, f"tradeoffs[{name!r}]", pair[1]),
        )
    return found


def cost_of(workload: Workload, shared: Any) -> Cost | None:
    """The least that one call must do, when the workload says so. Raises CatalogError."""
    if workload.cost is None:
        return None
    cost: Callable[[Any], Cost] = workload.cost
    given = user_code("the least a call must do", lambda: cost(shared))
    if not isinstance(given, Cost):
        raise _wrong(workload, "cost", f"gave {_said(given)}", "it must return a Cost(operations=…, read=…)")
    return Cost(
        operations=_number(workload, "cost.operations", given.operations),
        read=_number(workload, "cost.read", given.read),
    )


def seam_cost(seam: str, costs: Any, arguments: Sequence[Any]) -> Cost | None:
    """The least that a call of a seam must do, as the target's `costs` say, if they do. Raises CatalogError.

    `costs`: by seam, a function of the seam's own arguments; it returns None where it cannot say.
    """
    form = 'costs={"seam": lambda x: Cost(operations=2 * x.size, read=x.nbytes)}'
    if not isinstance(costs, Mapping):
        raise CatalogError(f"costs is {_said(costs)}", hint=form)
    if seam not in costs:
        return None
    given = user_code(f"the least that {seam} must do", lambda: costs[seam](*arguments))
    if given is None:
        return None
    if not isinstance(given, Cost):
        raise CatalogError(f"costs of the seam {seam} gave {_said(given)}", hint=form)
    for value in (given.operations, given.read):
        if not isinstance(value, Real) or not math.isfinite(value) or value < 0:
            raise CatalogError(f"costs of the seam {seam} gave {_said(given)}", hint="finite numbers from 0")
    return Cost(operations=float(given.operations), read=float(given.read))


def _number(workload: Workload, field: str, value: Any, *, above: bool = False) -> float:
    """`value` as a float: a finite number, from 0 or above it. Those of numpy are as good as Python's own."""
    wanted = "it must be a finite number above 0" if above else "it must be a finite number from 0"
    if isinstance(value, bool) or not (isinstance(value, Real) or hasattr(value, "__float__")):
        raise _wrong(workload, field, f"gave {_said(value)}", wanted)
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise _wrong(workload, field, f"gave {_said(value)}", wanted) from None
    if not math.isfinite(number) or number < 0 or (above and number == 0):
        raise _wrong(workload, field, f"gave {number:g}", wanted)
    return number


def _wrong(workload: Workload, field: str, what: str, hint: str) -> CatalogError:
    return CatalogError(f"{field} of the workload {workload.id} {what}", hint=hint)


def _said(value: Any) -> str:
    try:
        text = repr(value)
    except Exception:  # a repr of the user's may raise; the name of the type is then all there is to say
        text = a_or_an(type(value).__name__)
    return text if len(text) <= 80 else f"{text[:80]}…"
