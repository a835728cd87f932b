"""The before/after table: one screen, read in five seconds.

It only writes: what stands in a `Result` comes from `comparison/table_figures.py`, `judge.py` and `memory_claims.py`,
the interval beside a verdict from `stats/deciding_interval.py`; how a number is written says `perfkit/numbers.py`.
`choice.py` says which report a document gets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from perfkit import numbers
from perfkit.cell import IN_PROCESS
from perfkit.equivalence import EquivalenceKind
from perfkit.grammar import is_function
from perfkit.reasons import MISSING
from perfkit.report.footer import footer
from perfkit.report.interval import HEAD, speedup_words
from perfkit.report.lines import columns_that_fit, labelled, narrowed, table_line
from perfkit.report.visible import one_line, visible, visible_fields
from perfkit.report.words import (
    awkward_words,
    claim_words,
    environment_line,
    findings_words,
    limit_words,
    memory_cell,
    memory_words,
    on_words,
    output_word,
    paid_words,
    range_words,
    stack_title,
    stack_words,
    tested_words,
    variant_title,
    verdict_word,
    what_words,
)
from perfkit.result import WRONG, ClaimOutcome, Document, Result, Verdict

__all__ = [
    "VERDICT_STYLES",
    "CompareReport",
    "below",
    "cells_of",
    "shown",
    "styled",
]

VERDICT_STYLES: Mapping[Verdict, str] = {
    "faster": "bold green",
    "slower": "bold red",
    "rejected": "bold red",
    "failed": "bold red",
    "equivalent": "cyan",
    "undecided": "yellow",
    "layout-dependent": "yellow",
    "unavailable": "dim",
    "not-exercised": "yellow",
}
_OUTCOME_STYLES = {
    "larger than claimed": "bold green",
    "reproduced": "bold green",
    "smaller than claimed": "yellow",
    "rejected": "bold red",
    "slower here": "red",
    "more memory here": "red",
}
_HEADS = ("", "", "before", "after", HEAD, "verdict", "output")
_RIGHT = (2, 3)
_SPARE = (6, 2, 3, 0)  # what goes first where the width does not suffice: the proof line repeats the output
_SHORTER = (1, 4)  # what is cut next: the verdict stays whole

_HOW: dict[EquivalenceKind, str] = {  # of outputs that were proven
    "exact": "equal bit for bit",
    "close": "equal within the recipe's tolerance",
    "format": "equal after a round trip through the recipe's own format",
    "own": "equal by your own comparer",
}


@dataclass(frozen=True)
class CompareReport:
    """The whole report of one comparison; fits itself to the width it is given."""

    document: Document
    summaries: Mapping[str, str]  # one line for each recipe's full id
    verbose: bool = False  # all warnings, and not the worst alone

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        document = shown(self.document)
        results = document.results
        heads = (*_HEADS, "peak memory") if any(r.memory for r in results) else _HEADS
        several = len({r.cell.workload for r in results}) > 1
        sections = [list(rows) for _, rows in groupby(results, key=_section)]
        cells = {id(r): cells_of(r, _what(r, rows, several)) for rows in sections for r in rows}
        cells = {name: line[: len(heads)] for name, line in cells.items()}
        widths = [max([cell_len(c[i]) for c in cells.values()] + [cell_len(head)]) for i, head in enumerate(heads)]
        columns = columns_that_fit(widths, _SPARE, options.max_width)
        widths = narrowed(widths, columns, _SHORTER, options.max_width)
        environment = Text(environment_line(document.environment), style="dim")
        if not results:
            yield from (environment, Text("nothing was measured", style="yellow"))
        for number, rows in enumerate(sections):
            stack = rows[0].cell.kind == "stack"
            yield from ([Text()] if number else [])
            yield stack_title(rows) if stack else variant_title(rows[0], self.summaries)
            yield from ([environment, Text()] if number == 0 else [])
            yield table_line([Text(head, style="dim") for head in heads], widths, columns, _RIGHT)
            for r in _measurable(rows):
                yield table_line(styled(cells[id(r)], r), widths, columns, _RIGHT)
                if r.cell.kind == "macro":
                    yield labelled("", Text(f"{on_words(r)}{_amdahl(r)}", style="dim"))
                elif stack and not r.cell.on:
                    yield labelled("", Text(", ".join(name.rpartition("/")[2] for name in r.recipes), style="dim"))
                if r.cell.kind != "micro" and not (stack and r.cell.on) and (paid := paid_words(r)):
                    yield labelled("", Text(paid, style="dim"))
                if peak := memory_words(r):
                    yield labelled("", Text(peak, style="dim"))
            yield Text()
            yield from below(rows)
            limit = limit_words(rows, document.environment) if stack else ""
            yield from ([_line("floor", limit)] if limit else [])
        yield Text()
        yield from footer(document, verbose=self.verbose)


def shown(document: Document) -> Document:
    """The document as it may be printed: names on one line and visible, notes visible."""
    apart = replace(document, results=(), samples=(), warnings=())
    return replace(
        visible_fields(apart, one_line),
        results=tuple(replace(visible_fields(r, one_line), note=visible(r.note)) for r in document.results),
        samples=document.samples,  # thousands, and only counted
        warnings=visible_fields(document.warnings),
    )


def _measurable(rows: Sequence[Result]) -> Sequence[Result]:
    """Without those that cannot be measured here, where there are others: their note says why."""
    return [r for r in rows if r.verdict != "unavailable"] or rows


def _section(r: Result) -> tuple[str, ...]:
    """Rows with the same answer stand together: those of one variant, or of the stack on one workload."""
    return (r.cell.kind, r.cell.workload) if r.cell.kind == "stack" else (*r.recipes, "instead of", *r.instead_of)


def _what(r: Result, rows: Sequence[Result], several_workloads: bool) -> str:
    return stack_words(r, rows) if r.cell.kind == "stack" else what_words(r, several_workloads)


def cells_of(r: Result, what: str) -> tuple[str, ...]:
    """The cells of one row, in the order of the heads."""
    return (
        r.cell.kind,
        what,
        numbers.time(r.baseline_ns),
        numbers.time(r.candidate_ns),
        speedup_words(r),
        verdict_word(r),
        output_word(r),
        memory_cell(r),
    )


def styled(cells: Sequence[str], r: Result) -> list[Text]:
    """The same in the colours of its verdict."""
    verdict = VERDICT_STYLES.get(r.verdict, "")
    speedup = "bold" if r.verdict in ("faster", "slower") else ""
    if r.cell.kind == "micro" and not is_function(r.cell.target):  # a seam never outshines the workload
        speedup, verdict = "dim", verdict.replace("bold green", "green")
    styles = ["dim", "", "", "", speedup, verdict, "", ""]
    return [Text(cell, style=style) for cell, style in zip(cells, styles, strict=False)]


def below(rows: Sequence[Result]) -> Iterator[RenderableType]:
    """Remarks, the proof, what was found, and the claim against what was measured."""
    for remark in dict.fromkeys(_remark(r) for r in rows if r.note):
        yield _line(*remark)
    proven = next((r for r in rows if r.proof.passed), None)
    if proven is not None:
        yield _line("proof", _proof(proven, rows))
    elif rows[0].proof.kind == "unproven":
        yield _line("proof", "none: nothing was compared, and nobody has shown that the output is right", "yellow")
    for number, finding in enumerate(findings_words(rows)):
        yield _line("" if number else "found", finding, "yellow")
    for claims in ([(r, r.claim) for r in rows if r.claim], [(r, r.memory_claim) for r in rows if r.memory_claim]):
        if not claims:
            continue
        yield _line("claim", f'"{claims[0][1].text}" ({claims[0][1].source}), {_tested(claims[0][1])}')
        for r, claim in claims:
            yield from _claim(r, claim, alone=len(claims) == 1)


def _amdahl(r: Result) -> str:
    if not r.share or r.verdict in WRONG:  # what is wrong would gain nothing
        return ""
    text = f" · it replaces {numbers.percent(r.share)} of the time"
    return text + (f", Amdahl predicts {numbers.ratio(r.amdahl)}" if r.amdahl else "")


def _remark(r: Result) -> tuple[str, str, str]:
    style = "red" if r.verdict in WRONG else "yellow" if r.verdict == "undecided" else "dim"
    if r.cell.kind == "stack" and r.verdict == "not-exercised":
        return "note", f"{stack_words(r, [])}: the others leave it nothing to do", style
    if r.verdict in (*WRONG, "not-exercised") or r.reason in MISSING:
        return "why", r.note, style
    return "note", r.note if r.cell.kind == "stack" else f"{what_words(r)}: {r.note}", style


def _proof(r: Result, rows: Sequence[Result]) -> str:
    how = _HOW[r.proof.kind]
    calls = max(row.proof.checked_calls for row in rows)
    functions = is_function(r.cell.target)
    how = how.replace("the recipe's tolerance", "the tolerance") if functions else how
    said = f"output {how} in {numbers.count(calls)} compared calls"
    said += ", timed ones among them" if any(row.rounds for row in rows) else ""
    most = max(row.proof.calls_of_one_instance for row in rows)
    one = "it was called" if functions else "one instance was called"
    said += f"; {one} {numbers.count(most)} times" if most else ""
    inputs = awkward_words(rows)
    return f"{said}; {inputs}" if inputs else said


def _tested(claim: ClaimOutcome) -> str:
    return tested_words([(r.measure, r.low, r.high) for r in (claim, *claim.readings)])


def _claim(r: Result, claim: ClaimOutcome, *, alone: bool) -> Iterator[RenderableType]:
    apart = "" if r.cell.layout == IN_PROCESS else ", each role in its own process"
    where = "" if alone and not r.cell.on else f"{on_words(r)}{apart}: "
    for reading in (claim, *claim.readings):
        measured, outcome = claim_words(reading, r)
        style = _OUTCOME_STYLES.get(reading.outcome, "yellow")
        other = f"  read as {range_words(reading.measure, reading.low, reading.high)}: "
        yield labelled("", Text(f"{where if reading is claim else other}{measured}: ").append(outcome, style=style))


def _line(label: str, text: str, style: str = "") -> RenderableType:
    return labelled(label, Text(text, style=style))
