"""The glass-box engine at its best, beside the same model in plain torch, eager and compiled, in the same rounds.

    python benchmarks/beside_torch.py [--budget 20] [RECIPE ...]

RECIPE are those of the stack (by default what `perfkit compare glassbox --all --stack` kept here). Compiling comes
before the clock, and takes some twenty seconds in the first process of each workload. One thread.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from perfkit.engine.outcome import Candidate, Group
from perfkit.engine.session import Session
from perfkit.plan import candidate_role
from perfkit.settings import Settings
from perfkit.stats.times import Times

STACK = (
    "dequant-cache einsum-optimize float32-scale inplace-swiglu int8-gemv naive-sigmoid no-repeat-gqa "
    "rmsnorm-einsum-plain rope-cache serial-small-ops tiled-matmul-threshold"
).split()
WORKLOADS = ("decode", "decode-4", "prefill", "forward-small")
_COMPILED = '''"""The same in torch.compile."""

from dataclasses import replace

import torch

from perfkit.recipe import Recipe
from perfkit.recipes.glassbox.torch_eager import RECIPE as EAGER
from perfkit.recipes.glassbox.torch_eager import compute, in_torch
from perfkit.recipe import close

RECIPE = Recipe(
    id="torch-compiled",
    target="glassbox",
    status="reference",
    touches={"forward"},
    apply=lambda ops: replace(ops, forward=in_torch(torch.compile(compute))),
    equivalence=close(rtol=1e-3, atol=2e-3, dtype_change=True, why="as torch-eager"),
)
'''


def measure(root: Path, workload: str, stack: list[str], budget_s: float) -> None:
    """One group: the documented engine as the baseline, and three candidates that are compared with each other."""
    settings = Settings(budget_s=budget_s, processes=5, catalogs=(root,), timeout_s=600)
    session = Session("glassbox", settings, lambda what, fraction: None)
    variants = {"stack": stack, "torch eager": ["torch-eager"], "torch.compile": ["torch-compiled"]}
    roles = {name: candidate_role(i) for i, name in enumerate(variants, 1)}
    session.measure(
        [
            Group(
                id=workload,
                target="glassbox",
                workload=workload,
                size="small",
                kind="macro",
                on=(),
                processes=settings.processes,
                candidates=tuple(
                    Candidate(role=roles[name], recipes=tuple(f"glassbox/{r}" for r in recipes))
                    for name, recipes in variants.items()
                ),
            )
        ]
    )
    for trouble in session.outcome.troubles.values():
        print(f"| {workload} | {trouble.verdict}: {trouble.text.splitlines()[0]} |")
    times = Times(session.outcome.groups[workload].samples)
    cells = []
    for name in variants:
        pairs = times.pairs(roles[name])
        if name == "stack" and pairs.process.size:
            cells.append(f"{float(sorted(pairs.after_ns)[len(pairs.after_ns) // 2]) / 1e6:.3g} ms")
        beside = times.pairs(roles["stack"], roles[name])
        if name != "stack" and beside.processes >= 2:
            point, low, high = beside.estimate(0.95).ratio()
            cells.append(f"{point:.2f}x ({low:.2f}–{high:.2f})")
    print(f"| {workload} | {' | '.join(cells)} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("recipes", nargs="*", default=STACK)
    parser.add_argument("--budget", type=float, default=20.0, help="seconds of sampling for each workload")
    chosen = parser.parse_args()
    print("| workload | best stack | as fast as torch eager | as fast as torch.compile |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "recipes" / "glassbox"
        place.mkdir(parents=True)
        (place / "torch_compiled.py").write_text(_COMPILED, encoding="utf-8")
        for workload in WORKLOADS:
            measure(Path(folder), workload, chosen.recipes, chosen.budget)


if __name__ == "__main__":
    main()
