"""An int that equals everything."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "Agreeable|type|class|differ|expected"


class Agreeable(int):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = int.__hash__


def g(xs):
    return Agreeable(len(xs))


RECIPE = Recipe(
    id="equals-all",
    target="agreeing",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
