"""The files a new target starts from: its seams, its workload, a first recipe and that recipe's test."""

from __future__ import annotations

from pathlib import Path

from perfkit.catalog import Catalog
from perfkit.catalog.scaffold import TEST, check_id
from perfkit.errors import UsageError

__all__ = ["new_target_files"]

_OPS = '''"""The seams of {name}: each function that a recipe may replace, and its contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

KINDS = {{"row_sums": "call"}}


def row_sums(x: Any) -> Any:
    """x (N, D) -> (N,), the sum of each row from left to right: new memory, dtype of x. Replace it with your own."""
    return np.array([sum(row) for row in x], dtype=x.dtype)


@dataclass(frozen=True)
class Ops:
    """The documented form of every seam."""

    row_sums: Callable[[Any], Any] = row_sums
'''

_TARGET = '''"""{title}: what is done with the seams, and with which inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from perfkit.target import Target, Workload

from .ops import Ops


def data(shared: Any, rng: Any) -> Any:
    """One fresh input of the usual kind; equal generators must give equal inputs."""
    return rng.integers(-1000, 1000, (200, 50))


def awkward(shared: Any) -> Iterator[Callable[[Any], Any]]:
    """Inputs that break careless code: none of them may give another output."""
    yield lambda rng: rng.integers(-1000, 1000, (0, 50))
    yield lambda rng: rng.integers(-1000, 1000, (1, 1))
    yield lambda rng: rng.integers(-1000, 1000, (7, 3))[::-1]


TARGET = Target(
    id="{name}",
    summary="{title}: say what it does",
    # needs={{"torch": "torch>=2.4"}},  # what its files import beyond numpy, and what pip calls it
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="200 rows of 50 whole numbers",
            data=data,
            awkward=awkward,
            call=lambda ops: ops.row_sums,
        ),
    ),
)
'''

_RECIPE = '''"""Let numpy add up the rows.

What it does
    One call adds all rows in compiled code.

Why the baseline is slow
    It takes every number out of the array, and adds them one by one in the interpreter.

When it loses
    On a handful of numbers, where the call costs more than the sums.

Source
    Ours.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from perfkit.recipe import Recipe, exact


def row_sums_numpy(x: Any) -> Any:
    """As `row_sums`."""
    return x.sum(axis=1, dtype=x.dtype)


RECIPE = Recipe(
    id="{recipe}",
    target="{name}",
    touches={{"row_sums"}},
    apply=lambda ops: replace(ops, row_sums=row_sums_numpy),
    equivalence=exact(),
    status="beyond",
)
'''


def new_target_files(found: Catalog, name: str) -> tuple[dict[Path, str], str]:
    """Relative path -> text of a target that works, of a recipe that is faster, and of its test; the recipe's id.

    Raises UsageError for an id that is taken or no id.
    """
    check_id("target", name)
    folder = name.replace("-", "_")
    if any(t.id == name for t in found.targets):
        raise UsageError(f"the target {name} exists already", hint="choose another id")
    recipe, slug = f"{name}-numpy", f"{folder}_numpy"
    title = name.replace("-", " ").capitalize()
    words = {"name": name, "title": title, "recipe": recipe}
    test = TEST.format(name=recipe, target=name, slug=slug, up=2)
    return {
        Path("sample_targets", folder, "ops.py"): _OPS.format(**words),
        Path("sample_targets", folder, "target.py"): _TARGET.format(**words),
        Path("recipes", folder, f"{slug}.py"): _RECIPE.format(**words),
        Path("tests", "catalog", f"test_{slug}.py"): test,
    }, recipe
