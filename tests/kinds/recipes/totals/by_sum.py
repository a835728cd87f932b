"""Remembers by the sum of the list, which many lists share."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.totals.ops import f

CAUGHT = "differ|expected|not equal|mismatch|in place|changed|stale"


def remembering():
    known = {}

    def g(xs):
        key = sum(xs)
        if key not in known:
            known[key] = f(xs)
        return list(known[key])

    return g


RECIPE = Recipe(
    id="by-sum",
    target="totals",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=remembering()),
)
