"""Programs of known shares under each profiler: how far is what it says from the truth?

    python benchmarks/profile_truth.py [--duration 1] [--rate 997] [--only KIND,…] [--with pyspy,…]

One line for each program and profiler: the worst error of a hot function, in points of a hundred. The programs are in
`tests/profiled/sample_targets/kinds`; their shares hold by construction (the same loop, so many times here and there).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from perfkit import api
from perfkit.errors import PerfkitError
from perfkit.profilers.common.profile import HotSpot, Profile
from perfkit.profilers.common.stacks import is_python
from perfkit.profilers.common.waits import waits, waits_in_c
from perfkit.profilers.registry import PROFILERS
from perfkit.profiling.each import Wanted
from perfkit.settings import Settings

PROFILED = Path(__file__).resolve().parents[1] / "tests" / "profiled"
sys.path.insert(0, str(PROFILED / "sample_targets" / "kinds"))
from truth import KINDS, Kind  # type: ignore[import-not-found]  # noqa: E402

POINTS = 4.0
BLURRED = 0.1  # of the time: pyinstrument says itself that it cannot be trusted


def c_waits(function: str, file: str) -> bool:
    """Whether a C function only waits."""
    return waits_in_c(function)


def shares_of(profile: Profile, kind: Kind) -> dict[str, float]:
    """The shares of the functions that the truth is about; `f#2` is the second of that name in its file."""
    spots = [h for h in profile.hotspots if not (waits if is_python(h.file) else c_waits)(h.function, h.file)]
    whole = sum(h.self_ns for h in spots) or 1
    named: dict[str, list[HotSpot]] = {}
    for spot in sorted(spots, key=lambda h: (h.file, h.line)):
        if not spot.file.endswith(("/threading.py", "/queue.py")) or "/kinds/" in spot.file:
            named.setdefault(spot.function.rpartition(".")[2], []).append(spot)
    found = {}
    for name in kind.shares:
        plain, _, number = name.partition("#")
        mine = named.get(plain, [])
        mine = mine[int(number) - 1 : int(number)] if number else mine
        found[name] = sum(h.total_ns if kind.total else h.self_ns for h in mine) / whole
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--duration", type=float, default=1.0, help="seconds of work for each profiler")
    parser.add_argument("--rate", type=int, default=997)
    parser.add_argument("--only", default=",".join(KINDS))
    parser.add_argument("--with", dest="profilers", default="pyspy,pyinstrument,cprofile")
    parser.add_argument("--smoke", action="store_true", help="one program, for a moment")
    options = parser.parse_args()
    if options.smoke:
        options.only, options.duration = next(iter(KINDS)), 0.1
    found = api.catalog([PROFILED])
    settings = Settings(catalogs=(PROFILED,))
    chosen = tuple(options.profilers.split(","))
    wanted = Wanted(profilers=chosen, rate=options.rate, duration_s=options.duration)
    worst: dict[str, float] = {}
    print(f"{'program':20}" + "".join(f"{PROFILERS[p].title:>16}" for p in chosen), flush=True)
    for name in options.only.split(","):
        kind = KINDS[name]
        try:
            done = api.profile(found, "kinds", size=name, wanted=wanted, settings=settings)
        except PerfkitError as error:
            print(f"{name:20}  {error.message}", flush=True)
            continue
        cells, wrong = [], []
        for profiler in chosen:
            profile = next((p for p in done.profiles if p.profiler == profiler), None)  # type: ignore[union-attr]
            if profile is None:
                cells.append("none")
                continue
            shares = shares_of(profile, kind)
            off = max(abs(shares[f] - share) * 100 for f, share in kind.shares.items())
            if profiler not in kind.by:
                cells.append(f"({off:.1f})")
                continue
            if profile.blurred >= BLURRED:  # and a note says so
                cells.append(f"[{off:.1f}]")
                continue
            worst[profiler] = max(worst.get(profiler, 0.0), off)
            chance = 50 / profile.samples**0.5 if profile.samples else 0.0
            cells.append(f"{off:.1f}" + (f" ±{chance:.1f}" if chance else "") + ("!" if off > POINTS else " "))
            if off > POINTS:
                wrong.append(f"  {profiler}: " + ", ".join(f"{f} {100 * s:.1f}" for f, s in shares.items()))
        print(f"{name:20}" + "".join(f"{cell:>16}" for cell in cells), *wrong, sep="\n", flush=True)
    if options.smoke:
        print("a smoke run: it claims nothing")
    print(f"{'worst':20}" + "".join(f"{worst.get(p, 0.0):>15.1f} " for p in chosen))
    print(
        "points of a hundred, ± one standard error of the samples; (in brackets): it cannot see what runs there, "
        "[in brackets]: it says that it cannot be trusted there"
    )


if __name__ == "__main__":
    main()
