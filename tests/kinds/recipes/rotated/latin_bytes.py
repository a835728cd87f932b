"""By way of latin-1 bytes, which not every text has."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

FINDING = "ascii|unicode|latin|encod|codec|emoji"


_TABLE = bytes((b - 84) % 26 + 97 if 97 <= b <= 122 else b for b in range(256))


def g(text):
    return text.encode("latin-1").translate(_TABLE).decode("latin-1")


RECIPE = Recipe(
    id="latin-bytes",
    target="rotated",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
