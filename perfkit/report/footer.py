"""What stands below a table: how far it can be trusted, what to do next, and the answer in one sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from perfkit import numbers
from perfkit.remarks import any_subnormal, by_design, group_of, of_group
from perfkit.report.answer import answer
from perfkit.report.lines import Commands, labelled
from perfkit.report.next_step import next_words
from perfkit.report.words import on_words, what_words
from perfkit.result import Document, Result

__all__ = ["footer", "in_the_words_of_the_table"]

_NO_EFFECT = 1.0  # from here on the smallest effect is no information


def footer(document: Document, *, verbose: bool = False) -> Iterator[RenderableType]:
    """Noise, limits, the worst warning, what to do next, and the answer."""
    rows = [r for r in document.results if r.speedup]
    if rows:
        floors = [r.noise_floor for r in rows if r.noise_floor is not None]
        processes = sorted({r.processes for r in rows})
        rounds = sorted(r.rounds // max(1, r.processes) for r in rows)
        words = [
            f"floor {_span([numbers.percent(f) for f in sorted(floors)])} (A/A)",
            f"{_span([str(p) for p in processes])} processes × {_span([str(n) for n in rounds])} "
            f"round{'s' * (rounds[-1] != 1)}",
            f"{numbers.seconds(document.timing.get('measuring_s', 0))} measuring, "
            f"{numbers.seconds(document.timing.get('total_s', 0))} in all",
        ]
        if not any("subnormal" in s.flags for s in document.samples) and not any_subnormal(document.warnings):
            words.append("no subnormals")
        yield _line("noise", " · ".join(words))
        yield _line("limit", _limit(document, rows))
    if document.status == "interrupted":
        yield _line("status", f"interrupted{_reached(document)}", "yellow")
    warnings = in_the_words_of_the_table(document)
    for warning in warnings if verbose else warnings[:1]:
        more = f" (and {len(warnings) - 1} more: -v)" if len(warnings) > 1 and not verbose else ""
        yield _line("warn", f"{warning}{more}", "yellow")
    if any(r.recipes for r in document.results) and (next_ := next_words(document)):
        yield Commands(next_, "next", 6)
    if said := answer(document):
        yield Text()
        yield said


def _reached(document: Document) -> str:
    return f" {document.reached}" if document.reached else ": this is what was measured so far"


def _limit(document: Document, rows: Sequence[Result]) -> str:
    """What ended the run, and the smallest effect that it could have shown."""
    stopped = {"budget": "stopped by the time budget", "interrupted": "interrupted"}
    smallest = sorted(_smallest(r) for r in rows if r.speedup_99)
    told = [effect for effect in smallest if effect < _NO_EFFECT]
    words = [stopped.get(document.status, "finished")]
    if told:
        words.append(f"smallest detectable effect {_span([numbers.percent(effect) for effect in told])}")
    if len(told) < len(smallest):
        which = f"{len(smallest) - len(told)} of {len(smallest)} rows" if told else "the run"
        words.append(f"{which} too noisy or too short to detect even a factor of 2")
    return " · ".join(words)


def _smallest(r: Result) -> float:
    """The smallest effect that would have got a verdict: beyond half the 99 % interval, and beyond the noise floor."""
    reach = (r.speedup_99.high / r.speedup_99.low) ** 0.5 - 1 if r.speedup_99 else 0.0
    return max(reach, r.noise_floor or 0.0)


def _span(values: Sequence[str]) -> str:
    return values[0] if values[0] == values[-1] else f"{values[0].removesuffix(' %')}–{values[-1]}"


def in_the_words_of_the_table(document: Document) -> list[str]:
    """All warnings, those that may speak of what is meant so last; a group is called what its row is."""
    rows = {r.group: f"{what_words(r)} {on_words(r)}" for r in document.results if r.group and not r.instead_of}
    said = []
    for warning in sorted(document.warnings, key=by_design):
        group, words = group_of(warning, rows)
        said.append(of_group(rows[group], words) if group else words)
    return said


def _line(label: str, text: str, style: str = "") -> RenderableType:
    return labelled(label, Text(text, style=style))
