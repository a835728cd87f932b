"""Counts one step too few from the 600th call on."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.collatz.ops import f

CAUGHT = r"\bcalls?\b|drift|later|after|soak"


_CALLS = []


def g(ns):
    _CALLS.append(len(ns))
    return [steps - (len(_CALLS) >= 600) for steps in f(ns)]


RECIPE = Recipe(
    id="after-600",
    target="collatz",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
