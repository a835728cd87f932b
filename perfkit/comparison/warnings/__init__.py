"""What makes a run worth less than it could be: one small file for each reason.

An analyser takes a document and yields warnings, each a sentence that ends with what would help. It names no budget:
how much longer to measure is for the report to say, in one place. It never changes a number or a verdict.

What needs more than the finished document is added to `Outcome.warnings` where it is found: in `session/`, and
in `comparison/` too.
"""

from __future__ import annotations

from collections.abc import Iterator

from perfkit.comparison.warnings import bimodal, drift, host, load, sample_flags, slow, swap, timer
from perfkit.result import Document

__all__ = ["ANALYSERS", "analyse"]

# the report shows the first warning of a run, and the rest with -v: what spoils figures stands before what delays them
ANALYSERS = (sample_flags, swap, host, load, drift, bimodal, timer, slow)


def analyse(document: Document) -> Iterator[str]:
    """What every analyser has to say about one run."""
    for analyser in ANALYSERS:
        yield from analyser.analyse(document)
