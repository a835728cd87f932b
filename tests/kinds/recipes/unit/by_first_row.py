"""Remembers by the first row."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.unit.ops import f

CAUGHT = "in place|same object|changed|stale|cache|identity|recycl|overwritten|earlier (input|call|result)"


def remembering():
    known = {}

    def g(t):
        key = t[0].numpy().tobytes()
        if key not in known:
            known[key] = f(t)
        return known[key].clone()

    return g


RECIPE = Recipe(
    id="by-first-row",
    target="unit",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=remembering()),
)
