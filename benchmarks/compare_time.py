"""How long the first command of the README takes, and what it ends with.

    python benchmarks/compare_time.py [runs]

Whole processes, default settings; prints each run's seconds, processes and verdicts.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time

COMMAND = [sys.executable, "-m", "perfkit", "compare", "--recipe", "rope-cache", "--json", "-"]


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    took = []
    for number in range(1, runs + 1):
        start = time.perf_counter()
        done = subprocess.run(COMMAND, check=True, capture_output=True, text=True)
        took.append(time.perf_counter() - start)
        results = json.loads(done.stdout)["results"]
        rows = ", ".join(
            f"{r['kind']} {r['state'] or r['workload']}: {r['verdict']} ({r['processes']})" for r in results
        )
        print(f"run {number}: {took[-1]:.1f} s; verdict (processes): {rows}")
    print(f"median {statistics.median(took):.1f} s, longest {max(took):.1f} s; at most 20 s is the goal")


if __name__ == "__main__":
    main()
