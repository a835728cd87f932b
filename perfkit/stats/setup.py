"""What switching a recipe on costs before the first call."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

from perfkit.schedule import BASELINE, CONTROL

__all__ = ["setup_cost_ns"]


def setup_cost_ns(ready_ns: Mapping[str, Sequence[int]], role: str) -> int:
    """The median over processes of what setting up `role` took beyond the baseline of the same process; nanoseconds.

    `ready_ns`: by role, one time a process, in the same order. 0 where that is no more than the largest difference
    between the control and the baseline: identical code is set up as differently.
    """
    extra_ns = _differences_ns(ready_ns, role)
    if not extra_ns:
        return 0
    cost_ns = statistics.median(extra_ns)
    noise_ns = max((abs(ns) for ns in _differences_ns(ready_ns, CONTROL)), default=0)
    return int(cost_ns) if cost_ns > noise_ns else 0


def _differences_ns(ready_ns: Mapping[str, Sequence[int]], role: str) -> list[int]:
    return [own - base for own, base in zip(ready_ns.get(role, ()), ready_ns.get(BASELINE, ()), strict=False)]
