"""What is written after `--args`, `--close` and `--ulp`: literals, never run. Pure.

--args 'n=[10, 1000], x=2.5'   calls with n=10, x=2.5 and with n=1000, x=2.5: a list becomes a sweep
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Mapping

from perfkit.equivalence import close
from perfkit.errors import UsageError

__all__ = ["read_arguments", "read_tolerance"]

_MOST_POINTS = 24
_LONGEST = 40  # characters of a label
_HINT = "--args 'n=[10, 1000], x=2.5': a list becomes a sweep, a list of one list an argument that is a list"


def read_arguments(text: str) -> dict[str, str]:
    """Label -> literal `(positional, named)` of each call that is written. Raises UsageError."""
    try:
        call = ast.parse(f"f({text}\n)", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise UsageError(f"--args {text!r} cannot be read", hint=_HINT) from None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        raise UsageError(f"--args {text!r} is more than arguments", hint=_HINT)
    parts = [(None, value) for value in call.args] + [(word.arg, word.value) for word in call.keywords]
    if any(isinstance(value, ast.Starred) for _, value in parts) or any(word.arg is None for word in call.keywords):
        raise UsageError("--args takes no * or **", hint=_HINT)
    for _, value in parts:
        _check_literal(value)
    choices = [value.elts if isinstance(value, ast.List) else [value] for _, value in parts]
    names = [name for name, _ in parts]
    swept = [isinstance(value, ast.List) for _, value in parts]
    calls: dict[str, str] = {}
    for point in itertools.product(*choices):
        values = [ast.unparse(value) for value in point]
        label = _label([(n, v) for n, v, s in zip(names, values, swept, strict=True) if s], len(calls))
        calls.setdefault(label, _call(names, values))
        if len(calls) > _MOST_POINTS:
            raise UsageError(f"--args makes more than {_MOST_POINTS} calls", hint="sweep over fewer values")
    if not calls:
        raise UsageError("--args has a list without values", hint=_HINT)
    return calls


def _check_literal(value: ast.expr) -> None:
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError, RecursionError, MemoryError):
        said = ast.unparse(value)
        raise UsageError(
            f"--args takes literals, and {said:.60} is none", hint="make it in a function: --inputs pkg.mod:make"
        ) from None


def _label(swept: list[tuple[str | None, str]], number: int) -> str:
    label = ", ".join(f"{name}={value}" if name else value for name, value in swept) or "call"
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 6]}… #{number + 1}"


def _call(names: list[str | None], values: list[str]) -> str:
    positional = "".join(f"{value}, " for name, value in zip(names, values, strict=True) if name is None)
    named = ", ".join(f"{name!r}: {value}" for name, value in zip(names, values, strict=True) if name is not None)
    return f"(({positional}), {{{named}}})"


def read_tolerance(tolerance: str | None, ulp: int | None) -> Mapping[str, float]:
    """The bounds of `rtol=1e-6,atol=1e-9`, as `close()` takes them. Raises UsageError."""
    bounds: dict[str, float] = {} if ulp is None else {"ulp": ulp}
    for part in tolerance.split(",") if tolerance is not None else ():
        name, _, value = part.partition("=")
        try:
            bounds[{"rtol": "rtol", "atol": "atol"}[name.strip()]] = float(value)
        except (KeyError, ValueError):
            raise UsageError(f"--close {tolerance!r} is no tolerance", hint="--close rtol=1e-6,atol=1e-9") from None
    if bounds:
        try:
            close(**bounds, why="as it was written")  # type: ignore[arg-type]
        except ValueError as error:
            raise UsageError(f"{error}", hint="--close rtol=1e-6, or --ulp 4") from None
    return bounds
