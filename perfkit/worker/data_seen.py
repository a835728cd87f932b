"""What the calls of a benchmark are given and give: types and shapes in words, floats counted, and the least work."""

from __future__ import annotations

from collections import Counter
from typing import Any

from perfkit.machine.roofline import operations_rate, reading_rate
from perfkit.protocol.measuring import DataSeen, FloatsSeen, LeastSeen
from perfkit.target import Cost
from perfkit.tree.walk import Walk
from perfkit.worker.number_health import scan

__all__ = ["data_seen", "in_words"]

_MOST_WORDS = 4  # kinds of leaves that are named


def data_seen(inputs: Any, outputs: Any, cost: Cost | None, words: str = "") -> DataSeen:
    """Of one call; `words` where what it is given has been described already.

    With a cost the machine is measured too, for data as large as what is read: a tenth of a second, once a process.
    """
    return DataSeen(
        words=words or in_words(inputs),
        inputs=_floats(inputs),
        outputs=_floats(outputs),
        least=_least(cost) if cost is not None else None,
    )


def in_words(tree: Any) -> str:
    """The arrays of a tree by dtype and shape, and what else it holds by type: `float32 (4, 128), 2 int`."""
    leaves: Counter[str] = Counter()
    walk = Walk(tree)
    for value, kind in walk:
        shape = getattr(value, "shape", None)
        if isinstance(shape, tuple) and hasattr(value, "dtype"):
            leaves[f"{str(value.dtype).removeprefix('torch.')} {tuple(map(int, shape))}"] += 1
            walk.pass_over()
        elif kind is None or kind.atom:
            leaves[type(value).__name__] += 1
    said = [f"{count} × {name}" if count > 1 else name for name, count in leaves.items()]
    more = [f"and {len(said) - _MOST_WORDS} more"] if len(said) > _MOST_WORDS else []
    return ", ".join([*said[:_MOST_WORDS], *more]) or "nothing"


def _floats(tree: Any) -> FloatsSeen:
    found = scan(tree)
    return FloatsSeen(
        floats=found.floats,
        subnormal=found.subnormal,
        nonfinite=found.nonfinite,
        zero=found.floats - found.nonzero,
    )


def _least(cost: Cost) -> LeastSeen:
    return LeastSeen(
        operations=cost.operations,
        read=cost.read,
        operating=operations_rate(),
        reading=reading_rate(int(cost.read)),
    )
