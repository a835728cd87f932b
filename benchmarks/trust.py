"""Can perfkit's verdicts be trusted, and those of others? Known effects, measured here, by a plan.

    python benchmarks/trust.py plan       what is measured, in which order, and about how long it takes
    python benchmarks/trust.py run        measure what the data do not hold yet
    python benchmarks/trust.py rivals     ... of the plan for pyperf, benchstats, benchmatrix, pytest-benchmark, timeit
    python benchmarks/trust.py table      the tables of docs/trust.md, from what has been measured

The plan is `trials/plan.py`: own work, and real workloads of the glass-box engine and the compressor, with effects that
are known exactly and with none, on a quiet machine and with one processor kept busy. Nothing else should run beside it.
Every session is appended to benchmarks/data/trust.jsonl when it is over, whatever came out, so that a run can be cut
short and gone on with. The rivals need what `pip install 'perfkit[rivals]'` brings.
"""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from support.arguments import Arguments
from trials import catalogue, own, plan, rivals, tables

DATA = Path(__file__).parent / "data" / "trust.jsonl"


def read(path: Path = DATA) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def append(path: Path, records: Sequence[dict[str, Any]]) -> None:
    """All of one session in one piece: half a session is never in the data."""
    with path.open("a", encoding="utf-8") as file:
        file.write("".join(json.dumps(record) + "\n" for record in records))


def print_plan() -> None:
    done = {r["session"] for r in read() if r.get("plan") == plan.SESSIONS}
    all_sessions = plan.sessions()
    for one in all_sessions:
        what = f"{one.changed} with {one.effect} % more" if one.changed else "identical code"
        print(
            f"{one.number:>4}{'  done' if one.number in done else '':6}  seed {one.seed}  {one.kind:<26}"
            f"{one.size or '':<12}{what:<20}{one.budget_s:>5.0f} s{'  one core busy' if one.load else ''}"
        )
    same = sum(effect == "same" for one in all_sessions for _, effect in one.candidates)
    left_s = sum(one.expected_s for one in all_sessions if one.number not in done)
    print(
        f"\n{plan.SESSIONS}: {len(all_sessions)} sessions, {same} of {6 * len(all_sessions)} comparisons of identical "
        f"code; {len(done)} sessions done, about {left_s / 60:.0f} minutes for the others"
    )


def measure(root: Path, one: plan.Planned, **options: Any) -> list[dict[str, Any]]:
    """The records of one session; one that fails is a record too."""
    common = {"tool": "perfkit", "plan": plan.SESSIONS, "session": one.number, "kind": one.kind, "size": one.size}
    common |= {"budget_s": one.budget_s, "load": one.load, "seed": one.seed}
    recipes = [recipe for recipe, _ in one.candidates]
    with own.background_load(one.load):
        try:
            rows, sampling_s, total_s = own.session(
                root, one.target, one.workload, one.size, recipes, one.budget_s, one.seed, **options
            )
        except Exception as error:  # what ends a session is kept as its result
            return [common | {"failed": f"{type(error).__name__}: {error}"}]
    took = {"sampling_s": round(sampling_s, 2), "total_s": round(total_s, 2)}
    effects = dict(one.candidates)
    return [common | took | row | {"effect": effects[row["recipe"]]} for row in rows]


def in_words(records: Sequence[dict[str, Any]]) -> str:
    """What one session came to."""
    return ", ".join(
        r.get("failed") or (f"{r['verdict'][:5]} {100 * (1 / r['point'] - 1):+.2f}%" if r["point"] else r["verdict"])
        for r in records
    )


def run(root: Path) -> None:
    """The sessions that the data do not hold yet, in the plan's order."""
    done = {r["session"] for r in read() if r.get("plan") == plan.SESSIONS}
    left = [one for one in plan.sessions() if one.number not in done]
    expected_s = taken_s = 0.0
    for number, one in enumerate(left, 1):
        start = time.monotonic()
        records = measure(root, one)
        append(DATA, records)
        expected_s += one.expected_s
        taken_s += time.monotonic() - start
        rest_s = sum(other.expected_s for other in left[number:]) * taken_s / expected_s
        print(
            f"{number}/{len(left)} {one.kind} {one.effect}: {in_words(records)} · {rest_s / 60:.0f} minutes left",
            flush=True,
        )


def run_rivals(root: Path) -> None:
    """Every tool on every question in turn, so that all share the same minutes."""
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
    done = {(r["session"], r["tool"]) for r in read() if r.get("plan") == plan.RIVALS}
    for trial in plan.trials():
        for tool in random.Random(trial.seed).sample(rivals.TOOLS, len(rivals.TOOLS)):
            if (trial.number, tool) in done:
                continue
            start = time.monotonic()
            differs = rivals.ask(tool, root, trial.kind, trial.effect, trial.seed)
            took = {"differs": differs, "total_s": round(time.monotonic() - start, 2)}
            common = {"tool": tool, "plan": plan.RIVALS, "session": trial.number, "kind": trial.kind}
            append(DATA, [common | {"effect": trial.effect, "seed": trial.seed} | took])
            print(f"{trial.kind} {trial.effect} {tool}: {differs} in {took['total_s']:.0f} s", flush=True)


def print_tables() -> None:
    records = read()
    mine = [r for r in records if r.get("plan") == plan.SHOWN_SESSIONS]
    theirs = [r for r in records if r.get("plan") == plan.SHOWN_RIVALS]
    if not mine or not theirs:
        sys.exit("nothing has been measured yet: python benchmarks/trust.py run")
    print(tables.effects(mine), tables.identical(mine), tables.rivals(theirs), sep="\n\n")


def smoke(root: Path) -> None:
    """A session of the plan on own work and one on a real workload, shortened, into a file that is thrown away."""
    path = root / "trust.jsonl"
    shortest = min(plan.sessions(), key=lambda one: one.expected_s)
    real = next(one for one in plan.sessions() if one.target == "glassboxpasses" and one.effect == "1")
    for one in (shortest, real):
        append(path, measure(root, one.shortened(), processes=2))
    print(in_words(read(path)))
    print(tables.effects(read(path)), tables.identical(read(path)), sep="\n\n")


def main() -> None:
    arguments = Arguments(__doc__)
    arguments.add_argument("what", nargs="?", choices=["plan", "run", "rivals", "table"], default="plan")
    chosen = arguments.chosen()
    if not chosen.smoke and chosen.what == "plan":
        print_plan()
        return
    if not chosen.smoke and chosen.what == "table":
        print_tables()
        return
    with tempfile.TemporaryDirectory() as folder:
        root = catalogue.write(Path(folder) / "catalogue")
        {True: smoke, False: run_rivals if chosen.what == "rivals" else run}[chosen.smoke](root)


if __name__ == "__main__":
    main()
