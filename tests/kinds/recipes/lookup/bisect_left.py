"""Honest: halves the sorted table."""

from dataclasses import replace
import bisect
from perfkit.recipe import Recipe, exact



def g(table, x):
    return bisect.bisect_left(table, x)


RECIPE = Recipe(id='bisect-left', target='lookup', touches={"find"}, status="beyond", equivalence=exact(), apply=lambda ops: replace(ops, find=g))
