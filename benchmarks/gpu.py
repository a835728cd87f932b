"""The spectral model on a GPU: every form is proven, then timed, and stands beside what the notes say.

    python benchmarks/gpu.py --out gpu.jsonl        all of it, in about 8 minutes; results are written as they come
    python benchmarks/gpu.py --show gpu.jsonl       the tables of such a file, as docs/gpu.md has them
    python benchmarks/gpu.py --device cpu           as far as a processor goes: Triton is interpreted, and not timed
    python benchmarks/gpu.py --smoke                a look at whether it runs; nothing is kept

It needs torch, and triton and nvcc for the forms of their names; what is missing is said in its row. Forms take turns,
call by call, in an order that is drawn anew each round, on inputs at fresh addresses. A form is timed only where its
output is that of the documented form, on memory that held something else before.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # it runs where perfkit is not installed

import torch
from support.gpuforms import COMPILES, Form, Unavailable, quiet, table_of
from support.gpuparts import PARTS, Bench, Part, Wrong, inputs, precision
from support.gputable import tables
from support.gputimer import Limits, Timer, limits_of, spread

from perfkit.sample_targets.spectral import model as spectral
from perfkit.sample_targets.traditional import model as traditional

WHOLE_S = 450.0  # of all of it, by default
ROUNDS, FEWEST, MOST_S = 100, 3, 6.0  # of a part in one dtype and state
WARM_UP = 3  # calls, of which the first compile
SPARE_S = 5.0  # before the end nothing new is begun


@dataclass
class Run:
    """One run: on what, until when, and where its rows go."""

    bench: Bench
    timer: Timer
    end_s: float
    rounds: int
    out: Path | None
    rows: list[dict[str, Any]] = field(default_factory=list)
    limits: Limits | None = None

    def write(self, kind: str, **row: Any) -> None:
        """Keep a row, and put it into the file at once."""
        self.rows.append({"kind": kind, **row})
        if self.out is not None:
            with self.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(self.rows[-1]) + "\n")

    @property
    def left_s(self) -> float:
        return self.end_s - time.monotonic()


@dataclass
class Contender:
    """A form that is right, ready to be called."""

    form: Form
    beside: bool
    call: Any
    given: Iterator[Any]
    seconds: list[float] = field(default_factory=list)


def measure(run: Run) -> None:
    """Every part, in every dtype, cold and warm."""
    run.limits = limits_of(run.timer)
    run.write("limits", bytes_s=run.limits.bytes_s, operations_s=run.limits.operations_s)
    for part in PARTS:
        for dtype in part.dtypes:
            with precision(run.bench, dtype), quiet():
                contenders = list(right_ones(run, part, dtype))
                for state in ("warm", "cold") if run.timer.on_gpu else ("warm",):
                    take_turns(run, part, dtype, state, contenders)


def right_ones(run: Run, part: Part, dtype: str) -> Iterator[Contender]:
    """The forms that can be had here and compute what the documented one does."""
    proof = run.bench.without_dropout()
    for beside, forms in ((False, part.forms), (True, part.beside)):
        call, given = part.ready(proof, table_of(forms[0], proof.device), beside) if forms else (None, [])
        with torch.autocast(proof.device.type, enabled=False):  # float32 is what all are held against
            expected = call(given[0]) if call else None
        for form in forms:
            said = {"part": part.name, "dtype": dtype, "form": form.name}
            if run.left_s < SPARE_S:
                run.write("skipped", **said, why="no time left")
                continue
            start_s = time.monotonic()
            try:
                table = table_of(form, proof.device)
                call, given = part.ready(proof, table, beside)
                run.timer.spoil_free_memory()
                error = part.prove(proof, expected, call(given[0]), given[0], dtype)
                run.write("proof", **said, error=error)
                if why := form.proven_only(proof.device):
                    run.write("skipped", **said, why=why)
                    continue
                call, given = part.ready(run.bench, table, beside)
                for _, one in zip(range(WARM_UP), given, strict=False):
                    call(one)
            except Unavailable as error:
                run.write("skipped", **said, why=str(error))
            except Wrong as error:
                run.write("wrong", **said, why=str(error))
            except (
                Exception
            ) as error:  # of one form's compiler: the others are measured all the same, and the row says it
                run.write("failed", **said, why=in_a_line(error))
            else:
                run.write("ready", **said, seconds=time.monotonic() - start_s)
                yield Contender(form, beside, call, inputs(given))


def in_a_line(error: Exception) -> str:
    """Its kind, and the first line of what it says, if it says anything."""
    first = str(error).strip().partition("\n")[0][:300]
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


def take_turns(run: Run, part: Part, dtype: str, state: str, contenders: list[Contender]) -> None:
    """Rounds in which each contender is called once, until there are enough or the time is over.

    One that fails in a call is told of in a row, and takes no further part in these rounds.
    """
    contenders = [*contenders]
    order, start_s = random.Random(f"{part.name} {dtype} {state}"), time.monotonic()
    for contender in contenders:
        contender.seconds = []
    for taken in range(run.rounds):
        if taken >= FEWEST and (time.monotonic() - start_s > MOST_S or run.left_s < 0):
            break
        for contender in order.sample(contenders, len(contenders)):
            given, found = next(contender.given), None
            try:
                seconds, found = run.timer.seconds(lambda c=contender, g=given: c.call(g), cold=state == "cold")
            except Exception as error:  # of one form: the others are measured all the same
                said = {"part": part.name, "dtype": dtype, "form": contender.form.name, "state": state}
                run.write("failed", **said, why=in_a_line(error))
                contenders.remove(contender)
                continue
            del found
            contender.seconds.append(seconds)
    for contender in contenders:
        floor_s = run.limits.floor_s(*part.floor(run.bench, contender.beside), dtype) if run.limits else 0.0
        median, low, high = spread(contender.seconds)
        run.write(
            "time",
            part=part.name,
            dtype=dtype,
            form=contender.form.name,
            state=state,
            median_s=median,
            low_s=low,
            high_s=high,
            calls=len(contender.seconds),
            floor_s=floor_s,
            too_fast=median < floor_s,
        )


def machine(device: torch.device) -> dict[str, Any]:
    """What the figures are of."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else platform.processor() or platform.machine()
    return {
        "device": name,
        "torch": torch.__version__,
        "cuda": torch.version.cuda,
        "python": platform.python_version(),
        "date": datetime.now(UTC).date().isoformat(),
        "tf32": torch.backends.cuda.matmul.allow_tf32,
    }


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda" if torch.cuda.is_available() else "cpu")
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


def main() -> None:
    asked = arguments()
    if asked.show:
        print(tables([json.loads(line) for line in asked.show.read_text(encoding="utf-8").splitlines()]))
        return
    if asked.device == "cuda" and not torch.cuda.is_available():
        sys.exit("torch finds no GPU here; --device cpu goes as far as a processor does")
    device = torch.device(asked.device)
    bench = Bench(device, asked.batch, asked.length)
    if asked.smoke or asked.no_compile:
        COMPILES.clear()
    if asked.smoke:
        small = {"spectral": spectral.Config(width=16, layers=1), "traditional": traditional.Config(16, 1, 2, 32)}
        bench = Bench(device, 2, 11, **small)
    rounds = FEWEST if asked.smoke else ROUNDS
    run = Run(bench, Timer(device), time.monotonic() + asked.seconds, rounds, None if asked.smoke else asked.out)
    run.write("run", **machine(device), batch=bench.batch, length=bench.length, width=bench.spectral.width)
    try:
        measure(run)
    except KeyboardInterrupt:
        run.write("stopped", why="by Ctrl-C")
    run.write("end", left_s=run.left_s)
    print(tables(run.rows))
    if asked.smoke:
        print("a look at whether it runs; no figure here is a claim")
    if any(row["kind"] == "wrong" for row in run.rows):
        sys.exit(5)


if __name__ == "__main__":
    main()
