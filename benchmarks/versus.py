"""The byte-spectral model, the causal form of it, and the traditional transformer, side by side.

    python benchmarks/versus.py [--epochs 4] [--seeds 3] [--input FILE] [--save FILE] [--picture FILE.svg]
    python benchmarks/versus.py --epochs 20 --seeds 3      what the notes trained; half an hour and more
    python benchmarks/versus.py --quick                    one epoch of one seed, and few rounds
    python benchmarks/versus.py --part train               training alone; --part time: all but that
    python benchmarks/versus.py --part floor               the fastest form beside its matrix products alone
    python benchmarks/versus.py --part moves               what a later byte moves, and what a shift does
    python benchmarks/versus.py --show FILE...             saved tables again, as benchmarks/data/versus.json

One thread. The same text, the same windows in the same order, the same number of steps: an epoch is 48 steps of 4 x 128
fixed bytes, Adam at 1e-3. Held out is the other half of the text. Models take turns, epoch by epoch and call by call.
Ctrl-C prints the table so far.
"""

from __future__ import annotations

import json
import math
import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from support.arguments import Arguments
from support.bytemodels import MODELS
from support.curves import svg
from support.versus import (
    CLOCKS,
    LENGTH,
    Measured,
    Trained,
    exponents,
    moves,
    own_peak,
    peak_memory,
    sweep,
    time_batches,
    time_floors,
    train,
)
from threadpoolctl import threadpool_limits

from perfkit.sample_targets.spectral.model import parameter_count
from perfkit.sample_targets.spectral.text import seen, unseen

NOTES = {  # what the notes say: seconds of 20 epochs, milliseconds a batch, loss
    "spectral": (105.63, 56.49, 0.0514),
    "traditional": (18.96, 3.25, 0.0717),
}
LENGTHS = (64, 128, 256, 512, 1024, 2048)


def spread(values: Sequence[float | None]) -> str:
    """The mean, and how far the extremes of several seeds are from it."""
    known = [v for v in values if v is not None]
    if not known:
        return "-"
    mean = statistics.fmean(known)
    return f"{mean:.3f}" if len(known) == 1 else f"{mean:.3f} ±{max(abs(v - mean) for v in known):.3f}"


def of_seeds(m: Measured, pick: Callable[[Trained], float | None]) -> str:
    return spread([pick(t) for t in m.trained.values() if t.held_out_losses])


def cell(values: dict[Any, float], key: Any, digits: int = 2) -> str:
    return f"{values[key]:.{digits}f}" if key in values else "-"


def seconds_of_20(m: Measured) -> str:
    """What 20 epochs take at the median step: of those that took turns, else of training's own."""
    if "documented" in m.step_ms:
        return f"{m.step_ms['documented'] / 1e3 * 48 * 20:.0f}"
    steps = [s for t in m.trained.values() for s in t.step_s]
    return f"{statistics.median(steps) * 48 * 20:.0f}" if steps else "-"


def rows(measured: dict[str, Measured]) -> list[tuple[str, list[str]]]:
    """The table, a row at a time."""
    all_of = list(measured.values())

    def row(name: str, value: Callable[[Measured], str]) -> tuple[str, list[str]]:
        return name, [value(m) for m in all_of]

    def noted(column: int) -> Callable[[Measured], str]:
        return lambda m: f"{NOTES[m.name][column]:g}" if m.name in NOTES else "-"

    return [
        row("causal", lambda m: "yes" if m.causal else "NO: sees the bytes it predicts"),
        row("parameters", lambda m: f"{m.parameters:,}"),
        row("epochs trained, seeds", lambda m: _budget(m)),
        row("20 epochs, s (at the median step)", seconds_of_20),
        row("  the notes", noted(0)),
        row("inference, ms a batch of 4 x 128", lambda m: cell(m.batch_ms, "documented")),
        row("  the notes", noted(1)),
        row("  of it encoding", lambda m: cell(m.batch_ms, "documented encoding")),
        row("  fastest recipes", lambda m: cell(m.batch_ms, "fastest")),
        row("  of it encoding", lambda m: cell(m.batch_ms, "fastest encoding")),
        row("training step, ms", lambda m: cell(m.step_ms, "documented", 1)),
        row("  fastest recipes", lambda m: cell(m.step_ms, "fastest", 1)),
        row("training loss, nats a byte", lambda m: of_seeds(m, lambda t: t.training_loss)),
        row("  the notes", noted(2)),
        row("  at the last position", lambda m: of_seeds(m, lambda t: t.training_last)),
        row("held-out loss, nats a byte", lambda m: of_seeds(m, lambda t: t.held_out_losses[-1])),
        row("  at the last position", lambda m: of_seeds(m, lambda t: t.held_out_last)),
        row("  bits a byte", lambda m: of_seeds(m, lambda t: t.held_out_losses[-1] / math.log(2))),
        row(
            "  bits a byte, last position",
            lambda m: of_seeds(m, lambda t: t.held_out_last and t.held_out_last / math.log(2)),
        ),
        row("peak memory to infer, MiB", lambda m: cell(m.peak_mib, "infer", 0)),
        row("peak memory to train, MiB", lambda m: cell(m.peak_mib, "train", 0)),
    ]


def _budget(m: Measured) -> str:
    done = [len(t.epoch_losses) for t in m.trained.values() if t.epoch_losses]
    return f"{'-'.join(sorted({str(d) for d in done}))}, {len(done)}" if done else "-"


def show(measured: dict[str, Measured]) -> None:
    """The table and the sweep."""
    print("| | " + " | ".join(measured) + " |")
    print("|---|" + "--:|" * len(measured))
    for name, cells in rows(measured):
        print(f"| {name} | " + " | ".join(cells) + " |")
    swept = {(m.name, form): by for m in measured.values() for form, by in m.sweep_ms.items()}
    if not swept:
        return
    lengths = sorted({n for by in swept.values() for n in by})
    print("\none window, ms by its length, and the exponent from each length to the next")
    print("| | " + " | ".join(map(str, lengths)) + " |")
    print("|---|" + "--:|" * len(lengths))
    for (name, form), by in swept.items():
        print(f"| {name}, {form} | " + " | ".join(cell(by, n) for n in lengths) + " |")
        grows = {long: e for _, long, e in exponents(by)}
        print("| | " + " | ".join(f"{grows[n]:.2f}" if n in grows else "" for n in lengths) + " |")
    print("\nA spectral loss is of a model that sees the bytes it is to predict; spectral-causal's is not.")


def show_floors(ms: dict[str, float]) -> None:
    """How near the fastest form is to what the machine allows."""
    for what, taken in ms.items():
        print(f"{what}: {taken:.3f} ms")
    slow, fast = (f"features of 8 x 256, {form}" for form in ("documented", "fastest"))
    for one in (fast, f"{fast}, one call after another"):
        print(f"{one}: {ms[slow] / ms[one]:.1f}x as fast as documented")
    print(f"a batch: {ms['a batch, fastest'] / ms['matrix products alone']:.2f}x its products")


def picture(measured: dict[str, Measured]) -> str:
    """Loss curves of the first seed."""
    curves = {}
    for m in measured.values():
        first = next(iter(m.trained.values()), None)
        if first is not None:
            leaks = "" if m.causal else " (sees the future)"
            curves[f"{m.name}, training{leaks}"] = first.epoch_losses
            curves[f"{m.name}, held out{leaks}"] = first.held_out_losses
    return svg("loss by epoch, first seed", "epoch", "nats a byte", curves)


def load(path: Path) -> dict[str, Measured]:
    """What `--save` wrote. Exits with a line that says what is wrong."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        for m in found.values():
            m["trained"] = {int(seed): Trained(**t) for seed, t in m["trained"].items()}
            m["sweep_ms"] = {form: {int(n): ms for n, ms in by.items()} for form, by in m["sweep_ms"].items()}
        return {name: Measured(**m) for name, m in found.items()}
    except OSError as error:
        sys.exit(f"versus: cannot read {path}: {error.strerror}")
    except (ValueError, TypeError, KeyError, AttributeError):
        sys.exit(f"versus: {path} is cut short, or is not what --save writes")


def merged(parts: Sequence[dict[str, Measured]]) -> dict[str, Measured]:
    """Of each model what the parts hold of it; a later part's where two hold the same."""
    first, *others = parts
    for part in others:
        for name, m in part.items():
            into = first.setdefault(name, m)
            for kept in ("trained", "batch_ms", "step_ms", "peak_mib", "sweep_ms"):
                getattr(into, kept).update(getattr(m, kept))
    return first


def halves(path: str | None) -> tuple[bytes, bytes]:
    """The text to train on and the text held out. Exits with a line that says what is wrong."""
    if path is None:
        return seen(), unseen()
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        sys.exit(f"versus: cannot read {path}: {error.strerror}")
    half = len(data) // 2
    if half < LENGTH + 1:
        sys.exit(f"versus: {path} has {len(data)} bytes; half must hold a window of {LENGTH} and the byte after it")
    return data[:half], data[half:]


def measure(chosen: Any, measured: dict[str, Measured]) -> None:
    """All of it, into `measured`, what is quick first."""
    text, clock = halves(chosen.input), CLOCKS[chosen.clock]
    lengths = [n for n in LENGTHS[: 2 if chosen.smoke else 4 if chosen.quick else None] if n < len(text[1])]
    rounds = 1 if chosen.smoke else 5 if chosen.quick else 15
    if chosen.part != "train":
        time_batches(measured, text[1], rounds, clock)
        runs = [(m, what) for m in MODELS for what in ("infer", "train")]
        peak_memory(measured, __file__, runs[:1] if chosen.smoke else runs)
        sweep(measured, text[1], lengths, max(1, rounds // 3), clock)
    if chosen.part == "time":
        return
    epochs, seeds = (1, 1) if chosen.smoke or chosen.quick else (chosen.epochs, chosen.seeds)
    batches, held_out = (1, 4) if chosen.smoke else (48, 64)
    train(measured, MODELS, text, epochs, range(seeds), batches, held_out, clock)


def main() -> None:
    parser = Arguments(__doc__)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--input", help="a file to train on, and to hold half of out")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--save", type=Path)
    parser.add_argument("--part", choices=("all", "time", "train", "floor", "moves"), default="all")
    parser.add_argument("--show", type=Path, nargs="+", help="what --save wrote; of several parts, all of it")
    parser.add_argument("--clock", choices=CLOCKS, default="wall", help="cpu: on a machine that others use too")
    parser.add_argument("--picture", type=Path)
    parser.add_argument("--memory", nargs=2, help="(its own: one model's peak, in a process of its own)")
    chosen = parser.chosen()
    torch.set_num_threads(1)
    if min(chosen.epochs, chosen.seeds) < 1:
        parser.error("--epochs and --seeds begin at 1")
    with threadpool_limits(1):
        if chosen.memory:
            print(own_peak(*chosen.memory, unseen()))
            return
        if chosen.part == "floor":
            show_floors(time_floors(unseen(), 5 if chosen.smoke or chosen.quick else 40, CLOCKS[chosen.clock]))
            return
        if chosen.part == "moves":
            for what, most in moves(unseen()).items():
                print(f"{what}: {most:.2g}")
            return
        if chosen.show:
            measured = merged([load(path) for path in chosen.show])
        else:
            measured = {m.name: Measured(m.name, m.causal, parameter_count(m.new(0))) for m in MODELS}
            try:
                measure(chosen, measured)
            except KeyboardInterrupt:
                print("\nstopped: what follows is what there is so far", file=sys.stderr)
    show(measured)
    if chosen.save and not chosen.smoke:
        chosen.save.write_text(json.dumps({n: m.as_json() for n, m in measured.items()}), encoding="utf-8")
    if chosen.picture and not chosen.smoke:
        chosen.picture.write_text(picture(measured), encoding="utf-8")


if __name__ == "__main__":
    main()
