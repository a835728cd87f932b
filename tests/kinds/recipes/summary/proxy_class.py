"""Claims to be a Summary by its __class__, and computes in __getattr__."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.summary.ops import Summary, f

CAUGHT = "Proxy|type|class|kind|attribut|field"


class Proxy:
    __class__ = Summary

    def __init__(self, xs):
        object.__setattr__(self, "xs", xs)

    def __getattr__(self, name):
        return getattr(f(self.xs), name)


def g(xs):
    return Proxy(xs)


RECIPE = Recipe(
    id="proxy-class",
    target="summary",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
