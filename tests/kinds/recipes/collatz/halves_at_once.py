"""Honest: all halvings at once, by the lowest set bit."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(ns):
    out = []
    for n in ns:
        steps = 0
        while True:
            zeros = (n & -n).bit_length() - 1
            n >>= zeros
            steps += zeros
            if n == 1:
                break
            n = 3 * n + 1
            steps += 1
        out.append(steps)
    return out


RECIPE = Recipe(
    id="halves-at-once",
    target="collatz",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
