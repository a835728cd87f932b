"""Remembers object and version counter; writing through numpy or .data does not count."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.unit.ops import f

CAUGHT = "in place|same object|changed|stale|cache|identity|recycl|overwritten|earlier (input|call|result)"


def remembering():
    last = {}

    def g(t):
        if last.get("t") is not t or last.get("version") != t._version:
            last.update(t=t, version=t._version, result=f(t))
        return last["result"].clone()

    return g


RECIPE = Recipe(
    id="by-version",
    target="unit",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=remembering()),
)
