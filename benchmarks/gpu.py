"""The spectral model on a GPU: every form is proven, then timed, and stands beside what the notes say.

    python benchmarks/gpu.py --out gpu.jsonl        all of it, in at most 8 minutes; results are written as they come
    python benchmarks/gpu.py --show gpu.jsonl       the tables of such a file, as docs/gpu.md has them
    python benchmarks/gpu.py --device cpu           as far as a processor goes: Triton is interpreted, and not timed
    python benchmarks/gpu.py --smoke                a look at whether it runs; nothing is kept

It needs torch and nothing else, and triton and nvcc for the forms of their names; what is missing is said in its row.
Forms take turns, call by call, in an order that is drawn anew each round, on inputs at fresh addresses. A form is timed
only where its output is that of the documented form, on memory that held something else before. Each part is measured
in a process of its own: a form that ends it, or hangs, is told of, and the part is measured once more without it.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import platform
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # it runs where perfkit is not installed

import torch
from support import gpurun
from support.gpuforms import COMPILED
from support.gpuparts import PARTS, Bench, Part
from support.gpurun import NOBODY, Run, measure, names
from support.gputable import last_run, tables

from perfkit.machine.gpu import gpus
from perfkit.sample_targets.spectral import model as spectral
from perfkit.sample_targets.traditional import model as traditional

WHOLE_S = 450.0  # of all of it, by default
ROUNDS = 100  # of a part in one dtype and state
LATER_S = 30.0  # that is left for each part that is still to come, if there is so much
GRACE_S = 10.0  # until a process that has not ended by itself is killed
START_S = 90.0  # of a process, until the first form is at work
OVER = "no time left"
PROCESSES: Any = multiprocessing.get_context("spawn")  # CUDA cannot be used in a fork


def by_itself(run: Run, part: Part, dtype: str, without: dict[str, str]) -> None:
    """Measure a part in a process of its own; once more without a form that has ended it, or that hangs.

    That form is added to `without`: it is not tried again.
    """
    if run.left_s <= gpurun.TIMING_S:
        for form in names(part):
            run.write("skipped", part=part.name, dtype=dtype, form=form, why=OVER)
    while run.left_s > gpurun.TIMING_S:
        run.write("begun", part=part.name, dtype=dtype)
        started = time.monotonic() + START_S - gpurun.FORM_S
        now = PROCESSES.Array("d", [NOBODY, started], lock=False)  # a lock would die with who holds it
        process = PROCESSES.Process(target=measure, args=(run, part.name, dtype, without, now))
        process.start()
        try:
            why = end_of(process, run, now)
        finally:
            process.kill()
            process.join()
        if not why:
            return
        form = names(part)[int(now[0])] if now[0] != NOBODY else "all"
        run.write("failed", part=part.name, dtype=dtype, form=form, why=why)
        if why == OVER or form == "all" or form in without:
            return
        without[form] = f"left out, as it ended a process: {why}"


def end_of(process: Any, run: Run, now: Any) -> str:
    """Wait for the process; how it has ended, where that is not well."""
    while process.is_alive():
        process.join(0.2)
        silent_s = time.monotonic() - now[1]
        if silent_s > gpurun.FORM_S + GRACE_S:
            return f"no answer for {silent_s:.0f} s"
        if run.left_s < -GRACE_S:
            return OVER
    code = process.exitcode
    return "" if not code else f"its process was ended by signal {-code}" if code < 0 else f"exit code {code}"


def machine(device: torch.device) -> dict[str, Any]:
    """What the figures are of."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else platform.processor() or platform.machine()
    return {
        "device": name,
        "torch": torch.__version__,
        "cuda": torch.version.cuda,
        "python": platform.python_version(),
        "date": datetime.now(UTC).date().isoformat(),
    }


def state() -> list[str]:
    """How each GPU that nvidia-smi tells of runs now: clocks, heat, and what slows it."""
    return [f"{gpu.words}, {gpu.state}" for gpu in gpus()]


def read(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    there = torch.cuda.is_available() or gpus()  # one that torch cannot use is told of, not passed over
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda" if there else "cpu")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--length", type=int, default=128)
    parser.add_argument("--seconds", type=float, default=WHOLE_S, help="until when it is to be done")
    parser.add_argument("--out", type=Path, help="a file of JSON lines, which is added to")
    parser.add_argument(
        "--show", type=Path, metavar="FILE", help="print the tables of such a file, and measure nothing"
    )
    parser.add_argument("--no-compile", action="store_true", help="without the forms by torch.compile")
    parser.add_argument("--smoke", action="store_true", help="small models and few calls")
    return parser.parse_args()


def measure_all(run: Run, *, apart: bool, without: dict[str, str]) -> None:
    """Every part, float32 first, so that what the notes speak of is there however early it ends."""
    agenda = [(part, dtype) for dtype in ("float32", "bfloat16") for part in PARTS if dtype in part.dtypes]
    run.write("run", **machine(run.bench.device), **sizes(run.bench), gpus=state())
    try:
        for number, (part, dtype) in enumerate(agenda, 1):
            later = len(agenda) - number
            own = replace(run, end_s=run.end_s - later * min(LATER_S, run.left_s / (later + 1)))
            if apart:
                by_itself(own, part, dtype, without)
            else:
                measure(own, part.name, dtype, without, [NOBODY, 0.0])
    except KeyboardInterrupt:
        run.write("stopped", why="by Ctrl-C")
    run.write("end", left_s=run.left_s, gpus=state())


def sizes(bench: Bench) -> dict[str, int]:
    return {"batch": bench.batch, "length": bench.length, "width": bench.spectral.width}


def main() -> None:
    asked = arguments()
    if asked.show:
        print(tables(read(asked.show)))
        return
    if asked.device == "cuda" and not torch.cuda.is_available():
        sys.exit("torch finds no GPU here; --device cpu goes as far as a processor does")
    bench = Bench(torch.device(asked.device), asked.batch, asked.length)
    if asked.smoke:
        bench = replace(bench, batch=2, length=11, spectral=spectral.Config(16, 1, 0.0))
        bench = replace(bench, traditional=traditional.Config(16, 1, 2, 32, 0.0))
    without = dict.fromkeys(COMPILED, "nothing is compiled in this run") if asked.smoke or asked.no_compile else {}
    with tempfile.TemporaryDirectory() as folder:
        out = asked.out if asked.out and not asked.smoke else Path(folder) / "gpu.jsonl"
        run = Run(bench, out, time.monotonic() + asked.seconds, gpurun.FEWEST if asked.smoke else ROUNDS)
        measure_all(run, apart=not asked.smoke, without=without)
        rows = read(out)
    print(tables(rows))
    if asked.smoke:
        print("a look at whether it runs; no figure here is a claim")
    if any(row["kind"] == "wrong" for row in last_run(rows)):
        sys.exit(5)


if __name__ == "__main__":
    main()
