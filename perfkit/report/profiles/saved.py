"""A saved profile: read from its JSON, and drawn as the table of its hot spots."""

from __future__ import annotations

import shlex
from typing import Any

import msgspec
from rich.console import Group, RenderableType
from rich.text import Text

from perfkit.errors import UsageError
from perfkit.numbers import share
from perfkit.profilers.analysis.side_by_side import Line
from perfkit.profilers.analysis.waiting import Wait, Wall
from perfkit.profilers.registry import title_of
from perfkit.report.data.profile import HotSpotData, ProfileDocument, WallData
from perfkit.report.fault import fault
from perfkit.report.lines import Columns, Commands
from perfkit.report.profiles.answer import change_answer, profile_answer
from perfkit.report.profiles.wall import wall_lines
from perfkit.report.visible import one_line
from perfkit.report.words import environment_line

__all__ = ["profile_from_json", "saved_profile_report"]

_FEW = 2  # recipes that a line names
_HEADS = ("self", "total", "function", "seam", "recipes")


def profile_from_json(data: Any, name: str) -> ProfileDocument:
    """Check and convert parsed JSON. Raises UsageError naming what does not fit."""
    try:
        return msgspec.convert(data, ProfileDocument)
    except msgspec.ValidationError as error:
        raise UsageError(f"{name} is damaged: {fault(error, data, ProfileDocument)}", hint="save it again") from None


def saved_profile_report(found: ProfileDocument, top: int) -> RenderableType:
    """The `top` functions by their own time under the first profiler, and the command that profiles it again."""
    shown = found.hotspots[:top]
    whole_ns = sum(spot.self_ns for spot in found.hotspots) or 1
    with_ = one_line(f"  with {', '.join(found.recipes)}") if found.recipes else ""
    head = Text(one_line(" / ".join(filter(None, (found.target, found.workload)))), style="bold")
    head.append(with_, style="not bold")
    profilers = ", ".join(title_of(profiler.name) for profiler in found.profilers)
    parts: list[RenderableType] = [head, Text(environment_line(found.environment), style="dim")]
    parts += [Text(f"saved from {profilers or 'no profiler'}", style="dim"), Text()]
    wall = _wall(found.wall)
    if wall is not None:
        imports_ns = found.program.imports_ns if found.program else None
        parts += [*wall_lines(wall, None, imports_ns, each="" if found.program else " a call"), Text()]
    rows = [_row(spot, whole_ns) for spot in shown]
    used = [i for i in range(len(_HEADS)) if i < 3 or any(row[i].plain for row in rows)]
    parts.append(
        Columns(
            [_HEADS[i] for i in used],
            [[row[i] for i in used] for row in rows],
            right=range(2),
            shorter={2: 26} | ({used.index(4): 15} if 4 in used else {}),
        )
    )
    rest = len(found.hotspots) - len(shown)
    if rest:
        parts.append(Text(f"{rest} more function{'s' * (rest != 1)}", style="dim"))
    parts += [Text(), Commands(shlex.join(_again(found)), "next", 7)]
    if found.change is None and shown:
        name = f"{found.target} on {found.workload}" if found.workload else found.target
        hot = [_line(shown[0], whole_ns)]
        parts += [Text(), profile_answer(name, wall, hot, found.advice, interrupted=found.status == "interrupted")]
    elif found.change is not None:
        names = ", ".join(name.rpartition("/")[2] for name in found.recipes if name not in found.change.on)
        parts += [Text(), change_answer(one_line(names), found.change.timed)]
    return Group(*parts)


def _wall(data: WallData | None) -> Wall | None:
    if data is None:
        return None
    waits = tuple(Wait(**{name: getattr(wait, name) for name in Wait._fields}) for wait in data.waits)
    fields = {name: getattr(data, name) for name in data.__struct_fields__ if name != "waits"}
    return Wall(**fields, waits=waits)


def _line(spot: HotSpotData, whole_ns: int) -> Line:
    return Line(
        function=spot.function,
        file=spot.file,
        line=spot.line,
        seam=spot.seam,
        own=spot.self_ns / whole_ns,
        total=spot.total_ns / whole_ns,
        shares={},
        calls=None,
        call_ns=None,
    )


def _row(spot: HotSpotData, whole_ns: int) -> list[Text]:
    more = len(spot.recipes) - _FEW
    names = ", ".join(spot.recipes[:_FEW]) + (f" +{more}" if more > 0 else "")
    place = f"  {spot.file.rpartition('/')[2]}:{spot.line}" if spot.line else ""
    cells = [share(spot.self_ns / whole_ns), share(spot.total_ns / whole_ns), one_line(spot.function + place)]
    return [*map(Text, cells), Text(one_line(spot.seam or ""), style="cyan"), Text(one_line(names))]


def _again(found: ProfileDocument) -> list[str]:
    """The command that takes such a profile."""
    if found.program is not None:
        return ["perfkit", "profile", *found.program.words]
    where = ["--workload", found.workload, "--size", found.size] if found.workload else []
    recipes = [word for name in found.recipes for word in ("--recipe", name.rpartition("/")[2])]
    return ["perfkit", "profile", found.target, *where, *recipes]
