"""Workloads whose candidates are slower by an exact amount, and candidates that are the baseline's own code.

In work of our own a call does `UNITS` equal units, and a candidate does some more. In the targets of `passes/`, made of
the glass-box engine and the compressor, a call is so many equal passes of a real workload, and a candidate makes one
more. The effect is therefore known: 1,005 units for 1,000 are 0.5 % more, and so are 201 passes for 200, whatever
machine runs them. Each candidate has a function of its own, as many frames deep as the baseline's.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

__all__ = ["COPIES", "EFFECTS", "KINDS", "PASSES", "UNITS", "full_id", "passes_id", "same_id", "write"]

UNITS = 1000
EFFECTS = {"same": 0, "0.2": 2, "0.5": 5, "1": 10, "2": 20, "5": 50}  # percent -> units more
PASSES = {"0.2": 500, "0.5": 200, "1": 100}  # percent -> of how many passes one more is that much
COPIES = 6

# kind: (imports, one unit of work on x, a fresh x)
KINDS = {
    "python": ("", "sum(v * v for v in x)", "rng.standard_normal(20).tolist()"),
    "numpy": ("import numpy as np", "np.tanh(x)", "rng.standard_normal(300)"),
    "torch": ("import torch", "torch.tanh(x)", "torch.from_numpy(rng.standard_normal(64))"),
}
# target: seams that are called all over it, for candidates that are the same code
SEAMS = {"glassbox": ("linear", "sigmoid"), "compressor": ("predict", "frequencies", "find")}

_WORK = """
def work(x: Any, units: int = {units}) -> Any:
    y = None
    for _ in range(units):
        y = None  # freed before the next is made: each unit finds memory as the one before it did
        y = {unit}
    return y
"""
_OPS = (
    '''"""The work."""

from dataclasses import dataclass
from typing import Any, Callable

{imports}

KINDS = {{"work": "construct"}}

'''
    + _WORK
    + """

@dataclass(frozen=True)
class Ops:
    work: Callable[..., Any] = work
"""
)
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
_RECIPE = (
    '''"""{units} units."""

from dataclasses import replace
from typing import Any

from perfkit.recipe import Recipe, exact

{imports}

'''
    + _WORK
    + """

RECIPE = Recipe(
    id="{id}",
    target="{folder}",
    touches={{"work"}},
    apply=lambda ops: replace(ops, work=work),
    equivalence=exact(),
)
"""
)
_PASSES = '''"""{summary}."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from perfkit.recipe import Recipe, exact


def work(once: Callable[[Any], Any], data: Any, passes: int) -> Any:
    output = None
    for _ in range({passes}):
        output = None
        output = once(data)
    return output


RECIPE = Recipe(
    id="{id}",
    target="{target}",
    touches={{"work"}},
    apply=lambda ops: replace(ops, work=work),
    equivalence=exact(),
)
'''
_SAME = '''"""The same code in functions of their own."""

from dataclasses import replace
from types import FunctionType

from perfkit.recipe import Recipe, exact


def again(function: FunctionType) -> FunctionType:
    """A copy that shares nothing that the interpreter may have learnt of it."""
    code = function.__code__.replace()
    return FunctionType(code, function.__globals__, function.__name__, function.__defaults__, function.__closure__)


RECIPE = Recipe(
    id="{id}",
    target="{target}",
    touches={{{quoted}}},
    apply=lambda ops: replace(ops, **{{name: again(getattr(ops, name)) for name in ({quoted},)}}),
    equivalence=exact(),
)
'''


def full_id(kind: str, effect: str, copy: int) -> str:
    """The recipe that adds `effect` percent to the work of `kind`; its copies are told apart by number."""
    return f"{kind}work/more-{effect.replace('.', '-')}-copy-{copy}"


def passes_id(target: str, more: int, copy: int) -> str:
    """The recipe that makes `more` passes (0 or 1) more in a target of `passes/`."""
    return f"{target}/more-{more}-copy-{copy}"


def same_id(target: str, copy: int) -> str:
    """The recipe that gives some seams of a real target copies of their own code."""
    return f"{target}/same-{copy}"


def write(root: Path, copies: int = COPIES, effects: Sequence[str] = tuple(EFFECTS)) -> Path:
    """The catalogue, at `root`: own work with `effects` only, and the real targets."""
    shutil.copytree(Path(__file__).parent / "passes", root)
    for kind, (imports, unit, data) in KINDS.items():
        words = {"kind": kind, "folder": f"{kind}work", "imports": imports, "unit": unit, "data": data, "units": UNITS}
        place = root / "sample_targets" / f"{kind}work"
        place.mkdir(parents=True)
        (place / "ops.py").write_text(_OPS.format(**words), encoding="utf-8")
        (place / "target.py").write_text(_TARGET.format(**words), encoding="utf-8")
        for effect in effects:
            for copy in range(copies):
                _write_recipe(root, full_id(kind, effect, copy), _RECIPE, words | {"units": UNITS + EFFECTS[effect]})
    for copy in range(copies):
        for target, seams in SEAMS.items():
            quoted = ", ".join(f'"{name}"' for name in seams)
            _write_recipe(root, same_id(target, copy), _SAME, {"target": target, "quoted": quoted})
            for more, passes in enumerate(("passes", "passes + 1")):
                words = {"summary": f"{more} passes more", "passes": passes, "target": f"{target}passes"}
                _write_recipe(root, passes_id(f"{target}passes", more, copy), _PASSES, words)
    return root


def _write_recipe(root: Path, name: str, template: str, words: dict[str, object]) -> None:
    target, _, own = name.partition("/")
    path = root / "recipes" / target / f"{own.replace('-', '_')}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(template.format(id=own, **words), encoding="utf-8")
