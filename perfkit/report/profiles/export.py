"""Profiles in the formats of other tools: speedscope, collapsed stacks, pstats, pyinstrument's page, a flame graph."""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence
from pathlib import PurePath

from perfkit import __version__, numbers
from perfkit.errors import UsageError
from perfkit.profilers.common.profile import Profile
from perfkit.profilers.common.stacks import Stacks
from perfkit.profilers.registry import PROFILERS
from perfkit.report.profiles.flamegraph import difference_page, page
from perfkit.report.visible import one_line

__all__ = ["check_exports", "exported", "speedscope"]

_HINT = "X.speedscope.json, X.collapsed, X.pstats, X.pyinstrument.html or X.html (a flame graph)"


def _formats() -> dict[str, tuple[str, ...]]:
    """The end of a file's name -> the profilers that can give it, the fullest view first; the longer end first."""
    with_stacks = tuple(p.name for p in PROFILERS.values() if p.has_stacks)
    own: dict[str, tuple[str, ...]] = {}
    for profiler in PROFILERS.values():
        for ending in profiler.exports:
            own[ending] = (*own.get(ending, ()), profiler.name)
    return {".speedscope.json": with_stacks, ".collapsed": with_stacks, **own, ".html": with_stacks}


def check_exports(paths: Sequence[PurePath], profilers: Sequence[str]) -> None:
    """Raise UsageError for an unknown file extension, or one that the `profilers` named cannot give."""
    for path in paths:
        able = _formats()[_ending(path)]
        if profilers and not {name.lower().replace("-", "") for name in profilers} & set(able):
            raise _unable(path, able)


def _unable(path: PurePath, able: Sequence[str]) -> UsageError:
    return UsageError(f"--export {path.name!r} needs a profile of {' or '.join(able)}", hint=f"--with {able[0]}")


def _ending(path: PurePath) -> str:
    known = _formats()
    ending = next((e for e in known if path.name.lower().endswith(e)), None)
    if ending is None:
        near = difflib.get_close_matches(path.name[path.name.find(".") :].lower(), known, n=1, cutoff=0.6)
        hint = f"did you mean {near[0]}? known: {_HINT}" if near else f"known: {_HINT}"
        raise UsageError(f"--export {path.name!r} has an unknown file extension", hint=hint)
    return ending


def exported(
    path: PurePath, title: str, profiles: Sequence[Profile], before: Sequence[Profile] = (), machine: str = ""
) -> bytes:
    """What the file is to hold, of the profiler that suits its format; a flame graph of the change if there is one.

    `machine` is named on a page, beside the profiler and its samples. Raises UsageError when no profiler that has been
    run can give it.
    """
    ending = _ending(path)
    able = _formats()[ending]
    chosen = next((p for name in able for p in profiles if p.profiler == name), None)
    if chosen is None:
        raise _unable(path, able)
    if ending == ".html":
        earlier = next((p for p in before if p.profiler == chosen.profiler), None)
        if earlier is not None:
            about = f"Before: {_whose(earlier)}. After: {_whose(chosen)}. {machine}"
            sides = earlier.sampled, earlier.passes, chosen.sampled, chosen.passes
            return difference_page(title, *sides, about, (_sample_ns(earlier), _sample_ns(chosen))).encode()
        return page(title, chosen.sampled, f"{_whose(chosen)}. {machine}").encode()
    if ending == ".speedscope.json":
        return json.dumps(speedscope(title, chosen.sampled)).encode()
    if ending == ".collapsed":
        return "".join(f"{one_line(line)}\n" for line in chosen.sampled.collapsed()).encode()
    return PROFILERS[chosen.profiler].exports[ending](chosen)


def _whose(profile: Profile) -> str:
    sampled = f", {numbers.count(profile.samples)} samples at {profile.rate} a second" if profile.samples else ""
    return f"{PROFILERS[profile.profiler].title}, {numbers.count(profile.passes)} calls{sampled}"


def _sample_ns(profile: Profile) -> float:
    """What one sample stands for in one call; 0 for what does not sample."""
    return profile.seen_ns / profile.samples / profile.passes if profile.samples else 0.0


def speedscope(title: str, stacks: Stacks) -> dict[str, object]:
    """The document that speedscope.app opens: https://www.speedscope.app/file-format-schema.json."""
    return {
        "$schema": "https://www.speedscope.app/file-format-schema.json",
        "exporter": f"perfkit {__version__}",
        "name": title,
        "shared": {
            "frames": [
                {"name": one_line(f), "file": one_line(file), "line": line} if file else {"name": one_line(f)}
                for f, file, line in stacks.frames
            ]
        },
        "profiles": [
            {
                "type": "sampled",
                "name": title,
                "unit": "nanoseconds",
                "startValue": 0,
                "endValue": stacks.total_ns,
                "samples": [list(stack) for stack, _ in stacks.stacks],
                "weights": [weight for _, weight in stacks.stacks],
            }
        ],
    }
