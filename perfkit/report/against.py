"""Two saved runs, row against row: what the speed-up was, what it is, and what differs around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from perfkit import numbers
from perfkit.comparison.against import Against, Difference, Pair
from perfkit.report.compare import VERDICT_STYLES
from perfkit.report.lines import columns_that_fit, labelled, table_line
from perfkit.report.words import environment_line, on_words, variant_title, verdict_word, what_words
from perfkit.result import Result, Speedup

__all__ = ["AgainstReport"]

_HEADS = ("", "", "then", "(95 %)", "now", "(95 %)", "change")
_RIGHT = (2, 4)
_SPARE = (0, 3, 5)  # what goes first where the width does not suffice; the change says what the intervals do
_STYLES = {"same": "dim", "more": "bold green", "less": "bold red"}
_MARGIN = 8
_LEGEND = (
    "speed-ups, before/after, above 1 is faster. more, less: the two intervals do not overlap, the difference exceeds "
    "the noise floor of both runs, and the recipe gives more or less than then; same: anything else"
)


@dataclass(frozen=True)
class AgainstReport:
    """The whole comparison of two saved runs; fits itself to the width it is given."""

    found: Against
    summaries: Mapping[str, str]  # one line for each recipe's full id

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        found = self.found
        several = len({p.now.cell.workload for p in found.pairs}) > 1
        cells = {id(p): _cells(p, several) for p in found.pairs}
        widths = [max([c[i].cell_len for c in cells.values()] + [cell_len(_HEADS[i])]) for i in range(len(_HEADS))]
        columns = columns_that_fit(widths, _SPARE, options.max_width)
        yield from _header(found)
        for _, group in groupby(found.pairs, key=lambda p: (p.now.recipes, p.now.instead_of)):
            pairs = list(group)
            yield from (Text(), variant_title(pairs[0].now, self.summaries))
            yield table_line([Text(head, style="dim") for head in _HEADS], widths, columns, _RIGHT)
            for pair in pairs:
                yield table_line(cells[id(pair)], widths, columns, _RIGHT)
                yield from _below(pair, times=found.times_comparable)
        yield Text()
        yield from _footer(found)


def _header(found: Against) -> Iterator[RenderableType]:
    yield _line("now" if found.differences else "both", Text(environment_line(found.now.environment), style="dim"))
    for number, difference in enumerate(found.differences):
        yield _line("" if number else "differs", Text(_difference(difference), style="yellow"))
    notes = [_difference(note) for note in found.notes]
    if found.now == found.then:
        notes.append("both are the same run")
    if notes:
        yield _line("note", Text(" · ".join(notes)))


def _difference(d: Difference) -> str:
    name = "measuring" if d.name == "measuring_s" else d.name
    return f"{name}: {_value(d.name, d.then)} → {_value(d.name, d.now)}"


def _value(name: str, value: object) -> str:
    if value is None:
        return "not installed" if name == "torch" else "not known"
    if isinstance(value, int | float):
        if name == "memory":
            return numbers.memory(value)
        if name == "measuring_s":
            return numbers.seconds(value)
    if name == "margin" and isinstance(value, list):
        return ", ".join(map(numbers.percent, value))
    return str(value)


def _cells(pair: Pair, several_workloads: bool) -> list[Text]:
    then, now = pair.then, pair.now
    if pair.change == "verdict":
        change = Text(verdict_word(now), style=VERDICT_STYLES.get(now.verdict, ""))
    else:
        change = Text(pair.change, style=_STYLES[pair.change])
    return [
        Text(now.cell.kind, style="dim"),
        Text(what_words(now, several_workloads)),
        *_speedup(then.speedup),
        *_speedup(now.speedup),
        change,
    ]


def _speedup(s: Speedup | None) -> tuple[Text, Text]:
    if s is None:
        return Text("–"), Text()
    return Text(numbers.ratio(s.point)), Text(numbers.bounds(s.point, s.low, s.high))


def _below(pair: Pair, *, times: bool) -> Iterator[RenderableType]:
    """The recipes below the row, a verdict that changed, and times where the two runs may be compared by them."""
    then, now = pair.then, pair.now
    words = [on_words(now)] if now.cell.kind != "micro" else []
    if then.verdict != now.verdict:
        words.append(f"was {verdict_word(then)}, now {verdict_word(now)}")
    if pair.note:
        words.append(pair.note)
    if times and pair.change != "verdict":
        before = f"{numbers.time(then.baseline_ns)} → {numbers.time(now.baseline_ns)}"
        after = f"{numbers.time(then.candidate_ns)} → {numbers.time(now.candidate_ns)}"
        words.append(f"before {before}, after {after}")
    if words:
        yield labelled("", Text(" · ".join(words), style="dim"))


def _footer(found: Against) -> Iterator[RenderableType]:
    for which, rows, other in (("old", found.only_then, found.now), ("new", found.only_now, found.then)):
        if other.status == "interrupted" and len(rows) > 1:
            yield _line(f"{which} only", Text(f"{len(rows)} rows; the other run was interrupted before it had them"))
            continue
        for number, row in enumerate(rows):
            yield _line("" if number else f"{which} only", Text(_row(row)))
    yield _line("read", Text(_LEGEND, style="dim"))


def _row(r: Result) -> str:
    """A row in words, with all that it is matched by."""
    names = " + ".join(name.rpartition("/")[2] for name in r.recipes)
    where = "" if r.cell.seam is None else f" in {r.cell.workload}"
    return f"{names}: {r.cell.kind} {what_words(r)}{where}, {r.cell.full_size}, {on_words(r)}"


def _line(label: str, text: Text) -> RenderableType:
    return labelled(label, text, _MARGIN)
