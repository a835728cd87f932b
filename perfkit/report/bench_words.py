"""What a row of a microbenchmark is called, and what is said of its data, limits and samples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from perfkit import numbers
from perfkit.axis import THREADS
from perfkit.cell import CellState
from perfkit.grammar import is_function
from perfkit.remarks import is_recorded, joined, remarks_of
from perfkit.result import WRONG, Benched, Floats, Result
from perfkit.stats.verdict import MIN_PROCESSES, too_few

__all__ = ["data_words", "is_first_look", "limit_cell", "named", "notes", "rate_cell", "title_of"]

DEAR_TAX = 1.05  # from here on what subnormals cost is said, though no output shows one
_FLAGS = {"subnormal": "went subnormal", "nonfinite": "overflowed or gave NaN", "decayed": "decayed to zeros"}
_STATES: Mapping[CellState, str] = {"cold": "first call", "warm": "later calls"}


def named(r: Result) -> str:
    """A recipe by its name, with what it requires in place; the baseline, or the call of a function."""
    if not r.recipes:
        return _STATES[r.cell.state or "warm"] if is_function(r.cell.target) else "baseline"
    below = "".join(f" on {name.rpartition('/')[2]}" for name in r.cell.on)
    return f"{r.recipes[0].rpartition('/')[2]}{below}"


def title_of(r: Result) -> str:
    """The seam, cold or warm, with what is set; of a function what it is called with."""
    cell = r.cell
    settings = "".join(f" {axis}={value}" for axis, value in cell.settings if axis != THREADS)
    if is_function(cell.target):
        return f"{cell.workload}{settings}"
    return f"{cell.part}, {cell.state}{settings}" if cell.state else f"{cell.part}{settings}"


def data_words(rows: Sequence[Result]) -> str:
    """What the calls were given, and how much of it, and of what they gave, is subnormal, zero, infinite or NaN."""
    bench = next((r.bench for r in rows if r.bench and r.bench.data), None)
    if bench is None:
        return ""
    cell = rows[0].cell
    where = "" if is_function(cell.target) else f"in {cell.workload}, {cell.size}"
    words = [where, bench.data, _floats("in", bench.inputs), _floats("out", bench.outputs)]
    said = " · ".join(word for word in words if word)
    healthy = bench.inputs.floats + bench.outputs.floats and not (_odd(bench.inputs) or _odd(bench.outputs))
    return f"{said} · all normal" if healthy else said


def _odd(floats: Floats) -> int:
    return floats.subnormal + floats.nonfinite + floats.zero


def _floats(where: str, floats: Floats) -> str:
    counts = {"subnormal": floats.subnormal, "zero": floats.zero, "inf or NaN": floats.nonfinite}
    said = [f"{numbers.percent(count / floats.floats)} {name}" for name, count in counts.items() if count]
    return f"{where} {', '.join(said)}" if said else ""


def rate_cell(r: Result) -> str:
    """How much of what a call must do at least is done in a second: what limits it more."""
    bound = _bound(r.bench) if r.bench else None
    if bound is None:
        return ""
    per_s, _, reads = bound
    return numbers.rate(per_s) if reads else numbers.operations(per_s)


def limit_cell(r: Result) -> str:
    """Which part of what this machine can do that is."""
    bound = _bound(r.bench) if r.bench else None
    return numbers.percent(bound[1]) if bound else ""


def _bound(bench: Benched) -> tuple[float, float, bool] | None:
    """Of reading and computing what takes the machine longer: how much a second, the share of its best, and whether
    it is reading."""
    if bench.least is None or bench.rate is None:
        return None
    seconds = bench.time_ns[0] / 1e9
    shares = [least / rate / seconds if rate else 0.0 for least, rate in zip(bench.least, bench.rate, strict=True)]
    reads = shares[1] >= shares[0]
    return bench.least[reads] / seconds, shares[reads], reads


def notes(rows: Sequence[Result], *, every: bool = False) -> Iterator[tuple[str, str, str]]:
    """What is to be said under the rows of one seam: a label, the words, their style.

    `every`: what subnormals cost, also where that is nothing.
    """
    for r in rows:
        yield from _guarded(r)
        yield from _taxed(r, every=every)
    for r in rows:
        if r.bench and r.bench.settling:
            first, last = r.bench.settling
            said = f"{named(r)}: {numbers.time(first)} at first in a process, {numbers.time(last)} at last: not settled"
            yield "note", said, "yellow"
        wrong = r.verdict in WRONG
        if said := r.note if wrong else _untold(r):
            yield "why" if wrong else "note", f"{named(r)}: {said}", "red" if wrong else "dim"


def is_first_look(r: Result) -> bool:
    """Whether it was measured in too few processes for a verdict: then an interval would say nothing either."""
    return r.bench is not None and r.processes < MIN_PROCESSES


def _untold(r: Result) -> str:
    """Of a row's note what neither the line above the rows nor the verdict says."""
    told = remarks_of(too_few(r.processes)) if is_first_look(r) else []
    return joined(*(remark for remark in remarks_of(r.note) if not is_recorded(remark) and remark not in told))


def _guarded(r: Result) -> Iterator[tuple[str, str, str]]:
    """Samples whose data decayed or overflowed, and what was done with them."""
    if r.bench is None or not r.bench.flagged:
        return
    how = " and ".join(_FLAGS.get(flag, flag) for flag in r.bench.flagged)
    again = r.bench.retaken
    done = f"{numbers.count(again)} sample{'s' * (again != 1)} taken again from a fresh seed with fewer calls"
    yield "guard", f"{named(r)}: its data {how}; {done if again else 'a single call does so'}", "yellow"


def _taxed(r: Result, *, every: bool) -> Iterator[tuple[str, str, str]]:
    """What subnormals cost that may never reach an output."""
    tax_of = r.bench
    tax = tax_of.tax if tax_of else None
    if tax_of is None or tax is None:
        return
    count = tax_of.unreached
    dear = tax.low > 1 and tax.point >= DEAR_TAX
    said = f"{named(r)}: {numbers.interval(tax.point, tax.low, tax.high)} of the time with subnormals flushed to zero"
    if dear and not count:
        yield "tax", f"{said}: it computes with subnormals, whether or not an output shows them", "bold yellow"
    elif dear or every:
        # of threads that go on as before the two forms may differ by more than that
        reach = f"; {count} thread{'s' * (count != 1)} that ran before could not be told to" if count else ""
        yield "tax", f"{said}{reach}", "dim"
