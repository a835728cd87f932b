"""Through ASCII bytes: what is not ASCII is lost."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

FINDING = r"ascii|unicode|accent|emoji|latin|[\u00c0-\u024f\u0370-\u9fff]|\\[ux]"


def g(text):
    return text.encode("ascii", "ignore").upper().decode()


RECIPE = Recipe(
    id="ascii-only",
    target="capitals",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
