"""The trap as it is shown: what the naive loop says, what fresh inputs say, and the way the data takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from perfkit import numbers
from perfkit.machine.subnormal_cost import Penalty
from perfkit.microbench.trap import Naive, Shown
from perfkit.report.interval import speedup_words
from perfkit.report.lines import Columns, labelled
from perfkit.report.words import environment_line, output_word, verdict_word
from perfkit.result import Result, Speedup

__all__ = ["PenaltyTable", "TrapReport", "sparkline"]

_BARS = " ▁▂▃▄▅▆▇█"
_WIDTH = 48  # cells of a sparkline
_KINDS = ("normal", "subnormal", "zero")
_NONE = 1.5  # below that many times nobody would call it a penalty
_MARGIN = 8
_PUBLISHED = (  # docs/denormals.md has the sources
    "published of whole programs: 10.3x Intel Xeon 8468, 1.2x AMD EPYC 9655, 1.0x NVIDIA Grace (POP CoE); "
    "97.9x Pentium 4 Xeon, 44.2x Core Duo, 23.8x Opteron, 1.4x PowerPC G4 (Dooley and Kalé, 2006)"
)


def sparkline(values: Sequence[float], width: int = _WIDTH) -> str:
    """Shares 0…1 as bars, each cell the mean of as many as fall into it; a share that is there is never a blank."""
    cells = min(width, len(values))
    edges = [len(values) * i // cells for i in range(cells + 1)] if cells else []
    means = [sum(values[a:b]) / (b - a) for a, b in pairwise(edges)]
    top = len(_BARS) - 1
    return "".join(_BARS[max(1, round(mean * top))] if mean > 0 else _BARS[0] for mean in means)


@dataclass(frozen=True)
class TrapReport:
    """All traps that were tried, one below the other, and what this machine makes of subnormals."""

    shown: Sequence[Shown]
    penalties: Sequence[Penalty]
    verbose: bool = False  # every operation, and not the dearest alone

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for number, one in enumerate(self.shown):
            yield from _trap(one, first=number == 0)
        yield from _machine(self.penalties, verbose=self.verbose)


def _trap(one: Shown, *, first: bool) -> Iterator[RenderableType]:
    trap, told = one.trap, one.naive
    yield from ([] if first else [Text()])
    yield Text(trap.name, style="bold").append(
        f"  {numbers.count(trap.calls)} calls, each on what the last one left", style="not bold"
    )
    if first:
        yield Text(environment_line(one.safe.environment), style="dim")
    yield Text()
    naive, fresh = _two_verdicts(told, one.fresh)
    yield labelled("naive", Text(naive), _MARGIN)
    yield labelled("fresh", Text(fresh, style="bold"), _MARGIN)
    for kind, shares in zip(_KINDS, zip(*told.path, strict=True), strict=True):
        most = f"{numbers.percent(max(shares))} at most" if max(shares) else "none"
        yield labelled("data", Text(sparkline(shares)).append(f"  {kind}, {most}", style="dim"), _MARGIN)
    yield labelled(
        "", Text(f"its slowest ten calls took {numbers.ratio(told.worst)} the time of its first ten"), _MARGIN
    )
    if trap.claim:
        yield labelled("claim", Text(_claimed(one)), _MARGIN)


def _two_verdicts(told: Naive, safe: Result | None) -> tuple[str, str]:
    """What the loop says of the form in place, and what fresh inputs say."""
    if told.ratio is not None:
        naive = f"{_said(told.ratio)}: in place it is {_verdict(told.ratio)}"
        if safe is None or safe.speedup is None:
            return naive, "no verdict"
        fresh = f"before/after {speedup_words(safe)}: in place it is {verdict_word(safe)}, output {output_word(safe)}"
        return naive, fresh
    naive = f"{numbers.time_interval(*told.time_ns)} a call"
    if safe is None or safe.bench is None:
        return naive, "no time"
    wrong = told.time_ns[0] / safe.bench.time_ns[0]
    return naive, f"{numbers.time_interval(*safe.bench.time_ns)} a call: the loop says {numbers.ratio(wrong)} of that"


def _said(ratio: Speedup) -> str:
    return f"before/after {numbers.interval(ratio.point, ratio.low, ratio.high)}"


def _verdict(ratio: Speedup) -> str:
    if ratio.low > 1:
        return "faster"
    if ratio.high < 1:
        return f"slower, {numbers.ratio(1 / ratio.point)} the time"
    return "neither faster nor slower"


def _claimed(one: Shown) -> str:
    """What was claimed, beside what the loop took here."""
    trap, ratio = one.trap, one.naive.ratio
    claimed = f'"{numbers.as_given(trap.claim)}x slower" ({trap.source})'
    if ratio is None:
        return claimed
    slower = numbers.ratio(1 / ratio.point)
    if ratio.high >= 1:
        return f"{claimed}: not here, where the naive loop takes {slower} the time in place"
    near = ratio.low <= 1 / trap.claim <= ratio.high
    return f"{claimed}: {'reproduced' if near else 'another size'} here, {slower} the time"


def _machine(found: Sequence[Penalty], *, verbose: bool) -> Iterator[RenderableType]:
    yield Text()
    yield Text("this machine", style="bold").append("  time with subnormals / time without", style="not bold")
    if not any(p.low >= _NONE for p in found):
        most = max(found, key=lambda p: p.ratio, default=None)
        said = f", at most {numbers.ratio(most.ratio)} ({most.operation} {most.dtype})" if most else ""
        yield Text(f"no operation here is slower by half with subnormals{said}: the trap is there, and costs nothing")
    elif not verbose:
        for p in sorted(found, key=lambda p: -p.ratio)[:3]:
            words = f"{numbers.interval(p.ratio, p.low, p.high)}  {p.operation} {p.dtype}, subnormal {p.of}"
            yield labelled("", Text(words), _MARGIN)
        yield labelled("", Text("all operations: -v", style="dim"), _MARGIN)
    if verbose:
        yield PenaltyTable(found)
        yield labelled("others", Text(_PUBLISHED, style="dim"), _MARGIN)


@dataclass(frozen=True)
class PenaltyTable:
    """Every operation, with subnormal inputs and with subnormal results, in each dtype."""

    penalties: Sequence[Penalty]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        kinds = list(dict.fromkeys((p.dtype, p.of) for p in self.penalties))
        by_place = {(p.operation, p.dtype, p.of): p for p in self.penalties}
        rows = []
        for operation in dict.fromkeys(p.operation for p in self.penalties):
            cells = [by_place.get((operation, *kind)) for kind in kinds]
            rows.append([Text(operation), *(_cell(p) for p in cells)])
        yield Columns(["", *(f"{dtype}, {of}" for dtype, of in kinds)], rows, (), {0: 8})


def _cell(p: Penalty | None) -> Text:
    if p is None:
        return Text("–", style="dim")
    return Text(numbers.interval(p.ratio, p.low, p.high), style="bold yellow" if p.low >= _NONE else "")
