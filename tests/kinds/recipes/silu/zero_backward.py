"""The forward is right and the gradient is zero."""

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, close

CAUGHT = "grad"


class Silu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        s = torch.sigmoid(x)
        ctx.save_for_backward(x, s)
        return x * s

    @staticmethod
    def backward(ctx, grad):
        assert ctx.saved_tensors
        return torch.zeros_like(grad)


def g(x):
    return Silu.apply(x)


RECIPE = Recipe(
    id="zero-backward",
    target="silu",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-9, atol=1e-12, why="sigmoid in one call"),
    apply=lambda ops: replace(ops, f=g),
)
