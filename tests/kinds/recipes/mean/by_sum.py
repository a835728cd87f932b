"""Honest: the same answer for an empty list."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(xs):
    return sum(xs) / len(xs) if xs else 0.0


RECIPE = Recipe(
    id="by-sum", target="mean", touches={"f"}, status="beyond", equivalence=exact(), apply=lambda ops: replace(ops, f=g)
)
