"""The tables of docs/trust.md, from the records of `data/trust.jsonl`."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import Any

from trials import catalogue
from trials import rivals as tools

__all__ = ["effects", "identical", "rivals", "wilson"]

Record = dict[str, Any]
_PLACES = (("quiet", False), ("one core busy", True))
_REAL = ("glassbox", "compressor")
_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    if not of:
        return 0.0, 1.0
    z, share = 1.959964, hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    reach = z / (1 + z * z / of) * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def held(cell: Sequence[Record]) -> float:
    """The share of 95 % intervals that hold what is true."""
    measured = [r for r in cell if r["low"] is not None]
    inside = [r["low"] <= 1 / (1 + percent(r["effect"]) / 100) <= r["high"] for r in measured]
    return sum(inside) / max(1, len(inside))


def percent(effect: str) -> float:
    return 0.0 if effect == "same" else float(effect)


def effects(records: Sequence[Record]) -> str:
    """Markdown: effects that are there, and how often they were found."""
    lines = [
        "| effect | sampling | machine | comparisons | sessions | found | at least | 95 % intervals that hold it |",
        "|---|---|---|---|---|---|---|---|",
    ]
    mine = [r for r in records if "verdict" in r and r["effect"] != "same"]
    for effect in sorted({r["effect"] for r in mine}, key=percent, reverse=True):
        for where in ("", *_REAL):
            for word, load in _PLACES:
                cell = [r for r in mine if (r["effect"], _where(r), r["load"]) == (effect, where, load)]
                if cell:
                    found = sum(r["verdict"] == "slower" for r in cell)
                    what = f"{effect} %{f' of {where}' * bool(where)}"
                    lines.append(
                        f"| {what} | {cell[0]['budget_s']:g} s | {word} | {len(cell)} | {_sessions(cell)} | "
                        f"{found / len(cell):.0%} | {wilson(found, len(cell))[0]:.0%} | {held(cell):.0%} |"
                    )
    return "\n".join(lines)


def identical(records: Sequence[Record]) -> str:
    """Markdown: identical code, and how often it was claimed to differ."""
    lines = [
        "| identical code | comparisons | sessions | claimed | at most | 95 % intervals that hold 1 |",
        "|---|---|---|---|---|---|",
    ]
    same = [r for r in records if "verdict" in r and r["effect"] == "same"]
    cells = [
        (f"{kind}, {word}", [r for r in same if r["kind"] == kind and r["load"] is load])
        for kind in catalogue.KINDS
        for word, load in _PLACES
    ]
    for where in _REAL:
        cell = [r for r in same if _where(r) == where]
        kinds = len({r["kind"] for r in cell})
        cells.append((f"{_WORDS[kinds]} workload{'s' * (kinds != 1)} of {where}, quiet", cell))
    cells.append(("all", same))
    for name, cell in cells:
        if cell:
            claimed = sum(r["verdict"] in ("faster", "slower") for r in cell)
            most = wilson(claimed, len(cell))[1]
            lines.append(f"| {name} | {len(cell)} | {_sessions(cell)} | {claimed} | {most:.1%} | {held(cell):.0%} |")
    return "\n".join(lines)


def rivals(records: Sequence[Record]) -> str:
    """Markdown: every tool on the same work in the same minutes."""
    asked = [r for r in records if "differs" in r]
    lines = ["| tool | seconds | identical code called different | 2 % found | 5 % found |", "|---|---|---|---|---|"]
    for tool in tools.TOOLS:
        cells = {e: [r for r in asked if r["tool"] == tool and r["effect"] == e] for e in ("same", "2", "5")}
        if all(cells.values()):
            seconds = statistics.median(r["total_s"] for cell in cells.values() for r in cell)
            counts = [f"{sum(r['differs'] for r in cell)} of {len(cell)}" for cell in cells.values()]
            lines.append(f"| {tool} | {seconds:.0f} | {' | '.join(counts)} |")
    return "\n".join(lines)


def _where(record: Record) -> str:
    """The real target that was measured; empty for own work."""
    return next((name for name in _REAL if record["kind"].startswith(name)), "")


def _sessions(cell: Sequence[Record]) -> int:
    return len({r["seed"] for r in cell})
