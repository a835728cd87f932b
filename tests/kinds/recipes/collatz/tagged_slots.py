"""A direct-mapped table with a tag of 12 bits, which n and n + 4096 share."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.collatz.ops import f

CAUGHT = r"differ|expected|not equal|mismatch|in place|changed|stale|\bcalls?\b|drift|later|after|soak"


_TAGS = {}


def g(ns):
    out = []
    for n in ns:
        tag = (n * 2654435761) % 4096
        if tag not in _TAGS:
            _TAGS[tag] = f([n])[0]
        out.append(_TAGS[tag])
    return out


RECIPE = Recipe(
    id="tagged-slots",
    target="collatz",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
