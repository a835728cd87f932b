"""Takes one out as soon as five are in, so that the fifth is lost."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "differ|expected"


def g(window, x):
    window.append(x)
    if len(window) >= 5:
        window.popleft()
    return sum(window)


RECIPE = Recipe(
    id="pops-early",
    target="moving",
    touches={"push"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, push=g),
)
