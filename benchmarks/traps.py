"""Which tool reports the wrong number? Three programs that walk into a trap, given to each tool as its manual says.

    pip install 'perfkit[rivals]'; python benchmarks/traps.py

A loop that decays (log-weights that fall by 1 with each call), a list that is sorted again, a function that remembers
its answers: each is measured by timeit, pyperf, pytest-benchmark and `perfkit bench`. What one call takes on an input
that it has not seen is timed call by call beside them; a tool is wrong where it reports less than half or more than
twice of that. Tools that are not installed are left out, and named.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import timeit
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from support.arguments import Arguments

import perfkit
from perfkit.settings import Settings

PROGRAM = '''
"""Three functions, and what each is called with."""

import functools

import numpy as np


def decay(logs, out):
    logs -= 1.0
    return np.exp(logs, out=out)


def make_decay(rng):
    return rng.uniform(-601.0, -600.0, 16384), np.empty(16384)


def put_in_order(values):
    values.sort()
    return values


def make_put_in_order(rng):
    return (rng.random(5000).tolist(),)


@functools.cache
def paths(n):
    ways = [1] * n
    for _ in range(n - 1):
        for i in range(1, n):
            ways[i] += ways[i - 1]
    return ways[-1]


def make_paths(rng):
    return (int(rng.integers(60, 90)),)
'''
CASES = {"decay": "a loop that decays", "put_in_order": "a list sorted again", "paths": "a function that remembers"}
SETUP = "import numpy as np; from {module} import {case}, make_{case}; data = make_{case}(np.random.default_rng(0))"
FRESH_CALLS = 300
WRONG = 2.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One function of the program, in a folder that has it."""

    folder: Path
    case: str
    smoke: bool

    @property
    def environment(self) -> dict[str, str]:
        path = [str(self.folder), *filter(None, [os.environ.get("PYTHONPATH")])]
        return {**os.environ, "PYTHONPATH": os.pathsep.join(path)}

    @property
    def setup(self) -> str:
        return SETUP.format(module="trapped", case=self.case)


def truth_ns(asked: Asked) -> float:
    """The median of single calls, each on an input of its own that was made before the clock started."""
    import numpy as np
    import trapped

    function, make = getattr(trapped, asked.case), getattr(trapped, f"make_{asked.case}")
    forget = getattr(function, "cache_clear", lambda: None)
    taken = []
    for number in range(20 if asked.smoke else FRESH_CALLS):
        data = make(np.random.default_rng(number))
        forget()
        start = time.perf_counter_ns()
        function(*data)
        taken.append(time.perf_counter_ns() - start)
    return statistics.median(taken)


def by_timeit(asked: Asked) -> float:
    """`Timer.autorange` and `repeat`, of which the minimum is what the manual says to look at."""
    timer = timeit.Timer(f"{asked.case}(*data)", asked.setup)
    number, _ = (10, 0.0) if asked.smoke else timer.autorange()
    return min(timer.repeat(5, number)) / number * 1e9


def by_pyperf(asked: Asked) -> float:
    """`python -m pyperf timeit -s SETUP STATEMENT`."""
    file = asked.folder / f"{asked.case}-pyperf.json"
    words = [sys.executable, "-m", "pyperf", "timeit", "--fast", "--inherit-environ", "PYTHONPATH", "-o", str(file)]
    words += ["-p", "1", "-n", "1", "-l", "5"] if asked.smoke else []
    done = subprocess.run(
        [*words, "-s", asked.setup, f"{asked.case}(*data)"], env=asked.environment, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    import pyperf

    return float(pyperf.Benchmark.load(str(file)).mean() * 1e9)


def by_pytest_benchmark(asked: Asked) -> float:
    """`benchmark(function, *arguments)` in a test."""
    test, file = asked.folder / f"test_{asked.case}.py", asked.folder / f"{asked.case}-pytest.json"
    statement = asked.setup.replace("; ", "\n")
    test.write_text(f"{statement}\n\ndef test_it(benchmark):\n    benchmark({asked.case}, *data)\n")
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(test), f"--benchmark-json={file}"]
    words += ["--benchmark-max-time=0.05"] if asked.smoke else []
    done = subprocess.run(words, cwd=asked.folder, env=asked.environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return float(json.loads(file.read_text())["benchmarks"][0]["stats"]["median"] * 1e9)


def by_perfkit(asked: Asked) -> float:
    """`perfkit.bench(function, inputs=make)`: of a function that remembers, the first call."""
    settings = (
        Settings(processes=2, budget_s=0.2, seed=1) if asked.smoke else Settings(processes=5, budget_s=3.0, seed=1)
    )
    found = perfkit.bench(f"trapped:{asked.case}", inputs=f"trapped:make_{asked.case}", settings=settings)
    state = "cold" if asked.case == "paths" else "warm"
    return next(r.bench.time_ns[0] for r in found.results if r.cell.state == state and r.bench)


TOOLS: dict[str, tuple[str, Callable[[Asked], float]]] = {
    "timeit": ("", by_timeit),
    "pyperf": ("pyperf", by_pyperf),
    "pytest-benchmark": ("pytest_benchmark", by_pytest_benchmark),
    "perfkit bench": ("", by_perfkit),
}


def shown(ns: float, truth: float) -> str:
    """A time, and how it stands to the truth."""
    from perfkit import numbers

    off = ns / truth
    wrong = off < 1 / WRONG or off > WRONG
    return f"{numbers.time(ns)}, {f'**{off:.3g}x**' if wrong else 'right'}"


def table(tools: Sequence[str], smoke: bool) -> list[str]:
    from perfkit import numbers

    rows = [f"| | one call, fresh input | {' | '.join(tools)} |", f"|---|--:|{'---|' * len(tools)}"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "trapped.py").write_text(PROGRAM)
        sys.path.insert(0, str(folder))
        for case, words in [*CASES.items()][: 1 if smoke else None]:
            asked = Asked(folder, case, smoke)
            truth = truth_ns(asked)
            cells = [shown(TOOLS[tool][1](asked), truth) for tool in tools]
            rows.append(f"| {words} | {numbers.time(truth)} | {' | '.join(cells)} |")
        sys.path.remove(str(folder))
    return rows


def main() -> None:
    arguments = Arguments(__doc__)
    chosen = arguments.chosen()
    tools = [tool for tool, (module, _) in TOOLS.items() if not module or find_spec(module) is not None]
    missing = [tool for tool in TOOLS if tool not in tools]
    if missing:
        print(f"not installed, and left out: {', '.join(missing)}")
    tools = [tool for tool in tools if not (chosen.smoke and tool in ("pyperf", "pytest-benchmark"))]
    print("\n".join(table(tools, chosen.smoke)))
    print("a smoke run: no claim" if chosen.smoke else "the claim is in the table: bold is more than twice off")


if __name__ == "__main__":
    main()
