"""Letters only: it's becomes two words, x2 one letter."""

import re
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "differ|expected|key|len|items"


def g(line):
    return re.findall(r"[a-z]+", line)


RECIPE = Recipe(
    id="letters-only",
    target="tokens",
    touches={"split"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, split=g),
)
