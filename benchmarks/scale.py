"""How the method itself grows: with the samples it judges, and with the recipes it compares.

python benchmarks/scale.py samples     seconds from a million samples to a verdict (goal: less than one)
python benchmarks/scale.py recipes     seconds of `perfkit compare --all` by the number of recipes (goal: linear)
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from support.arguments import Arguments
from trials import catalogue

from perfkit.result import Sample
from perfkit.schedule import BASELINE, CONTROL, candidate_role
from perfkit.stats.estimate import noise_floor
from perfkit.stats.times import Times
from perfkit.stats.verdict import decide

_SAMPLES, _PROCESSES, _CANDIDATES = 1_000_000, 8, 6
_EFFECTS = ("same", "0.5", "1", "2", "5")
_COPIES = (1, 2, 4, 8)  # of each of these
_BUDGET_S = 0.5  # for each recipe, so that sampling is linear by construction and the rest has to show


def judge_samples(count: int = _SAMPLES) -> None:
    """Time everything between the last sample and the verdicts, on samples made up here."""
    rng = np.random.default_rng(0)
    roles = [BASELINE, CONTROL, *(candidate_role(i + 1) for i in range(_CANDIDATES))]
    elapsed_ns = rng.lognormal(12, 0.05, count).astype(int).tolist()
    samples = [
        Sample(
            group="g",
            role=roles[i % len(roles)],
            process=i * _PROCESSES // count,
            round=i // len(roles),
            position=i % len(roles),
            loops=1,
            elapsed_ns=ns,
        )
        for i, ns in enumerate(elapsed_ns)
    ]
    start = time.perf_counter()
    times = Times(samples)
    intervals = {}
    for role in roles[1:]:
        pairs = times.pairs(role)
        intervals[role] = [pairs.estimate(level) for level in (0.95, 0.99)]
    floor = noise_floor(intervals[CONTROL][0])
    verdicts = [decide(*intervals[role], floor, 0.01).verdict for role in roles[2:]]
    took_s = time.perf_counter() - start
    print(f"{count:,} samples, {len(verdicts)} verdicts: {took_s:.2f} s")


def compare_recipes(
    numbers: Sequence[int] = _COPIES,
    effects: Sequence[str] = _EFFECTS,
    processes: int = _PROCESSES,
    recipe_budget_s: float = _BUDGET_S,
) -> None:
    """Run whole comparisons of ever more recipes of one small target."""
    print("| recipes | seconds | a recipe |\n|---|---|---|")
    for copies in numbers:
        budget_s = recipe_budget_s * copies * len(effects)
        with tempfile.TemporaryDirectory() as folder:
            root = catalogue.write(Path(folder) / "catalogue", copies, effects)
            command = [sys.executable, "-m", "perfkit", "compare", "pythonwork", "--catalog", str(root), "--all"]
            command += ["--budget", f"{budget_s}s", "--processes", str(processes), "--json", "-"]
            start = time.monotonic()
            done = subprocess.run(command, capture_output=True, text=True)
            took_s = time.monotonic() - start
        if done.returncode:
            sys.exit(done.stderr)
        measured = sum(row["rounds"] > 0 for row in json.loads(done.stdout)["results"])
        print(f"| {measured} | {took_s:.1f} | {took_s / measured:.2f} |", flush=True)


def main() -> None:
    arguments = Arguments(__doc__)
    arguments.add_argument("what", nargs="?", choices=["samples", "recipes"], default="samples")
    chosen = arguments.chosen()
    if chosen.smoke:
        judge_samples(10_000)
        compare_recipes((1,), ("same", "5"), processes=2, recipe_budget_s=0.05)
    elif chosen.what == "samples":
        judge_samples()
    else:
        compare_recipes()


if __name__ == "__main__":
    main()
