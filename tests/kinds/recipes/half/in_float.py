"""Rounds once instead of twice: other numbers in the last bit."""

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, exact

CAUGHT = "differ|expected|bit"


def g(t):
    return (t.float() * 1.5 + 0.25).to(torch.bfloat16)


RECIPE = Recipe(
    id="in-float",
    target="half",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
