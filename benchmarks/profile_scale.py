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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from support.arguments import Arguments

from perfkit.cli.main import GC_THRESHOLD
from perfkit.profilers.analysis.difference import difference
from perfkit.profilers.common import call_table
from perfkit.profilers.common.profile import HotSpot, Profile
from perfkit.profilers.common.stacks import Stacks, read_collapsed, waits
from perfkit.profiling.run import Profiled
from perfkit.profiling.timed import Changed
from perfkit.report.profiles.flamegraph import page
from perfkit.report.profiles.profile import change_report

DEPTH, RATE = 20, 500


@dataclass(frozen=True)
class Scale:
    """How large a profile is."""

    functions: int = 100_000
    samples: int = 1_000_000
    stacks: int = 100_000


SMOKE = Scale(functions=2_000, samples=5_000, stacks=1_000)


def raw_samples(scale: Scale, seed: int) -> list[str]:
    """Stacks as py-spy writes them: a tree of calls, leaves hit as often as chance says."""
    rng = np.random.default_rng(seed)
    functions = rng.integers(0, scale.functions // 10, (scale.stacks, DEPTH))
    functions[:, : DEPTH // 2] = functions[rng.integers(0, 200, scale.stacks), : DEPTH // 2]  # shared callers
    counts = rng.multinomial(scale.samples, np.full(scale.stacks, 1 / scale.stacks))
    names = [f"function_{n} (/a/package/module_{n % 300}.py:{n})" for n in range(scale.functions // 10)]
    return [
        f"main (/a/perfkit/main.py:1);measured (/a/perfkit/region.py:9);{';'.join([names[n] for n in stack])} {count}"
        for stack, count in zip(functions.tolist(), counts.tolist(), strict=True)
        if count
    ]


def raw_table(scale: Scale, seed: int) -> list[Any]:
    """A table as cProfile's collector sends it."""
    own = np.random.default_rng(seed).lognormal(-12, 2, scale.functions).tolist()
    return [
        [[f"/a/package/module_{n % 300}.py", n, f"function_{n}"], [9, 9, own[n], own[n] * 2], []]
        for n in range(scale.functions)
    ]


def sampled(lines: list[str], samples: int) -> Profile:
    stacks = read_collapsed(lines, round(1e9 / RATE)).below(
        lambda frame: frame[0] == "measured", lambda stack: (), lambda leaf: waits(leaf[0], leaf[1])
    )
    spots = tuple(
        HotSpot(function=f[0], file=f[1], line=f[2], self_ns=own.self_ns, total_ns=own.total_ns, calls=0, seam=own.seam)
        for f, own in stacks.functions({}).items()
    )
    return _profile("pyspy", tuple(sorted(spots, key=lambda h: -h.self_ns)), stacks=stacks, rate=RATE, samples=samples)


def counted(raw: list[Any]) -> Profile:
    table = call_table.table(raw, ("", ""))
    return _profile("cprofile", call_table.hotspots(table, {}), native=table)


def _profile(name: str, spots: tuple[HotSpot, ...], **more: Any) -> Profile:
    return Profile(profiler=name, passes=10, total_ns=1, bare_passes=10, bare_ns=1, hotspots=spots, **more)


def view(*profiles: Profile) -> Profiled:
    return Profiled(
        target="large", workload="run", size="small", recipes=(), profiles=profiles, missing=(), seam_shares={},
        seam_calls={}, advice=(), environment={},
    )  # fmt: skip


def report(scale: Scale, folder: Path) -> None:
    """From the files that the profilers left to the printed report, in a process that has done nothing else."""
    start = time.perf_counter()
    gc.set_threshold(*GC_THRESHOLD)  # as the command line does

    def variant(number: int) -> Profiled:
        lines = (folder / f"stacks{number}").read_text(encoding="utf-8").splitlines()
        return view(
            sampled(lines, scale.samples), counted(json.loads((folder / f"table{number}").read_text(encoding="utf-8")))
        )

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
    print(f"{scale.samples:,} samples and {scale.functions:,} functions, before and after: {peak_mb:.0f} MB at most")
    print(f"read {read_s:.2f} s (each variant when it was profiled); merged, diffed and printed {took_s:.2f} s")


def measure(scale: Scale) -> None:
    with tempfile.TemporaryDirectory() as name:
        for number in (0, 1):
            Path(name, f"stacks{number}").write_text("\n".join(raw_samples(scale, number)), encoding="utf-8")
            Path(name, f"table{number}").write_text(json.dumps(raw_table(scale, number)), encoding="utf-8")
        smoke = ["--smoke"] if scale == SMOKE else []
        subprocess.run([sys.executable, __file__, "report", name, *smoke], check=True)


def write_page(scale: Scale, path: Path) -> None:
    start = time.perf_counter()
    stacks: Stacks = read_collapsed(raw_samples(scale, 0), 1)
    text = page("a hundred thousand stacks", stacks)
    path.write_text(text, encoding="utf-8")
    nodes = len(json.loads(text.partition('id="data">')[2].partition("</script>")[0])["nodes"])
    print(f"{len(stacks.stacks):,} stacks, {nodes:,} frames drawn: {len(text) / 1e6:.1f} MB")
    print(f"written in {time.perf_counter() - start:.1f} s")


def main() -> None:
    arguments = Arguments(__doc__)
    arguments.add_argument("what", nargs="?", choices=["measure", "page", "report"], default="measure")
    arguments.add_argument("path", nargs="?", type=Path, help="the page to write; the folder that `measure` filled")
    chosen = arguments.chosen()
    scale = SMOKE if chosen.smoke else Scale()
    if chosen.what == "measure":
        measure(scale)
    elif chosen.path is None:
        arguments.error(f"{chosen.what} needs a path")
    elif chosen.what == "page":
        write_page(scale, chosen.path)
    else:
        report(scale, chosen.path)
    if chosen.smoke and chosen.what == "measure":
        with tempfile.TemporaryDirectory() as folder:
            write_page(scale, Path(folder) / "page.html")


if __name__ == "__main__":
    main()
