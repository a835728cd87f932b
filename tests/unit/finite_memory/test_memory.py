"""The wrapper: what it holds after turns of each policy, and after turns that fail."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from typing import Any

import pytest

from perfkit.sample_targets.finite_memory.backend import Backend
from perfkit.sample_targets.finite_memory.conversation import messages
from perfkit.sample_targets.finite_memory.errors import EmptyMessage, FiniteMemoryError, UnknownToken
from perfkit.sample_targets.finite_memory.memory import POLICIES, FiniteMemory, Settings
from perfkit.sample_targets.finite_memory.ops import BASELINE, Ops

SMALL = Settings(max_tokens=224, budget=96, reply=2)


def counted(counts: Counter[str]) -> Ops:
    def wrap(name: str) -> Any:
        seam = getattr(BASELINE, name)

        def call(*arguments: Any) -> Any:
            counts[name] += 1
            return seam(*arguments)

        return call

    return replace(BASELINE, **{f.name: wrap(f.name) for f in fields(Ops)})


def test_twenty_turns_reach_every_policy_and_the_boundaries(backend: Backend) -> None:
    counts: Counter[str] = Counter()
    memory = FiniteMemory(backend, counted(counts), replace(SMALL, max_tokens=320))
    for turn, message in enumerate(messages(20, 300, 7)):
        memory.policy = POLICIES[turn % 5]
        memory.chat(message)

    assert set(memory.state.statistics.policies) == set(POLICIES)
    assert sum(memory.state.statistics.policies.values()) == 40  # what is said, and what is answered
    unused = {f.name for f in fields(Ops)} - set(counts)
    assert unused == {
        "probe_scores", "scale", "largest", "knapsack_exact", "kept_positions", "mask_coo", "mask_dense", "mask_blocks",
        "look_up", "embed_cached", "first_imports",
    }  # fmt: skip
    assert counts["boundaries"] >= 15
    assert counts["decode_token"] > 1000


@pytest.mark.parametrize("policy", POLICIES)
def test_no_policy_holds_more_than_there_is_room_for(backend: Backend, policy: str) -> None:
    memory = FiniteMemory(backend, BASELINE, SMALL, policy)
    tokens = backend.encode(" ".join(messages(15, 300, 0)))

    for start in range(0, 700, 100):
        held = memory.remember(tokens[start : start + 100])
        assert len(held) == memory.state.statistics.retained <= 224
        assert held == list(memory.state.buffer)
    assert memory.state.statistics.seen == 700
    assert memory.state.statistics.evictions > 0


def test_the_window_slides(backend: Backend) -> None:
    memory = FiniteMemory(backend, BASELINE, Settings(max_tokens=5))

    assert memory.remember([1, 2, 3, 4]) == [1, 2, 3, 4]
    assert memory.remember([5, 6]) == [2, 3, 4, 5, 6]
    assert memory.state.statistics.evictions == 1


def test_a_message_longer_than_the_window_leaves_its_end(backend: Backend) -> None:
    memory = FiniteMemory(backend, BASELINE, Settings(max_tokens=5, reply=1))
    memory.chat("one two three")

    assert memory.remember(list(range(20))) == [15, 16, 17, 18, 19]
    counts = memory.state.statistics
    assert counts.seen == counts.retained + counts.evictions


def test_importance_keeps_what_was_looked_at_most_and_the_newest(backend: Backend) -> None:
    memory = FiniteMemory(backend, BASELINE, Settings(max_tokens=100), "importance")
    tokens = backend.encode(" ".join(messages(4, 300, 3)))[:150]

    held = memory.remember(tokens)

    assert held[-64:] == tokens[-64:]
    scores = memory.state.scores
    kept, gone = held[:-64], list(tokens[:-64])
    for token in kept:
        gone.remove(token)
    assert min(scores[t] for t in kept) >= max(scores[t] for t in gone)


def test_without_attention_what_changes_the_answer_is_important(tokenizer: Any, model: Any) -> None:
    memory = FiniteMemory(Backend(tokenizer, model, attends=False), BASELINE, Settings(max_tokens=100), "importance")

    memory.remember(list(range(100, 250)))

    assert sorted(memory.state.scores) == list(range(100, 250))
    assert len({round(s, 12) for s in memory.state.scores.values()}) >= 8  # of each of the spans that are cut out


def test_the_semantic_policy_says_when_it_only_slides(backend: Backend) -> None:
    memory = FiniteMemory(backend, BASELINE, Settings(max_tokens=100), "semantic")
    memory.remember(list(range(500, 600)))

    memory.remember(list(range(600, 650)))

    assert memory.state.statistics.spans == 3
    assert memory.state.statistics.policies == {"semantic": 1, "sliding": 1}


def test_rolling_sums_the_older_half_up(backend: Backend) -> None:
    memory = FiniteMemory(backend, BASELINE, Settings(max_tokens=100, every=60), "rolling")
    old = backend.encode("The first sentence. " + "And another one follows it here. " * 9)[:50]
    new = backend.encode("later " * 40)[:40]
    memory.remember(old)

    held = memory.remember(new)

    summary = memory.state.summaries
    assert [backend.decode(s) for s in summary] == ["The first sentence"]
    assert held == [*summary[0], *[*old, *new][45:]]


def test_a_turn_that_fails_leaves_the_memory_as_it_was(backend: Backend) -> None:
    def fails(*arguments: Any) -> list[int]:
        raise OSError("the model is gone")

    memory = FiniteMemory(backend, BASELINE, SMALL, "importance")
    memory.chat("Something to remember.")
    before, counts = memory.state, repr(memory.state)
    memory.ops = replace(BASELINE, generate=fails)

    with pytest.raises(OSError, match="the model is gone"):
        memory.chat("This turn fails in its middle.")

    assert memory.state is before
    assert repr(memory.state) == counts


@pytest.mark.parametrize("policy", POLICIES)
def test_an_empty_message_is_refused(backend: Backend, policy: str) -> None:
    memory = FiniteMemory(backend, BASELINE, SMALL, policy)

    with pytest.raises(EmptyMessage, match="at least one token"):
        memory.chat("")
    assert memory.state.statistics.seen == 0


def test_a_token_that_nobody_knows_is_refused(backend: Backend) -> None:
    memory = FiniteMemory(backend)

    with pytest.raises(UnknownToken, match="8000 is no token of a vocabulary of 8,000"):
        memory.remember([5, 8000])
    assert not memory.state.buffer


@pytest.mark.parametrize(("name", "value"), [("budget", 0), ("budget", -3), ("max_tokens", 0), ("reply", 0)])
def test_settings_that_leave_nothing_are_refused(name: str, value: int) -> None:
    with pytest.raises(FiniteMemoryError, match=name):
        Settings(**{name: value})


def test_an_unknown_policy_names_those_there_are(backend: Backend) -> None:
    with pytest.raises(FiniteMemoryError, match="'random' is no policy: sliding, importance"):
        FiniteMemory(backend, policy="random").remember([1])


def test_the_same_conversation_gives_the_same_answers(backend: Backend) -> None:
    said = messages(4, 150, 0)

    assert [FiniteMemory(backend).chat(m) for m in said] == [FiniteMemory(backend).chat(m) for m in said]
