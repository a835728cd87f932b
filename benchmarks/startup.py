"""What `perfkit --help` costs beside importing the libraries that any typer program with rich output needs.

    python benchmarks/startup.py [pairs]

Alternating fresh processes; prints the median of the paired ratios with its quartiles.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import time

from support.arguments import Arguments

PERFKIT = [sys.executable, "-m", "perfkit", "--help"]
IMPORTS = [sys.executable, "-c", "import typer, rich"]


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    arguments = Arguments(__doc__)
    arguments.add_argument("pairs", nargs="?", type=int, default=25)
    chosen = arguments.chosen()
    pairs = 2 if chosen.smoke else chosen.pairs
    order = random.Random(0)
    seconds(PERFKIT), seconds(IMPORTS)  # warm the file cache
    took: list[dict[str, float]] = []
    for _ in range(pairs):
        one = {}
        for name, command in order.sample([("help", PERFKIT), ("imports", IMPORTS)], 2):
            one[name] = seconds(command)
        took.append(one)
    ratios = sorted(one["help"] / one["imports"] for one in took)
    low, middle, high = statistics.quantiles(ratios, n=4)
    print(f"perfkit --help   {1000 * statistics.median(o['help'] for o in took):.0f} ms")
    print(f"import typer, rich  {1000 * statistics.median(o['imports'] for o in took):.0f} ms")
    print(f"ratio {middle:.2f} (quartiles {low:.2f} to {high:.2f}, {pairs} pairs); at most 1.6 is the goal")


if __name__ == "__main__":
    main()
