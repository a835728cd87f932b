"""The finite-memory wrapper as a target: its workloads, on the English text that every CPython ships.

`boundaries` is measured warm (the tokenizer's whole vocabulary has been met), cold (a backend that nobody has met) and
with a cheap decode. `chat` is 20 turns, each by the next policy; `chat-long` goes on with a memory of 4,096 tokens.

Profile-guided optimisation, which the notes list as number 10, is no recipe: it changes nothing. `perfkit profile
finite-memory` is what they ask for, and names the recipes that aim at what it finds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from perfkit.target import Target, Workload

from .backend import Backend
from .embedding import HashingEmbedder, RemoteEmbedder
from .inputs import (
    LATENCY_S,
    Conversation,
    Importing,
    Remote,
    Shared,
    Spanned,
    excerpt,
    filled,
    passage,
    seen_in,
)
from .memory import Settings
from .ops import BASELINE, Ops
from .server import EmbeddingServer
from .spans import SpanCache
from .tokenizer import BytePairTokenizer, PieceTokenizer

SPAN = 32  # tokens of a span that a mask keeps
_SMALL = {"small": (512, 256, 16), "gpt2": (512, 384, 16), "tiny": (224, 96, 3)}  # memory, context, answer
_KNAPSACK = {"small": (64, 4096), "32x1024": (32, 1024), "tiny": (9, 60)}  # items, budget


def shared(size: str, seed: int) -> Shared:
    """A backend with the model of that size: `gpt2` has the shape of the smallest GPT-2, with random weights."""
    from .model import GPT2, Config

    if size == "gpt2":
        return Shared(size, Backend(BytePairTokenizer(), config=GPT2))
    # at the size of a proof the model may be as small as it gets: what is proven is the wrapper
    config = Config(width=16, layers=1, heads=2) if size == "tiny" else Config()
    return Shared(size, Backend(BytePairTokenizer(), config=config))


def shared_tokens(size: str, seed: int) -> Shared:
    """A tokenizer, without a model."""
    return Shared(size, Backend(BytePairTokenizer()))


def shared_pieces(size: str, seed: int) -> Shared:
    """A tokenizer whose decoding is cheap."""
    return Shared(size, Backend(PieceTokenizer()))


def shared_size(size: str, seed: int) -> str:
    """The size alone."""
    return size


def conversation(
    policy: str, ops: Ops, shared: Shared, *, attends: bool = True, room: int | None = None
) -> Conversation:
    usual, budget, reply = _SMALL[shared.size]
    backend = Backend(shared.backend.tokenizer, shared.backend.model, attends=attends)
    return Conversation(ops, backend, Settings(max_tokens=room or usual, budget=budget, reply=reply), policy)


def long_conversation(ops: Ops, shared: Shared) -> Conversation:
    room, budget, reply = (600, 96, 3) if shared.size == "tiny" else (4096, 512, 16)
    backend = Backend(shared.backend.tokenizer, shared.backend.model)
    return Conversation(ops, backend, Settings(max_tokens=room, budget=budget, reply=reply), "sliding")


def said(shared: Shared, rng: np.random.Generator) -> Any:
    """20 messages; at the size of a proof one for each policy."""
    return passage(5, 330, rng) if shared.size == "tiny" else passage(20, 120, rng)


def said_long(shared: Shared, rng: np.random.Generator) -> Any:
    """A full buffer, and 2 messages of some 850 tokens each."""
    room, length = (600, 300) if shared.size == "tiny" else (4096, 3800)
    return [excerpt(room, rng), passage(2, length, rng)]


def as_long(conversation: Conversation, data: Any) -> Any:
    return filled(data[0].tolist(), conversation.settings.max_tokens), data[1]


def full(new: int, shared: Shared, rng: np.random.Generator) -> Any:
    """What a full buffer holds, and `new` tokens to remember (96 at the size of a proof)."""
    room, _, _ = _SMALL[shared.size]
    return [excerpt(room, rng), excerpt(96 if shared.size == "tiny" else new, rng)]


def half_full(shared: Shared, rng: np.random.Generator) -> Any:
    """What a buffer holds that has room, 400 tokens of 512, and 60 to remember."""
    return [excerpt(200, rng), excerpt(20, rng)] if shared.size == "tiny" else [excerpt(400, rng), excerpt(60, rng)]


def full_of_spans(shared: Shared, rng: np.random.Generator) -> Any:
    """What a full buffer of 512 holds, and 544 tokens to remember: 32 spans, at any size."""
    return [excerpt(512, rng), excerpt(544, rng)]


def held_and_new(held: int, new: int, rng: np.random.Generator) -> Any:
    return [excerpt(held, rng), excerpt(new, rng)]


def as_buffer(instance: Conversation, data: Any) -> Any:
    return filled(data[0].tolist(), instance.settings.max_tokens), data[1].tolist()


def awkward_news(shared: Shared) -> Iterator[Callable[[np.random.Generator], Any]]:
    """Nothing held, nothing new, one token, as much as there is room for, and more than that."""
    room, _, _ = _SMALL[shared.size]
    for held, new in ((0, 0), (0, 1), (room, 0), (room - 1, 1), (3, room), (room, 2 * room + 1)):
        yield partial(held_and_new, held, new)
    yield lambda rng: [np.full(room, 7, np.int64), np.full(64, 7, np.int64)]
    yield lambda rng: [excerpt(room, rng), np.array([3, 9_999_999], np.int64)]  # no token of the vocabulary


def awkward_messages(shared: Shared) -> Iterator[Callable[[np.random.Generator], Any]]:
    """No message, an empty one, one that is no English, and one that is longer than the memory."""
    yield lambda rng: []
    yield lambda rng: ["Hello.", ""]
    yield lambda rng: ["żółć \U0001f600\u0000?"]
    yield lambda rng: ["a. " * 400]


def observe_memory(instance: Any, argument: Any, state: Any) -> dict[str, Any]:
    return seen_in(state)


def observe_talk(instance: Any, argument: Any, output: Any) -> dict[str, Any]:
    state, replies = output
    return {**seen_in(state), "replies": replies}


# -- boundaries ----------------------------------------------------------------------------------------------


def some_tokens(shared: Shared, rng: np.random.Generator) -> Any:
    return excerpt(4096, rng)


def awkward_tokens(shared: Shared) -> Iterator[Callable[[np.random.Generator], Any]]:
    """No token, one, two, one again and again, and every token there is."""
    for length in (0, 1, 2, 3):
        yield partial(excerpt, length)
    yield lambda rng: np.full(99, int(rng.integers(0, 8000)), np.int64)
    yield lambda rng: rng.permutation(8000)


def build_warm(ops: Ops, shared: Shared) -> tuple[Ops, Backend]:
    """A backend all of whose tokens have been met: what is kept of them is there, however long one measures."""
    backend = Backend(shared.backend.tokenizer)
    ops.boundaries(ops, backend, list(range(shared.backend.tokenizer.vocabulary)))
    return ops, backend


def build_cold(ops: Ops, shared: Shared) -> tuple[Ops, Backend]:
    return ops, shared.backend


def for_warm(instance: tuple[Ops, Backend], data: Any) -> Any:
    return instance[1], data.tolist()


def for_cold(instance: tuple[Ops, Backend], data: Any) -> Any:
    return Backend(instance[1].tokenizer), data.tolist()


def run_boundaries(instance: tuple[Ops, Backend]) -> Callable[[Any], list[int]]:
    ops = instance[0]
    return lambda argument: ops.recall_boundaries(ops, argument[0], {}, argument[1])


def observe_boundaries(instance: Any, argument: Any, found: list[int]) -> dict[str, Any]:
    return {"boundaries": len(found), "at": found}


# -- the window ----------------------------------------------------------------------------------------------


def window(new: int, size: str, rng: np.random.Generator, held: int = 512) -> Any:
    """What a buffer for 512 holds, and `new` tokens that come."""
    return [rng.integers(0, 8000, held), rng.integers(0, 8000, new)]


def for_window(ops: Ops, data: Any) -> Any:
    return filled(data[0].tolist(), 512), data[1].tolist()


def run_window(ops: Ops) -> Callable[[Any], Any]:
    return lambda argument: ops.slide(argument[0], argument[1])


def awkward_window(size: str) -> Iterator[Callable[[np.random.Generator], Any]]:
    for held, new in ((0, 0), (0, 5), (512, 0), (500, 12), (512, 256), (512, 257), (512, 513), (3, 2000)):
        yield partial(window, new, size, held=held)


# -- masks and knapsacks -------------------------------------------------------------------------------------


def shared_positions(size: str, seed: int, positions: int | None = None) -> int:
    """How many positions a mask keeps: 512, or as many as the axis says, in spans of 32."""
    size, _, value = size.partition("[positions=")  # as a point of the axis is written
    return positions or (int(value.rstrip("]")) if value else 96 if size == "tiny" else 512)


def kept_spans(positions: int, rng: np.random.Generator) -> Any:
    """Half of the spans of twice as many positions, in random order."""
    return rng.permutation(max(1, 2 * positions // SPAN))[: max(1, positions // SPAN)]


def awkward_spans(positions: int) -> Iterator[Callable[[np.random.Generator], Any]]:
    """None, one, the same twice, all, and one that reaches beyond the end."""
    yield lambda rng: np.empty(0, np.int64)
    yield lambda rng: np.array([1])
    yield lambda rng: np.array([1, 1, 0])
    yield lambda rng: np.arange(2 * positions // SPAN)
    yield lambda rng: np.array([0, 2 * positions // SPAN, 3 * positions // SPAN])


def build_mask(ops: Ops, positions: int) -> tuple[Ops, int]:
    return ops, 2 * positions - 5  # the last span is cut short


def as_list(instance: Any, data: Any) -> Any:
    return data.tolist()


def run_mask(instance: tuple[Ops, int]) -> Callable[[list[int]], Any]:
    ops, total = instance
    return lambda spans: ops.mask_coo(ops.kept_positions(spans, SPAN, total), total)


def run_dense(instance: tuple[Ops, int]) -> Callable[[list[int]], Any]:
    ops, total = instance
    return lambda spans: ops.mask_dense(ops.kept_positions(spans, SPAN, total), total)


def run_blocks(instance: tuple[Ops, int]) -> Callable[[list[int]], Any]:
    ops, total = instance
    return lambda spans: ops.mask_blocks(spans, SPAN, total)


def items(size: str, rng: np.random.Generator) -> Any:
    """Values and sizes of some items."""
    count, budget = _KNAPSACK[size]
    return [rng.random(count), rng.integers(1, max(2, budget // 8), count)]


def some_items(count: int, rng: np.random.Generator) -> Any:
    return [rng.random(count), rng.integers(0, 9, count)]


def awkward_items(size: str) -> Iterator[Callable[[np.random.Generator], Any]]:
    """No item, one, alike ones, sizes of 0, values of 0, and items that do not fit."""
    for count in (0, 1, 7):
        yield partial(some_items, count)
    yield lambda rng: [np.ones(8), np.full(8, 7)]
    yield lambda rng: [np.zeros(4), np.zeros(4, np.int64)]
    yield lambda rng: [rng.random(3), np.full(3, 10**6)]


def as_items(instance: Any, data: Any) -> Any:
    return data[0].tolist(), data[1].tolist()


def build_knapsack(ops: Ops, size: str) -> tuple[Ops, int]:
    return ops, _KNAPSACK[size][1]


def run_exact(instance: tuple[Ops, int]) -> Callable[[Any], list[int]]:
    ops, budget = instance
    return lambda argument: ops.knapsack_exact(argument[0], argument[1], budget)


def run_greedy(instance: tuple[Ops, int]) -> Callable[[Any], list[int]]:
    ops, budget = instance

    def greedy(argument: Any) -> list[int]:
        return ops.knapsack_greedy(ops.score_items(argument[0], argument[1]), argument[1], budget)

    return greedy


def many_items(size: str, rng: np.random.Generator) -> Any:
    count = 30 if size == "tiny" else 10_000
    return [rng.random(count), rng.integers(1, 65, count)]


def scores(size: str, rng: np.random.Generator) -> Any:
    """Changes of a logit, of both signs."""
    return rng.standard_normal(100 if size == "tiny" else 1_000_000)


def run_scale(ops: Ops) -> Callable[[list[float]], list[float]]:
    return lambda scores: ops.scale(scores)


# -- embeddings, answers and imports -------------------------------------------------------------------------


def span_tokens(shared: Shared, rng: np.random.Generator) -> Any:
    return excerpt(352 if shared.size == "tiny" else 1056, rng)  # 10 spans, or 32


def build_each(ops: Ops, shared: Shared) -> Spanned:
    return Spanned(ops, Backend(shared.backend.tokenizer))


def with_tokens(spanned: Spanned, data: Any) -> Any:
    return spanned.cache, data.tolist()


def with_cold(spanned: Spanned, data: Any) -> Any:
    return SpanCache(), data.tolist()


def with_warm(spanned: Spanned, data: Any) -> Any:
    """A cache that holds every span of these tokens, made by the documented form."""
    cache, tokens = SpanCache(), data.tolist()
    Spanned(BASELINE, spanned.backend, cache).embed(tokens)
    return cache, tokens


def run_spans(spanned: Spanned) -> Callable[[Any], Any]:
    return lambda argument: Spanned(spanned.ops, spanned.backend, argument[0]).embed(argument[1])


def texts(size: str, rng: np.random.Generator) -> Any:
    return passage(3 if size == "tiny" else 16, 250, rng)


def build_remote(ops: Ops, size: str) -> Remote:
    server = EmbeddingServer(0.0 if size == "tiny" else LATENCY_S)
    return Remote(ops, server, RemoteEmbedder(server.port))


def many_texts(size: str, rng: np.random.Generator) -> Any:
    return passage(3 if size == "tiny" else 64, 2000, rng)


def build_local(ops: Ops, size: str) -> tuple[Ops, HashingEmbedder]:
    return ops, HashingEmbedder()


def run_local(instance: tuple[Ops, HashingEmbedder]) -> Callable[[list[str]], Any]:
    ops, embedder = instance
    return lambda texts: ops.embed_texts(embedder, texts)


def close_ops(instance: tuple[Ops, HashingEmbedder]) -> None:
    """End what a replacement has begun and keeps, such as processes."""
    end = getattr(instance[0].embed_texts, "close", None)
    if end is not None:
        end()


def growing(shared: Shared, rng: np.random.Generator) -> Any:
    return excerpt(120 if shared.size == "tiny" else 480, rng)


def run_replies(conversation: Conversation) -> Callable[[list[int]], list[list[int]]]:
    """Answers to a context that grows by a quarter each turn."""
    ops, backend, count = conversation.ops, conversation.backend, conversation.settings.reply

    def replies(tokens: list[int]) -> list[list[int]]:
        step = len(tokens) // 4
        return [ops.generate(backend, tokens[: step * turn], count, turn) for turn in range(1, 5)]

    return replies


def nothing(size: str, rng: np.random.Generator) -> Any:
    return None


def importing(ops: Ops, size: str) -> Importing:
    return Importing(ops, small=size == "tiny")


TARGET = Target(
    id="finite-memory",
    summary="a finite-memory wrapper around a language model",
    needs={"tokenizers": "perfkit[finite-memory]"},
    ops=lambda: BASELINE,
    opaque=(Backend, HashingEmbedder, RemoteEmbedder),
    workloads=(
        Workload(
            id="boundaries",
            summary="sentence boundaries in 4,096 tokens, all of which have been met",
            sizes=("small",),
            shared=shared_tokens,
            build=build_warm,
            data=some_tokens,
            prepare=for_warm,
            call=run_boundaries,
            observe=observe_boundaries,
            awkward=awkward_tokens,
        ),
        Workload(
            id="boundaries-cold",
            summary="the same by a backend that nobody has met",
            sizes=("small",),
            shared=shared_tokens,
            build=build_cold,
            data=some_tokens,
            prepare=for_cold,
            call=run_boundaries,
            observe=observe_boundaries,
        ),
        Workload(
            id="boundaries-cheap",
            summary="the same where decoding a token is cheap",
            sizes=("small",),
            shared=shared_pieces,
            build=build_warm,
            data=some_tokens,
            prepare=for_warm,
            call=run_boundaries,
            observe=observe_boundaries,
        ),
        Workload(
            id="window-small",
            summary="16 tokens into a full window of 512",
            sizes=("small",),
            shared=shared_size,
            data=partial(window, 16),
            prepare=for_window,
            call=run_window,
            awkward=awkward_window,
        ),
        Workload(
            id="window-large",
            summary="400 tokens into a full window of 512",
            sizes=("small",),
            shared=shared_size,
            data=partial(window, 400),
            prepare=for_window,
            call=run_window,
        ),
        Workload(
            id="importance",
            summary="policy: 60 tokens into a full memory, by attention",
            needs={"torch": "torch>=2.4"},
            sizes=("small", "tiny"),
            shared=shared,
            build=partial(conversation, "importance"),
            data=partial(full, 60),
            prepare=as_buffer,
            call=lambda conversation: conversation.remember,
            observe=observe_memory,
            awkward=awkward_news,
        ),
        Workload(
            id="importance-probes",
            summary="the same by a model that does not give its attention away",
            needs={"torch": "torch>=2.4"},
            sizes=("small", "tiny"),
            shared=shared,
            build=partial(conversation, "importance", attends=False),
            data=partial(full, 60),
            prepare=as_buffer,
            call=lambda conversation: conversation.remember,
            observe=observe_memory,
        ),
        Workload(
            id="semantic",
            summary="policy: 544 tokens into a full memory, 32 spans",
            needs={"sklearn": "perfkit[finite-memory]", "torch": "torch>=2.4"},
            sizes=("small", "tiny"),
            shared=shared,
            build=partial(conversation, "semantic", room=512),
            data=full_of_spans,
            prepare=as_buffer,
            call=lambda conversation: conversation.remember,
            observe=observe_memory,
            awkward=awkward_news,
        ),
        Workload(
            id="rolling",
            summary="policy: 300 tokens into a full memory, the older half summed up",
            needs={"torch": "torch>=2.4"},
            sizes=("small", "tiny"),
            shared=shared,
            build=partial(conversation, "rolling"),
            data=partial(full, 300),
            prepare=as_buffer,
            call=lambda conversation: conversation.remember,
            observe=observe_memory,
        ),
        Workload(
            id="hybrid",
            summary="policy: 60 tokens into a full memory, by attention and rarity",
            needs={"sklearn": "perfkit[finite-memory]", "torch": "torch>=2.4"},
            sizes=("small", "tiny"),
            shared=shared,
            build=partial(conversation, "hybrid"),
            data=partial(full, 60),
            prepare=as_buffer,
            call=lambda conversation: conversation.remember,
            observe=observe_memory,
        ),
        Workload(
            id="hybrid-room",
            summary="policy: 60 tokens into a memory that has room for them, by attention and rarity",
            needs={"sklearn": "perfkit[finite-memory]", "torch": "torch>=2.4"},
            sizes=("small", "tiny"),
            shared=shared,
            build=partial(conversation, "hybrid"),
            data=half_full,
            prepare=as_buffer,
            call=lambda conversation: conversation.remember,
            observe=observe_memory,
        ),
        Workload(
            id="chat",
            summary="20 turns, each by the next policy",
            needs={"sklearn": "perfkit[finite-memory]", "torch": "torch>=2.4"},
            sizes=("small", "gpt2", "tiny"),
            shared=shared,
            build=partial(conversation, "sliding"),
            data=said,
            call=lambda conversation: conversation.talk,
            observe=observe_talk,
            awkward=awkward_messages,
        ),
        Workload(
            id="chat-long",
            summary="2 turns of 850 tokens with a memory of 4,096 and a context of 512",
            needs={"torch": "torch>=2.4"},
            sizes=("small", "tiny"),
            shared=shared,
            build=long_conversation,
            data=said_long,
            prepare=as_long,
            call=lambda conversation: conversation.talk_on,
            observe=observe_talk,
        ),
        Workload(
            id="mask",
            summary="all pairs of 512 kept positions, as coordinates",
            sizes=("small", "tiny"),
            axes=("positions",),
            shared=shared_positions,
            build=build_mask,
            data=kept_spans,
            prepare=as_list,
            call=run_mask,
            awkward=awkward_spans,
        ),
        Workload(
            id="mask-dense",
            summary="the same as a matrix",
            sizes=("small", "tiny"),
            axes=("positions",),
            shared=shared_positions,
            build=build_mask,
            data=kept_spans,
            prepare=as_list,
            call=run_dense,
            awkward=awkward_spans,
        ),
        Workload(
            id="mask-blocks",
            summary="pairs within each span, as a matrix",
            sizes=("small", "tiny"),
            axes=("positions",),
            shared=shared_positions,
            build=build_mask,
            data=kept_spans,
            prepare=as_list,
            call=run_blocks,
            awkward=awkward_spans,
        ),
        Workload(
            id="knapsack",
            summary="64 items in a budget of 4,096, exactly",
            sizes=("small", "32x1024", "tiny"),
            shared=shared_size,
            build=build_knapsack,
            data=items,
            prepare=as_items,
            call=run_exact,
            awkward=awkward_items,
        ),
        Workload(
            id="knapsack-greedy",
            summary="10,000 items in a budget of 4,096, the densest first",
            sizes=("small", "tiny"),
            shared=shared_size,
            build=build_knapsack,
            data=many_items,
            prepare=as_items,
            call=run_greedy,
            awkward=awkward_items,
        ),
        Workload(
            id="scores",
            summary="1,000,000 scores as parts of the largest",
            sizes=("small", "tiny"),
            shared=shared_size,
            data=scores,
            prepare=as_list,
            call=run_scale,
        ),
        Workload(
            id="embeddings",
            summary="32 spans, without a cache",
            needs={"sklearn": "perfkit[finite-memory]"},
            sizes=("small", "tiny"),
            shared=shared_tokens,
            build=build_each,
            data=span_tokens,
            prepare=with_tokens,
            call=run_spans,
        ),
        Workload(
            id="embeddings-cold",
            summary="32 spans, none of which the cache holds",
            needs={"sklearn": "perfkit[finite-memory]"},
            sizes=("small", "tiny"),
            shared=shared_tokens,
            build=build_each,
            data=span_tokens,
            prepare=with_cold,
            call=run_spans,
        ),
        Workload(
            id="embeddings-warm",
            summary="32 spans, all of which the cache holds",
            needs={"sklearn": "perfkit[finite-memory]"},
            sizes=("small", "tiny"),
            shared=shared_tokens,
            build=build_each,
            data=span_tokens,
            prepare=with_warm,
            call=run_spans,
        ),
        Workload(
            id="embeddings-remote",
            summary="16 texts, by a server on this machine that takes 5 ms for an answer",
            sizes=("small", "tiny"),
            shared=shared_size,
            build=build_remote,
            data=texts,
            call=lambda remote: remote.embed,
            close=lambda remote: remote.close(),
        ),
        Workload(
            id="embeddings-local",
            summary="64 texts of 2,000 characters, by this processor",
            needs={"sklearn": "perfkit[finite-memory]"},
            sizes=("small", "tiny"),
            shared=shared_size,
            build=build_local,
            data=many_texts,
            call=run_local,
            close=close_ops,
        ),
        Workload(
            id="replies",
            summary="4 answers to a context that grows to 480 tokens",
            needs={"torch": "torch>=2.4"},
            sizes=("small", "tiny"),
            shared=shared,
            build=partial(conversation, "sliding"),
            data=growing,
            prepare=as_list,
            call=run_replies,
        ),
        Workload(
            id="import",
            summary="a fresh interpreter imports the package",
            needs={"sklearn": "perfkit[finite-memory]", "torch": "torch>=2.4"},
            sizes=("small", "tiny"),
            shared=shared_size,
            build=importing,
            data=nothing,
            call=lambda importing: importing.run,
        ),
    ),
)
