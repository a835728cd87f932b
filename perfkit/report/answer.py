"""The answer of a comparison in one sentence, the last line of its report: what a person would tell a colleague."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from rich.text import Text

from perfkit import numbers
from perfkit.cell import Cell
from perfkit.grammar import is_function
from perfkit.report.interval import bounds_words, interval_words
from perfkit.report.words import output_word, part_words, verdict_word
from perfkit.result import VERDICTS, WRONG, Document, Result, Speedup, Verdict
from perfkit.stats.deciding_interval import as_picked, deciding

__all__ = ["answer"]

_LOUD = 0.05  # a noise floor from here on is what keeps a run from a verdict
_LONGEST, _LONGEST_WHY = 60, 140  # characters of a claim, and of why something is wrong
_ROWS = 3  # that one sentence can hold
_STYLES: Mapping[Verdict, str] = {
    "faster": "bold green",
    "slower": "bold red",
    "rejected": "bold red",
    "failed": "bold red",
}


def answer(document: Document) -> Text:
    """One sentence, in the colour of its verdict; empty where nothing was measured."""
    variants: dict[tuple[str, ...], list[Result]] = {}
    for r in document.results:
        if r.recipes and not r.instead_of:
            variants.setdefault(r.recipes, []).append(r)
    if not variants:
        return Text()
    alternatives = [r for r in document.results if r.instead_of]
    stacked = [r for r in document.results if r.cell.kind == "stack"]
    if stacked:
        said, style = _stacks(stacked, document)
    elif alternatives and len({(r.recipes, r.instead_of) for r in alternatives}) == 1:
        said, style = _of_one(alternatives)  # which of the two is what was asked
    elif len(variants) > 1:
        said, style = _of_many(list(variants.values()))
    else:
        said, style = _of_one(next(iter(variants.values())))
    return Text(f"{'so far, ' if document.status == 'interrupted' else ''}{said}", style=style)


def _of_one(rows: Sequence[Result]) -> tuple[str, str]:
    """Of one recipe or function: by the whole workload where that was measured."""
    name = _name(rows[0].recipes)
    name += f" instead of {_name(rows[0].instead_of)}" if rows[0].instead_of else ""
    wrong = next((r for r in rows if r.verdict in WRONG), None)
    if wrong is not None:
        return f"{name}: {verdict_word(wrong)}, {_cut(wrong.note, _LONGEST_WHY)}", _STYLES[wrong.verdict]
    whole = [r for r in rows if r.cell.kind != "micro"] or list(rows)
    if len(whole) > _ROWS:
        counted = f"{_counted(whole)}; {_best(whole, named=False)}"
        return f"{name}{_on_one(whole)}: {counted}{_though(whole, rows)}", _style(whole)
    apart = len(whole) > 1
    said = [_row(r, whole if apart else ()) for r in whole]
    told = next((at for at, r in enumerate(whole) if r.verdict in ("faster", "slower", "equivalent")), None)
    if told is not None and (output := output_word(whole[told])) != "–":
        said[told] += f", output {output}"
    return f"{name}: {'; '.join(dict.fromkeys(said))}{_claimed(rows)}", _style(whole)


def _row(r: Result, beside: Sequence[Result]) -> str:
    where = _where(r.cell, beside)
    if r.speedup is None:
        return f"no verdict{where}: {_cut(r.note or r.verdict, _LONGEST_WHY)}"
    interval = interval_words(r)
    said = f"{numbers.ratio(r.speedup.point)} {interval}".rstrip()
    if r.verdict == "faster":
        return f"{numbers.ratio(r.speedup.point)} faster{_than(r.cell)}{where} {interval}".rstrip()
    if r.verdict == "slower":
        return f"slower{_than(r.cell)}{where}, {said}"
    if r.verdict == "equivalent":
        return f"no difference{where} beyond {numbers.percent(r.margin)}, {said}"
    floor = r.noise_floor or 0.0
    if floor >= _LOUD:
        if deciding(r):
            return f"no verdict{where}, {said} at a noise floor of {numbers.percent(floor)}"
        return f"no verdict{where}: this machine's noise floor is {numbers.percent(floor)}"
    return f"no verdict{where}, {said}" if deciding(r) else f"no verdict{where}: {_cut(r.note or said)}"


def _on_one(rows: Sequence[Result]) -> str:
    """The workload, where all are of one."""
    workloads = {r.cell.workload for r in rows}
    return f" on {workloads.pop()}" if len(workloads) == 1 and not is_function(rows[0].cell.target) else ""


def _though(whole: Sequence[Result], rows: Sequence[Result]) -> str:
    """What of a seam is faster where no workload is: else its rows would read as a contradiction."""
    if any(r.verdict == "faster" for r in whole):
        return ""
    seams = dict.fromkeys(r.cell.seam for r in rows if r.cell.kind == "micro" and r.verdict == "faster")
    return f", though {', '.join(str(seam) for seam in seams)} alone is" if seams else ""


def _than(cell: Cell) -> str:
    return f" than {_name([cell.target])}" if is_function(cell.target) else ""


def _where(cell: Cell, beside: Sequence[Result] = ()) -> str:
    """What was called, and what tells the row from those that are named beside it; of a function its arguments."""
    if is_function(cell.target):
        return "" if part_words(cell) == "call" else f" at {part_words(cell)}"
    name = f" on {'the seam ' if cell.kind == 'micro' else ''}{part_words(cell)}"
    name += "".join(f" at {axis} {value}" for axis, value in cell.settings)
    if cell.on and cell.kind != "stack":
        return f"{name} with {', '.join(full.rpartition('/')[2] for full in cell.on)}"
    return f"{name} alone" if len({r.cell.on for r in beside}) > 1 else name


def _of_many(variants: Sequence[Sequence[Result]]) -> tuple[str, str]:
    """Of several: how many got which verdict, and the fastest by a whole workload."""
    singly = [rows for rows in variants if len(rows[0].recipes) == 1] or variants
    each = [_decisive(rows) for rows in singly]
    what = "functions" if is_function(each[0].cell.target) else "recipes"
    whole = [r for rows in singly for r in rows if r.cell.kind != "micro"]
    said = f"{len(singly)} {what}: {_counted(each)}; {_best(whole, named=True)}"
    for together in (_decisive(rows) for rows in variants if len(rows[0].recipes) > 1 and rows not in singly):
        said += f"; {len(together.recipes)} together: {_row(together, ())}"
    return said, "bold"


def _decisive(rows: Sequence[Result]) -> Result:
    """The row that says most of one recipe: wrong before all, then the first of a whole workload with a verdict."""
    order: dict[Verdict, int] = {"rejected": 0, "failed": 1, "faster": 2, "slower": 3, "equivalent": 4}
    whole = [r for r in rows if r.cell.kind != "micro"] or list(rows)
    return min(whole, key=lambda r: order.get(r.verdict, len(order)))


def _counted(rows: Sequence[Result]) -> str:
    counts = Counter(r.verdict for r in rows)
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts[verdict])


def _best(rows: Sequence[Result], *, named: bool) -> str:
    faster = [r for r in rows if r.verdict == "faster" and r.speedup]
    if not faster:
        return "none is faster"
    best, alone = max(((r, r.speedup) for r in rows if r.verdict == "faster" and r.speedup), key=_point)
    of = len([r for r in rows if r.speedup])
    interval = as_picked(best, of)
    said = numbers.ratio(alone.point)
    name = f"{_name(best.recipes)} is " if named else "at best "
    if interval is None:
        return f"{name}{said} faster{_where(best.cell)}"
    if interval.low <= 1:
        who = f"{_name(best.recipes)} at " if named else ""
        return f"the best, {who}{said}{_where(best.cell)}, may be luck: it was picked out of {of}"
    words = f"{name}{said} faster{_where(best.cell)} {bounds_words(interval)}"
    return f"{words[:-1]}, as the best of {len(faster)})" if len(faster) > 1 else words


def _point(found: tuple[Result, Speedup]) -> float:
    return found[1].point


def _stacks(rows: Sequence[Result], document: Document) -> tuple[str, str]:
    """Of the fastest stack: all recipes together, or those that are left."""
    wholes = [r for r in rows if not r.cell.on]
    wrong = next((r for r in wholes if r.verdict in WRONG), None)
    if wrong is not None:
        said = f"{_together(wrong)}: {verdict_word(wrong)}, {_cut(wrong.note, _LONGEST_WHY)}"
        return said, _STYLES[wrong.verdict]
    faster = [(r, r.speedup) for r in wholes if r.verdict == "faster" and r.speedup]
    if not faster:
        return "; ".join(f"{_together(r)}: {_row(r, ())}" for r in wholes[:_ROWS]), _style(wholes)
    best = max(faster, key=_point)[0]
    alone = [r for r in document.results if r.cell.kind == "macro" and r.verdict == "faster" and r.speedup]
    alone = [r for r in alone if r.cell.workload == best.cell.workload]
    said = f"{_together(best)}: {_row(best, ())}, output {output_word(best)}"
    others = [r for r in wholes if r.cell.workload != best.cell.workload]
    said += "".join(f"; {verdict_word(r)} on {workload}" for workload, r in _fastest_by_workload(others).items())
    return (f"{said}; of one alone, {_best(alone, named=True)}" if alone else said), _style([best])


def _fastest_by_workload(wholes: Sequence[Result]) -> dict[str, Result]:
    found: dict[str, Result] = {}
    for r in wholes:
        known = found.get(r.cell.workload)
        if known is None or (r.speedup.point if r.speedup else 0.0) > (known.speedup.point if known.speedup else 0.0):
            found[r.cell.workload] = r
    return found


def _together(r: Result) -> str:
    return (
        f"{len(r.recipes)} recipes together"
        if len(r.recipes) > 1
        else f"{_name(r.recipes)}, which is left of the stack"
    )


def _claimed(rows: Sequence[Result]) -> str:
    """What became of the claim, on the row that it was judged first on."""
    claim = next((r.claim for r in rows if r.claim), None)
    return f'; claim "{_cut(claim.text)}": {claim.outcome}' if claim is not None else ""


def _name(recipes: Sequence[str]) -> str:
    return " + ".join(name.rpartition(":" if is_function(name) else "/")[2] for name in recipes)


def _style(rows: Sequence[Result]) -> str:
    verdicts = {r.verdict for r in rows}
    return next((style for verdict, style in _STYLES.items() if verdict in verdicts), "bold yellow")


def _cut(text: str, longest: int = _LONGEST) -> str:
    line = text.splitlines()[0] if text else ""
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"
