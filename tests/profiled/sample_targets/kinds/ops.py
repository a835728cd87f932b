"""The programs as one seam, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import prog

KINDS = {"main": "call"}


def main(kind: str, n: int) -> None:
    getattr(prog, kind)(n)


@dataclass(frozen=True)
class Ops:
    main: Callable[[str, int], None] = main
