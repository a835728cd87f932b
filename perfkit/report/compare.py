"""The before/after table: one screen, read in five seconds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from perfkit.report import numbers
from perfkit.result import ClaimOutcome, Document, Result

__all__ = ["compare_report"]

_STYLES = {
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
_OUTCOME_STYLES = {"reproduced": "bold green", "smaller than claimed": "yellow", "rejected": "bold red", "slower here": "red"}
_HEADS = ("", "", "before", "after", "speed-up (95 %)", "verdict", "output")


def compare_report(document: Document, summaries: Mapping[str, str]) -> RenderableType:
    """The whole report of one comparison. `summaries`: one line for each recipe's full id."""
    parts: list[RenderableType] = []
    blocks = [(recipes, list(rows)) for recipes, rows in groupby(document.results, key=lambda r: r.recipes)]
    cells = {id(r): _cells(r) for _, rows in blocks for r in rows}
    widths = [max([cell_len(c[i]) for c in cells.values()] + [cell_len(_HEADS[i])], default=0) for i in range(len(_HEADS))]
    environment = Text(environment_line(document.environment), style="dim")
    for number, (recipes, rows) in enumerate(blocks):
        if number:
            parts.append(Text())
        parts.append(_title(rows[0].target, recipes, summaries))
        if number == 0:
            parts += [environment, Text()]
        parts.append(_table(rows, cells, widths, heads=True))
        parts += [Padding(line, (0, 0, 0, 1)) for line in _below(rows)]
    if not blocks:
        parts += [environment, Text(" nothing was measured", style="yellow")]
    parts.append(Text())
    parts += [Padding(line, (0, 0, 0, 1)) for line in _footer(document)]
    return Group(*parts)


def environment_line(environment: Mapping[str, object]) -> str:
    """The machine and the versions, in one line."""
    if not environment:
        return ""
    threads = environment.get("threads")
    blas = str(environment.get("blas", "")).split(" ")
    name = " ".join([blas[0], ".".join(blas[1].split(".")[:3])]) if len(blas) > 1 else blas[0]
    return " · ".join(
        [
            f"{environment.get('cpu')}, {environment.get('cores')} cores",
            f"Python {environment.get('python')}",
            f"numpy {environment.get('numpy')}",
            f"{name}, {threads} thread{'s' * (threads != 1)}",
        ]
    )


def _title(target: str, recipes: Sequence[str], summaries: Mapping[str, str]) -> Text:
    names = " + ".join(r.rpartition("/")[2] for r in recipes)
    title = Text(f"{target} / {names}", style="bold")
    if len(recipes) == 1 and summaries.get(recipes[0]):
        title.append(f"  {summaries[recipes[0]]}", style="not bold")
    elif len(recipes) > 1:
        title.append("  switched on together", style="not bold")
    return title


def _cells(r: Result) -> tuple[str, ...]:
    speedup = numbers.interval(r.speedup.point, r.speedup.low, r.speedup.high) if r.speedup else "–"
    return (
        r.kind,
        _what(r),
        numbers.time(r.baseline_ns),
        numbers.time(r.candidate_ns),
        speedup,
        r.verdict.upper() if r.verdict in ("rejected", "failed") else r.verdict,
        _output(r),
    )


def _what(r: Result) -> str:
    name = f"{r.seam}, {r.state}" if r.state else (r.seam or r.workload)
    return name if r.layout == "in-process" else f"{name}, own process"


def _output(r: Result) -> str:
    if r.verdict in ("rejected", "failed"):
        return "WRONG" if r.proof.first_difference else "no result"
    if not r.proof.passed:
        return "–"
    return "bit-equal" if r.proof.kind == "exact" else "in tolerance"


def _table(rows: Sequence[Result], cells: Mapping[int, tuple[str, ...]], widths: Sequence[int], *, heads: bool) -> Table:
    table = Table(box=None, show_header=heads, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for i, head in enumerate(_HEADS):
        right = i in (2, 3)
        table.add_column(head, justify="right" if right else "left", min_width=widths[i] if i != 1 else min(widths[i], 14))
    for r in rows:
        c = cells[id(r)]
        table.add_row(
            Text(f" {c[0]}", style="dim"), c[1], c[2], c[3], c[4], Text(c[5], style=_STYLES.get(r.verdict, "")), c[6]
        )
    return table


def _below(rows: Sequence[Result]) -> Iterator[Text]:
    """What each macro row stands on, remarks, the proof, and the claim."""
    for r in rows:
        if r.kind == "macro" and len(rows) > 1:
            yield Text(f"{r.workload} {_on(r)}{_amdahl(r)}", style="dim")
    for remark in dict.fromkeys(_remark(r) for r in rows if r.note):
        yield _line(*remark)
    proven = next((r for r in rows if r.proof.passed), None)
    if proven is not None:
        yield _line("proof", _proof(proven, rows))
    claims = [(r, r.claim) for r in rows if r.claim]
    if claims:
        yield _line("claim", f'"{claims[0][1].text}" ({claims[0][1].source})')
        for r, claim in claims:
            yield _claim(r, claim, alone=len(claims) == 1)


def _on(r: Result) -> str:
    return "on " + ", ".join(name.rpartition("/")[2] for name in r.on) if r.on else "on nothing else"


def _amdahl(r: Result) -> str:
    if r.share is None:
        return ""
    text = f": the seam is {numbers.percent(r.share)} of it"
    return text + (f", so Amdahl predicts {numbers.ratio(r.amdahl)}" if r.amdahl else "")


def _remark(r: Result) -> tuple[str, str, str]:
    style = "red" if r.verdict in ("rejected", "failed") else "yellow" if r.verdict == "undecided" else "dim"
    where = "" if r.verdict in ("rejected", "failed") else f"{_what(r)}: "
    label = r.verdict if r.verdict in ("rejected", "failed") else "note"
    return label, f"{where}{r.note}", style


def _proof(r: Result, rows: Sequence[Result]) -> str:
    how = "equal bit for bit" if r.proof.kind == "exact" else "equal within the recipe's tolerance"
    calls = max(row.proof.checked_calls for row in rows)
    return f"{how}: {numbers.count(calls)} calls compared, also timed, kept, overwritten and after a weight change"


def _claim(r: Result, claim: ClaimOutcome, *, alone: bool) -> Text:
    if claim.measured is None:
        measured = "no figure here"
    elif claim.measure == "share of time":
        measured = f"{numbers.share_interval(*claim.measured)} of the time here"
    else:
        measured = f"{numbers.interval(*claim.measured)} here"
    where = "" if alone else f"{_on(r)}: "
    line = Text(f"       {where}{measured}: ")
    return line.append(claim.outcome, style=_OUTCOME_STYLES.get(claim.outcome, "yellow"))


def _footer(document: Document) -> Iterator[Text]:
    rows = [r for r in document.results if r.speedup]
    if rows:
        floors = [r.noise_floor for r in rows if r.noise_floor is not None]
        processes = sorted({r.processes for r in rows})
        rounds = sorted(r.rounds // max(1, r.processes) for r in rows)
        words = [
            f"noise floor {_span([numbers.percent(f) for f in sorted(floors)])}",
            f"{_span([str(p) for p in processes])} processes × {_span([str(n) for n in rounds])} rounds",
            f"{numbers.seconds(document.timing.get('measuring_s', 0))} measuring, "
            f"{numbers.seconds(document.timing.get('total_s', 0))} in all",
        ]
        yield _line("noise", " · ".join(words))
    if document.status != "complete":
        reason = {"interrupted": "interrupted: this is what was measured so far", "budget": "the budget ended it"}
        yield _line("status", reason.get(document.status, document.status), "yellow")
    for warning in document.warnings:
        yield _line("warn", warning, "yellow")
    if document.results:
        yield _line("next", _next(document))


def _span(values: Sequence[str]) -> str:
    return values[0] if values[0] == values[-1] else f"{values[0]} to {values[-1]}"


def _next(document: Document) -> str:
    first = document.results[0]
    undecided = [r for r in document.results if r.verdict == "undecided"]
    names = " ".join(f"--recipe {r.rpartition('/')[2]}" for r in first.recipes)
    if any(r.verdict in ("rejected", "failed") for r in document.results):
        return f"perfkit explain {first.recipes[0]}"
    if undecided:
        return f"perfkit compare {first.target} {names} --budget 60s"
    return f"perfkit profile {first.target} · perfkit compare {first.target} --all"


def _line(label: str, text: str, style: str = "") -> Text:
    line = Text(f"{label:<6} ", style="dim")
    return line.append(text, style=style or "not dim")
