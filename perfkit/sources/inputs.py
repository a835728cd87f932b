"""What functions are called with: made anew for each call by a function of the user's, or written as literals.

`make(rng)` gives the arguments of one call: a tuple, or `perfkit.args(x, n=3)`; a generator function yields them, and
each call takes one of the first that it yields. Equal generators of random numbers give equal arguments.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

import numpy as np

from perfkit.call import RECURRING, Arguments
from perfkit.errors import UsageError
from perfkit.phrases import a_or_an
from perfkit.tree.walk import Walk
from perfkit.worker.guard import user_code

__all__ = ["Call", "Inputs", "from_literal", "from_make", "handed_out_again", "is_declared_recurring"]
__all__ += ["with_sizes"]

_MOST_YIELDED = 16  # that a call chooses from, of a generator that may go on for ever
_UNCHANGING = (tuple, frozenset, range, slice)

Call = tuple[tuple[Any, ...], Mapping[str, Any]]  # the arguments of one call, positional and by name
Inputs = Callable[[np.random.Generator], Call]


def from_make(name: str, make: Callable[..., Any]) -> Inputs:
    """The inputs that a function of the user's makes. Raises UsageError where it is none that can."""
    try:
        inspect.signature(make).bind(None)
    except TypeError:
        raise UsageError(
            f"{name}{inspect.signature(make)} cannot be called with a generator of random numbers",
            hint="def make(rng): return (rng.random(100),)",
        ) from None
    except ValueError:  # a builtin that does not say
        pass
    if inspect.isgeneratorfunction(make):
        return _from_generator(name, make)
    return lambda rng: _checked(name, make(rng), "returns")


def with_sizes(name: str, make: Callable[..., Any], sizes: Mapping[str, int | str]) -> Callable[..., Any]:
    """A function of the user's that is given sizes and a dtype by name. Raises UsageError where it takes none."""
    if not sizes:
        return make
    try:
        inspect.signature(make).bind(None, **sizes)
    except TypeError:
        given = ", ".join(f"{key}={value!r}" for key, value in sizes.items())
        raise UsageError(
            f"{name}{inspect.signature(make)} takes no {' and no '.join(sizes)}", hint=f"def make(rng, {given}): …"
        ) from None
    except ValueError:  # a builtin that does not say
        pass
    return partial(make, **sizes)


def _from_generator(name: str, make: Callable[..., Iterator[Any]]) -> Inputs:
    count = sum(
        1 for _ in user_code(f"{name} yields", lambda: list(islice(make(np.random.default_rng(0)), _MOST_YIELDED)))
    )
    if not count:
        raise UsageError(f"{name} yields nothing", hint="yield the arguments of one call at a time")

    def inputs(rng: np.random.Generator) -> Call:
        number = int(rng.integers(count))
        given = next(islice(make(rng), number, None), None)
        return _checked(name, given, "yields")

    return inputs


def _checked(name: str, given: Any, verb: str) -> Call:
    if type(given) is tuple:
        return given, {}
    if isinstance(given, Arguments):
        return given.args, given.kwargs
    what = "nothing" if given is None else a_or_an(type(given).__name__)
    raise UsageError(
        f"{name} {verb} {what}, not the arguments of one call",
        hint="return a tuple, (x,) for one argument, or perfkit.args(x, n=3)",
    )


def from_literal(text: str) -> Inputs:
    """The inputs that a literal `(positional, named)` writes, made anew for each call."""
    return lambda rng: ast.literal_eval(text)


def is_declared_recurring(make: Callable[..., Any]) -> bool:
    """Whether its author says that it hands out the same objects again."""
    return bool(getattr(make, RECURRING, False))


def handed_out_again(inputs: Inputs, seeds: Sequence[int]) -> str:
    """Where two calls are given one and the same object that a call may change: "argument 1[3]"; "" where none is."""
    calls = [inputs(np.random.default_rng(seed)) for seed in seeds]
    met: dict[int, int] = {}
    for number, call in enumerate(calls):
        for value, place in _mutable(call):
            if met.setdefault(id(value), number) != number:
                return place
    return ""


def _mutable(call: Call) -> Iterator[tuple[Any, str]]:
    positional, named = call
    parts = [(f"argument {i}", value) for i, value in enumerate(positional, 1)]
    for where, part in [*parts, *((f"argument {name}", value) for name, value in named.items())]:
        walk = Walk(part, where)
        for value, kind in walk:
            if not (kind is not None and kind.atom) and not isinstance(value, _UNCHANGING):
                yield value, walk.place
