"""What recipes keep of tokens and contexts is kept for one backend alone, and of any size."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from perfkit.recipe import compose
from perfkit.sample_targets.finite_memory.backend import Backend
from perfkit.sample_targets.finite_memory.ops import BASELINE, TREE, Ops, SpanCache
from perfkit.sample_targets.finite_memory.spans import cut


def table(*names: str) -> Ops:
    recipes = [import_module(f"perfkit.recipes.finite_memory.{name.replace('-', '_')}").RECIPE for name in names]
    found: Ops = compose(BASELINE, recipes, TREE)
    return found


class Ends:
    """A backend of any number of tokens, every `nth` of which ends a sentence. Counts what it decodes."""

    def __init__(self, nth: int) -> None:
        self.nth = nth
        self.decoded = 0

    def decode(self, tokens: Sequence[int]) -> str:
        self.decoded += len(tokens)
        return "".join("end." if token % self.nth == 0 else "word" for token in tokens)


@pytest.mark.parametrize("names", [("token-decode-cache",), ("bool-per-token",), ("decode-once-isdisjoint",)])
def test_two_backends_keep_their_own_texts(names: tuple[str, ...]) -> None:
    ops, backends = table(*names), [Ends(3), Ends(4)]

    for tokens in ([5, 6, 7, 8, 12], [25_000, 8, 9, 24_000], [24_000, 10**6, 9, 5, 6]):
        for backend in backends:
            expected = BASELINE.boundaries(BASELINE, Ends(backend.nth), tokens)
            assert ops.boundaries(ops, backend, tokens) == expected


@pytest.mark.parametrize("name", ["token-decode-cache", "bool-per-token"])
def test_a_token_is_decoded_once(name: str) -> None:
    ops, backend = table(name), Ends(3)

    for _ in range(3):
        ops.boundaries(ops, backend, [1, 2, 3, 1, 2, 3, 9])

    assert backend.decoded == 3


def test_a_span_whose_embedding_is_held_is_not_decoded(backend: Backend) -> None:
    decoded: list[Any] = []
    ops, cache, tokens = table("lazy-spans"), SpanCache(), list(range(200, 400))
    object.__setattr__(ops, "decode_span", lambda b, t: decoded.append(t) or b.decode(t))
    spans = cut(len(tokens))

    first = ops.embed_spans(ops, backend, backend.embedder, cache, tokens, spans)
    again = ops.embed_spans(ops, backend, backend.embedder, cache, tokens, spans)

    assert len(decoded) == len(spans) == 5
    assert first[0] == again[0] == spans
    assert np.array_equal(first[1], again[1])


def test_the_cache_of_spans_drops_what_was_not_asked_for_longest() -> None:
    cache = SpanCache(size=2)
    for key in "ab":
        cache.put(key, key)
    BASELINE.look_up(cache, ["a"])
    cache.put("c", "c")

    assert BASELINE.look_up(cache, ["a", "b", "c"]) == (["a", None, "c"], [1])


def test_what_is_kept_of_a_context_serves_another_that_begins_alike(backend: Backend) -> None:
    ops = table("backend-kv-cache")
    contexts = [[5, 6, 7], [5, 6, 7, 8, 9], [5, 6, 1], [5], [9, 8], [9, 8]]

    for turn, context in enumerate(contexts):
        assert ops.generate(backend, context, 4, turn) == BASELINE.generate(backend, context, 4, turn)


def test_a_context_that_grows_is_not_passed_again(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    passed: list[int] = []
    model = backend.model
    real = type(model).forward

    def forward(self: Any, tokens: Any, *rest: Any, **named: Any) -> Any:
        passed.append(tokens.shape[1])
        return real(self, tokens, *rest, **named)

    monkeypatch.setattr(type(model), "forward", forward)
    ops = table("backend-kv-cache")
    ops.generate(backend, list(range(50)), 2, 0)
    ops.generate(backend, list(range(60)), 2, 1)

    assert passed == [50, 1, 10, 1]
