"""How long the first command of the README takes, and what it ends with.

    python benchmarks/compare_time.py [runs] [--quick]

Whole processes, default settings or those of a first look; prints each run's seconds, processes and verdicts.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from support.arguments import Arguments
from trials import catalogue

_FIRST = ["--recipe", "rope-cache"]
_GOAL_S, _QUICK_GOAL_S = 18, 10
COMMAND = [sys.executable, "-m", "perfkit", "compare", "--json", "-"]


def smoke_options(root: Path) -> list[str]:
    """A smaller comparison, of a catalogue made at `root`."""
    recipe = catalogue.full_id("python", "5", 0)
    return [
        *("--catalog", str(catalogue.write(root / "catalogue", copies=1)), "--recipe", recipe),
        *("--budget", "0.2s", "--processes", "1"),
    ]


def measure(runs: int, options: list[str], goal_s: int) -> None:
    took = []
    for number in range(1, runs + 1):
        start = time.perf_counter()
        done = subprocess.run([*COMMAND, *options], check=True, capture_output=True, text=True)
        took.append(time.perf_counter() - start)
        results = json.loads(done.stdout)["results"]
        rows = ", ".join(
            f"{r['kind']} {r['state'] or r['workload']}: {r['verdict']} ({r['processes']})" for r in results
        )
        print(f"run {number}: {took[-1]:.1f} s; verdict (processes): {rows}")
    print(f"median {statistics.median(took):.1f} s, longest {max(took):.1f} s; at most {goal_s} s is the goal")


def main() -> None:
    arguments = Arguments(__doc__)
    arguments.add_argument("runs", nargs="?", type=int, default=5)
    arguments.add_argument("--quick", action="store_true")
    chosen = arguments.chosen()
    with tempfile.TemporaryDirectory() as folder:
        if chosen.smoke:
            measure(1, smoke_options(Path(folder)), _GOAL_S)
        elif chosen.quick:
            measure(chosen.runs, [*_FIRST, "--quick"], _QUICK_GOAL_S)
        else:
            measure(chosen.runs, _FIRST, _GOAL_S)


if __name__ == "__main__":
    main()
