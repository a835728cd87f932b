"""What a result is called in a report: one wording for tables, Markdown and comparisons of runs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from rich.text import Text

from perfkit import numbers
from perfkit.axis import THREADS
from perfkit.cell import IN_PROCESS, Cell
from perfkit.equivalence import EquivalenceKind
from perfkit.grammar import is_function
from perfkit.recipe import MEMORY_MEASURES, NO_END
from perfkit.result import WRONG, PeakMemory, ReadingOutcome, Result

__all__ = [
    "STATUS_WORDS",
    "awkward_words",
    "claim_words",
    "environment_line",
    "findings_words",
    "limit_words",
    "memory_cell",
    "memory_words",
    "on_words",
    "output_word",
    "paid_words",
    "part_words",
    "range_words",
    "recipes_title",
    "stack_title",
    "stack_words",
    "tested_words",
    "variant_title",
    "verdict_word",
    "what_words",
]

STATUS_WORDS = {
    "documented": "as its source writes it",
    "corrected": "its source's idea, changed so that the output is right",
    "beyond": "in no source: an idea of this catalogue's own",
    "rejected": "as its source writes it, and wrong: the proof must refuse it",
    "reference": "another implementation of the whole, measured beside the recipes and never stacked with them",
}
_OUTPUTS: dict[EquivalenceKind, str] = {
    "exact": "bit-equal",
    "close": "in tolerance",
    "format": "round trip",
    "own": "equal",
    "unproven": "unproven",
}
_MOST = 1e30  # of bytes, operations, or either in a second
_FINDINGS = 3  # that are printed of those of the same rows
_COUNTED_BY = {
    "tracemalloc": "by tracemalloc: what Python and NumPy ask for",
    "rss": "by the RSS of fresh processes: all that they hold, torch's memory too",
}


def environment_line(environment: Mapping[str, object]) -> str:
    """The machine and the versions, in one line; empty for a run that ended before they were known."""
    if "cpu" not in environment:
        return ""
    threads = environment.get("threads")
    blas = str(environment.get("blas", "")).split(" ")
    name = " ".join([blas[0], ".".join(blas[1].split(".")[:3])]) if len(blas) > 1 else blas[0]
    return " · ".join(
        [
            f"{environment.get('cpu')}, {environment.get('cores')} cores",
            *([str(environment["gpu"]).partition(",")[0]] if environment.get("gpu") else []),
            f"Python {environment.get('python')}",
            f"numpy {environment.get('numpy')}",
            f"{name} on {threads} thread{'s' * (threads != 1)}" if threads else name,
        ]
    )


def recipes_title(target: str, recipes: Sequence[str], summaries: Mapping[str, str]) -> Text:
    """The target, the recipes, and what a single recipe does."""
    names = " + ".join(r.rpartition("/")[2] for r in recipes)
    title = Text(f"{target} / {names}", style="bold")
    if len(recipes) == 1 and summaries.get(recipes[0]):
        title.append(f"  {summaries[recipes[0]]}", style="not bold")
    elif len(recipes) > 1:
        title.append("  switched on together", style="not bold")
    return title


def variant_title(r: Result, summaries: Mapping[str, str]) -> Text:
    """What the rows of a variant are about; of an alternative, in whose place it stands."""
    title = recipes_title(r.cell.target, r.recipes, {} if r.instead_of else summaries)
    return title.append(f"  {on_words(r)}", style="not bold") if r.instead_of else title


def verdict_word(r: Result) -> str:
    """The verdict; loud where the output is wrong or missing."""
    return r.verdict.upper() if r.verdict in WRONG else r.verdict


def what_words(r: Result, several_workloads: bool = False) -> str:
    """What the row measures: a seam, or a workload; a seam's workload too where there are several."""
    cell, apart = r.cell, _layout_words(r)
    for axis, value in cell.settings:
        apart += f" on {value} thread{'s' * (value != 1)}" if axis == THREADS else f" at {axis} {value}"
    return part_words(cell) + apart + (f" in {cell.workload}" if several_workloads and cell.seam else "")


def _layout_words(r: Result) -> str:
    return "" if r.cell.layout == IN_PROCESS else ", own process"


def part_words(cell: Cell) -> str:
    """The seam, cold or warm, or the workload."""
    return f"{cell.part}, {cell.state}" if cell.state else cell.part


def output_word(r: Result) -> str:
    """What the proof found, in a word or two."""
    if r.verdict in WRONG:
        return "WRONG" if r.proof.first_difference else "no result"
    return _OUTPUTS[r.proof.kind] if r.proof.passed or r.proof.kind == "unproven" else "–"


def awkward_words(rows: Sequence[Result]) -> str:
    """How many inputs out of the ordinary were tried on a recipe; empty where that is not known."""
    declared = max((r.proof.awkward for r in rows if r.proof.passed and r.proof.awkward is not None), default=None)
    compared, of = max((r.proof.extremes for r in rows if r.proof.extremes), default=(0, 0))
    if declared is None:
        return ""
    if is_function(rows[0].cell.target):
        return f"{compared} of {of} awkward inputs tried" if of else "no awkward inputs were tried"
    drawn = f"{compared if compared == of else f'{compared} of {of}'} extremes tried" if of else ""
    if declared:
        return f"{declared} awkward input{'s' * (declared != 1)}" + (f", {drawn}" if drawn else "")
    return f"no awkward inputs declared, {drawn}" if drawn else "no awkward inputs were tried"


def findings_words(rows: Sequence[Result]) -> list[str]:
    """What extreme inputs showed of a recipe, beside what refused it: the first few, and how many more."""
    found = list(dict.fromkeys(finding for r in rows for finding in r.findings if finding not in r.note))
    more = len(found) - _FINDINGS
    return [f"differs {finding}" for finding in found[:_FINDINGS]] + ([f"and {more} more"] if more > 0 else [])


def on_words(r: Result) -> str:
    """What it is applied on top of: `with A, B`, or `alone`; of an alternative, the one whose place it takes."""
    if r.instead_of:
        return "instead of " + ", ".join(name.rpartition("/")[2] for name in r.instead_of)
    return "with " + ", ".join(name.rpartition("/")[2] for name in r.cell.on) if r.cell.on else "alone"


def paid_words(r: Result) -> str:
    """Throughput before and after, and what the time was paid with: `62.1 → 73.0 bytes/s · compression 1.71 → 1.71`."""
    words = []
    if r.units and r.baseline_ns and r.candidate_ns:
        before, after = (r.units[1] * 1e9 / ns for ns in (r.baseline_ns, r.candidate_ns))
        words.append(f"{numbers.amount(before)} → {numbers.amount(after)} {r.units[0]}/s")
    words += [f"{name} {' → '.join(map(numbers.tradeoff, both))}" for name, both in r.ratios.items()]
    return " · ".join(words)


def memory_cell(r: Result) -> str:
    """Peak memory before and after: `64.0 MB → 1.02 kB`."""
    if not r.memory:
        return "–"
    return f"{numbers.size(r.memory[0].baseline_bytes)} → {numbers.size(r.memory[0].candidate_bytes)}"


def memory_words(r: Result) -> str:
    """The ratio of peak memory, and by what it was counted: `peak memory before/after 2.000x (2.000–2.000), by …`."""
    if not r.memory:
        return ""
    by, *others = r.memory
    said = f"peak memory before/after {_peak_ratio(by)}, {_COUNTED_BY[by.by]}, {by.processes} processes each"
    return said + "".join(f" · by {other.by} {_peak_ratio(other)}" for other in others)


def _peak_ratio(peak: PeakMemory) -> str:
    return numbers.interval(peak.ratio.point, peak.ratio.low, peak.ratio.high)


def range_words(measure: str, low: float, high: float) -> str:
    """The range that stands for a claim's words: `10–14 % of the time`, `1.3–1.4x`, `at least 70 % of the time`."""
    if measure == "share of time":
        return f"{_range(100 * low, 100 * high, 100)} % of the time"
    if measure in MEMORY_MEASURES:
        return f"{_range(low, high, NO_END)}x less peak memory"
    return f"{_range(low, high)}x"


def tested_words(readings: Sequence[tuple[str, float, float]]) -> str:
    """The ranges that stand for a claim's words, as (measure, low, high): `tested as 10–14 % of the time`."""
    first, *others = (range_words(*reading) for reading in readings)
    return f"tested as {first}" + "".join(f", and read as {other}" for other in others)


def claim_words(reading: ReadingOutcome, r: Result) -> tuple[str, str]:
    """What a row measured for one reading of a claim, with the interval that decides it, and what became of it."""
    from perfkit.stats.claim import interval_of, measured_of, measured_value  # imports numpy; listing recipes must not

    found = measured_of(r)
    if reading.measure in MEMORY_MEASURES and reading.measured is not None:
        measured = f"peak memory before/after {numbers.interval(*reading.measured)} here"
    elif reading.measured is None or found is None or found.processes < 2:
        measured = "no figure here"
    elif reading.measure == "share of time":
        measured = f"{numbers.share_interval(*measured_value(reading.measure, interval_of(found)))} of the time here"
    else:
        measured = f"{numbers.interval(*interval_of(found))} here"
    return measured, f"{reading.outcome}: {reading.why}" if reading.why else reading.outcome


def _range(low: float, high: float, no_end: float = math.inf) -> str:
    """Both ends, or one where they are the same; an upper end from `no_end` on is none."""
    if high >= no_end:
        return f"at least {numbers.as_given(low)}"
    return numbers.as_given(low) if low == high else f"{numbers.as_given(low)}–{numbers.as_given(high)}"


def stack_title(rows: Sequence[Result]) -> Text:
    """What the section on a stack is about."""
    title = Text(f"{rows[0].cell.target} / stack on {rows[0].cell.workload}", style="bold")
    title.append("  all recipes that are compatible, and each on top of the rest", style="not bold")
    return title


def stack_words(r: Result, rows: Sequence[Result]) -> str:
    """What one row of that section measures."""
    if r.cell.on:
        words = f"{' + '.join(name.rpartition('/')[2] for name in r.recipes)} on top of the rest"
    elif r.recipes == rows[0].recipes:
        words = f"all {len(r.recipes)} together"
    else:
        words = f"the {len(r.recipes)} that are left" if len(r.recipes) > 1 else "the one that is left"
    return words + _layout_words(r)


def limit_words(rows: Sequence[Result], environment: Mapping[str, object]) -> str:
    """How near the fastest stack of a workload comes to what the machine allows; "" where that is not known."""
    wholes = [r.candidate_ns for r in rows if not r.cell.on and r.candidate_ns]
    workload = rows[0].cell.workload
    read, operations = (_positive(environment, "limits", "costs", workload, name) for name in ("read", "operations"))
    reading, computing = (_positive(environment, "limits", "rates", name) for name in ("read", "operations"))
    if not (wholes and read and operations and reading and computing):
        return ""
    threads = environment.get("threads")
    where = f"BLAS on {threads} thread{'s' * (threads != 1)}"  # a program's own pool may go beyond it
    reading_ns, computing_ns = 1e9 * read / reading, 1e9 * operations / computing
    return (
        f"fastest stack: {numbers.percent(max(reading_ns, computing_ns) / min(wholes))} of what {where} allows; a call "
        f"must read {numbers.size(read)} ({numbers.time(reading_ns)} at {numbers.rate(reading)}) and do "
        f"{numbers.amount(operations / 1e6)} million operations "
        f"({numbers.time(computing_ns)} at {numbers.operations(computing)})"
    )


def _positive(value: object, *names: str) -> float:
    """The number at a path of names; 0 where there is none, or none that can be: a file may say anything."""
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return float(value) if isinstance(value, int | float) and 0 < value < _MOST else 0.0
