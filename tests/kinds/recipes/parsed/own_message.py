"""The right type of error with Python's message."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "message|args|ValueError|no number|invalid literal|differ|expected"


def g(texts):
    out = []
    for text in texts:
        try:
            out.append(int(text))
        except ValueError as error:
            out.append(error)
    return out


RECIPE = Recipe(
    id="own-message",
    target="parsed",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
