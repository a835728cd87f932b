"""The table of microbenchmarks: seam by seam, the baseline and what may take its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from perfkit import numbers
from perfkit.grammar import is_function
from perfkit.remarks import by_design
from perfkit.report.bench_words import data_words, is_first_look, limit_cell, named, notes, rate_cell, title_of
from perfkit.report.compare import VERDICT_STYLES, shown
from perfkit.report.interval import HEAD, speedup_words
from perfkit.report.lines import columns_that_fit, labelled, narrowed, table_line
from perfkit.report.words import environment_line, output_word, verdict_word
from perfkit.result import VERDICTS, WRONG, Document, Result, Verdict
from perfkit.stats.verdict import MIN_PROCESSES

__all__ = ["BenchFooter", "BenchReport", "BenchTables", "is_bench"]

_HEADS = ("", "time (95 %)", "rate", "limit", HEAD, "verdict", "output")
_SPARE = (6, 2, 3)  # what goes first where the width does not suffice
_SHORTER = (4, 0)  # what is cut next
_FEW = 3  # sections, of which it is said too that subnormals cost nothing
_MANY = 8  # seams, from which on what is skipped is told in brief
_NAMES = 6  # of what is skipped for one reason, then
_NOT_TIMED: tuple[Verdict, ...] = ("unavailable", "undecided")  # of what has no time


def is_bench(document: Document) -> bool:
    """Whether a document is of microbenchmarks: no other has a baseline by itself."""
    return any(not r.recipes for r in document.results)


@dataclass(frozen=True)
class BenchReport:
    """The whole report of a run; fits itself to the width it is given."""

    document: Document
    summaries: Mapping[str, str]  # one line for each target
    verbose: bool = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield BenchTables(self.document, self.summaries, verbose=self.verbose)
        yield BenchFooter(self.document, self.verbose)


@dataclass(frozen=True)
class BenchTables:
    """A table for each target, and under each seam what is to be said of it."""

    document: Document
    summaries: Mapping[str, str]
    first: bool = True  # whether the machine is named above
    verbose: bool = False  # all that was skipped by its name, and why

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        document = shown(self.document)
        for number, (target, group) in enumerate(groupby(document.results, key=lambda r: r.cell.target)):
            rows = list(group)
            yield from ([Text()] if number or not self.first else [])
            yield Text(target, style="bold").append(f"  {self.summaries.get(target, '')}".rstrip(), style="not bold")
            if self.first and number == 0:
                yield Text(environment_line(document.environment), style="dim")
            yield from _table([r for r in rows if _is_shown(r)], options.max_width)
            brief = not self.verbose and len({r.cell.part for r in rows}) > _MANY
            yield from _left_out([r for r in rows if not _is_shown(r)], brief=brief)


def _is_shown(r: Result) -> bool:
    return r.bench is not None or r.verdict in WRONG or bool(r.recipes and r.verdict not in _NOT_TIMED)


def _table(rows: Sequence[Result], width: int) -> Iterator[RenderableType]:
    cells = {id(r): _cells(r) for r in rows}
    widths = [max([cell_len(line[i].plain) for line in cells.values()] + [cell_len(_HEADS[i])]) for i in range(7)]
    columns = columns_that_fit(widths, _SPARE, width)
    used = [i for i in columns if i < 2 or any(line[i].plain for line in cells.values())]
    widths = narrowed(widths, used, _SHORTER, width)
    if rows:
        yield Text()
        yield table_line([Text(head, style="dim") for head in _HEADS], widths, used, ())
    sections = [list(group) for _, group in groupby(rows, key=_section)]
    for same in sections:
        title, data = title_of(same[0]), data_words(same)
        line = Text(title, style="bold", no_wrap=True, overflow="ellipsis")
        yield line.append(f"  {data}", style="not bold dim") if data else line
        for r in same:
            yield table_line([cell.copy() for cell in cells[id(r)]], widths, used, ())
        for label, text, style in notes(same, every=len(sections) <= _FEW):
            yield labelled(label, Text(text, style=style))


def _section(r: Result) -> tuple[str | None, ...]:
    """Rows of one thing on the same data stand together: of a seam those of one state."""
    state = "" if is_function(r.cell.target) else r.cell.state
    return r.cell.part, r.cell.workload, state, r.cell.full_size


def _cells(r: Result) -> list[Text]:
    first = is_first_look(r)
    time = numbers.time(None)
    if r.bench:
        time = numbers.time(r.bench.time_ns[0]) if first else numbers.time_interval(*r.bench.time_ns)
    speedup = ("" if r.speedup is None else numbers.ratio(r.speedup.point)) if first else speedup_words(r)
    verdict = "first look" if first else "" if r.verdict == "measured" else verdict_word(r)
    return [
        Text(f"  {named(r)}"),
        Text(time),
        Text(rate_cell(r)),
        Text(limit_cell(r)),
        Text(speedup if r.speedup else "", style="bold" if r.verdict in ("faster", "slower") else ""),
        Text(verdict, style=VERDICT_STYLES.get(r.verdict, "")),
        Text(output_word(r) if r.recipes else ""),
    ]


def _left_out(rows: Sequence[Result], *, brief: bool) -> Iterator[RenderableType]:
    """What is not measured, by the reason that all of them share; `brief`: a few names of each."""
    reasons: dict[str, list[str]] = {}
    for r in rows:
        # each is told to be named by itself: one such command is enough
        known = next((reason for reason in reasons if r.recipes and _alike(reason, r.note)), _reason(r, brief=brief))
        reasons.setdefault(known, []).append(named(r) if r.recipes else r.cell.part)
    if rows:
        yield Text()
    for reason, every in reasons.items():
        names = list(dict.fromkeys(every))
        if brief and len(names) > _NAMES + 1:
            names[_NAMES:] = [f"and {len(names) - _NAMES} more (-v)"]
        yield labelled("", Text(f"{', '.join(names)}: {reason}", style="dim"))


def _reason(r: Result, *, brief: bool) -> str:
    alone = "macro only"  # why, is a long story of its own for each
    return f"{alone} (why: -v)" if brief and r.note.startswith(alone) else r.note


def _alike(reason: str, other: str) -> bool:
    command = ": perfkit bench "
    return command in reason and reason.partition(command)[0] == other.partition(command)[0]


@dataclass(frozen=True)
class BenchFooter:
    """How far the tables can be trusted, and how many rows of which verdict there are."""

    document: Document
    verbose: bool = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        document = shown(self.document)
        rows = [r for r in document.results if r.bench]
        yield Text()
        if not rows:
            yield Text("nothing was measured", style="yellow")
        else:
            yield labelled("noise", Text(_noise(document, rows)))
        if document.status == "interrupted":
            where = f" {document.reached}" if document.reached else ""
            yield labelled("status", Text(f"interrupted{where}: this is what was measured so far", style="yellow"))
        # what belongs to the work itself stands beside the seams, as a share
        told = [w for w in document.warnings if self.verbose or not by_design(w)]
        for warning in told if self.verbose else told[:1]:
            more = len(document.warnings) - 1
            said = f"{warning} (and {more} more: -v)" if more and not self.verbose else warning
            yield labelled("warn", Text(said, style="yellow"))
        if rows:
            yield Text()
            yield Text(_answer(document, rows), style="bold")


def _noise(document: Document, rows: Sequence[Result]) -> str:
    floors = sorted(r.noise_floor for r in rows if r.noise_floor is not None and not is_first_look(r))
    processes = sorted({r.processes for r in rows})
    words = [f"floor {numbers.percent(floors[0])} to {numbers.percent(floors[-1])} (A/A)"] if floors else []
    words.append(f"{'–'.join(map(str, dict.fromkeys((processes[0], processes[-1]))))} processes")
    measuring, total = (document.timing.get(name, 0.0) for name in ("measuring_s", "total_s"))
    words.append(f"{numbers.seconds(measuring)} measuring, {numbers.seconds(total)} in all")
    return " · ".join(words)


def _answer(document: Document, rows: Sequence[Result]) -> str:
    alone = [r for r in rows if not r.recipes]
    functions = {r.cell.target for r in rows if is_function(r.cell.target)}
    if functions:
        warm = next((r for r in alone if r.cell.state == "warm"), rows[0])
        time = numbers.time_interval(*warm.bench.time_ns) if warm.bench else "–"
        where = "".join(f" at {axis} {value}" for axis, value in warm.cell.settings)
        return f"{warm.cell.target}: {time} a call{where}"
    seams = {(r.cell.target, r.cell.part) for r in alone}
    counts = Counter(
        r.verdict for r in document.results if r.recipes and (r.bench or r.verdict in WRONG) and not is_first_look(r)
    )
    said = ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts[verdict])
    recipes = len({r.recipes for r in document.results if r.recipes and (r.bench or r.verdict in WRONG)})
    words = [f"{len(seams)} seam{'s' * (len(seams) != 1)}", f"{recipes} recipe{'s' * (recipes != 1)}"]
    looks = [r for r in rows if is_first_look(r)]
    if looks:
        again = f"a first look, verdicts take {MIN_PROCESSES} processes: perfkit bench {looks[0].cell.part}"
        whole = ", ".join(words) if len(looks) == len(rows) else f"{_counted(words, counts, said)}; the rest"
        return f"{whole}: {again}"
    return _counted(words, counts, said)


def _counted(words: Sequence[str], counts: Counter[Verdict], said: str) -> str:
    return ", ".join(words) + (f" in {sum(counts.values())} rows: {said}" if said else "")
