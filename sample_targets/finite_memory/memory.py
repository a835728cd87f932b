"""The finite-memory wrapper around a language model, as its notes (seeds/003, seeds/004) describe it.

`chat` takes a message, remembers its tokens by a policy, builds a context, lets the model answer and remembers the
answer. What is remembered never exceeds `max_tokens`. A turn that fails leaves the memory as it was.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace

from .backend import Backend
from .errors import EmptyMessage, FiniteMemoryError
from .ops import BASELINE, Ops
from .spans import SpanCache

__all__ = ["POLICIES", "FiniteMemory", "Settings", "State", "Statistics"]

POLICIES = ("sliding", "importance", "semantic", "rolling", "hybrid")


@dataclass(frozen=True)
class Settings:
    max_tokens: int = 512
    budget: int = 384  # tokens of a context
    reply: int = 16  # tokens of an answer
    every: int = 256  # tokens after which `rolling` sums up
    span_cache: bool = False

    def __post_init__(self) -> None:
        for name in ("max_tokens", "reply", "every"):
            if getattr(self, name) < 1:
                raise FiniteMemoryError(f"{name} must be at least 1, not {getattr(self, name)}")
        if self.budget < 1:
            raise FiniteMemoryError(
                f"a context of {self.budget} tokens leaves nothing to answer to: budget is at least 1"
            )


@dataclass
class Statistics:
    """Tokens seen, those that are gone, how often each policy was applied, and the spans that `semantic` last saw."""

    seen: int = 0
    retained: int = 0
    evictions: int = 0
    turns: int = 0
    spans: int = 0
    policies: dict[str, int] = field(default_factory=dict)


@dataclass
class State:
    """All that a conversation leaves behind; what a checkpoint holds."""

    buffer: deque[int]
    scores: dict[int, float] = field(default_factory=dict)  # the most important each token has been
    summaries: list[list[int]] = field(default_factory=list)
    unsummed: int = 0  # tokens since the last summary
    statistics: Statistics = field(default_factory=Statistics)

    def copy(self) -> State:
        """One that changes on its own."""
        return replace(
            self,
            buffer=self.buffer.copy(),
            scores=dict(self.scores),
            summaries=list(self.summaries),
            statistics=deepcopy(self.statistics),
        )


class FiniteMemory:
    """One conversation. `policy` may be changed between turns."""

    def __init__(
        self, backend: Backend, ops: Ops = BASELINE, settings: Settings | None = None, policy: str = "sliding"
    ) -> None:
        self.backend = backend
        self.ops = ops
        self.settings = settings or Settings()
        self.policy = policy
        self.state = State(deque(maxlen=self.settings.max_tokens))
        self.spans = SpanCache() if self.settings.span_cache else None
        self.remembered: dict[int, list[int]] = {}  # boundaries, by the hash of their tokens

    def chat(self, message: str) -> str:
        """The answer to a message. Raises EmptyMessage or what the backend raises: the memory is then as it was."""
        tokens = self.backend.encode(message)
        if not tokens:
            raise EmptyMessage("a message must have at least one token")
        before = self.state
        self.state = before.copy()
        try:
            self.remember(tokens)
            reply = self.ops.generate(self.backend, self.context(), self.settings.reply, before.statistics.turns)
            text = self.backend.decode(reply)
            self.remember(reply)
        except BaseException:
            self.state = before
            raise
        self.state.statistics.turns += 1
        return text

    def remember(self, tokens: Sequence[int]) -> list[int]:
        """Add tokens by the policy; what is held then. Raises UnknownToken."""
        self.backend.check(tokens)
        state = self.state
        held = len(state.buffer)
        apply = {
            "sliding": self.ops.sliding,
            "importance": self.ops.importance,
            "semantic": self.ops.semantic,
            "rolling": self.ops.rolling,
            "hybrid": self.ops.hybrid,
        }.get(self.policy)
        if apply is None:
            raise FiniteMemoryError(f"{self.policy!r} is no policy: {', '.join(POLICIES)}")
        kept, applied = apply(self.ops, self, list(tokens))
        if kept is not state.buffer:
            state.buffer = deque(kept, maxlen=self.settings.max_tokens)
        counts = state.statistics
        counts.seen += len(tokens)
        counts.evictions += max(0, held + len(tokens) - len(state.buffer))
        counts.retained = len(state.buffer)
        counts.policies[applied] = counts.policies.get(applied, 0) + 1
        return list(state.buffer)

    def context(self) -> list[int]:
        """What the model is shown now."""
        return self.ops.build_context(
            self.ops, self.backend, self.remembered, list(self.state.buffer), self.settings.budget
        )
