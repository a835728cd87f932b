"""Can perfkit's verdicts be trusted, and those of others? Known effects, measured here, side by side.

    python benchmarks/trust.py own --sessions 7          perfkit: false claims and effects found, on a quiet machine
    python benchmarks/trust.py own --sessions 7 --load   ... and with one processor kept busy by something else
    python benchmarks/trust.py same --sessions 7         perfkit: identical code, in the shortest sessions
    python benchmarks/trust.py glassbox --sessions 4     perfkit: identical code on four workloads of glassbox
    python benchmarks/trust.py rivals --trials 5         pyperf, benchstats, pytest-benchmark, timeit, and perfkit
    python benchmarks/trust.py table                     the tables of README, from what has been measured

Each comparison is appended to benchmarks/data/trust.jsonl as it is made, so that a run can be cut short and gone on
with. The rivals need pyperf, benchstats and pytest-benchmark installed.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from trials import catalogue, own, rivals

DATA = Path(__file__).parent / "data" / "trust.jsonl"
# effect in percent -> seconds of sampling in which it should be found
SECONDS = {"5": 2.0, "1": 5.0, "0.5": 15.0}
RIVAL_EFFECTS = ("same", "2", "5")
RIVAL_KINDS = ("python", "numpy")


def append(**record: Any) -> None:
    DATA.parent.mkdir(exist_ok=True)
    with DATA.open("a", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")


def keep(rows: list[dict[str, Any]], seconds: tuple[float, float], **common: Any) -> str:
    """Append one session's rows; answers them in a few words."""
    for row in rows:
        append(tool="perfkit", **common, sampling_s=round(seconds[0], 2), total_s=round(seconds[1], 2), **row)
    words = [f"{r['verdict'][:5]} {100 * (1 / r['point'] - 1):+.2f}%" if r["point"] else r["verdict"] for r in rows]
    return f"{seconds[1]:.0f} s: {', '.join(words)}"


def measure_own(root: Path, sessions: int, load: bool) -> None:
    """Sessions of three candidates with an effect and three without, kinds and effects in turn."""
    for number in range(sessions):
        for kind in catalogue.KINDS:
            for effect, seconds in SECONDS.items():
                names = [catalogue.full_id(kind, e, i) for e in (effect, "same") for i in range(3)]
                seed = random.SystemRandom().randrange(2**31)
                with own.background_load(load):
                    rows, sampling_s, total_s = own.session(root, f"{kind}work", "run", names, seconds, seed)
                for row in rows:
                    row["effect"] = "same" if "/more-same" in row["recipe"] else effect
                said = keep(rows, (sampling_s, total_s), kind=kind, budget_s=seconds, load=load, seed=seed)
                print(f"{number + 1}/{sessions} {kind} {effect} {said}", flush=True)


def measure_same(root: Path, sessions: int) -> None:
    """Sessions of six candidates that are all the baseline, as short as those that look for 5 %."""
    seconds = min(SECONDS.values())
    for number in range(sessions):
        for kind in catalogue.KINDS:
            names = [catalogue.full_id(kind, "same", i) for i in range(catalogue.COPIES)]
            seed = random.SystemRandom().randrange(2**31)
            rows, sampling_s, total_s = own.session(root, f"{kind}work", "run", names, seconds, seed)
            for row in rows:
                row["effect"] = "same"
            said = keep(rows, (sampling_s, total_s), kind=kind, budget_s=seconds, load=False, seed=seed)
            print(f"{number + 1}/{sessions} {kind} {said}", flush=True)


def measure_glassbox(root: Path, sessions: int) -> None:
    """Identical code on the workloads that do not train."""
    names = [f"glassbox/same-{i}" for i in range(catalogue.COPIES)]
    for number in range(sessions):
        for workload in ("forward-small", "prefill", "decode", "decode-4"):
            seed = random.SystemRandom().randrange(2**31)
            rows, sampling_s, total_s = own.session(root, "glassbox", workload, names, 3.0, seed)
            for row in rows:
                row["effect"] = "same"
            said = keep(rows, (sampling_s, total_s), kind=f"glassbox {workload}", budget_s=3.0, load=False, seed=seed)
            print(f"{number + 1}/{sessions} {workload} {said}", flush=True)


def measure_rivals(root: Path, trials: int) -> None:
    """Every tool on every effect in turn, so that all share the same minutes."""
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
    for number in range(trials):
        for kind in RIVAL_KINDS:
            _, _, data = catalogue.KINDS[kind]
            ops = root / "sample_targets" / f"{kind}work" / "ops.py"
            for effect in RIVAL_EFFECTS:
                more = catalogue.EFFECTS[effect]
                seed = random.SystemRandom().randrange(2**31)
                tools: dict[str, Callable[[Path], bool]] = {
                    name: lambda folder, run=run: run(ops, data, catalogue.UNITS, more, seed, folder)  # noqa: B023
                    for name, run in rivals.RIVALS.items()
                }
                recipe = catalogue.full_id(kind, effect, 0)
                for name, options in (("perfkit", []), ("perfkit --quick", ["--quick"])):
                    tools[name] = lambda folder, o=options: rivals.perfkit_cli(o, recipe, root, folder)  # noqa: B023
                for name in random.sample(sorted(tools), len(tools)):
                    with tempfile.TemporaryDirectory() as folder:
                        differs, total_s = rivals.timed(lambda: tools[name](Path(folder)))  # noqa: B023
                    append(tool=name, kind=kind, effect=effect, differs=differs, total_s=round(total_s, 2), seed=seed)
                    print(f"{number + 1}/{trials} {kind} {effect} {name}: {differs} in {total_s:.0f} s", flush=True)


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    if not of:
        return 0.0, 1.0
    z, share = 1.959964, hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    reach = z / (1 + z * z / of) * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def read() -> list[dict[str, Any]]:
    if not DATA.exists():
        sys.exit("nothing has been measured yet: python benchmarks/trust.py own")
    return [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]


def held(cell: list[dict[str, Any]]) -> float:
    """The share of 95 % intervals that hold what is true."""
    measured = [r for r in cell if r["low"] is not None]
    truths = [catalogue.UNITS / (catalogue.UNITS + catalogue.EFFECTS[r["effect"]]) for r in measured]
    return sum(r["low"] <= t <= r["high"] for r, t in zip(measured, truths, strict=True)) / max(1, len(measured))


def own_table(records: Iterable[dict[str, Any]]) -> str:
    """Markdown: effects found and false claims of perfkit's own sessions."""
    mine = [r for r in records if r["tool"] == "perfkit" and "verdict" in r]
    lines = [
        "| effect | sampling | machine | comparisons | sessions | found | at least | 95 % intervals that hold it |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for effect, seconds in SECONDS.items():
        for load in (False, True):
            cell = [r for r in mine if r["effect"] == effect and r["load"] is load]
            if cell:
                found = sum(r["verdict"] == "slower" for r in cell)
                sessions = len({r["seed"] for r in cell})
                lines.append(
                    f"| {effect} % | {seconds:g} s | {'one core busy' if load else 'quiet'} | {len(cell)} | "
                    f"{sessions} | {found / len(cell):.0%} | {wilson(found, len(cell))[0]:.0%} | {held(cell):.0%} |"
                )
    lines += ["", "| identical code | comparisons | sessions | claimed | at most | 95 % intervals that hold 1 |"]
    lines.append("|---|---|---|---|---|---|")
    same = [r for r in mine if r["effect"] == "same"]
    places = [("quiet", False), ("one core busy", True)]
    cells = [
        (f"{k}, {word}", [r for r in same if r["kind"] == k and r["load"] is load])
        for k in catalogue.KINDS
        for word, load in places
    ]
    cells.append(("four workloads of glassbox, quiet", [r for r in same if r["kind"].startswith("glassbox")]))
    cells.append(("all", same))
    for name, cell in cells:
        if cell:
            claimed = sum(r["verdict"] in ("faster", "slower") for r in cell)
            most = wilson(claimed, len(cell))[1]
            sessions = len({r["seed"] for r in cell})
            lines.append(f"| {name} | {len(cell)} | {sessions} | {claimed} | {most:.1%} | {held(cell):.0%} |")
    return "\n".join(lines)


def rivals_table(records: Iterable[dict[str, Any]]) -> str:
    """Markdown: every tool on the same work in the same minutes."""
    theirs = [r for r in records if "differs" in r]
    lines = ["| tool | seconds | identical code called different | 2 % found | 5 % found |", "|---|---|---|---|---|"]
    for tool in ["perfkit", "perfkit --quick", *rivals.RIVALS]:
        cells = {e: [r for r in theirs if r["tool"] == tool and r["effect"] == e] for e in RIVAL_EFFECTS}
        if all(cells.values()):
            seconds = statistics.median(r["total_s"] for cell in cells.values() for r in cell)
            counts = [f"{sum(r['differs'] for r in cells[e])} of {len(cells[e])}" for e in RIVAL_EFFECTS]
            lines.append(f"| {tool} | {seconds:.0f} | {' | '.join(counts)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=["own", "same", "glassbox", "rivals", "table"])
    parser.add_argument("--sessions", type=int, default=7)
    parser.add_argument("--trials", type=int, default=5)
    parser.add_argument("--load", action="store_true")
    chosen = parser.parse_args()
    if chosen.what == "table":
        records = read()
        print(own_table(records), rivals_table(records), sep="\n\n")
        return
    with tempfile.TemporaryDirectory() as folder:
        root = catalogue.write(Path(folder) / "catalogue")
        if chosen.what == "own":
            measure_own(root, chosen.sessions, chosen.load)
        elif chosen.what == "same":
            measure_same(root, chosen.sessions)
        elif chosen.what == "glassbox":
            measure_glassbox(root, chosen.sessions)
        else:
            measure_rivals(root, chosen.trials)


if __name__ == "__main__":
    sys.exit(main())
