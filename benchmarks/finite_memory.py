"""A turn of the finite-memory wrapper: where its time goes with a small model and with one of GPT-2's shape.

turn   `python benchmarks/finite_memory.py turn`: a turn of each policy into a full memory, documented and with the
       fastest recipes, with the model of the target (width 64, 2 layers) and, once, with one of the smallest GPT-2's
       shape and random weights. Of each: what share is the model's answer, and by Amdahl's law the most that any change
       of the wrapper can give.
long   the same of a turn of `chat-long`: memory 4,096, context 512, a message of 850 tokens.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import fields, replace
from importlib import import_module
from typing import Any

import torch

from perfkit.recipe import compose
from perfkit.sample_targets.finite_memory import ops as table
from perfkit.sample_targets.finite_memory.backend import Backend
from perfkit.sample_targets.finite_memory.conversation import messages
from perfkit.sample_targets.finite_memory.memory import POLICIES, FiniteMemory, Settings
from perfkit.sample_targets.finite_memory.model import GPT2, TINY, Config
from perfkit.sample_targets.finite_memory.ops import BASELINE, Ops
from perfkit.sample_targets.finite_memory.tokenizer import BytePairTokenizer

FASTEST = (
    "bool-per-token", "maxlen-evicts", "last-query-attention", "batched-probes", "batch-embeddings", "lazy-spans",
    "lazy-embeddings", "comprehension-scores",
)  # fmt: skip
TURNS = {"tiny": 5, "gpt2": 1}
CONFIGS = {"tiny": TINY, "gpt2": GPT2}


def fastest() -> Ops:
    recipes = [import_module(f"perfkit.recipes.finite_memory.{name.replace('-', '_')}").RECIPE for name in FASTEST]
    found: Ops = compose(BASELINE, recipes, table.TREE)
    return found


def clocked(ops: Ops, spent: dict[str, float]) -> Ops:
    """`ops` whose answers are clocked: what a turn takes beside them is the wrapper's."""

    def clock(name: str) -> Callable[..., Any]:
        seam = getattr(ops, name)

        def call(*arguments: Any) -> Any:
            start = time.perf_counter()
            result = seam(*arguments)
            spent[name] += time.perf_counter() - start
            return result

        return call

    watched = ("generate", "boundaries", "embed_spans", "representatives", "rarity", "attention_scores")
    return replace(ops, **{f.name: clock(f.name) for f in fields(Ops) if f.name in watched})


def measure(config: Config, policy: str, turns: int, *, long: bool) -> None:
    tokenizer = BytePairTokenizer()
    settings = Settings(max_tokens=4096, budget=512) if long else Settings(budget=384)
    length = 3800 if long else 300
    before, after = defaultdict(float), defaultdict(float)
    forms = ((clocked(BASELINE, before), before), (clocked(fastest(), after), after))
    memories = []
    for ops, _ in forms:
        memory = FiniteMemory(Backend(tokenizer, config=config), ops, settings, policy)
        memory.state.buffer.extend(tokenizer.encode("\n".join(messages(60, 500, 3)))[: settings.max_tokens])
        memories.append(memory)
    if turns > 1:
        for memory in memories:  # what is loaded, filled and met once
            memory.chat(messages(1, length, 90)[0])
    times: list[list[float]] = [[], []]
    before.clear()
    after.clear()
    for message in messages(turns, length, 100):
        for memory, found in zip(memories, times, strict=True):
            start = time.perf_counter()
            memory.chat(message)
            found.append(time.perf_counter() - start)
    old, new = (statistics.median(found) for found in times)
    answer = before["generate"] / sum(times[0])
    parts = ", ".join(
        f"{name} {seconds / sum(times[0]):.0%}" for name, seconds in sorted(before.items(), key=lambda item: -item[1])
    )
    print(
        f"{policy:11} {old * 1e3:9.1f} ms {new * 1e3:9.1f} ms {old / new:6.2f}x   at most {1 / answer:6.2f}x   {parts}"
    )


def main(words: list[str]) -> int:
    if words not in (["turn"], ["long"]):
        print(__doc__, file=sys.stderr)
        return 2
    torch.set_num_threads(1)
    long = words == ["long"]
    for name, config in CONFIGS.items():
        print(f"model {name}: width {config.width}, {config.layers} layers")
        print("policy         documented       fastest  speed-up   free wrapper   shares of the documented turn")
        for policy in ("sliding",) if long else POLICIES:
            measure(config, policy, TURNS[name], long=long)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
