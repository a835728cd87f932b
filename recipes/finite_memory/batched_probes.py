"""Pass all probes through the model in one batch.

What it does
    Every context from which a span is cut out has the same length: they are the rows of one batch.

Why the baseline is slow
    It passes them through the model one after the other, and small products use a processor badly.

When it loses
    In memory, by the number of probes; and where one context keeps the processor busy already.

Source
    Beyond the notes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch

from perfkit.recipe import Recipe, close

from ...sample_targets.finite_memory.ops import Backend


def probes_in_a_batch(backend: Backend, tokens: Sequence[int], starts: Sequence[int], length: int) -> list[float]:
    """As `probe_scores`."""
    cut = [[*tokens[:start], *tokens[start + length :]] for start in starts]
    whole = _largest(backend, [tokens])[0]
    if len({len(kept) for kept in cut}) > 1:
        return [abs(_largest(backend, [kept])[0] - whole) for kept in cut]
    return [abs(largest - whole) for largest in _largest(backend, cut)]


def _largest(backend: Backend, rows: Sequence[Sequence[int]]) -> list[float]:
    """The largest logit after each row; 0 where a row is empty."""
    if not rows or not rows[0]:
        return [0.0] * len(rows)
    found: list[float] = backend.model(torch.tensor(rows)).logits[:, -1].amax(-1).tolist()
    return found


RECIPE = Recipe(
    id="batched-probes",
    target="finite-memory",
    status="beyond",
    touches={"probe_scores"},
    workload="importance-probes",
    needs={"torch": "torch>=2.4"},
    apply=lambda ops: replace(ops, probe_scores=probes_in_a_batch),
    equivalence=close(rtol=1e-9, atol=1e-9, why="other products of the same numbers, which round in another order"),
)
