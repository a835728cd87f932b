"""The same letters as bytes."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "bytes|type"


def g(text):
    return text.title().encode()


RECIPE = Recipe(
    id="bytes",
    target="titles",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
