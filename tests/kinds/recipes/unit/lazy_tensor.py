"""A subclass of Tensor that divides when it is first used."""

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, exact

CAUGHT = "Lazy|type|subclass|kind|differ|expected|not equal|mismatch|in place|changed|stale"


class Lazy(torch.Tensor):
    pending = None

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        plain = [a.as_subclass(torch.Tensor) if isinstance(a, cls) else a for a in args]
        for before, after in zip(args, plain, strict=True):
            if isinstance(before, cls) and before.pending is not None:
                after.div_(before.pending)
                before.pending = None
        return func(*plain, **(kwargs or {}))


def g(t):
    out = t.clone().as_subclass(Lazy)
    out.pending = t.square().sum(dim=1, keepdim=True).sqrt()
    return out


RECIPE = Recipe(
    id="lazy-tensor",
    target="unit",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
