"""Messages as tests want them: only what a test is about is named."""

from __future__ import annotations

from typing import Any

from perfkit.proof import Difference
from perfkit.protocol.failing import Rejection
from perfkit.protocol.measuring import Piloted
from perfkit.protocol.opening import SeamCount

__all__ = ["DIFFERENCE", "piloted", "rejection", "seam_count"]

DIFFERENCE = Difference(where="output", index=None, expected="1", got="2", why="another value")


def seam_count(**changed: Any) -> SeamCount:
    """A seam that takes half of the time in one call."""
    fields: dict[str, Any] = {"calls": 1, "in_build": 0, "inclusive": 0.5, "exclusive": 0.5, "error": 0.01}
    return SeamCount(**{**fields, "concurrent": False, "obstacle": "", "shapes": "float32 (2,)", **changed})


def piloted(**changed: Any) -> Piloted:
    """A role whose calls take a microsecond."""
    fields: dict[str, Any] = {"loops": 250, "call_ns": 1000.0, "natural": (), "ready_ns": 5, "draws": True}
    return Piloted(**{**fields, **changed})


def rejection(role: str, **changed: Any) -> Rejection:
    """What a worker says of a role that is wrong in some round."""
    fields: dict[str, Any] = {"during": "round 3", "reason": None, "error": "", "difference": None}
    return Rejection(role=role, **{**fields, **changed})
