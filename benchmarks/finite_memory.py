"""A turn of the finite-memory wrapper: where its time goes with a small model and with one of GPT-2's shape.

turn   `python benchmarks/finite_memory.py turn`: a turn of each policy into a full memory, documented and with the
       fastest recipes, with the model of the target (width 64, 2 layers) and, once, with one of the smallest GPT-2's
       shape and random weights. Of each: what share is the model's answer, and by Amdahl's law the most that any change
       of the wrapper can give.
long   the same of a turn of `chat-long`: memory 4,096, context 512, a message of 850 tokens.
forms  every recipe on the workload where it is measured, in turns with the documented form in one process: medians of
       some rounds, without a proof, an interval or a verdict. `perfkit compare` has those, and takes longer.
phases chat and chat-long by what the notes call phases, one recipe more each time, and by the fastest recipes.
memory the peak of what Python holds (tracemalloc), documented and after, where the notes or we claim less.
"""

from __future__ import annotations

import statistics
import sys
import time
import tracemalloc
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch
from support.arguments import Arguments
from threadpoolctl import threadpool_limits

from perfkit.catalog import load_recipe, open_catalogs
from perfkit.recipe import compose
from perfkit.sample_targets.finite_memory import ops as table
from perfkit.sample_targets.finite_memory.backend import Backend
from perfkit.sample_targets.finite_memory.conversation import messages
from perfkit.sample_targets.finite_memory.memory import POLICIES, FiniteMemory, Settings
from perfkit.sample_targets.finite_memory.model import GPT2, TINY, Config
from perfkit.sample_targets.finite_memory.ops import BASELINE, Ops
from perfkit.sample_targets.finite_memory.target import TARGET
from perfkit.sample_targets.finite_memory.tokenizer import BytePairTokenizer

FASTEST = (
    "bool-per-token", "maxlen-evicts", "last-query-attention", "batched-probes", "batch-embeddings", "lazy-spans",
    "lazy-embeddings", "comprehension-scores",
)  # fmt: skip
_FIRST = (
    "decode-once-isdisjoint", "chain-positions", "deque-rebuild", "comprehension-scores", "comprehension-lookups",
)  # fmt: skip
_SECOND = ("token-decode-cache", "meshgrid-mask", "batch-embeddings")
PHASES = {
    "phase 1": _FIRST,
    "phase 1, decode cache": (*_FIRST, "token-decode-cache"),
    "phases 1 and 2": (*_FIRST, *_SECOND),
    "phases 1 to 3": (*_FIRST, *_SECOND, "lazy-spans", "lazy-embeddings"),
    "fastest": FASTEST,
}
PEAKS = (
    ("scores", "generator-scores"),
    ("knapsack", "list-rows-knapsack"),
    ("mask", "meshgrid-mask"),
    ("mask", "repeat-tile-mask"),
)
TURNS = {"tiny": 5, "gpt2": 1}
CONFIGS = {"tiny": TINY, "gpt2": GPT2}


def stack(names: Sequence[str]) -> Ops:
    recipes = [import_module(f"perfkit.recipes.finite_memory.{name.replace('-', '_')}").RECIPE for name in names]
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
    forms = ((clocked(BASELINE, before), before), (clocked(stack(FASTEST), after), after))
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


def form(entry: Any, workload: str, seconds: float = 2.0) -> None:
    """One line: the documented form's time and the recipe's, and their ratio."""
    described = TARGET.workload(workload)
    size = described.sizes[0]
    shared = described.shared(size, 0)
    recipe = load_recipe(entry)
    instances = [described.build(ops, shared) for ops in (BASELINE, compose(BASELINE, [recipe], table.TREE))]
    times: list[list[float]] = [[], []]
    end, number = time.monotonic() + seconds, 0
    while number < 4 or (time.monotonic() < end and number < 300):
        for instance, found in zip(instances, times, strict=True):
            argument = described.prepare(instance, described.data(shared, np.random.default_rng(number)))
            start = time.perf_counter()
            described.call(instance)(argument)
            found.append(time.perf_counter() - start)
        number += 1
    if described.close is not None:
        for instance in instances:
            described.close(instance)
    old, new = (statistics.median(found[1:]) for found in times)
    ratio = statistics.median(a / b for a, b in zip(times[0][1:], times[1][1:], strict=True))
    claim = entry.recipe.claim
    said = "–" if claim is None else claim.text
    print(f"{workload:18} {recipe.id:30} {old * 1e3:9.3f} ms {new * 1e3:9.3f} ms {ratio:7.2f}x   {said}", flush=True)


def forms(names: Sequence[str] = (), seconds: float = 2.0) -> None:
    for entry in open_catalogs().of_target("finite-memory"):
        recipe = entry.recipe
        workload = recipe.workload or (recipe.claim.workload if recipe.claim else "boundaries")
        also = ("boundaries-cold", "boundaries-cheap") if workload == "boundaries" else ()
        also += ("window-small",) if workload == "window-large" else ()
        for name in (workload, *also):
            if recipe.status != "rejected" and (not names or recipe.id in names):
                form(entry, name, seconds)


def turns(configs: Sequence[str], policies: Sequence[str], *, long: bool) -> None:
    for name in configs:
        config = CONFIGS[name]
        print(f"model {name}: width {config.width}, {config.layers} layers")
        print("policy         documented       fastest  speed-up   free wrapper   shares of the documented turn")
        for policy in policies:
            measure(config, policy, TURNS[name], long=long)


def phases(rounds: int = 3, size: str = "small") -> None:
    for workload in ("chat", "chat-long"):
        described = TARGET.workload(workload)
        shared = described.shared(size, 0)
        stacks = {"documented": BASELINE, **{name: stack(recipes) for name, recipes in PHASES.items()}}
        instances = {name: described.build(ops, shared) for name, ops in stacks.items()}
        times: dict[str, list[float]] = defaultdict(list)
        for number in range(rounds + 1):
            for name, instance in instances.items():
                argument = described.prepare(instance, described.data(shared, np.random.default_rng(number)))
                start = time.perf_counter()
                described.call(instance)(argument)
                times[name].append(time.perf_counter() - start)
        for name, found in times.items():
            ratio = statistics.median(a / b for a, b in zip(times["documented"][1:], found[1:], strict=True))
            print(f"{workload:10} {name:24} {statistics.median(found[1:]) * 1e3:9.1f} ms {ratio:6.3f}x", flush=True)


def memory(size: str = "small") -> None:
    for workload, name in PEAKS:
        described = TARGET.workload(workload)
        shared = described.shared(size, 0)
        peaks = []
        for ops in (BASELINE, stack((name,))):
            instance = described.build(ops, shared)
            argument = described.prepare(instance, described.data(shared, np.random.default_rng(0)))
            tracemalloc.start()
            described.call(instance)(argument)
            peaks.append(tracemalloc.get_traced_memory()[1] / 1e6)
            tracemalloc.stop()
        old, new = peaks
        print(f"{workload:10} {name:24} {old:9.1f} MB {new:9.1f} MB {old / new:6.2f}x", flush=True)


def _without_this_folder() -> None:
    """Let numba find the `coverage` it looks for, which is not the benchmark of that name."""
    sys.path[:] = [place for place in sys.path if Path(place or ".").resolve() != Path(__file__).resolve().parent]


def main() -> None:
    arguments = Arguments(__doc__)
    arguments.add_argument("what", nargs="?", choices=("turn", "long", "forms", "phases", "memory"), default="turn")
    arguments.add_argument("--only", action="append", default=[], help="of `forms`: a recipe")
    chosen = arguments.chosen()
    _without_this_folder()
    torch.set_num_threads(1)
    with threadpool_limits(1):
        if chosen.smoke:
            turns(("tiny",), ("sliding",), long=False)
            forms(("maxlen-evicts",), 0.0)
            phases(1, "tiny")
            memory("tiny")
        elif chosen.what in ("forms", "phases", "memory"):
            {"forms": lambda: forms(chosen.only), "phases": phases, "memory": memory}[chosen.what]()
        else:
            turns(tuple(CONFIGS), ("sliding",) if chosen.what == "long" else POLICIES, long=chosen.what == "long")


if __name__ == "__main__":
    main()
