"""Remembers by the names alone."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.shares.ops import f

CAUGHT = "differ|expected|not equal|mismatch|in place|changed|stale"


def remembering():
    known = {}

    def g(amounts):
        key = tuple(amounts)
        if key not in known:
            known[key] = f(amounts)
        return dict(known[key])

    return g


RECIPE = Recipe(
    id="by-names",
    target="shares",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=remembering()),
)
