"""The sum is right, but the deque keeps all: what it was given is not left as the baseline leaves it."""

import itertools
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "differ|expected|argument|input|window|len|items"


def g(window, x):
    window.append(x)
    return sum(itertools.islice(reversed(window), 5))


RECIPE = Recipe(
    id="never-shrinks",
    target="moving",
    touches={"push"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, push=g),
)
