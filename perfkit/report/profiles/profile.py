"""A profile on one screen: hot spots, what aims at them, and how far each profiler is to be trusted."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from perfkit import numbers
from perfkit.numbers import share
from perfkit.profilers.analysis.side_by_side import lines, main_of
from perfkit.profilers.analysis.twins import twins
from perfkit.profilers.analysis.waiting import wall_of
from perfkit.profilers.analysis.whole import HotLine
from perfkit.profilers.common.profile import Profile
from perfkit.profilers.registry import PROFILERS
from perfkit.profiling.run import Profiled
from perfkit.profiling.timed import Changed
from perfkit.report.lines import Columns, Commands, labelled
from perfkit.report.profiles.answer import change_answer, profile_answer
from perfkit.report.profiles.movers import function_at, mover_lines, sum_lines
from perfkit.report.profiles.trust import trust_lines
from perfkit.report.profiles.wall import wall_lines
from perfkit.report.visible import one_line
from perfkit.report.words import environment_line

__all__ = [
    "change_report",
    "early_report",
    "hot_line_lines",
    "profile_report",
    "torch_lines",
    "twin_lines",
]

_ADVICE = 8  # the recipes that are worth a line
_OPERATIONS = 8  # of torch, below a table of functions
_TWIN = 0.01  # of the whole: a row of less is not worth a word
_FEW = 2  # recipes that a line names


def profile_report(found: Profiled, top: int, *, verbose: bool = False) -> RenderableType:
    """The wall time, the `top` functions by their own time, what to do next, and what it means in one sentence.

    `verbose`: also what each profiler cost, and where they disagree.
    """
    main = main_of(found.profiles)
    head = Text(f"{found.target} / {found.workload}{_on(found.recipes)}", style="bold")
    if found.next:  # a function has one workload, and no recipe
        head = Text(found.target, style="bold")
    parts: list[RenderableType] = [head, Text(environment_line(found.environment), style="dim"), Text()]
    if main is None:
        return Group(*parts, *_absent(found), *_output(found))
    wall = wall_of(found.profiles, main)
    parts += [*wall_lines(wall, main), Text(), *_hot(found, main, top), *hot_line_lines(found.lines, main)]
    parts += [*torch_lines(found.profiles, main, top), Text(), *_recipes(found)]
    parts += [*_trust(found, main, verbose=verbose)]
    parts += [*twin_lines(found.profiles, main, top), *_absent(found), *_output(found), *_next(found), Text()]
    name = found.target if found.next else f"{found.target} on {found.workload}"
    hot = lines(found.profiles, 1)
    return Group(*parts, profile_answer(name, wall, hot, found.advice, interrupted=found.status == "interrupted"))


def early_report(profile: Profile, top: int) -> RenderableType:
    """The hot spots of one profiler, while others are still to come."""
    rows = [[Text(share(line.own)), Text(share(line.total)), Text(function_at(line))] for line in lines([profile], top)]
    head = Text(f"so far, by {PROFILERS[profile.profiler].title}", style="dim")
    return Group(head, Columns(["self", "total", "function"], rows, right=range(2), shorter={2: 26}), Text())


def change_report(found: Changed, top: int, *, verbose: bool = False) -> RenderableType:
    """The `top` movers of the main profiler, whether they fit the timed difference, and what it means."""
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
        parts += [*_trust(after, main, before=found.before.profiles, verbose=verbose)]
    parts += [*_absent(found.before, "before: "), *_absent(after)]
    words = [part for name in names.split(", ") for part in ("--recipe", name)]
    parts.append(Commands(shlex.join(["perfkit", "compare", after.target, *words, *after.words]), "next", 7))
    movers = [m for m in chosen.movers if not m.within_noise] if chosen is not None else []
    return Group(*parts, Text(), change_answer(names, found.timed, one_line(movers[0].function) if movers else ""))


def _on(recipes: Sequence[str]) -> str:
    return f" with {', '.join(r.rpartition('/')[2] for r in recipes)}" if recipes else ""


def _hot(found: Profiled, main: Profile, top: int) -> Iterator[RenderableType]:
    shown = lines(found.profiles, top)
    others = [p.profiler for p in found.profiles if p is not main and not PROFILERS[p.profiler].operations]
    counted = any(line.calls is not None for line in shown)
    heads = ["self", "total", *(PROFILERS[name].title for name in others), *(("calls", "per call") if counted else ())]
    on_device = any(line.device_ns for line in shown)
    heads += ["device"] * on_device
    aims, rows = _aims(found), []
    for line in shown:
        cells = [share(line.own), share(line.total), *(share(line.shares.get(name)) for name in others)]
        if counted:
            cells += [numbers.calls(line.calls), numbers.time(line.call_ns)]
        cells += [numbers.time(line.device_ns) if line.device_ns else "–"] * on_device
        recipes = aims.get(line.seam or "", [])
        more = f" +{len(recipes) - _FEW}" if len(recipes) > _FEW else ""
        words = Text(line.seam or "", style="cyan"), Text(", ".join(recipes[:_FEW]) + more)
        rows.append([*map(Text, cells), Text(function_at(line)), *words])
    figures = len(heads)
    last = figures - 1 - on_device
    names = ["function"] if found.next else ["function", "seam", "recipes"]
    yield Columns(
        [*heads, *names],
        [row[: figures + len(names)] for row in rows],
        right=range(figures),
        shorter={figures: 26} if found.next else {figures: 26, figures + 2: 15},
        # what a reader misses least goes first: the second sampler, then calls, then cProfile's shares
        spare=[i for i in dict.fromkeys((2, last, last - 1, 3)) if 2 <= i <= last],
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
    yield Columns(["self", "line", "source"], rows, right=range(1), shorter={1: 24, 2: 30})


def _next(found: Profiled) -> Iterator[RenderableType]:
    """What to do about it: write a faster function, or measure the recipe that could save most."""
    if found.next:
        new = found.next[3].rpartition(":")[2]
        yield labelled("next", Text(f"write a faster {new}, then"), 7)
        yield Commands(shlex.join(found.next), " ", 7)
    elif found.advice:
        command = ["perfkit", "compare", found.target, "--recipe", found.advice[0].recipe, *found.words]
        yield Commands(shlex.join(command), "next", 7)


def _recipes(found: Profiled) -> Iterator[RenderableType]:
    """The recipes that aim at what is hot, and the most that each could save."""
    if found.next:
        return
    if not found.advice:
        yield Text("no recipe of the catalogue aims at what is hot here")
        yield from _wrappers(found)
        yield Text()
        return
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for head in ("recipe", "replaces"):
        table.add_column(head, no_wrap=True)
    table.add_column("share", justify="right")
    table.add_column("at most", justify="right")
    for a in found.advice[:_ADVICE]:
        most = numbers.ratio(a.at_most) if a.at_most else "–"
        part = numbers.percent_with_error(a.share, a.error) if a.error else numbers.percent(a.share)
        part += " on threads" if a.concurrent else ""
        table.add_row(a.recipe, ", ".join(a.seams), part, most)
    yield table
    if len(found.advice) > _ADVICE:
        yield Text(
            f"{len(found.advice) - _ADVICE} more: {', '.join(a.recipe for a in found.advice[_ADVICE:])}", style="dim"
        )
    yield from _wrappers(found)
    yield Text()


def torch_lines(profiles: Sequence[Profile], main: Profile, top: int) -> Iterator[RenderableType]:
    """The operations of torch, where the table above is of functions.

    `device` is what a GPU did for each in one call: where there is any, those come first for which it did most.
    """
    torch = next((p for p in profiles if PROFILERS[p.profiler].operations and p is not main), None)
    if torch is None:
        return
    on_device, whole = any(h.device_ns for h in torch.hotspots), torch.seen_ns or 1
    shown = sorted(torch.hotspots, key=lambda h: -h.device_ns)[: min(top, _OPERATIONS)]
    rows = [
        [
            Text(share(h.self_ns / whole)),
            Text(share(min(1.0, h.total_ns / whole))),
            Text(numbers.calls(h.calls / torch.passes)),
            Text(numbers.time(h.total_ns / h.calls) if h.calls else "–"),
            *[Text(numbers.time(h.device_ns / torch.passes) if h.device_ns else "–")] * on_device,
            Text(h.function),
        ]
        for h in shown
    ]
    yield Text()
    heads = ["self", "total", "calls", "per call", *["device"] * on_device]
    yield Columns([*heads, "operation of torch"], rows, right=range(len(heads)), shorter={len(heads): 20})
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
        names = ", ".join(found.wrappers)
        yield Text(f"not suggested, since it replaces what calls everything else: {names}", style="dim")


def _trust(
    found: Profiled, main: Profile, *, before: Sequence[Profile] = (), verbose: bool
) -> Iterator[RenderableType]:
    """Whose figures these are, what each profiler cost, and where they put the time differently."""
    cost = " · ".join(f"{PROFILERS[p.profiler].title} {numbers.ratio(p.slowdown)}" for p in found.profiles)
    yield from trust_lines(
        found.profiles,
        main,
        wall_of(found.profiles, main),
        cost=f"{cost} of the bare time",
        whose=_whose(main),
        before=before,
        verbose=verbose,
    )


def _whose(main: Profile) -> str:
    profiler = PROFILERS[main.profiler]
    whose = f"self and total are {profiler.title}'s: {numbers.count(main.passes)} calls"
    if profiler.operations:
        return f"{whose}, every operation clocked"
    threads = "the calling thread only" if profiler.sees == "thread" else "all threads that do not wait"
    if profiler.counts_calls:
        return f"{whose}, every one clocked, on {threads}"
    return f"{whose}, {numbers.count(main.samples)} samples at {main.rate} a second, {threads}"


def _absent(found: Profiled, when: str = "") -> list[RenderableType]:
    said: list[RenderableType] = []
    for m in found.missing:
        said.append(labelled("without", Text(f"{when}{m.why}{f'; {m.hint}' if m.hint else ''}", style="yellow"), 7))
    if found.status == "interrupted":
        said.append(labelled("status", Text("interrupted: this is what was profiled so far", style="yellow"), 7))
    return said
