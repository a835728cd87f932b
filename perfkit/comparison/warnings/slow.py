"""A workload whose calls take so long that few fit into the run."""

from __future__ import annotations

from collections.abc import Iterator

from perfkit.result import Document
from perfkit.schedule import SLOW_CALL_NS

__all__ = ["analyse"]


def analyse(document: Document) -> Iterator[str]:
    """A row of slow calls is undecided."""
    for result in document.results:
        if result.verdict == "undecided" and result.baseline_ns and result.baseline_ns > SLOW_CALL_NS:
            yield f"{result.cell.workload} is slow here; a smaller --size decides sooner"
            return
