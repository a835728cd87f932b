"""All profilers, by name: the one place that lists them. The steps to add one stand in the package's docstring."""

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
