"""Honest: a generator for a generator, quicker inside."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact



def g(xs):
    return ([left, right] for left, right in zip(xs, xs[1:], strict=False))


RECIPE = Recipe(id='zipped', target='pairs', touches={"f"}, status="beyond", equivalence=exact(), apply=lambda ops: replace(ops, f=g))
