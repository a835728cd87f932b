"""The axis of the language model's shape, by which every claim on a chat is decided."""

from __future__ import annotations

import numpy as np

from perfkit.catalog import open_catalogs
from perfkit.sample_targets.finite_memory.model import GPT2, TINY, Config
from perfkit.sample_targets.finite_memory.parts import chat

CONVERSING = {
    "importance", "importance-probes", "semantic", "rolling", "hybrid", "hybrid-room", "chat", "chat-long", "replies",
}  # fmt: skip


def config(size: str, **axes: str) -> Config | None:
    return chat.shared(size, 0, **axes).backend._config


def test_the_axis_sets_the_shape_of_the_model_and_nothing_else() -> None:
    assert config("small") == config("small", lm="tiny") == TINY
    assert config("small", lm="gpt2") == GPT2
    assert config("tiny") not in (TINY, GPT2)  # at the size of a proof it is as small as it gets


def test_every_workload_that_holds_a_conversation_has_it() -> None:
    target = open_catalogs((), installed=False).target("finite-memory")

    assert {w.id for w in target.workloads if "lm=tiny|gpt2" in w.axes} == CONVERSING


def test_with_the_large_model_a_chat_is_a_turn_of_each_policy() -> None:
    rng = np.random.default_rng(0)

    assert len(chat.said(chat.shared("small", 0, lm="gpt2"), rng)) == 5
    assert len(chat.said(chat.shared("small", 0), rng)) == 20
