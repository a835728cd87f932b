"""Let the deque evict by itself.

What it does
    `buffer.extend(tokens)`: a deque with a maximum drops its oldest as new ones come.

Why the baseline is slow
    It calls `popleft` once for each token that goes, though the deque would do so.

When it loses
    Never seen.

Source
    Beyond the notes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from perfkit.recipe import Recipe, exact


def slide_by_maxlen(buffer: deque[int], tokens: Sequence[int]) -> tuple[deque[int], list[int]]:
    """As `slide`."""
    buffer.extend(tokens)
    return buffer, list(buffer)


RECIPE = Recipe(
    id="maxlen-evicts",
    target="finite-memory",
    status="beyond",
    touches={"slide"},
    workload="window-large",
    apply=lambda ops: replace(ops, slide=slide_by_maxlen),
    equivalence=exact(),
)
