"""The same work under the tools that people use today, each as its own documentation says.

Every function compares `work` with `work` that does some units more, and answers whether the tool (or, where it
leaves that to its user, the rule that is stated) calls them different.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from trials import catalogue

__all__ = ["TOOLS", "ask"]

_THRESHOLD = 0.01  # where a tool gives no verdict of its own: more than 1 % apart, as many a CI is set up


def _script(ops: Path, data: str, seed: int, body: str) -> str:
    """A script's source: `work` and a fresh `x` of the workload, then `body`."""
    imports = "import numpy as np\nimport torch\n" if "torch" in data else "import numpy as np\n"
    return (
        f"import sys\nsys.path.insert(0, {str(ops.parent)!r})\n{imports}from ops import work\n"
        f"rng = np.random.default_rng({seed})\nx = {data}\n{body}"
    )


def _run(words: list[str], folder: Path) -> str:
    paths = os.pathsep.join(os.path.abspath(path or ".") for path in sys.path)  # perfkit need not be installed
    environment = {**os.environ, "PYTHONPATH": paths}
    done = subprocess.run([sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr[-2000:]}")
    return done.stdout


def _pyperf(ops: Path, data: str, units: int, more: int, seed: int, folder: Path, options: list[str]) -> bool:
    """Two runs of a Runner with its defaults (20 processes) or --fast (10), then `pyperf compare_to`."""
    for name, count in (("before", units), ("after", units + more)):
        body = f"import pyperf\npyperf.Runner().bench_func('work', work, x, {count})\n"
        (folder / f"{name}.py").write_text(_script(ops, data, seed, body), encoding="utf-8")
        _run([f"{name}.py", "-o", f"{name}.json", "--copy-env", "--quiet", *options], folder)
    said = _run(["-m", "pyperf", "compare_to", "before.json", "after.json"], folder)
    return "not significant" not in said.lower()


def pyperf_default(ops: Path, data: str, units: int, more: int, seed: int, folder: Path) -> bool:
    return _pyperf(ops, data, units, more, seed, folder, [])


def pyperf_fast(ops: Path, data: str, units: int, more: int, seed: int, folder: Path) -> bool:
    return _pyperf(ops, data, units, more, seed, folder, ["--fast"])


def benchstats(ops: Path, data: str, units: int, more: int, seed: int, folder: Path) -> bool:
    """`qbench.benchmark` with its defaults: alternating in one process, Brunner–Munzel on the means."""
    body = (
        "import json\nfrom benchstats.qbench import benchmark\n"
        f"found, _ = benchmark([lambda: work(x, {units}), lambda: work(x, {units + more})], "
        "bm_names='work', render_report=False, main_metrics='mean')\n"
        "print(json.dumps(bool(found.at_least_one_differs)))\n"
    )
    (folder / "bench.py").write_text(_script(ops, data, seed, body), encoding="utf-8")
    return bool(json.loads(_run(["bench.py"], folder).splitlines()[-1]))


def pytest_benchmark(ops: Path, data: str, units: int, more: int, seed: int, folder: Path) -> bool:
    """One run for each side with the defaults; different when the minima are more than 1 % apart."""
    least = {}
    for name, count in (("before", units), ("after", units + more)):
        body = f"\n\ndef test_work(benchmark):\n    benchmark(work, x, {count})\n"
        (folder / f"test_{name}.py").write_text(_script(ops, data, seed, body), encoding="utf-8")
        words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", f"test_{name}.py", f"--benchmark-json={name}.json"]
        _run(words, folder)
        saved = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        least[name] = saved["benchmarks"][0]["stats"]["min"]
    return abs(least["after"] / least["before"] - 1) > _THRESHOLD


def benchmatrix(ops: Path, data: str, units: int, more: int, seed: int, folder: Path) -> bool:
    """`collect-paired` and `compare --paired` with their defaults, but for latency alone and a threshold of 1 %.

    It takes turns, each side in fresh processes of pytest-benchmark, and bootstraps over pairs. Its own threshold of
    5 % would call every effect here unchanged.
    """
    measured = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--benchmark-only", "test_work.py"]
    for name, count in (("before", units), ("after", units + more)):
        (folder / name).mkdir()
        body = (
            "from benchmatrix import BenchmarkCase, make_benchmark_test\n"
            f"case = BenchmarkCase.from_values('run', x, {count})\n"
            "test_work = make_benchmark_test({'work': work}, [case], metrics=['single_call_latency'])\n"
        )
        (folder / name / "test_work.py").write_text(_script(ops, data, seed, body), encoding="utf-8")
    places = ["--output", "pairs", "--baseline-cwd", "before", "--candidate-cwd", "after", "--random-seed", str(seed)]
    command = [sys.executable, *measured]
    _run(["-m", "benchmatrix", "collect-paired", *places, "--", *command, ":::", *command], folder)
    options = ["--paired", "--no-config", "--threshold", f"{100 * _THRESHOLD:g}%", "--format", "json"]
    said = json.loads(_run(["-m", "benchmatrix", "compare", "pairs", *options], folder))
    return said["comparisons"][0]["regression"] in ("regressed", "improved")


def timeit_minimum(ops: Path, data: str, units: int, more: int, seed: int, folder: Path) -> bool:
    """`timeit.Timer.autorange` and the least of five repeats, each side in a process of its own; 1 % apart."""
    least = {}
    for name, count in (("before", units), ("after", units + more)):
        body = (
            f"import timeit\ntimer = timeit.Timer(lambda: work(x, {count}))\nnumber, _ = timer.autorange()\n"
            "print(min(timer.repeat(5, number)) / number)\n"
        )
        (folder / f"{name}.py").write_text(_script(ops, data, seed, body), encoding="utf-8")
        least[name] = float(_run([f"{name}.py"], folder))
    return abs(least["after"] / least["before"] - 1) > _THRESHOLD


def perfkit_cli(options: list[str], recipe: str, root: Path, folder: Path) -> bool:
    """`perfkit compare` itself, from the command line to the verdict, proof included."""
    words = ["-m", "perfkit", "compare", "--catalog", str(root), "--recipe", recipe, "--json", "-", *options]
    (row,) = json.loads(_run(words, folder))["results"][-1:]
    return row["verdict"] in ("faster", "slower")


Rival = Callable[[Path, str, int, int, int, Path], bool]
_RIVALS: dict[str, Rival] = {
    "pyperf": pyperf_default,
    "pyperf --fast": pyperf_fast,
    "benchstats": benchstats,
    "benchmatrix, 1 % threshold": benchmatrix,
    "pytest-benchmark, minima 1 % apart": pytest_benchmark,
    "timeit, minima 1 % apart": timeit_minimum,
}
_PERFKIT: dict[str, list[str]] = {"perfkit": [], "perfkit --quick": ["--quick"]}
TOOLS = (*_PERFKIT, *_RIVALS)


def ask(tool: str, root: Path, kind: str, effect: str, seed: int) -> bool:
    """Whether `tool` calls `kind`'s work and work with `effect` more of it different."""
    with TemporaryDirectory() as folder:
        if tool in _PERFKIT:
            return perfkit_cli(_PERFKIT[tool], catalogue.full_id(kind, effect, 0), root, Path(folder))
        ops = root / "sample_targets" / f"{kind}work" / "ops.py"
        _, _, data = catalogue.KINDS[kind]
        return _RIVALS[tool](ops, data, catalogue.UNITS, catalogue.EFFECTS[effect], seed, Path(folder))
