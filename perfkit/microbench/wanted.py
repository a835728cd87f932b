"""What the words of `perfkit bench` name: seams of targets, with the recipes that replace them. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from perfkit.axis import DTYPE, DTYPES, THREADS, Axes, point, read_sweep
from perfkit.catalog import Catalog, RecipeEntry, TargetEntry
from perfkit.cell import Cell
from perfkit.errors import UnknownName, UsageError

__all__ = ["Wanted", "check_dtype", "wanted"]

_SLOW_NS = 100_000_000  # a run at the size of a proof, with building
_QUICK_NS, _DEARER = 50_000_000, 3.0  # a workload that takes no longer is not worth another, nor one that takes so many
# times as long as the quickest
_LONG_WORD = 5  # letters, from which on a word of a summary is worth suggesting


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Seams of one target that are benchmarked alone, and the recipes that are beside them."""

    target: TargetEntry
    seams: tuple[str, ...]
    recipes: tuple[RecipeEntry, ...]
    size: str | None = None
    dtype: str | None = None
    axes: Axes = ()
    chosen: Mapping[str, str] = field(default_factory=dict)  # by seam: the workload that it is called in
    slow: frozenset[str] = frozenset()  # workloads that are run at the size of a proof, where no size is named

    @property
    def title(self) -> str:
        """The target, and the point of a sweep."""
        return " ".join([self.target.id, *(f"at {axis} {value}" for axis, value in self.axes)])

    @property
    def weight(self) -> int:
        """About how many rows there will be."""
        return len(self.seams) + len(self.recipes)

    def workload(self, seam: str) -> str:
        """The workload whose calls of a seam are repeated: the one that most of its recipes are measured on."""
        if seam in self.chosen:
            return self.chosen[seam]
        named = Counter(name for entry in self.recipes if seam in entry.recipe.touches for name in self._own(entry))
        able = {workload.id for workload in self.target.able}
        return next((name for name, _ in named.most_common() if name in able), self.target.able[0].id)

    def choosing(self, called: Mapping[str, Collection[str]], taken_ns: Mapping[str, int]) -> Wanted:
        """The same where each seam is called in a workload that calls it, and one of a size that is asked for.

        That of its recipes, unless another calls it too and takes a fraction of the time: what counts are its calls,
        and recording some takes a run of the workload. One whose small size takes long already is run at that.
        """
        able = [w.id for w in self.target.able if self.size is None or self.size in w.sizes]
        chosen = {}
        for seam in self.seams:
            calling = [name for name in able if seam in called.get(name, ())]
            if calling:
                usual, quickest = self.workload(seam), min(calling, key=lambda name: taken_ns[name])
                slow = usual not in calling or taken_ns[usual] > max(_QUICK_NS, _DEARER * taken_ns[quickest])
                chosen[seam] = quickest if slow else usual
        lengthy = {name for name in chosen.values() if taken_ns[name] > _SLOW_NS and self._has_small(name)}
        return replace(self, chosen=chosen, slow=frozenset(lengthy))

    def _has_small(self, workload: str) -> bool:
        return self.target.proof_size in self.target.workload(workload).sizes

    def size_of(self, workload: str) -> str:
        """The size that a workload is run at."""
        if self.size is not None:
            return self.size
        return self.target.proof_size if workload in self.slow else self.target.workload(workload).sizes[0]

    def _own(self, entry: RecipeEntry) -> tuple[str, ...]:
        recipe = entry.recipe
        own = recipe.claim.workload if recipe.claim else recipe.workload
        return (own or self.target.workloads[0].id,)

    @property
    def workloads(self) -> tuple[str, ...]:
        """Those of all seams, each once."""
        return tuple(dict.fromkeys(self.workload(seam) for seam in self.seams))

    def cell(self, seam: str) -> Cell:
        """What is measured of a seam."""
        workload = self.workload(seam)
        axes = (*self.axes, (DTYPE, self.dtype)) if self.dtype else self.axes
        size = self.size_of(workload)
        return Cell(target=self.target.id, workload=workload, size=size, kind="micro", seam=seam, axes=axes)

    def point(self, workload: str) -> str:
        """The size of a workload, as a worker is told, without what only a seam alone is given."""
        return point(self.size_of(workload), self.axes)


def wanted(
    found: Catalog,
    words: Sequence[str],
    *,
    size: str | None = None,
    dtype: str | None = None,
    sweep: str | None = None,
) -> tuple[Wanted, ...]:
    """The seams and recipes that words name, by target, in the order of the catalogue; without words all of them.

    A word is a target, a seam or `target/seam`, a recipe or `target/recipe`; or a word out of a name or out of what a
    seam is said to be, such as `swiglu`. With `sweep` once for each point: of an axis that workloads have, or of dtype.

    Raises UnknownName with the nearest, and UsageError for a dtype that there is not, or a sweep of everything.
    """
    if dtype is not None:
        check_dtype(dtype)
    named = tuple(replace(one, size=size, dtype=dtype) for one in _by_target(found, words))
    if sweep is None:
        return named
    if not words:
        raise UsageError("--sweep takes a seam or a recipe", hint="perfkit bench rms_norm --sweep rows=1:256")
    along = read_sweep(sweep)
    if along.axis == DTYPE:
        for value in along.values:
            check_dtype(str(value))
        return tuple(replace(one, dtype=str(value)) for one in named for value in along.values)
    for one in named:
        for workload in one.workloads:
            along.check(f"{one.target.id}/{workload}", one.target.workload(workload).axes)
    if along.axis == THREADS:
        raise UsageError(
            "a seam alone is measured on the threads that --threads says", hint="leave --sweep threads out"
        )
    return tuple(replace(one, axes=((along.axis, value),)) for one in named for value in along.values)


def check_dtype(name: str) -> None:
    """Raise UnknownName where no dtype is called so."""
    if name not in DTYPES:
        raise UnknownName("dtype", name, DTYPES)


def _by_target(found: Catalog, words: Sequence[str]) -> tuple[Wanted, ...]:
    able = [target for target in found.targets if not target.unavailable]
    if not words:
        return tuple(whole for target in able if (whole := _whole(found, target)).seams)
    picked: dict[str, Wanted] = {}
    for word in words:
        for part in _named(found, word):
            part.target.check_available()
            before = picked.get(part.target.id)
            picked[part.target.id] = _both(before, part) if before else part
    return tuple(picked[target.id] for target in found.targets if target.id in picked)


def _whole(found: Catalog, target: TargetEntry) -> Wanted:
    seams = tuple(name for name, seam in target.seams.items() if seam.kind == "call")
    return Wanted(target=target, seams=seams, recipes=tuple(found.of_target(target.id)))


def _both(one: Wanted, other: Wanted) -> Wanted:
    recipes = {entry.recipe.full_id: entry for entry in (*one.recipes, *other.recipes)}
    seams = dict.fromkeys((*one.seams, *other.seams))
    return replace(one, seams=tuple(seams), recipes=tuple(recipes.values()))


def _named(found: Catalog, word: str) -> list[Wanted]:
    """What one word names; the first kind that fits: a target, seams, recipes, or a word of theirs."""
    for kind in (_targets, _seams, _recipes, _by_part):
        named = list(kind(found, word))
        if named:
            return named
    names = [target.id for target in found.targets]
    names += [name for target in found.targets for name in (*target.seams, *_full(target))]
    names += [name for entry in found.recipes for name in (entry.recipe.id, entry.recipe.full_id)]
    likely = {name for name in (*names, *_words(found)) if "/" in word or "/" not in name}
    raise UnknownName("seam, recipe or target", word, likely)


def _words(found: Catalog) -> Iterator[str]:
    """Those of which `_by_part` makes something: out of names, and out of what seams are said to be."""
    for target in found.targets:
        for name, seam in target.seams.items():
            yield from (word for word in re.findall(r"\w+", seam.summary.lower()) if len(word) >= _LONG_WORD)
            yield from name.split("_")
    yield from (word for entry in found.recipes for word in entry.recipe.id.split("-"))


def _full(target: TargetEntry) -> Iterable[str]:
    return (f"{target.id}/{name}" for name in target.seams)


def _targets(found: Catalog, word: str) -> Iterator[Wanted]:
    return (_whole(found, target) for target in found.targets if target.id == word)


def _seams(found: Catalog, word: str) -> Iterator[Wanted]:
    for target in found.targets:
        seams = tuple(name for name in target.seams if word in (name, f"{target.id}/{name}"))
        if seams:
            yield _of_seams(found, target, seams)


def _of_seams(found: Catalog, target: TargetEntry, seams: tuple[str, ...]) -> Wanted:
    recipes = tuple(entry for entry in found.of_target(target.id) if {*seams}.intersection(entry.recipe.touches))
    return Wanted(target=target, seams=seams, recipes=recipes)


def _recipes(found: Catalog, word: str) -> Iterator[Wanted]:
    for entry in found.recipes:
        if word in (entry.recipe.id, entry.recipe.full_id):
            target = found.target(entry.recipe.target)
            seams = tuple(name for name in target.seams if name in entry.recipe.touches)
            yield Wanted(target=target, seams=seams, recipes=(entry,))


def _by_part(found: Catalog, word: str) -> Iterator[Wanted]:
    """Seams of whose name, or summary, or recipes' names it is a word."""
    for target in found.targets:
        touched = {
            seam for e in found.of_target(target.id) if word in e.recipe.id.split("-") for seam in e.recipe.touches
        }
        seams = tuple(
            name
            for name, seam in target.seams.items()
            if seam.kind == "call"
            and (name in touched or word in name.split("_") or word.lower() in re.findall(r"\w+", seam.summary.lower()))
        )
        if seams:
            yield _of_seams(found, target, seams)
