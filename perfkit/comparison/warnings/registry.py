"""All warnings, in the order of what they may spoil: the one place that lists them.

To add one: a file here whose `analyse(document)` yields sentences, each of which ends with what would help, and its
module in `ANALYSERS`. It names no budget: how much longer to measure is for the report to say, in one place. It never
changes a number or a verdict.

What needs more than the finished document is given to `Outcome.warn` where it is found: in `session/`, and
in `comparison/` too. What is wrong with one sample is a flag of it, set by `worker/number_health.py` and
`worker/sampler.py`; `unhealthy_numbers` puts flags into words, as `report/bench_words.py` does for `bench`.
"""

from __future__ import annotations

from collections.abc import Iterator

from perfkit.comparison.warnings import bimodal, drift, host, load, slow, swap, timer, unhealthy_numbers
from perfkit.result import Document

__all__ = ["ANALYSERS", "analyse"]

# the report shows the first warning of a run, and the rest with -v: what spoils figures stands before what delays them
ANALYSERS = (unhealthy_numbers, swap, host, load, drift, bimodal, timer, slow)


def analyse(document: Document) -> Iterator[str]:
    """What every analyser has to say about one run."""
    for analyser in ANALYSERS:
        yield from analyser.analyse(document)
