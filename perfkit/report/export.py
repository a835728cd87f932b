"""Profiles in the formats of other tools: speedscope, collapsed stacks, pstats, pyinstrument's page, a flame graph."""

from __future__ import annotations

import json
import pstats
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path, PurePath
from typing import Any, cast

from perfkit import __version__
from perfkit.errors import UsageError
from perfkit.profilers import pyinstrument
from perfkit.profilers.profile import PROFILERS, Profile
from perfkit.profilers.stacks import Stacks
from perfkit.report.flamegraph import difference_page, page
from perfkit.report.visible import one_line

__all__ = ["check_exports", "exported", "speedscope"]

_HINT = "X.speedscope.json, X.collapsed, X.pstats, X.pyinstrument.html or X.html (a flame graph)"
_WITH_STACKS = ("pyspy", "sampling", "pyinstrument", "torch")
# the end of a file's name -> the profilers that can give it, the fullest view first
_FORMATS: dict[str, tuple[str, ...]] = {
    ".speedscope.json": _WITH_STACKS,
    ".collapsed": _WITH_STACKS,
    ".pstats": ("cprofile",),
    ".prof": ("cprofile",),
    ".pyinstrument.html": ("pyinstrument",),
    ".html": _WITH_STACKS,
}


def check_exports(paths: Sequence[PurePath], profilers: Sequence[str]) -> None:
    """Raise UsageError for a file whose name says no format, or one that the `profilers` named cannot give."""
    for path in paths:
        able = _FORMATS[_ending(path)]
        if profilers and not {name.lower().replace("-", "") for name in profilers} & set(able):
            raise _unable(path, able)


def _unable(path: PurePath, able: Sequence[str]) -> UsageError:
    return UsageError(f"--export {path.name!r} needs a profile of {' or '.join(able)}", hint=f"--with {able[0]}")


def _ending(path: PurePath) -> str:
    ending = next((e for e in _FORMATS if path.name.lower().endswith(e)), None)
    if ending is None:
        raise UsageError(f"--export {path.name!r} says no format", hint=_HINT)
    return ending


def exported(
    path: PurePath, title: str, profiles: Sequence[Profile], before: Sequence[Profile] = (), machine: str = ""
) -> bytes:
    """What the file is to hold, of the profiler that suits its format; a flame graph of the change if there is one.

    `machine` is named on a page, beside the profiler and its samples. Raises UsageError when no profiler that has been
    run can give it.
    """
    ending = _ending(path)
    able = _FORMATS[ending]
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
    return _WRITERS[ending](title, chosen)


def _whose(profile: Profile) -> str:
    sampled = f", {profile.samples} samples at {profile.rate} a second" if profile.samples else ""
    return f"{PROFILERS[profile.profiler]}, {profile.passes} calls{sampled}"


def _sample_ns(profile: Profile) -> float:
    """What one sample stands for in one call; 0 for what does not sample."""
    return profile.seen_ns / profile.samples / profile.passes if profile.samples else 0.0


def _pstats(title: str, profile: Profile) -> bytes:
    with tempfile.TemporaryDirectory(prefix="perfkit-") as folder:
        path = Path(folder) / "stats"
        pstats.Stats(cast(Any, _Table(profile.native))).dump_stats(path)
        return path.read_bytes()


class _Table:
    """What pstats takes a profiler for."""

    def __init__(self, stats: object) -> None:
        self.stats = stats

    def create_stats(self) -> None:
        """Nothing to do: they are there."""


_WRITERS: dict[str, Callable[[str, Profile], bytes]] = {
    ".speedscope.json": lambda title, profile: json.dumps(speedscope(title, profile.sampled)).encode(),
    ".collapsed": lambda title, profile: "".join(
        f"{one_line(line)}\n" for line in profile.sampled.collapsed()
    ).encode(),
    ".pstats": _pstats,
    ".prof": _pstats,
    ".pyinstrument.html": lambda title, profile: pyinstrument.html(profile.native).encode(),
}


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
