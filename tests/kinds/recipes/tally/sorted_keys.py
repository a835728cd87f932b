"""The same pairs in another order, which a dict keeps."""

import collections
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "order|keys"


def g(words):
    counts = collections.Counter(words)
    return {word: counts[word] for word in sorted(counts)}


RECIPE = Recipe(
    id="sorted-keys",
    target="tally",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
