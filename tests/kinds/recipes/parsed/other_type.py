"""The same message in a KeyError."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "KeyError|type"


def g(texts):
    return [int(text) if text.isdigit() else KeyError(f"no number: {text}") for text in texts]


RECIPE = Recipe(
    id="other-type",
    target="parsed",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
