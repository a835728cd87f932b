"""How profiles grow: a table of 10^5 functions and 10^6 samples, from what the profilers wrote to the printed report.

    python benchmarks/profile_scale.py            read, merged, diffed and printed (goals: 3 s, 500 MB)
    python benchmarks/profile_scale.py page FILE  a flame graph of 10^5 stacks; prints how large the page is

How fast the page is drawn shows in a browser: its `body` says data-drawn when it is.
"""

from __future__ import annotations

import gc
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from perfkit.cli.main import GC_THRESHOLD
from perfkit.profilers import cprofile
from perfkit.profilers.difference import difference
from perfkit.profilers.profile import HotSpot, Profile
from perfkit.profilers.stacks import Stacks, read_collapsed, waits
from perfkit.profiling.run import Profiled
from perfkit.profiling.timed import Changed
from perfkit.report.flamegraph import page
from perfkit.report.profile import change_report

FUNCTIONS, SAMPLES, STACKS, DEPTH = 100_000, 1_000_000, 100_000, 20
RATE = 500


def raw_samples(seed: int) -> list[str]:
    """Stacks as py-spy writes them: a tree of calls, leaves hit as often as chance says."""
    rng = np.random.default_rng(seed)
    functions = rng.integers(0, FUNCTIONS // 10, (STACKS, DEPTH))
    functions[:, : DEPTH // 2] = functions[rng.integers(0, 200, STACKS), : DEPTH // 2]  # shared callers
    counts = rng.multinomial(SAMPLES, np.full(STACKS, 1 / STACKS))
    names = [f"function_{n} (/a/package/module_{n % 300}.py:{n})" for n in range(FUNCTIONS // 10)]
    return [
        f"main (/a/perfkit/main.py:1);measured (/a/perfkit/region.py:9);{';'.join([names[n] for n in stack])} {count}"
        for stack, count in zip(functions.tolist(), counts.tolist(), strict=True)
        if count
    ]


def raw_table(seed: int) -> list[Any]:
    """A table as cProfile's collector sends it."""
    own = np.random.default_rng(seed).lognormal(-12, 2, FUNCTIONS).tolist()
    return [
        [[f"/a/package/module_{n % 300}.py", n, f"function_{n}"], [9, 9, own[n], own[n] * 2], []]
        for n in range(FUNCTIONS)
    ]


def sampled(lines: list[str]) -> Profile:
    stacks = read_collapsed(lines, round(1e9 / RATE)).below(
        lambda frame: frame[0] == "measured", lambda stack: (), lambda leaf: waits(leaf[0], leaf[1])
    )
    spots = tuple(
        HotSpot(function=f[0], file=f[1], line=f[2], self_ns=own.self_ns, total_ns=own.total_ns, calls=0, seam=own.seam)
        for f, own in stacks.functions({}).items()
    )
    return _profile("pyspy", tuple(sorted(spots, key=lambda h: -h.self_ns)), stacks=stacks, rate=RATE, samples=SAMPLES)


def counted(raw: list[Any]) -> Profile:
    table = cprofile.table(raw, ("", ""))
    return _profile("cprofile", cprofile.hotspots(table, {}), native=table)


def _profile(name: str, spots: tuple[HotSpot, ...], **more: Any) -> Profile:
    return Profile(profiler=name, passes=10, total_ns=1, bare_passes=10, bare_ns=1, hotspots=spots, **more)


def view(*profiles: Profile) -> Profiled:
    return Profiled(
        target="large", workload="run", size="small", recipes=(), profiles=profiles, missing=(), seam_shares={},
        seam_calls={}, advice=(), environment={},
    )  # fmt: skip


def report(folder: Path) -> None:
    """From the files that the profilers left to the printed report, in a process that has done nothing else."""
    start = time.perf_counter()
    gc.set_threshold(*GC_THRESHOLD)  # as the command line does

    def variant(number: int) -> Profiled:
        lines = (folder / f"stacks{number}").read_text(encoding="utf-8").splitlines()
        return view(sampled(lines), counted(json.loads((folder / f"table{number}").read_text(encoding="utf-8"))))

    before, after = variant(0), variant(1)
    read_s = time.perf_counter() - start
    moved = Changed(
        before=before,
        after=after,
        differences=tuple(map(difference, before.profiles, after.profiles)),
        timed=None,
    )
    console = Console(file=io.StringIO(), width=100)
    console.print(change_report(moved, 15))
    took_s = time.perf_counter() - start - read_s
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(f"{SAMPLES:,} samples and {FUNCTIONS:,} functions, before and after: {peak_mb:.0f} MB at most")
    print(f"read {read_s:.2f} s (each variant when it was profiled); merged, diffed and printed {took_s:.2f} s")


def measure() -> None:
    with tempfile.TemporaryDirectory() as name:
        for number in (0, 1):
            Path(name, f"stacks{number}").write_text("\n".join(raw_samples(number)), encoding="utf-8")
            Path(name, f"table{number}").write_text(json.dumps(raw_table(number)), encoding="utf-8")
        subprocess.run([sys.executable, __file__, "report", name], check=True)


def write_page(path: Path) -> None:
    start = time.perf_counter()
    stacks: Stacks = read_collapsed(raw_samples(0), 1)
    text = page("a hundred thousand stacks", stacks)
    path.write_text(text, encoding="utf-8")
    nodes = len(json.loads(text.partition('id="data">')[2].partition("</script>")[0])["nodes"])
    print(f"{len(stacks.stacks):,} stacks, {nodes:,} frames drawn: {len(text) / 1e6:.1f} MB")
    print(f"written in {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["page", file]:
            write_page(Path(file))
        case ["report", folder]:
            report(Path(folder))
        case _:
            measure()
