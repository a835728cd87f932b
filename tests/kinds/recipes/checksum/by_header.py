"""Remembers by length and the first 16 bytes."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.checksum.ops import f

CAUGHT = "in place|same object|changed|stale|cache|identity|recycl|overwritten|earlier (input|call|result)"


def remembering():
    known = {}

    def g(buffer):
        key = (len(buffer), bytes(buffer[:16]))
        if key not in known:
            known[key] = f(buffer)
        return known[key]

    return g


RECIPE = Recipe(
    id="by-header",
    target="checksum",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=remembering()),
)
