"""Honest: counted once, arguments that recur cost a copy."""

import collections
from dataclasses import replace

from perfkit.recipe import Recipe, exact

_KNOWN = {}


def g(text):
    if text not in _KNOWN:
        _KNOWN[text] = dict(collections.Counter(text))
    return _KNOWN[text].copy()


RECIPE = Recipe(
    id="setdefault",
    target="letters",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
