"""How far a profile is to be trusted: what changes its answer always, the rest where it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from perfkit.numbers import share
from perfkit.profilers.analysis.side_by_side import Disagreement, disagreements, lines
from perfkit.profilers.analysis.waiting import Wall
from perfkit.profilers.common.profile import Profile
from perfkit.profilers.registry import PROFILERS
from perfkit.report.lines import labelled
from perfkit.report.profiles.wall import unseen_words, wait_words
from perfkit.report.visible import one_line

__all__ = ["trust_lines"]

_DEAR = 1.5  # times the bare work: from there on a profiler's shares may not be those of the bare work

Said = tuple[str, str]  # a label, and what it says


def trust_lines(
    profiles: Sequence[Profile],
    main: Profile,
    wall: Wall | None,
    *,
    cost: str,
    whose: str,
    before: Sequence[Profile] = (),
    verbose: bool,
) -> Iterator[RenderableType]:
    """The worst of what makes the table worth less, and how much more there is to read; `verbose`: all of it.

    `cost`: what the profilers cost, `whose`: whose figures these are; `before`: the profiles without the recipe.
    """
    seeing = [p for p in profiles if p.hotspots]
    apart = disagreements(seeing)
    deciding = [d for d in apart if _changes_the_answer(d, seeing)]
    doubts: list[Said] = [("differ", _words(d)) for d in deciding]
    doubts += [("seen", unseen)] if (unseen := unseen_words(main)) else []
    doubts += [("note", note) for note in _notes(profiles, before, of=main.profiler)]
    details: list[Said] = [("cost", cost)] if cost else []
    details += [("from", whose)]
    details += [("waits", waits)] if (waits := wait_words(wall)) else []
    details += [("differ", _words(d)) for d in apart if d not in deciding]
    details += [("note", note) for note in _notes(profiles, before, but=main.profiler)]
    if verbose:
        yield from (labelled(label, Text(words, style="dim"), 7) for label, words in details)
        yield from (labelled(label, Text(words, style="yellow"), 7) for label, words in doubts)
        return
    if cost and main.slowdown >= _DEAR:
        yield labelled("cost", Text(cost), 7)
    for label, words in doubts[:1]:
        more = f" (and {len(doubts) - 1} more: -v)" if len(doubts) > 1 else ""
        yield labelled(label, Text(f"{words}{more}", style="yellow"), 7)
    hidden = "what the profilers cost, whose figures these are"
    hidden += f", {len(apart)} disagreement{'s' * (len(apart) != 1)} between them" if apart else ""
    yield labelled("-v", Text(hidden, style="dim"), 7)


def _notes(profiles: Sequence[Profile], before: Sequence[Profile], *, of: str = "", but: str = "") -> list[str]:
    """What one profiler says of itself, or all but one: the table is of one profiler's figures."""
    every = [("", profile) for profile in profiles] + [("before: ", profile) for profile in before]
    told = (f"{when}{note}" for when, p in every if p.profiler == of or (but and p.profiler != but) for note in p.notes)
    return list(dict.fromkeys(told))


def _changes_the_answer(d: Disagreement, profiles: Sequence[Profile]) -> bool:
    """Whether the hottest function of the table would not be that by the other profiler's share of it."""
    first, *others = lines(profiles, 2)
    if d.function != first.function or not others:
        return False
    return min(d.one_share, d.other_share) < others[0].own


def _words(d: Disagreement) -> str:
    shares = f"{PROFILERS[d.one].title} {share(d.one_share)}, {PROFILERS[d.other].title} {share(d.other_share)}"
    return f"{one_line(d.function)}: {shares}: {d.why}"
