"""No copy: a memoryview of the caller's packet."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = (
    "memoryview|type|overwritten|handed out|hands out|share|same (object|memory|result|"
    "buffer|array|list)|alias|is the input|view|reus|returned (before|again)"
)


def g(packet):
    return memoryview(packet)[4:]


RECIPE = Recipe(
    id="memoryview",
    target="payload",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
