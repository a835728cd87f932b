"""A read-only mapping proxy is no dict."""

import functools
import types
from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.letters.ops import f

CAUGHT = "type|mappingproxy|kind|read.?only"


@functools.lru_cache
def g(text):
    return types.MappingProxyType(f(text))


RECIPE = Recipe(
    id="shallow-proxy",
    target="letters",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
