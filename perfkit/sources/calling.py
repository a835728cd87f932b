"""How the functions of one workload are called, all of them alike, and what counts of a call besides its result."""

from __future__ import annotations

import contextlib
import inspect
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from perfkit.sources.held import held
from perfkit.sources.inputs import Call, Inputs
from perfkit.target import Workload

__all__ = ["Called", "Printed", "Raised", "called"]


@dataclass(slots=True)
class Printed:
    """What a call gave, and what it printed meanwhile."""

    output: Any
    printed: str


@dataclass(slots=True)
class Raised:
    """What a call raised instead of giving anything."""

    error: Exception


@dataclass(frozen=True, slots=True)
class Called:
    """A workload of functions; `star`: its input is a tuple of positional arguments."""

    workload: Workload
    star: bool


def called(
    name: str,
    inputs: Inputs,
    functions: Sequence[Callable[..., Any]],
    *,
    size: str,
    seeds: Iterable[int],
    printed: bool = False,
    raising: bool = False,
    own_rule: bool = False,
) -> Called:
    """The workload in which each of the functions is called with `inputs`; `seeds`: of those that are looked at first.

    `printed`, `raising`: what it prints or raises counts too. `own_rule`: the user's own comparer decides, or nothing
    does, so that what it gives may be of any type.
    """
    examples = [inputs(np.random.default_rng(seed)) for seed in seeds]
    binding = _binding(functions, examples)
    star = binding is not None

    def data(shared: Any, rng: np.random.Generator) -> Any:
        args, kwargs = inputs(rng)
        if binding is None:
            return args, kwargs
        return binding.bind(*args, **kwargs).args if kwargs else args

    def call(function: Callable[..., Any]) -> Callable[..., Any]:
        whole = function if star else _by_name(function)
        whole = _with_raised(whole) if raising else whole
        return _with_printed(whole) if printed else whole

    workload = Workload(id=name, summary="one call", data=data, call=call, sizes=(size,))
    return Called(replace(workload, observe=_held_output) if own_rule else workload, star)


def _binding(functions: Sequence[Callable[..., Any]], examples: Sequence[Call]) -> inspect.Signature | None:
    """The signature by which all arguments become positional, in one order for all functions; None where none does.

    A call by name costs a dictionary, and another function between the clock and the one that is measured.
    """
    try:
        signatures = [inspect.signature(function) for function in functions]
    except (TypeError, ValueError):  # a builtin that does not say
        return None if any(kwargs for _, kwargs in examples) else inspect.Signature()
    for args, kwargs in examples:
        bound = [signature.bind(*args, **kwargs) for signature in signatures]
        orders = {tuple(map(id, each.args)) for each in bound}
        if kwargs and (len(orders) > 1 or any(each.kwargs for each in bound)):
            return None
    return signatures[0]


def _held_output(instance: Any, argument: Any, output: Any) -> Any:
    return held(output)


def _by_name(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda call: function(*call[0], **call[1])


def _with_printed(function: Callable[..., Any]) -> Callable[..., Any]:
    def printing(*args: Any) -> Printed:
        with contextlib.redirect_stdout(io.StringIO()) as taken:
            output = function(*args)
        return Printed(output, taken.getvalue())

    return printing


def _with_raised(function: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(*args: Any) -> Any:
        try:
            return function(*args)
        except Exception as error:
            return Raised(error.with_traceback(None))  # which would keep all arguments alive

    return guarded
