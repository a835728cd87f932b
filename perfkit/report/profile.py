"""A profile on one screen: hot spots, what aims at them, and how far each profiler is to be trusted."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from perfkit.profilers.merge import disagreements, lines, main_of
from perfkit.profilers.profile import PROFILERS, Profile
from perfkit.profilers.twins import twins
from perfkit.profilers.waiting import wall_of
from perfkit.profilers.whole import HotLine
from perfkit.profiling.run import Profiled
from perfkit.profiling.timed import Changed
from perfkit.report import numbers
from perfkit.report.lines import Columns, Commands, labelled
from perfkit.report.movers import function_at, mover_lines, sum_lines
from perfkit.report.visible import one_line
from perfkit.report.wall import share, unseen_lines, wait_lines, wall_words
from perfkit.report.words import environment_line

__all__ = [
    "apart_lines",
    "change_report",
    "hot_line_lines",
    "note_lines",
    "profile_report",
    "torch_lines",
    "twin_lines",
]

_ADVICE = 8  # the recipes that are worth a line
_OPERATIONS = 8  # of torch, below a table of functions
_TWIN = 0.01  # of the whole: a row of less is not worth a word
_FEW = 2  # recipes that a line names


def profile_report(found: Profiled, top: int) -> RenderableType:
    """The `top` functions by their own time, the advice, what each profiler cost, and where they disagree."""
    main = main_of(found.profiles)
    head = Text(f"{found.target} / {found.workload}{_on(found.recipes)}", style="bold")
    if found.next:  # a function has one workload, and no recipe
        head = Text(found.target, style="bold")
    if main is not None:
        head.append(f"  {wall_words(wall_of(found.profiles, main), main)}", style="not bold")
    parts: list[RenderableType] = [head, Text(environment_line(found.environment), style="dim"), Text()]
    if main is not None:
        parts += [*_hot(found, main, top), *hot_line_lines(found.lines, main)]
        parts += [*torch_lines(found.profiles, main, top), Text(), *_advice(found), Text()]
        parts += [*_trust(found, main), *twin_lines(found.profiles, main, top)]
    parts += [*_absent(found), *_output(found)]
    return Group(*parts)


def change_report(found: Changed, top: int) -> RenderableType:
    """The `top` movers of the main profiler, whether they add up to the timed difference, and the rest as one view."""
    after = found.after
    names = ", ".join(r.rpartition("/")[2] for r in after.recipes if r not in found.before.recipes)
    head = Text(f"{after.target} / {after.workload}  without and with {names}", style="bold")
    head.append(_on(found.before.recipes), style="not bold")
    parts: list[RenderableType] = [head, Text(environment_line(after.environment), style="dim"), Text()]
    both = [p for p in after.profiles if any(p.profiler == d.profiler for d in found.differences)]
    main = main_of(both or after.profiles)
    chosen = next((d for d in found.differences if main and d.profiler == main.profiler), None)
    if chosen is not None:
        parts += [*mover_lines(chosen, top), Text()]
    elif main is not None:
        parts += [*_hot(after, main, top), Text()]
    if main is not None:
        operations = list(torch_lines(after.profiles, main, top))
        parts += [*operations[1:], Text()] if operations else []
    parts += sum_lines(found.differences, found.timed)
    if found.timed is None and found.trouble:
        parts.append(labelled("timed", Text(f"not: {found.trouble}", style="yellow"), 7))
    if main is not None:
        parts += [*_trust(after, main)]
    parts += [*note_lines(found.before.profiles, "before: "), *_absent(found.before, "before: "), *_absent(after)]
    words = [part for name in names.split(", ") for part in ("--recipe", name)]
    parts.append(Commands(shlex.join(["perfkit", "compare", after.target, *words, *after.words]), "next", 7))
    return Group(*parts)


def _on(recipes: Sequence[str]) -> str:
    return f" on {', '.join(r.rpartition('/')[2] for r in recipes)}" if recipes else ""


def _hot(found: Profiled, main: Profile, top: int) -> Iterator[RenderableType]:
    shown = lines(found.profiles, top)
    others = [p.profiler for p in found.profiles if p is not main and p.profiler != "torch"]
    counted = any(line.calls is not None for line in shown)
    heads = ["self", "total", *(PROFILERS[name] for name in others), *(("calls", "per call") if counted else ())]
    aims, rows = _aims(found), []
    for line in shown:
        cells = [share(line.own), share(line.total), *(share(line.shares.get(name)) for name in others)]
        if counted:
            cells += [f"{line.calls:.3g}" if line.calls is not None else "–", numbers.time(line.call_ns)]
        recipes = aims.get(line.seam or "", [])
        more = f" +{len(recipes) - _FEW}" if len(recipes) > _FEW else ""
        words = Text(line.seam or "", style="cyan"), Text(", ".join(recipes[:_FEW]) + more)
        rows.append([*map(Text, cells), Text(function_at(line)), *words])
    figures = len(heads)
    names = ["function"] if found.next else ["function", "seam", "recipes"]
    yield Columns(
        [*heads, *names],
        [row[: figures + len(names)] for row in rows],
        right=range(figures),
        shorter={figures: 26} if found.next else {figures: 26, figures + 2: 15},
        # what a reader misses least goes first: the second sampler, then calls, then cProfile's shares
        spare=[i for i in dict.fromkeys((2, figures - 1, figures - 2, 3)) if 2 <= i < figures],
    )
    rest = len(main.hotspots) - len(shown)
    if rest:
        left = share(max(0.0, 1 - sum(line.own for line in shown)))
        yield Text(f"{rest} more function{'s' * (rest != 1)}, {left}", style="dim")


def _aims(found: Profiled) -> Mapping[str, list[str]]:
    aims: dict[str, list[str]] = {}
    for advice in found.advice:
        for seam in advice.seams:
            aims.setdefault(seam, []).append(advice.recipe)
    return aims


def hot_line_lines(hot: Sequence[HotLine], main: Profile) -> Iterator[RenderableType]:
    """The lines of the hottest functions, with their source beside them."""
    if not hot:
        return
    whole = main.seen_ns or 1
    rows = [
        [
            Text(share(line.self_ns / whole)),
            Text(f"{PurePath(line.file).name}:{line.line}"),
            Text(one_line(line.source)),
        ]
        for line in hot
    ]
    yield Text()
    yield Columns(["self", "line", "source"], rows, right=range(1), shorter={2: 30, 1: 16})


def _advice(found: Profiled) -> Iterator[RenderableType]:
    if found.next:
        new = found.next[3].rpartition(":")[2]
        yield labelled("next", Text(f"write {new}, which is faster, then"), 7)
        yield Commands(shlex.join(found.next), " ", 7)
        return
    if not found.advice:
        yield Text("no recipe of the catalogue aims at what is hot here")
        yield from _wrappers(found)
        return
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for head in ("recipe", "replaces"):
        table.add_column(head, no_wrap=True)
    table.add_column("share", justify="right")
    table.add_column("at most", justify="right")
    for a in found.advice[:_ADVICE]:
        most = numbers.ratio(a.at_most) if a.at_most else "–"
        part = numbers.percent(a.share) + (f" ±{100 * a.error:.1f}" if a.error else "")
        part += " on threads" if a.concurrent else ""
        table.add_row(a.recipe, ", ".join(a.seams), part, most)
    yield table
    if len(found.advice) > _ADVICE:
        yield Text(
            f"{len(found.advice) - _ADVICE} more: {', '.join(a.recipe for a in found.advice[_ADVICE:])}", style="dim"
        )
    yield from _wrappers(found)
    yield Text()
    command = ["perfkit", "compare", found.target, "--recipe", found.advice[0].recipe, *found.words]
    yield Commands(shlex.join(command), "next", 7)


def torch_lines(profiles: Sequence[Profile], main: Profile, top: int) -> Iterator[RenderableType]:
    """The operations of torch, where the table above is of functions."""
    torch = next((p for p in profiles if p.profiler == "torch" and p is not main), None)
    if torch is None:
        return
    shown, whole = torch.hotspots[: min(top, _OPERATIONS)], torch.seen_ns or 1
    rows = [
        [
            Text(share(h.self_ns / whole)),
            Text(share(min(1.0, h.total_ns / whole))),
            Text(f"{h.calls / torch.passes:.3g}"),
            Text(numbers.time(h.total_ns / h.calls) if h.calls else "–"),
            Text(h.function),
        ]
        for h in shown
    ]
    yield Text()
    yield Columns(["self", "total", "calls", "per call", "operation of torch"], rows, right=range(4), shorter={4: 20})
    rest = len(torch.hotspots) - len(shown)
    if rest:
        yield Text(f"{rest} more operation{'s' * (rest != 1)}", style="dim")


def twin_lines(profiles: Sequence[Profile], main: Profile, top: int) -> Iterator[RenderableType]:
    """Rows of the table that stand for several functions."""
    least = _TWIN * (main.seen_ns or 1)
    spots = [h for h in main.hotspots[:top] if h.self_ns >= least]
    for (file, line, name), count in sorted(twins(spots, profiles).items()):
        where = f"{name}  {file.rpartition('/')[2]}:{line}"
        words = f"{where} is {count} functions of one name on one line, which no profiler tells apart"
        yield labelled("note", Text(words, style="yellow"), 7)


def _output(found: Profiled) -> Iterator[RenderableType]:
    if found.output:
        yield Text()
        yield Text("what the program printed", style="dim")
        yield from (Text(f"  {one_line(line)}") for line in found.output.splitlines())


def _wrappers(found: Profiled) -> Iterator[RenderableType]:
    if found.wrappers:
        yield Text(f"no advice, for it replaces what holds all the rest: {', '.join(found.wrappers)}", style="dim")


def _trust(found: Profiled, main: Profile) -> Iterator[RenderableType]:
    """Whose figures these are, what each profiler cost, and where they put the time differently."""
    cost = " · ".join(f"{PROFILERS[p.profiler]} {numbers.ratio(p.slowdown)}" for p in found.profiles)
    yield labelled("cost", Text(f"{cost} of the bare time"), 7)
    yield labelled("from", Text(_whose(main), style="dim"), 7)
    yield from wait_lines(wall_of(found.profiles, main))
    yield from unseen_lines(main)
    yield from apart_lines(found.profiles)
    yield from note_lines(found.profiles)


def apart_lines(profiles: Sequence[Profile]) -> Iterator[RenderableType]:
    """Where two profilers put the time differently."""
    for d in disagreements(profiles):
        shares = f"{PROFILERS[d.one]} {share(d.one_share)}, {PROFILERS[d.other]} {share(d.other_share)}"
        yield labelled("apart", Text(f"{one_line(d.function)}: {shares}: {d.why}", style="yellow"), 7)


def note_lines(profiles: Sequence[Profile], when: str = "") -> Iterator[RenderableType]:
    """What the profilers say of themselves."""
    for note in dict.fromkeys(note for profile in profiles for note in profile.notes):
        yield labelled("note", Text(f"{when}{note}", style="yellow"), 7)


def _whose(main: Profile) -> str:
    name = PROFILERS[main.profiler]
    if main.profiler == "cprofile":
        return f"self and total are {name}'s: {main.passes} calls, every one clocked, on the calling thread only"
    if main.profiler == "torch":
        return f"self and total are {name}'s: {main.passes} calls, every operation clocked"
    threads = "all threads that do not wait" if main.profiler in ("pyspy", "sampling") else "the calling thread only"
    sampled = f"{numbers.count(main.samples)} samples at {main.rate} a second"
    return f"self and total are {name}'s: {main.passes} calls, {sampled}, {threads}"


def _absent(found: Profiled, when: str = "") -> list[RenderableType]:
    said: list[RenderableType] = []
    for m in found.missing:
        said.append(labelled("without", Text(f"{when}{m.why}{f'; {m.hint}' if m.hint else ''}", style="yellow"), 7))
    if found.status == "interrupted":
        said.append(labelled("status", Text("interrupted: this is what was profiled so far", style="yellow"), 7))
    return said
