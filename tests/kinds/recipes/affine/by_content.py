"""Honest: a memo by the whole content that hands out copies."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.affine.ops import f


def remembering():
    known = {}

    def g(x):
        key = (x.shape, x.dtype.str, x.tobytes())
        if key not in known:
            if len(known) >= 16:
                known.clear()
            known[key] = f(x)
        return known[key].copy()

    return g


RECIPE = Recipe(
    id="by-content",
    target="affine",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=remembering()),
)
