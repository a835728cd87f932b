"""The host of a virtual machine took processor time away, or the processor was too hot."""

from __future__ import annotations

from collections.abc import Iterator

from perfkit import numbers
from perfkit.result import Document

__all__ = ["analyse"]

_STOLEN = 0.01


def analyse(document: Document) -> Iterator[str]:
    """Stolen time and throttling while measuring."""
    during = document.environment.get("during")
    if not isinstance(during, dict):
        return
    stolen = during.get("stolen_share") or 0.0
    if stolen > _STOLEN:
        yield (
            f"CPU steal was {numbers.percent(stolen)} while this was measured: other guests of the host had the "
            "processors; a quieter machine gives narrower intervals"
        )
    if during.get("throttled"):
        times = numbers.count(during["throttled"])
        yield f"heat throttled the processor {times} times; let it cool before the next run"
