"""Keeps its counts from call to call: right once."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = r"differ|expected|not equal|mismatch|in place|changed|stale|\bcalls?\b|drift|later|after|soak"


_COUNTS = {}


def g(words):
    for word in words:
        _COUNTS[word] = _COUNTS.get(word, 0) + 1
    return dict(_COUNTS)


RECIPE = Recipe(
    id="never-cleared",
    target="tally",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
