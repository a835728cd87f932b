"""Conversations and single policies: what is said, what is held, and what must be right afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from ..backend import Backend
from ..inputs import Conversation, Shared, excerpt, filled, passage, seen_in
from ..memory import Settings
from ..ops import Ops
from ..tokenizer import BytePairTokenizer

_SMALL = {"small": (512, 256, 16), "tiny": (224, 96, 3)}  # memory, context, answer


def shared(size: str, seed: int, *, lm: str = "tiny") -> Shared:
    """A backend with a small model, or with one of the smallest GPT-2's shape and random weights (`lm="gpt2"`)."""
    from ..model import GPT2, Config

    if lm == "gpt2":
        return Shared(size, Backend(BytePairTokenizer(), config=GPT2), lm)
    # at the size of a proof the model may be as small as it gets: what is proven is the wrapper
    config = Config(width=16, layers=1, heads=2) if size == "tiny" else Config()
    return Shared(size, Backend(BytePairTokenizer(), config=config), lm)


def conversation(
    policy: str, ops: Ops, shared: Shared, *, attends: bool = True, embeds: bool = False, room: int | None = None
) -> Conversation:
    """`embeds`: import what embeds and clusters now, and not in the first call."""
    usual, budget, reply = _SMALL[shared.size]
    embedder = None
    if embeds:
        import sklearn.cluster  # noqa: F401

        embedder = shared.backend.embedder
    backend = Backend(shared.backend.tokenizer, shared.backend.model, attends=attends, embedder=embedder)
    return Conversation(ops, backend, Settings(max_tokens=room or usual, budget=budget, reply=reply), policy)


def long_conversation(ops: Ops, shared: Shared) -> Conversation:
    room, budget, reply = (600, 96, 3) if shared.size == "tiny" else (4096, 512, 16)
    backend = Backend(shared.backend.tokenizer, shared.backend.model)
    return Conversation(ops, backend, Settings(max_tokens=room, budget=budget, reply=reply), "sliding")


def said(shared: Shared, rng: np.random.Generator) -> Any:
    """20 messages; at the size of a proof, and where a turn takes seconds, one for each policy."""
    if shared.size == "tiny":
        return passage(5, 330, rng)
    return passage(5 if shared.lm == "gpt2" else 20, 120, rng)


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


def growing(shared: Shared, rng: np.random.Generator) -> Any:
    return excerpt(120 if shared.size == "tiny" else 480, rng)


def run_replies(conversation: Conversation) -> Callable[[list[int]], list[list[int]]]:
    """Answers to a context that grows by a quarter each turn."""
    ops, backend, count = conversation.ops, conversation.backend, conversation.settings.reply

    def replies(tokens: list[int]) -> list[list[int]]:
        step = len(tokens) // 4
        return [ops.generate(backend, tokens[: step * turn], count, turn) for turn in range(1, 5)]

    return replies
