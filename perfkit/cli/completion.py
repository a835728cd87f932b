"""What a shell offers for a word that is being typed: names of the catalogue, read and never run; nothing is printed.

`perfkit --install-completion` switches it on.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NoReturn

import typer

from perfkit.errors import PerfkitError
from perfkit.grammar import begins_program

if TYPE_CHECKING:
    from perfkit.catalog import Catalog, TargetEntry

__all__ = [
    "ASKED",
    "benched",
    "codes",
    "complete",
    "explained",
    "listed",
    "profilers",
    "recipes",
    "seams",
    "sizes",
    "targets",
    "workloads",
]

ASKED = "_PERFKIT_COMPLETE"  # is set by a shell that asks for completions
_PLAIN = re.compile(r"[\w./+-]+")  # what a shell takes as it is


def complete(app: typer.Typer) -> NoReturn:
    """Answer the shell, and exit. Whatever goes wrong is an answer without words."""
    with contextlib.suppress(PerfkitError, OSError):
        app(prog_name="perfkit")
    sys.exit(0)


def _benched(_: typer.Context, found: Catalog) -> Iterator[str]:
    yield from (target.id for target in found.targets)
    yield from (name for target in found.targets for name, seam in target.seams.items() if seam.kind == "call")
    yield from (entry.recipe.id for entry in found.recipes)


def _offered(names: Callable[[typer.Context, Catalog], Iterable[str]], context: typer.Context, word: str) -> list[str]:
    """The names that begin as the word does, each once."""
    from perfkit import api
    from perfkit.cli.catalogs import catalog_folders

    try:
        found = api.catalog(catalog_folders(context.params.get("catalog"), announced=True))
        known = dict.fromkeys(names(context, found))
    except (PerfkitError, OSError):  # a shell has nowhere to show it, and the command itself will say it
        return []
    return [name for name in known if name.startswith(word) and _PLAIN.fullmatch(name)]


def _words(context: typer.Context) -> list[str]:
    """The words that stand before the one that is being typed."""
    named = [context.params.get(name) for name in ("code", "target", "what", "name")]
    flat = (value if isinstance(value, list | tuple) else (value,) for value in named)
    return [word for words in flat for word in words if isinstance(word, str)]


def _typed() -> list[str]:
    """All words before the one that is being typed: behind an option without its value, the parser knows of none."""
    line = os.environ.get("_TYPER_COMPLETE_ARGS") or os.environ.get("COMP_WORDS", "")
    place = os.environ.get("COMP_CWORD", "")
    words = line.split()
    return words[: int(place)] if place.isdecimal() else words if line[-1:].isspace() else words[:-1]


def _meant(context: typer.Context, found: Catalog) -> tuple[TargetEntry, ...]:
    """The target that has been named, by itself or by a recipe of it; all of them where none has been."""
    words = [*_words(context), *(context.params.get("recipe") or ()), *_typed()]
    recipes = {e.recipe.target for e in found.recipes for word in words if word in (e.recipe.id, e.recipe.full_id)}
    named = tuple(t for t in found.targets if t.id in words) or tuple(t for t in found.targets if t.id in recipes)
    return named or found.targets


def _recipes(context: typer.Context, found: Catalog) -> Iterator[str]:
    words = _words(context)
    ids = [entry.recipe.id for target in _meant(context, found) for entry in found.of_target(target.id)]
    yield from (name for name in ids if name not in words)


def _codes(context: typer.Context, found: Catalog) -> Iterator[str]:
    words = _words(context)
    if words and begins_program(words[0]):  # what follows is its own
        return
    yield from () if words else (target.id for target in found.targets)
    yield from _recipes(context, found)


def _parts(context: typer.Context, found: Catalog) -> Iterator[str]:
    yield from (target.id for target in found.targets)
    yield from (entry.recipe.id for entry in found.recipes)
    for target in found.targets:
        yield from (f"{target.id}/{name}" for name in (*target.seams, *(w.id for w in target.workloads)))


def benched(context: typer.Context, incomplete: str) -> list[str]:
    """Targets, seams and recipes."""
    return _offered(_benched, context, incomplete)


def codes(context: typer.Context, incomplete: str) -> list[str]:
    """Targets and recipes; behind a target or a recipe, the other recipes of that target."""
    return _offered(_codes, context, incomplete)


def recipes(context: typer.Context, incomplete: str) -> list[str]:
    """Recipes of the target that is named, or all."""
    return _offered(_recipes, context, incomplete)


def targets(context: typer.Context, incomplete: str) -> list[str]:
    """Targets."""
    return _offered(lambda _, found: (target.id for target in found.targets), context, incomplete)


def listed(context: typer.Context, incomplete: str) -> list[str]:
    """What `list` takes."""
    kinds = [kind for kind in ("targets", "recipes", "comparisons") if kind.startswith(incomplete)]
    return [*kinds, *targets(context, incomplete)]


def explained(context: typer.Context, incomplete: str) -> list[str]:
    """What `explain` takes; parts of a target once its name stands there."""
    found = _offered(_parts, context, incomplete)
    return found if "/" in incomplete else [name for name in found if "/" not in name]


def workloads(context: typer.Context, incomplete: str) -> list[str]:
    """Workloads of the target that is named, or of all."""
    return _offered(lambda c, f: (w.id for target in _meant(c, f) for w in target.workloads), context, incomplete)


def sizes(context: typer.Context, incomplete: str) -> list[str]:
    """Sizes of its workloads."""
    return _offered(
        lambda c, f: (size for target in _meant(c, f) for w in target.workloads for size in w.sizes),
        context,
        incomplete,
    )


def seams(context: typer.Context, incomplete: str) -> list[str]:
    """Seams of the target that is named, or of all."""
    return _offered(lambda c, f: (name for target in _meant(c, f) for name in target.seams), context, incomplete)


def profilers(incomplete: str) -> list[str]:
    """Profilers, the last of those that are separated by commas."""
    from perfkit.profilers.registry import PROFILERS

    before, comma, last = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in PROFILERS if name.startswith(last)]
