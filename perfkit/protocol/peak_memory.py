"""Peak memory of one variant, in a process of its own."""

from __future__ import annotations

from perfkit.cell import Cell
from perfkit.protocol.record import Record, Request

__all__ = ["PeakTaken", "TakePeak"]


class PeakTaken(Record, frozen=True):
    """Bytes at most, above what the process held before: as tracemalloc counts them, and as its resident set rose.

    `rss_bytes`: None where the system cannot tell. `torch`: whether a call goes into torch.
    """

    traced_bytes: int
    rss_bytes: int | None
    torch: bool


class TakePeak(Request[PeakTaken], frozen=True):
    """Build a variant (`recipes` beside those of the cell) and call it on so many inputs."""

    role: str
    cell: Cell
    recipes: tuple[str, ...]
    calls: int
