"""The randomised schedule of a session. Pure: a seed in, orders out, the same on every machine.

Every question has its own generator, keyed by what is asked, so that asking in another order, or not at all,
changes nothing else.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

__all__ = ["BASELINE", "CANDIDATE", "CONTROL", "SLOW_CALL_NS", "build_order", "candidate_role", "checked"]
__all__ += ["flushed_role", "is_flushed", "round_order", "stream"]

BASELINE = "baseline"
CONTROL = "control"
CANDIDATE = "candidate"  # where there is only one: in a proof, and when seams are counted

SLOW_CALL_NS = 50_000_000  # from here on a call is a sample of its own and needs no throw-away call before it

_FLUSHED = "-flushed"


def candidate_role(number: int) -> str:
    """The role name of candidate `number`, counted from 1."""
    return f"candidate-{number}"


def flushed_role(role: str) -> str:
    """The role that does the same as `role` with subnormals flushed to zero."""
    return f"{role}{_FLUSHED}"


def is_flushed(role: str) -> bool:
    """Whether a role is such a one."""
    return role.endswith(_FLUSHED)


def build_order(seed: int, process: int, group: str, roles: Sequence[str]) -> tuple[str, ...]:
    """The order in which one process builds its instances."""
    return _shuffled(f"build:{seed}:{process}:{group}", roles)


def round_order(seed: int, process: int, group: str, round_: int, roles: Sequence[str]) -> tuple[str, ...]:
    """The order in which one round samples its roles."""
    return _shuffled(f"round:{seed}:{process}:{group}:{round_}", roles)


def checked(seed: int, process: int, group: str, round_: int) -> bool:
    """Whether the outputs of this round are compared: always the first, then one in eight at random."""
    return round_ == 0 or random.Random(f"check:{seed}:{process}:{group}:{round_}").randrange(8) == 0


def stream(seed: int, *key: object) -> int:
    """A 63-bit seed for the inputs named by `key`; equal keys give equal inputs in every role."""
    return random.Random(f"data:{seed}:{':'.join(map(str, key))}").getrandbits(63)


def _shuffled(key: str, roles: Sequence[str]) -> tuple[str, ...]:
    order = list(roles)
    random.Random(key).shuffle(order)
    return tuple(order)
