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

_OPS = '''"""The work."""

from dataclasses import dataclass
from typing import Any, Callable

{imports}

KINDS = {{"work": "construct"}}


def work(x: Any, units: int = {units}) -> Any:
    y = None
    for _ in range(units):
        y = None  # freed before the next is made: each unit finds memory as the one before it did
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
_RECIPE = '''"""{summary}."""

from dataclasses import replace
from types import FunctionType

from perfkit.recipe import Recipe, exact


def again(function: FunctionType) -> FunctionType:
    """A function of its own, no frame at_depth."""
    return FunctionType({code}, function.__globals__, function.__name__, {defaults}, function.__closure__)


RECIPE = Recipe(
    id="{id}",
    target="{target}",
    touches={{{quoted}}},
    apply=lambda ops: replace(ops, **{{name: again(getattr(ops, name)) for name in ({quoted},)}}),
    equivalence=exact(),
)
'''
# where code lies is luck that differs from process to process: a slower candidate shares it with its baseline, so that
# nothing but the effect differs; one that is the same code has to cope with it, as code of two revisions has
_SHARED_CODE, _OWN_CODE = "function.__code__", "function.__code__.replace()"


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
        words = {"kind": kind, "imports": imports, "unit": unit, "data": data, "units": UNITS}
        place = root / "sample_targets" / f"{kind}work"
        place.mkdir(parents=True)
        (place / "ops.py").write_text(_OPS.format(**words), encoding="utf-8")
        (place / "target.py").write_text(_TARGET.format(**words), encoding="utf-8")
        for effect in effects:
            for copy in range(copies):
                units = UNITS + EFFECTS[effect]
                _write_recipe(root, full_id(kind, effect, copy), ("work",), (units,), slower=units > UNITS)
    for copy in range(copies):
        for target, seams in SEAMS.items():
            _write_recipe(root, same_id(target, copy), seams, None, slower=False)
            for more in (0, 1):
                _write_recipe(root, passes_id(f"{target}passes", more, copy), ("work",), (more,), slower=more > 0)
    return root


def _write_recipe(root: Path, name: str, seams: Sequence[str], defaults: tuple[int] | None, slower: bool) -> None:
    """A recipe that gives `seams` functions of their own, with other `defaults` where they are said."""
    target, _, own = name.partition("/")
    text = _RECIPE.format(
        id=own,
        target=target,
        summary="The same code, told to do more" if slower else "The same code once more",
        code=_SHARED_CODE if slower else _OWN_CODE,
        defaults="function.__defaults__" if defaults is None else repr(defaults),
        quoted=", ".join(f'"{seam}"' for seam in seams),
    )
    path = root / "recipes" / target / f"{own.replace('-', '_')}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
