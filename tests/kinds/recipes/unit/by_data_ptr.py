"""Remembers by data_ptr(), where the next tensor may lie too."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.unit.ops import f

CAUGHT = (
    "in place|same object|changed|stale|cache|identity|recycl|overwritten|earlier (input|call|result)|expected|differ"
)


_KNOWN = {}


def g(t):
    key = (t.data_ptr(), t.shape)
    if key not in _KNOWN:
        _KNOWN[key] = f(t)
    return _KNOWN[key].clone()


RECIPE = Recipe(
    id="by-data-ptr",
    target="unit",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
