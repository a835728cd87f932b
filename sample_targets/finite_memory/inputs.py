"""What the workloads work on: tokens and messages of the bundled text, and the instances that take them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import numpy as np

from .backend import Backend
from .conversation import messages, text
from .memory import POLICIES, FiniteMemory, Settings, State
from .ops import Ops
from .server import EmbeddingServer
from .spans import SpanCache, cut
from .tokenizer import BytePairTokenizer

__all__ = [
    "LATENCY_S", "Conversation", "Importing", "Remote", "Shared", "Spanned", "excerpt", "filled", "passage", "seen_in",
]  # fmt: skip

LATENCY_S = 0.005  # of the embedding server


@cache
def text_tokens() -> Any:
    """All of the text as tokens, (n,) int64."""
    return np.array(BytePairTokenizer().encode(text()), np.int64)


def excerpt(length: int, rng: np.random.Generator) -> Any:
    """`length` tokens of the text from a random place on, round and round, (length,) int64."""
    return text_tokens().take(range(start := int(rng.integers(0, len(text_tokens()))), start + length), mode="wrap")


@dataclass(frozen=True)
class Shared:
    """What every instance of a process shares."""

    size: str
    backend: Backend
    lm: str = "tiny"  # the language model's shape


@dataclass(frozen=True)
class Conversation:
    """A backend and settings with which memories are begun; one memory for each call."""

    ops: Ops
    backend: Backend
    settings: Settings
    policy: str

    def memory(self, buffer: deque[int] | None = None) -> FiniteMemory:
        """A memory that holds `buffer`."""
        memory = FiniteMemory(self.backend, self.ops, self.settings, self.policy)
        if buffer is not None:
            memory.state.buffer = buffer
        return memory

    def talk(self, said: Sequence[str]) -> tuple[State, list[str]]:
        """A conversation from its beginning, each turn by the next policy."""
        memory = self.memory()
        replies = []
        for turn, message in enumerate(said):
            memory.policy = POLICIES[turn % len(POLICIES)]
            replies.append(memory.chat(message))
        return memory.state, replies

    def talk_on(self, argument: tuple[deque[int], list[str]]) -> tuple[State, list[str]]:
        """Some turns of a conversation that has been long already."""
        memory = self.memory(argument[0])
        replies = [memory.chat(message) for message in argument[1]]
        return memory.state, replies

    def remember(self, argument: tuple[deque[int], list[int]]) -> State:
        """Tokens by the policy, into a memory that holds some."""
        memory = self.memory(argument[0])
        memory.remember(argument[1])
        return memory.state


def seen_in(state: State) -> dict[str, Any]:
    """All that must be right of a memory; first how many spans it was cut into."""
    return {
        "spans": state.statistics.spans,
        "statistics": asdict(state.statistics),
        "buffer": list(state.buffer),
        "scores": dict(state.scores),
        "summaries": state.summaries,
    }


@dataclass
class Spanned:
    """Spans that are embedded, with a cache or without."""

    ops: Ops
    backend: Backend
    cache: SpanCache | None = None

    def embed(self, tokens: list[int]) -> Any:
        """(spans that are not blank, their embeddings)."""
        ops, backend = self.ops, self.backend
        return ops.embed_spans(ops, backend, backend.embedder, self.cache, tokens, cut(len(tokens)))


@dataclass
class Remote:
    """Texts that a server embeds."""

    ops: Ops
    server: EmbeddingServer
    embedder: Any

    def embed(self, texts: list[str]) -> Any:
        """(n, D)."""
        return self.ops.embed_texts(self.embedder, texts)

    def close(self) -> None:
        """End the server."""
        self.server.close()


@dataclass(frozen=True)
class Importing:
    """A fresh interpreter that imports the package. `small`: with the standard library's parts alone."""

    ops: Ops
    small: bool

    def run(self, argument: Any) -> str:
        """What the package offers, as a fresh interpreter prints it."""
        first = self.ops.first_imports()
        first = ("json", "decimal") if self.small and first else first
        package = __package__ or "finite_memory"
        program = "\n".join(
            [*(f"import {name}" for name in first), f"import {package} as it", "print(sorted(it.__all__))"]
        )
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=False, env={**os.environ}
        )
        if done.returncode:
            raise RuntimeError(f"importing {package} failed: {done.stderr.strip().splitlines()[-1]}")
        return done.stdout


def passage(count: int, length: int, rng: np.random.Generator) -> list[str]:
    """`count` messages of about `length` characters from a random place on."""
    return messages(count, length, int(rng.integers(0, 10_000)))


def filled(tokens: Sequence[int], room: int) -> deque[int]:
    """A buffer of that room that holds tokens."""
    return deque(tokens, maxlen=room)
