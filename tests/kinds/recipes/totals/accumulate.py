"""Honest: itertools, in compiled code."""

from dataclasses import replace
import itertools
from perfkit.recipe import Recipe, exact



def g(xs):
    return list(itertools.accumulate(xs))


RECIPE = Recipe(id='accumulate', target='totals', touches={"f"}, status="beyond", equivalence=exact(), apply=lambda ops: replace(ops, f=g))
