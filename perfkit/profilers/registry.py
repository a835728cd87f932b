"""All profilers, by name: the one place that lists them.

To add one:

1. A file beside this one with its `Profiler`, the record of all that perfkit knows of it; `profiler.py` says what each
   field is. It takes a name, a title, what to do where it saw nothing, `read`, and one of two ways to run: inside the
   worker a function `collect`, from outside a `sampler`, which makes an `ExternalSampler`. All other fields have a
   default.
2. The record in `PROFILERS`. Its place there is its place in every table: what sees most and disturbs
   least comes first.
3. Its name in the help of `--with` in `cli/profile.py`, which is written by hand, so that `perfkit --help` imports none
   of this; a test holds it against `PROFILERS`.

That is all for functions and targets. One that is to see whole programs from inside of their process has a file in
`in_program/` besides, which its record names.
"""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.errors import UnknownName
from perfkit.profilers.cprofile import CPROFILE
from perfkit.profilers.profiler import Collect, Profiler
from perfkit.profilers.pyinstrument import PYINSTRUMENT
from perfkit.profilers.pyspy import PYSPY
from perfkit.profilers.sampling import SAMPLING
from perfkit.profilers.torch_ops import TORCH

__all__ = ["PROFILERS", "collector", "names_of", "suggestion", "title_of"]

# by name; what sees most and disturbs least comes first
PROFILERS: dict[str, Profiler] = {p.name: p for p in (PYSPY, SAMPLING, PYINSTRUMENT, CPROFILE, TORCH)}


def title_of(name: str) -> str:
    """What a profiler calls itself; its name where that is unknown, as in a file of a later version."""
    return PROFILERS[name].title if name in PROFILERS else name


def names_of(words: Sequence[str], known: Sequence[str] | None = None) -> tuple[str, ...]:
    """The names of the profilers that words stand for, each once: a name, or a title. Raises UnknownName.

    `known`: the names that its message has in the place of all.
    """
    by_title = {profiler.title: name for name, profiler in PROFILERS.items()}
    names = tuple(dict.fromkeys(by_title.get(word, word) for word in words))
    for name in names:
        if name not in PROFILERS:
            raise UnknownName("profiler", name, known or tuple(PROFILERS))
    return names


def suggestion(but: str = "", *, programs: bool = False) -> str:
    """What to say in the place of a profiler that cannot run: `--with` all that are likely to.

    `programs`: those that see whole programs.
    """
    likely = (p for p in PROFILERS.values() if p.suggested and p.name != but and (p.follows or not programs))
    return f"--with {','.join(p.name for p in likely)}"


def collector(under: str) -> Collect:
    """What runs inside the worker under a name: a profiler's own, or one of its `also`. Raises KeyError for none."""
    return {name: collect for p in PROFILERS.values() for name, collect in _inside(p).items()}[under]


def _inside(profiler: Profiler) -> dict[str, Collect]:
    own = {} if profiler.collect is None else {profiler.name: profiler.collect}
    return {**own, **profiler.also}
