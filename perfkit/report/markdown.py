"""The before/after table as Markdown, for a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from perfkit import numbers
from perfkit.report.compare import shown
from perfkit.report.interval import HEAD, speedup_words
from perfkit.report.words import (
    environment_line,
    findings_words,
    memory_cell,
    memory_words,
    on_words,
    output_word,
    paid_words,
    range_words,
    what_words,
)
from perfkit.result import ClaimOutcome, Document

__all__ = ["compare_markdown"]


def compare_markdown(document: Document) -> str:
    """One GitHub-flavoured table, the claims below it, and how it was measured."""
    document = shown(document)
    counted = any(r.memory for r in document.results)
    lines = [
        f"| recipe | measured | with | before | after | {HEAD} | verdict | output |" + " peak memory |" * counted,
        "|---|---|---|--:|--:|---|---|---|" + "---|" * counted,
    ]
    for r in document.results:
        names = " + ".join(name.rpartition("/")[2] for name in r.recipes)
        speedup = speedup_words(r)
        speedup += f"; {paid}" if r.cell.kind != "micro" and (paid := paid_words(r)) else ""
        cells = [
            names,
            f"{r.cell.kind} {what_words(r)}",
            on_words(r).removeprefix("with "),
            numbers.time(r.baseline_ns),
            numbers.time(r.candidate_ns),
            speedup,
            r.verdict,
            output_word(r),
            *([memory_cell(r) + (f"; {peak}" if (peak := memory_words(r)) else "")] if counted else []),
        ]
        lines.append(f"| {' | '.join(_plain(cell) for cell in cells)} |")
    claims = [(r, claim) for r in document.results for claim in (r.claim, r.memory_claim) if claim]
    if claims:
        lines.append("")
        lines += [f'- "{_plain(c.text)}", {_plain(on_words(r))}: {"; ".join(_outcomes(c))}' for r, c in claims]
    for name, rows in groupby(document.results, key=lambda r: r.recipes):
        findings = findings_words(list(rows))
        if findings:
            said = f"{' + '.join(recipe.rpartition('/')[2] for recipe in name)}: {'; '.join(findings)}"
            lines += ["", _plain(said)]
    if document.reached:
        lines += ["", f"interrupted {_plain(document.reached)}"]
    where = [environment_line(document.environment), f"perfkit {document.perfkit}"]
    lines += ["", " · ".join([*map(_plain, filter(None, where)), f"seed {document.seed}", _code(document.command)])]
    return "\n".join(lines)


def _outcomes(claim: ClaimOutcome) -> Iterator[str]:
    """What became of a claim, and of its other readings."""
    for reading in (claim, *claim.readings):
        as_ = "" if reading is claim else f"read as {range_words(reading.measure, reading.low, reading.high)} "
        yield f"{as_}**{reading.outcome}**" + (f" ({_plain(reading.why)})" if reading.why else "")


def _plain(text: str) -> str:
    """Text that Markdown shows as it is: it ends no cell, and is no code, link, emphasis or HTML."""
    text = re.sub(r"([\\`*\[\]|]|(?<!\w)_|_(?!\w)|~(?=~)|(?<=~)~)", r"\\\1", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _code(text: str) -> str:
    """A span of code, fenced by more backticks than it holds in a row."""
    fence = "`" * (1 + max([0, *map(len, re.findall("`+", text))]))
    space = " " if "`" in text else ""
    return f"{fence}{space}{text}{space}{fence}"
