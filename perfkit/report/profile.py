"""A profile on one screen: hot spots, what aims at them, and how far each profiler is to be trusted."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from perfkit.profilers.difference import Difference, Mover, agrees, untold
from perfkit.profilers.merge import Line, disagreements, lines, main_of
from perfkit.profilers.profile import PROFILERS, Profile
from perfkit.profilers.twins import twins
from perfkit.profilers.waiting import Wait, Wall, wall_of
from perfkit.profiling.run import Profiled
from perfkit.profiling.timed import Changed, Timed
from perfkit.report import numbers
from perfkit.report.lines import Columns, labelled
from perfkit.report.visible import one_line
from perfkit.report.words import environment_line

__all__ = ["change_report", "profile_report"]

_ADVICE = 8  # the recipes that are worth a line
_OPERATIONS = 8  # of torch, below a table of functions
_TWIN = 0.01  # of the whole: a row of less is not worth a word
_FEW = 2  # recipes that a line names
_IDLE = 0.03  # of the wall time: less is no wait worth a word
_WAITS = 3  # that a line names
_UNSEEN = 0.1  # of what there was to be seen
_LEAST = 0.0005  # of the whole: less is no mover


def profile_report(found: Profiled, top: int) -> RenderableType:
    """The `top` functions by their own time, the advice, what each profiler cost, and where they disagree."""
    main = main_of(found.profiles)
    head = Text(f"{found.target} / {found.workload}{_on(found.recipes)}", style="bold")
    if main is not None:
        head.append(f"  {_wall(wall_of(found.profiles, main), main)}", style="not bold")
    parts: list[RenderableType] = [head, Text(environment_line(found.environment), style="dim"), Text()]
    if main is not None:
        parts += [*_hot(found, main, top), *_torch(found, main, top), Text(), *_advice(found), Text()]
        parts += [*_trust(found, main), *_twins(found, main, top)]
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
        parts += [*_movers(chosen, top), Text()]
    elif main is not None:
        parts += [*_hot(after, main, top), Text()]
    if main is not None:
        operations = list(_torch(after, main, top))
        parts += [*operations[1:], Text()] if operations else []
    parts += _sums(found.differences, found.timed)
    if found.timed is None and found.trouble:
        parts.append(labelled("timed", Text(f"not: {found.trouble}", style="yellow"), 7))
    if main is not None:
        parts += [*_trust(after, main)]
    parts += [*_notes(found.before, "before: "), *_absent(found.before, "before: "), *_absent(after)]
    words = [part for name in names.split(", ") for part in ("--recipe", name)]
    parts.append(labelled("next", Text(shlex.join(["perfkit", "compare", after.target, *words, *after.words])), 7))
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
        cells = [_share(line.own), _share(line.total), *(_share(line.shares.get(name)) for name in others)]
        if counted:
            cells += [f"{line.calls:.3g}" if line.calls is not None else "–", numbers.time(line.call_ns)]
        recipes = aims.get(line.seam or "", [])
        more = f" +{len(recipes) - _FEW}" if len(recipes) > _FEW else ""
        words = Text(line.seam or "", style="cyan"), Text(", ".join(recipes[:_FEW]) + more)
        rows.append([*map(Text, cells), Text(_function(line)), *words])
    figures = len(heads)
    yield Columns(
        [*heads, "function", "seam", "recipes"],
        rows,
        right=range(figures),
        shorter={figures: 26, figures + 2: 15},
        # what a reader misses least goes first: the second sampler, then calls, then cProfile's shares
        spare=[i for i in dict.fromkeys((2, figures - 1, figures - 2, 3)) if 2 <= i < figures],
    )
    rest = len(main.hotspots) - len(shown)
    if rest:
        share = _share(max(0.0, 1 - sum(line.own for line in shown)))
        yield Text(f"{rest} more function{'s' * (rest != 1)}, {share}", style="dim")


def _share(value: float | None) -> str:
    return f"{100 * value:.1f} %" if value is not None else "–"


def _aims(found: Profiled) -> Mapping[str, list[str]]:
    aims: dict[str, list[str]] = {}
    for advice in found.advice:
        for seam in advice.seams:
            aims.setdefault(seam, []).append(advice.recipe)
    return aims


def _function(where: Line | Mover) -> str:
    if where.line == 0:
        return where.function
    return f"{where.function}  {where.file.rpartition('/')[2]}:{where.line}"


def _advice(found: Profiled) -> Iterator[RenderableType]:
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
        share = numbers.percent(a.share) + (f" ±{100 * a.error:.1f}" if a.error else "")
        share += " on threads" if a.concurrent else ""
        table.add_row(a.recipe, ", ".join(a.seams), share, most)
    yield table
    if len(found.advice) > _ADVICE:
        yield Text(
            f"{len(found.advice) - _ADVICE} more: {', '.join(a.recipe for a in found.advice[_ADVICE:])}", style="dim"
        )
    yield from _wrappers(found)
    yield Text()
    yield labelled(
        "next", Text(shlex.join(["perfkit", "compare", "--recipe", found.advice[0].recipe, *found.words])), 7
    )


def _torch(found: Profiled, main: Profile, top: int) -> Iterator[RenderableType]:
    """The operations of torch, where the table above is of functions."""
    torch = next((p for p in found.profiles if p.profiler == "torch" and p is not main), None)
    if torch is None:
        return
    shown, whole = torch.hotspots[: min(top, _OPERATIONS)], torch.seen_ns or 1
    rows = [
        [
            Text(_share(h.self_ns / whole)),
            Text(_share(min(1.0, h.total_ns / whole))),
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


def _twins(found: Profiled, main: Profile, top: int) -> Iterator[RenderableType]:
    """Rows of the table that stand for several functions."""
    least = _TWIN * (main.seen_ns or 1)
    spots = [h for h in main.hotspots[:top] if h.self_ns >= least]
    for (file, line, name), count in sorted(twins(spots, found.profiles).items()):
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
    yield from _waits(wall_of(found.profiles, main))
    if main.coverage is not None and abs(main.coverage - 1) > _UNSEEN:
        yield labelled("seen", Text(_uncovered(main, main.coverage), style="yellow"), 7)
    for d in disagreements(found.profiles):
        shares = f"{PROFILERS[d.one]} {_share(d.one_share)}, {PROFILERS[d.other]} {_share(d.other_share)}"
        yield labelled("apart", Text(f"{d.function}: {shares}: {d.why}", style="yellow"), 7)
    yield from _notes(found)


def _wall(wall: Wall | None, main: Profile) -> str:
    """One call: how long, how much of it the calling thread ran, what it waited for, and who else worked."""
    if wall is None:
        return f"{numbers.time(main.bare_call_ns)} a call"
    least_ns = _IDLE * wall.call_ns
    by_name: dict[str, float] = {}
    for wait in wall.waits:
        by_name[wait.what or wait.function] = by_name.get(wait.what or wait.function, 0.0) + wait.ns
    named = [f"{name} {numbers.time(ns)}" for name, ns in by_name.items()][:_FEW]
    named += [f"for a processor {numbers.time(wall.queued_ns)}"] if wall.queued_ns > least_ns else []
    words = f"wall {numbers.time(wall.call_ns)} a call = {numbers.time(wall.running_ns)} running"
    words += f" + {numbers.time(wall.waiting_ns)} waiting"
    words += f" ({', '.join(named)})" if named and wall.waiting_ns > least_ns else ""
    for ns, where in ((wall.threads_ns, "on other threads"), (wall.children_ns, "in child processes")):
        words += f"; {numbers.time(ns)} {where}" if ns > least_ns else ""
    return words


def _waits(wall: Wall | None) -> Iterator[RenderableType]:
    """Where the calling thread waits, if it does so for long, and how much of that nobody can name."""
    if wall is None or wall.waiting_ns <= _IDLE * wall.call_ns:
        return
    said = [_wait(w) for w in wall.waits[:_WAITS]]
    if wall.queued_ns > _IDLE * wall.call_ns:
        said.append(f"ready for {numbers.time(wall.queued_ns)} of it, and others had the processor")
    left_ns = wall.waiting_ns - max(wall.queued_ns, sum(w.ns for w in wall.waits))
    if left_ns > max(_IDLE * wall.call_ns, 0.1 * wall.waiting_ns):
        said.append(f"{numbers.time(left_ns)} without a name")
    if wall.by and said:
        said[-1] += f"; by {PROFILERS[wall.by]}"
    yield labelled("waits", Text(" · ".join(said)), 7)


def _wait(wait: Wait) -> str:
    where = f"{wait.function}  {wait.file.rpartition('/')[2]}:{wait.line}" if wait.line else wait.function
    return f"{numbers.time(wait.ns)} " + (f"{wait.what} in {where}" if wait.what and where else wait.what or where)


def _uncovered(main: Profile, coverage: float) -> str:
    """Why samples may be fewer than the time that ran, or more."""
    spent = main.spent
    assert spent is not None
    clocks = "what ran by the system's clocks" if main.profiler == "pyspy" else "the wall time"
    words = f"{PROFILERS[main.profiler]}'s samples are {_share(coverage)} of {clocks}"
    if coverage > 1:
        return f"{words}: what stands ready and has no processor is sampled too"
    if main.profiler != "pyspy":
        return f"{words}: work that lasts less than the time between two samples is missed"
    if spent.children_ns > (1 - coverage) * spent.all_running_ns / 2:
        return f"{words}: a child process is found only some time after it starts, and one that ends before never"
    return f"{words}: samples that come out torn are left out, and those that others kept it from taking"


def _notes(found: Profiled, when: str = "") -> Iterator[RenderableType]:
    for note in dict.fromkeys(note for profile in found.profiles for note in profile.notes):
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


def _movers(found: Difference, top: int) -> Iterator[RenderableType]:
    moved = [m for m in found.movers if abs(m.change_ns) > _LEAST * max(found.before_ns, found.after_ns)]
    rows = []
    for m in moved[:top]:
        sign = "+" if m.change_ns > 0 else "−"
        rows.append(
            [
                Text(numbers.time(m.before_ns) if m.before_ns else "–"),
                Text(numbers.time(m.after_ns) if m.after_ns else "–"),
                Text(f"{sign}{numbers.time(abs(m.change_ns))}", style=_style(m)),
                Text(_moved(m), style="dim"),
                Text(_function(m)),
                Text(m.seam or "", style="cyan"),
            ]
        )
    yield Columns(["before", "after", "change", "", "function", "seam"], rows, right=range(3), shorter={4: 20})
    rest = len(moved) - top
    if rest > 0:
        yield Text(f"{rest} more moved, {numbers.time(sum(abs(m.change_ns) for m in moved[top:]))} in all", style="dim")


def _why_not(found: Difference) -> str:
    before, after = found.coverage
    words = f"the bare calls beside it: {numbers.ratio(found.bare)}"
    if before is not None and after is not None and abs(before / after - 1) > _UNSEEN:
        words += f"; of what there was to see it saw {_share(before)} before and {_share(after)} after"
    return words


def _style(mover: Mover) -> str:
    return "dim" if mover.within_noise else "red" if mover.change_ns > 0 else "green"


def _moved(mover: Mover) -> str:
    if mover.within_noise:
        return "within noise"
    return "vanished" if not mover.after_ns else "new" if not mover.before_ns else ""


def _sums(differences: Sequence[Difference], timed: Timed | None) -> Iterator[RenderableType]:
    """Each profiler's sum beside the timed difference."""
    if timed is not None:
        words = f"{numbers.time(timed.before_ns)} → {numbers.time(timed.after_ns)}, "
        words += f"{numbers.interval(timed.point, timed.low, timed.high)} without a profiler"
        yield labelled("timed", Text(words), 7)
    for d in differences:
        before_ns, after_ns = d.running_ns if d.clocks else (d.before_ns, d.after_ns)
        said = Text(f"{PROFILERS[d.profiler]} {numbers.time(before_ns)} → {numbers.time(after_ns)}")
        if before_ns and after_ns:
            said.append(f", {numbers.ratio(before_ns / after_ns)}")
        if d.clocks:
            said.append(f" on all threads; by the system's clocks {numbers.ratio(d.clocks[0] / d.clocks[1])}")
        if timed is not None:
            same = agrees(d, timed.point, timed.low, timed.high)
            unknown = untold(d, timed.point, timed.low, timed.high)
            words = {True: "adds up", False: "does not add up", None: unknown}[same]
            said.append(f": {words}", style={True: "green", False: "yellow", None: "dim"}[same])
            if same is False:
                said.append(f" ({_why_not(d)})")
        yield labelled("sum", said, 7)
