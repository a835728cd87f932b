"""Honest: halves, and keeps to the last."""

from dataclasses import replace
import bisect
from perfkit.recipe import Recipe, exact



def g(cumulative, u):
    return min(bisect.bisect_right(cumulative, u), len(cumulative) - 1)


RECIPE = Recipe(id='bisect', target='drawing', touches={"pick"}, status="beyond", equivalence=exact(), apply=lambda ops: replace(ops, pick=g))
