"""The programs as seams: one for each kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import prog

KINDS = {"main": "call"}


@dataclass(frozen=True)
class Ops:
    main: Callable[[str, int], None] = lambda kind, n: getattr(prog, kind)(n)
