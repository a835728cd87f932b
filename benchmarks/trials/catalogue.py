"""Workloads whose candidates are slower by an exact amount, written as a catalogue of perfkit's.

A call does `UNITS` equal units of work, each on data of its own kind; a candidate does some units more and throws
their results away. The effect is therefore known: 402 units for 400 are 0.5 % more, whatever machine runs them.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["EFFECTS", "KINDS", "UNITS", "full_id", "write"]

UNITS = 400
# percent -> units more; even ones, because a result that is freed when the next is there takes turns in two places
EFFECTS = {"same": 0, "0.5": 2, "1": 4, "2": 8, "5": 20}
COPIES = 6

# kind: (imports, one unit of work on x, a fresh x)
KINDS = {
    "python": ("", "sum(v * v for v in x)", "rng.standard_normal(20).tolist()"),
    "numpy": ("import numpy as np", "np.tanh(x)", "rng.standard_normal(300)"),
    "torch": ("import torch", "torch.tanh(x)", "torch.from_numpy(rng.standard_normal(64))"),
}

_OPS = '''"""The work."""

from dataclasses import dataclass
from typing import Any, Callable

{imports}

KINDS = {{"work": "construct"}}


def work(x: Any, units: int = {units}) -> Any:
    y = None
    for _ in range(units):
        y = {unit}
    return y


@dataclass(frozen=True)
class Ops:
    work: Callable[..., Any] = work
'''
_TARGET = '''"""{kind} work."""

from perfkit.target import Target, Workload

{imports}
from .ops import Ops

TARGET = Target(
    id="{kind}work",
    summary="equal units of {kind} work",
    ops=Ops,
    workloads=(
        Workload(
            id="run",
            summary="{units} units",
            data=lambda shared, rng: {data},
            call=lambda ops: ops.work,
        ),
    ),
)
'''
_RECIPE = '''"""{more} units more."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.{folder}.ops import work

RECIPE = Recipe(
    id="{id}",
    target="{folder}",
    touches={{"work"}},
    apply=lambda ops: replace(ops, work=lambda x, units={units}: work(x, units)),
    equivalence=exact(),
)
'''
_IDENTITY = '''"""The same code in a function of its own."""

from dataclasses import replace
from typing import Any

from perfkit.recipe import Recipe, exact
from perfkit.sample_targets.glassbox.ops import rope_table


def again(*arguments: Any) -> Any:
    return rope_table(*arguments)


RECIPE = Recipe(
    id="{id}",
    target="glassbox",
    touches={{"rope_table"}},
    apply=lambda ops: replace(ops, rope_table=again),
    equivalence=exact(),
)
'''


def full_id(kind: str, effect: str, copy: int) -> str:
    """The recipe that adds `effect` percent to the work of `kind`; its copies are told apart by number."""
    return f"{kind}work/more-{effect.replace('.', '-')}-copy-{copy}"


def write(root: Path, copies: int = COPIES) -> Path:
    """The catalogue, at `root`."""
    for kind, (imports, unit, data) in KINDS.items():
        folder = f"{kind}work"
        place = root / "sample_targets" / folder
        place.mkdir(parents=True)
        words = {"kind": kind, "imports": imports, "unit": unit, "data": data, "units": UNITS}
        (place / "ops.py").write_text(_OPS.format(**words), encoding="utf-8")
        (place / "target.py").write_text(_TARGET.format(**words), encoding="utf-8")
        recipes = root / "recipes" / folder
        recipes.mkdir(parents=True)
        for effect, more in EFFECTS.items():
            for copy in range(copies):
                name = full_id(kind, effect, copy).partition("/")[2]
                text = _RECIPE.format(id=name, folder=folder, more=more, units=UNITS + more)
                (recipes / f"{name.replace('-', '_')}.py").write_text(text, encoding="utf-8")
    recipes = root / "recipes" / "glassbox"
    recipes.mkdir(parents=True)
    for copy in range(COPIES):
        (recipes / f"same_{copy}.py").write_text(_IDENTITY.format(id=f"same-{copy}"), encoding="utf-8")
    return root
