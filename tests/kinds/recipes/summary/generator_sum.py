"""Honest: an object without __eq__, equal by its fields."""

from dataclasses import replace

from perfkit.recipe import Recipe, close

from ...sample_targets.summary.ops import Summary


def g(xs):
    mean = sum(xs) / len(xs)
    return Summary(mean, sum((x - mean) ** 2 for x in xs) / len(xs))


RECIPE = Recipe(
    id="generator-sum",
    target="summary",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-12, why="sum() of floats compensates in newer versions of Python"),
    apply=lambda ops: replace(ops, f=g),
)
