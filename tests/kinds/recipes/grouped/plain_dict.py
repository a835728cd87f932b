"""A dict with the same pairs, which raises KeyError for a new length."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "defaultdict|type|factory|kind"


def g(words):
    out = {}
    for word in words:
        out.setdefault(len(word), []).append(word)
    return out


RECIPE = Recipe(
    id="plain-dict",
    target="grouped",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
