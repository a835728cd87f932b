"""What "the output stays right" means for one recipe. Data only; `perfkit.tree.compare` does the checking.

A new kind of equality touches:

- here `EquivalenceKind`, what makes one, `Equivalence.__str__`, and `combined`, which refuses what it cannot add up;
- `tree/compare.py`, and of numbers `tree/numeric.py`, `atoms.py` and `on_device.py`: what is checked;
  `worker/proof/control.py`: what the baseline is held to; `worker/proof/call.py`: what only an exact rule asks for;
- `recipe.py` and `catalog/read_files.py` (`_CALLS`), where recipes may declare it; `sources/callables.py` and
  `comparison/functions.py`, where users may ask for it of their own functions, by the options of `cli/compare.py` (and
  `_RULES` of `cli/named.py`) and the arguments of `library.py`;
- `comparison/tolerance.py`: what is suggested to somebody whose recipe differs a little;
- `report/compare.py` (`_HOW`) and `report/words.py` (`_OUTPUTS`): what it is called;
- mutants that it must refuse, in the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

__all__ = [
    "Equivalence",
    "EquivalenceKind",
    "OwnEquivalence",
    "close",
    "combined",
    "exact",
    "new_format",
    "own",
    "unproven",
    "with_headroom",
]

EquivalenceKind = Literal["exact", "close", "format", "own", "unproven"]

_WIDEST_RTOL = 0.1
_HEADROOM, _LOOSEST = 10.0, 1e-3  # times what was seen, up to which that may be rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivalence:
    """How a candidate's output may differ from the baseline's.

    `rtol` and `atol` bound |got - expected| <= atol + rtol·|expected|, element by element; `ulp` instead
    allows that many representable numbers between the two. A pair passes when either bound holds.
    `dtype_change` says that the recipe declares another dtype for its output: values are compared in float64.
    `free` names the parts of the output whose meaning is the recipe's own (a compressed stream): they are not compared,
    all others are. `no_grad` says that nobody trains on the output: it need not carry gradients.
    """

    kind: EquivalenceKind
    rtol: float = 0.0
    atol: float = 0.0
    ulp: int = 0
    dtype_change: bool = False
    why: str = ""
    free: frozenset[str] = frozenset()
    no_grad: bool = False

    def __str__(self) -> str:
        without = ", without gradients" if self.no_grad else ""
        if self.kind in ("own", "unproven"):
            return self.why
        if self.kind == "exact":
            return f"exact{without}"
        if self.free and not (self.rtol or self.atol or self.ulp):
            return f"exact, but for another format of {', '.join(sorted(self.free))}{without}"
        bounds = [f"rtol {self.rtol:g}" if self.rtol else "", f"atol {self.atol:g}" if self.atol else ""]
        bounds.append(f"{self.ulp} ulp" if self.ulp else "")
        bounds.append("dtype may change" if self.dtype_change else "")
        bounds.append(f"another format of {', '.join(sorted(self.free))}" if self.free else "")
        return f"close ({', '.join(b for b in bounds if b)}){without}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEquivalence(Equivalence):
    """Equal where a function of the user's says so: `same(expected, got)`."""

    same: Callable[[Any, Any], bool]


def exact(*, no_grad: bool = False) -> Equivalence:
    """Bit for bit: the same type, shape, dtype and bytes, and the same gradients unless `no_grad` gives them up."""
    return Equivalence(kind="exact", no_grad=no_grad)


def close(
    *,
    rtol: float = 0.0,
    atol: float = 0.0,
    ulp: int = 0,
    dtype_change: bool = False,
    no_grad: bool = False,
    why: str,
) -> Equivalence:
    """Equal within a stated tolerance. `why` says where the difference comes from.

    Raises ValueError when no bound is given, a bound is negative, `rtol` is 0.1 or more (a tenth of every value may
    be missing: that is another computation, not rounding), or the reason is empty.
    """
    if min(rtol, atol, ulp) < 0 or not (rtol or atol or ulp):
        raise ValueError("close() needs at least one positive bound: rtol, atol or ulp")
    if rtol >= _WIDEST_RTOL:
        raise ValueError(f"close() takes rtol below {_WIDEST_RTOL}, not {rtol:g}: so wide a tolerance proves nothing")
    if not why.strip():
        raise ValueError("close() needs why=: the reason why the output is not bit-equal")
    return Equivalence(kind="close", rtol=rtol, atol=atol, ulp=ulp, dtype_change=dtype_change, no_grad=no_grad, why=why)


def with_headroom(bounds: object) -> dict[str, float]:
    """The bounds to declare where these (`rtol=1e-06, atol=2e-09`) would have let pass what differed: wider, as other
    inputs and machines round differently. Empty where rounding does not explain it."""
    wider = {}
    for bound in str(bounds or "").split(", "):
        name, _, value = bound.partition("=")
        if name not in ("rtol", "atol") or float(value) > _LOOSEST:
            return {}
        wider[name] = float(f"{float(value) * _HEADROOM:.1g}")
    return wider


def new_format(parts: Iterable[str], *, within: Equivalence | None = None, why: str) -> Equivalence:
    """A declared change of format: the named parts of an observed output are free, the rest is `within` (exact).

    The target must observe what makes the new format right, such as what comes back from it. `{"output"}` frees all
    of a seam's output, whose rightness then rests on the workload's. Raises ValueError without parts or a reason.
    """
    free = frozenset(parts)
    if not free or not all(isinstance(part, str) and part for part in free):
        raise ValueError(f"new_format() needs the names of the parts that change, not {parts!r}")
    if not why.strip():
        raise ValueError("new_format() needs why=: what the format is now")
    return replace(within or Equivalence(kind="exact"), kind="format", why=why, free=free)


def own(same: Callable[[Any, Any], bool], *, why: str) -> Equivalence:
    """Equal where a function of the user's says so of the baseline's result and the candidate's."""
    return OwnEquivalence(kind="own", same=same, no_grad=True, why=why)


def unproven() -> Equivalence:
    """Nothing is compared: whatever comes out passes, and nobody has shown that it is right."""
    return Equivalence(kind="unproven", no_grad=True, why="nothing is compared")


def combined(rules: Sequence[Equivalence]) -> Equivalence:
    """What recipes switched on together must keep: the tolerances add up, and no rules at all mean exact.

    Raises ValueError where several are of kinds that do not add up.
    """
    loose = [rule for rule in rules if rule.kind != "exact"]
    no_grad = any(rule.no_grad for rule in rules)
    if not loose:
        return exact(no_grad=no_grad)
    if len(loose) == 1:
        return loose[0] if loose[0].no_grad == no_grad else replace(loose[0], no_grad=no_grad)
    if others := {rule.kind for rule in loose} - {"close", "format"}:
        raise ValueError(f"kinds of equality that cannot be combined: {', '.join(sorted(others))}")
    return Equivalence(
        kind="format" if any(rule.free for rule in loose) else "close",
        rtol=sum(rule.rtol for rule in loose),
        atol=sum(rule.atol for rule in loose),
        ulp=sum(rule.ulp for rule in loose),
        dtype_change=any(rule.dtype_change for rule in loose),
        why="; ".join(rule.why for rule in loose),
        free=frozenset().union(*(rule.free for rule in loose)),
        no_grad=no_grad,
    )
