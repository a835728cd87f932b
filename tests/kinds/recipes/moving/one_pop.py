"""Honest: at most one has to go."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(window, x):
    window.append(x)
    if len(window) > 5:
        window.popleft()
    return sum(window)


RECIPE = Recipe(
    id="one-pop",
    target="moving",
    touches={"push"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, push=g),
)
