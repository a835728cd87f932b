"""The tables of `benchmarks/versus.py`, as it prints them."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from typing import Any

from .byteresults import Measured, Results, Trained
from .curves import svg
from .versus import exponents

__all__ = [
    "NOTES",
    "NOTES_EPOCHS",
    "cell",
    "epochs",
    "held_out",
    "held_out_best",
    "held_out_last",
    "of_seeds",
    "picture",
    "seconds_of_20",
    "show",
    "three",
    "training",
]

NOTES_EPOCHS, STEPS = 20, 48  # what the notes trained, and our steps of an epoch
NOTES = {  # what the notes say: seconds of 20 epochs, milliseconds a batch, loss
    "spectral": (105.63, 56.49, 0.0514),
    "traditional": (18.96, 3.25, 0.0717),
}


def spread(values: Sequence[float | None]) -> str:
    """The mean, and how far the extremes of several seeds are from it."""
    known = [v for v in values if v is not None]
    if not known:
        return "-"
    mean = statistics.fmean(known)
    return f"{mean:.3f}" if len(known) == 1 else f"{mean:.3f} ±{max(abs(v - mean) for v in known):.3f}"


def of_seeds(m: Measured, pick: Callable[[Trained], float | None]) -> str:
    return spread([pick(t) for t in m.trained.values() if t.held_out_losses])


def three(results: Results) -> tuple[Measured, Measured, Measured]:
    """The spectral model, the causal one, the traditional one."""
    return results.models["spectral"], results.models["spectral-causal"], results.models["traditional"]


def _mean(m: Measured, pick: Callable[[Trained], float | None]) -> float:
    return statistics.fmean(v for t in m.trained.values() if (v := pick(t)) is not None)


def held_out(m: Measured) -> float:
    return _mean(m, lambda t: t.held_out_losses[-1])


def held_out_best(m: Measured) -> float:
    """At the epoch that is best for it: from there on a model learns its own text by heart."""
    return _mean(m, lambda t: min(t.held_out_losses))


def training(m: Measured) -> float:
    return _mean(m, lambda t: t.training_loss)


def held_out_last(m: Measured) -> float:
    return _mean(m, lambda t: t.held_out_last)


def epochs(results: Results) -> int:
    """How many epochs each model was trained from each seed."""
    return min(len(t.held_out_losses) for m in results.models.values() for t in m.trained.values())


def cell(values: dict[Any, float], key: Any, digits: int = 2) -> str:
    return f"{values[key]:.{digits}f}" if key in values else "-"


def seconds_of_20(m: Measured) -> str:
    """What 20 epochs take: of runs of so many, or by the median step of those that took turns, or by shorter runs."""
    whole = [sum(t.epoch_s[:NOTES_EPOCHS]) for t in m.trained.values() if len(t.epoch_s) >= NOTES_EPOCHS]
    if whole:
        return f"{statistics.fmean(whole):.0f}"
    if "documented" in m.step_ms:
        return f"{m.step_ms['documented'] / 1e3 * STEPS * NOTES_EPOCHS:.0f}"
    some = [s for t in m.trained.values() for s in t.epoch_s]
    return f"{statistics.median(some) * NOTES_EPOCHS:.0f}" if some else "-"


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
        row("epochs trained, seeds", budget),
        row("20 epochs, s", seconds_of_20),
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


def budget(m: Measured) -> str:
    """Epochs, and seeds."""
    done = [len(t.epoch_losses) for t in m.trained.values() if t.epoch_losses]
    return f"{'-'.join(sorted({str(d) for d in done}))}, {len(done)}" if done else "-"


def show(results: Results) -> None:
    """All that there is, on standard output."""
    measured = results.models
    print("| | " + " | ".join(measured) + " |")
    print("|---|" + "--:|" * len(measured))
    for name, cells in rows(measured):
        print(f"| {name} | " + " | ".join(cells) + " |")
    swept = {(m.name, form): by for m in measured.values() for form, by in m.sweep_ms.items()}
    if swept:
        _show_sweep(swept)
    for what, figure in results.floor.items():
        print(f"{what}: {figure:.0f}" if what.endswith("faults") else f"{what}: {figure:.3f} ms")
    for what, most in results.moves.items():
        print(f"{what}: {most:.2g}")
    for part, how in results.taken.items():
        print(f"{part}: {how}")
    print("\nA spectral loss is of a model that sees the bytes it is to predict; spectral-causal's is not.")


def _show_sweep(swept: dict[tuple[str, str], dict[int, float]]) -> None:
    lengths = sorted({n for by in swept.values() for n in by})
    print("\none window, ms by its length, and the exponent from each length to the next")
    print("| | " + " | ".join(map(str, lengths)) + " |")
    print("|---|" + "--:|" * len(lengths))
    for (name, form), by in swept.items():
        print(f"| {name}, {form} | " + " | ".join(cell(by, n) for n in lengths) + " |")
        grows = {long: e for _, long, e in exponents(by)}
        print("| | " + " | ".join(f"{grows[n]:.2f}" if n in grows else "" for n in lengths) + " |")
    print()


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
