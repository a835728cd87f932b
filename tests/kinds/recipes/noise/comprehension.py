"""Honest: draws the same numbers from the same generator."""

from dataclasses import replace
import random
from perfkit.recipe import Recipe, exact



def g(n):
    draw = random.random
    return [draw() for _ in range(n)]


RECIPE = Recipe(id='comprehension', target='noise', touches={"f"}, status="beyond", equivalence=exact(), apply=lambda ops: replace(ops, f=g))
