"""The glass-box engine at its best, beside the same model in plain torch, eager and compiled, in the same rounds.

    python benchmarks/beside_torch.py [--budget 20] [--smoke] [RECIPE ...]

RECIPE are those of the stack. By default the weights stay int8 where few rows meet them, and are dequantised once where
many do; `perfkit compare glassbox --all --stack --workload decode` says what is best on another machine. torch.compile
works before the clock starts, some twenty seconds in the first process of each workload. One thread.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from support.arguments import Arguments

from perfkit.cell import Cell
from perfkit.schedule import candidate_role
from perfkit.session.outcome import Candidate, Group
from perfkit.session.session import Session
from perfkit.settings import Settings
from perfkit.stats.times import Times

STACK = "float32-scale no-repeat-gqa rope-cache serial-small-ops tiled-matmul-threshold".split()
FEW_ROWS = [*STACK, *"int8-weights int8-gemv matmul-contractions numba-kernels".split()]
MANY_ROWS = [*STACK, *"dequant-cache einsum-optimize inplace-swiglu naive-sigmoid rmsnorm-einsum-plain".split()]
WORKLOADS = {"decode": FEW_ROWS, "decode-4": FEW_ROWS, "prefill": MANY_ROWS, "forward-small": FEW_ROWS}
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


def measure(settings: Settings, workload: str, size: str, variants: dict[str, list[str]]) -> None:
    """One group: the documented engine as the baseline, and candidates that are compared with each other."""
    session = Session("glassbox", settings, lambda what, fraction: None)
    roles = {name: candidate_role(i) for i, name in enumerate(variants, 1)}
    session.measure(
        [
            Group(
                id=workload,
                cell=Cell(target="glassbox", workload=workload, size=size, kind="macro"),
                processes=settings.processes,
                candidates=tuple(
                    Candidate(role=roles[name], recipes=tuple(f"glassbox/{r}" for r in recipes))
                    for name, recipes in variants.items()
                ),
            )
        ]
    )
    for trouble in session.outcome.failures.values():
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
    parser = Arguments(__doc__)
    parser.add_argument("recipes", nargs="*")
    parser.add_argument("--budget", type=float, default=20.0, help="seconds of sampling for each workload")
    chosen = parser.chosen()
    print("| workload | best stack | as fast as torch eager | as fast as torch.compile |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "recipes" / "glassbox"
        place.mkdir(parents=True)
        (place / "torch_compiled.py").write_text(_COMPILED, encoding="utf-8")
        settings = Settings(budget_s=chosen.budget, processes=5, catalogs=(Path(folder),), timeout_s=600)
        if chosen.smoke:  # without int8-gemv, which is compiled for two seconds
            once = replace(settings, budget_s=0.2, processes=1)
            measure(once, "decode", "tiny", {"stack": MANY_ROWS, "torch eager": ["torch-eager"]})
            return
        for workload, stack in WORKLOADS.items():
            variants = {"stack": chosen.recipes or stack, "torch eager": ["torch-eager"]}
            measure(settings, workload, "small", variants | {"torch.compile": ["torch-compiled"]})


if __name__ == "__main__":
    main()
