"""What a process keeps of one role while it is sampled."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from perfkit.equivalence import Equivalence
from perfkit.worker.subject import Subject

__all__ = ["RoleState"]


@dataclass(slots=True)
class RoleState:
    """One role in one process: its subject, how it is sampled, and what is still to be checked."""

    role: str
    subject: Subject
    rule: Equivalence
    flush: bool = False  # whether its calls flush subnormals to zero
    loops: int = 1
    call_ns: float = 0.0
    around_ns: int = 0  # of the last timed_loop: preparing its inputs, and looking at its output
    fresh_ns: int = 0  # what recording one more input takes, with its share of the run that it comes from
    natural: tuple[str, ...] = ()  # flags that a single call already has: part of the work, not of the loop
    checked_calls: int = 0
    calls: int = 0  # of this instance, timed or not
    ratios: dict[str, tuple[float, float]] = field(default_factory=dict)  # amounts of one call of each sample
    last_stream: int | None = None
    last_data: Any = None
    last_seen: Any = None
    end_flags: tuple[str, ...] = ()  # of the last call of a sample of which another is looked at
    kept: Any = None
    kept_copy: Any = None
