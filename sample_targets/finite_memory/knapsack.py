"""Which items to take so that they fit a budget: the documented slow forms. A size below 1 counts as 1."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["knapsack_exact", "knapsack_greedy", "score_items", "table"]


def score_items(values: Sequence[float], sizes: Sequence[int]) -> list[tuple[float, int]]:
    """(value a unit of size, number) of each item."""
    scored = []
    for i in range(len(values)):
        scored.append((values[i] / max(1, sizes[i]), i))  # slow: appended one by one
    return scored


def knapsack_greedy(scored: Sequence[tuple[float, int]], sizes: Sequence[int], budget: int) -> list[int]:
    """Numbers of the items taken, rising: the best a unit of size first, the earlier of two alike, while they fit."""
    chosen, used = [], 0
    for _, i in sorted(scored, key=lambda item: -item[0]):
        size = max(1, sizes[i])
        if used + size <= budget:
            chosen.append(i)
            used += size
    return sorted(chosen)


def table(values: Sequence[float], sizes: Sequence[int], budget: int) -> list[list[float]]:
    """[i][b]: the most that the first i items are worth in a budget of b."""
    rows = [[0.0] * (budget + 1) for _ in range(len(values) + 1)]
    for i in range(1, len(values) + 1):
        size, value = max(1, sizes[i - 1]), values[i - 1]
        for b in range(budget + 1):  # slow: a step of Python for each cell
            if size <= b:
                rows[i][b] = max(rows[i - 1][b], rows[i - 1][b - size] + value)
            else:
                rows[i][b] = rows[i - 1][b]
    return rows


def knapsack_exact(values: Sequence[float], sizes: Sequence[int], budget: int) -> list[int]:
    """Numbers of the items that are worth most together, rising; none for a budget below 1."""
    if budget < 1:
        return []
    rows = table(values, sizes, budget)
    chosen, b = [], budget
    for i in range(len(values), 0, -1):
        if rows[i][b] != rows[i - 1][b]:
            chosen.append(i - 1)
            b -= max(1, sizes[i - 1])
    return sorted(chosen)
