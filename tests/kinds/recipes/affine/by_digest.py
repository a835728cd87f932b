"""Honest: a memo of the last input by a digest of all its bytes; the result is copied."""

import hashlib
from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.affine.ops import f

_LAST = {}


def g(x):
    key = hashlib.blake2b(x.tobytes(), digest_size=16).digest() + repr((x.shape, x.dtype)).encode()
    if _LAST.get("key") != key:
        _LAST["key"], _LAST["result"] = key, f(x)
    return _LAST["result"].copy()


RECIPE = Recipe(
    id="by-digest",
    target="affine",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
