"""The figures of docs/spectral.md, from what `benchmarks/versus.py` has kept.

The page has a block for each function below, between `<!-- versus: NAME -->` and `<!-- /versus -->`; what stands around
them is written by hand, and holds no figure of these runs. Where figures decide a verdict, they decide its words here.
"""

from __future__ import annotations

import math
import re
import statistics
import sys
import textwrap
from collections.abc import Callable

from .byteclaims import claims
from .byteresults import Measured, Results, Trained
from .bytetables import (
    NOTES_EPOCHS,
    cell,
    epochs,
    held_out,
    held_out_best,
    held_out_last,
    of_seeds,
    seconds_of_20,
    three,
    training,
)
from .versus import exponents

__all__ = ["BLOCKS", "refreshed"]

_WIDTH = 120
_BLOCK = re.compile(r"(<!-- versus: (\w+) -->\n).*?(<!-- /versus -->)", re.DOTALL)


def _wrapped(text: str) -> str:
    """Paragraphs, each line as long as the page has them."""
    return "\n\n".join(
        part if part.startswith("|") else textwrap.fill(part, _WIDTH, break_long_words=False, break_on_hyphens=False)
        for part in text.strip().split("\n\n")
    )


def refreshed(page: str, results: Results) -> str:
    """The page with every block written anew. Exits with a line where the results lack what one needs."""

    def write(match: re.Match[str]) -> str:
        return f"{match[1]}\n{_wrapped(BLOCKS[match[2]](results))}\n\n{match[3]}"

    try:
        return _BLOCK.sub(write, page)
    except (KeyError, StopIteration, statistics.StatisticsError) as error:
        sys.exit(f"versus: the page needs every part, and there is no {error} yet: run them with --save")


def _table(head: str, rows: list[tuple[str, ...]]) -> str:
    lines = [f"| {head} |", "|---|" + "--:|" * head.count("|")]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _seeds(results: Results) -> int:
    return min(len(m.trained) for m in results.models.values())


def leak(results: Results) -> str:
    """By how much a later byte moves an earlier logit."""
    by = {name: results.moves[f"{name}: another byte 100, logits at 10"] for name in results.models}
    return (
        f"With another byte at position 100, logits at 10 move by {by['spectral']:.2f} in the spectral model as "
        "it is drawn, "
        f"by {by['spectral-causal']:.1g} in the causal one and by {by['traditional']:.1g} in the traditional one "
        "(`python benchmarks/versus.py --part moves`)."
    )


def time(results: Results) -> str:
    """Time and memory."""
    columns = three(results)

    def row(name: str, value: Callable[[Measured], str], notes: str = "–") -> tuple[str, ...]:
        return (name, *(value(m) for m in columns), notes)

    trained = epochs(results) >= NOTES_EPOCHS
    rows = [
        row("causal", lambda m: "yes" if m.causal else "**no**", "not said"),
        row("parameters", lambda m: f"{m.parameters:,}"),
        row("inference, ms a batch of 4 x 128", lambda m: cell(m.batch_ms, "documented", 1), "56.49, 3.25"),
        row("of it encoding", lambda m: cell(m.batch_ms, "documented encoding", 1), "50, –"),
        row("inference with the fastest recipes", lambda m: cell(m.batch_ms, "fastest", 1)),
        row("of it encoding", lambda m: cell(m.batch_ms, "fastest encoding", 1)),
        row("training step, ms", lambda m: cell(m.step_ms, "documented", 0)),
        row("20 epochs, 960 steps, s", seconds_of_20, "105.63, 18.96"),
        row("training step with the fastest recipes, ms", lambda m: cell(m.step_ms, "fastest", 0)),
        row("peak memory to infer, MiB", lambda m: cell(m.peak_mib, "infer", 0)),
        row("peak memory to train, MiB", lambda m: cell(m.peak_mib, "train", 0)),
    ]
    how = (
        f"The seconds of 20 epochs are of {_seeds(results)} runs: {results.taken['train']}."
        if trained
        else "The seconds of 20 epochs are 960 times the step, not a run of its own."
    )
    head = " | spectral | spectral-causal | traditional | the notes: spectral, traditional"
    return f"{_table(head, rows)}\n\nTaken on {results.taken['time']}. {how}"


def sweep(results: Results) -> str:
    """Time by the length of one window."""
    rows: list[tuple[str, ...]] = []
    lengths = sorted(results.models["spectral"].sweep_ms["documented"])
    for m in three(results):
        for form, title in (("documented", m.name), ("fastest", f"{m.name}, fastest")):
            by = m.sweep_ms[form]
            grows = {long: f"{e:.2f}" for _, long, e in exponents(by)}
            rows.append((title, *(f"{by[n]:,.0f}" if by[n] >= 1000 else f"{by[n]:.1f}" for n in lengths)))
            rows.append(("", *(grows.get(n, "") for n in lengths)))
    return _table(" | ".join(["", *map(str, lengths)]), rows)


def floor(results: Results) -> str:
    """How near the fastest forms are to what the machine allows."""
    by = results.floor
    products, slow, fast = (by[name] for name in ("matrix products alone", "a batch, documented", "a batch, fastest"))
    step = results.models["spectral"].step_ms
    documented, after, own = (
        by[f"features: {name}"]
        for name in ("documented", "fastest, right after it", "fastest, after a call of its own")
    )
    pages = [
        by[f"features: {name}: page faults"] for name in ("fastest, right after it", "fastest, after a call of its own")
    ]
    kept, fresh = by["features: one pass over memory that is there"], by["features: one pass over fresh memory"]
    return (
        f"A batch takes {products:.1f} ms of matrix products alone, {slow:.1f} ms in the documented form, "
        f"{fast:.1f} ms with the fastest recipes: {fast / products:.2f}x its products. A training step multiplies "
        f"three times as much, some {3 * products:.0f} ms, which no recipe touches; it takes "
        f"{step['documented']:.0f} ms, and {step['fastest']:.0f} with the fastest recipes.\n\n"
        f"The features alone, at 8 x 256 bytes: {documented:.1f} ms in the documented form. With the fastest recipes a "
        f"call right after a documented one takes {after:.2f} ms, **{documented / after:.0f}x** as fast, and fetches "
        f"{pages[0]:.0f} pages of memory from the system; a call after one of its own, as in every sample of "
        f"`perfkit compare`, {own:.2f} ms, **{documented / own:.0f}x**, and {pages[1]:.0f} pages. Its result is 2 MiB, "
        "512 pages; whether the C library has them at hand depends on what was freed before, and no recipe decides it. "
        f"A pass that only fills such a result takes {kept:.2f} ms where the memory is there and {fresh:.2f} ms where "
        f"it is fresh: with fresh memory no form can be more than {documented / fresh:.0f}x as fast as the documented "
        f"one. Taken on {results.taken['floor']}."
    )


def loss(results: Results) -> str:
    """Losses, and what they are of."""
    spectral, causal, traditional = three(results)
    picks: list[tuple[str, Callable[[Trained], float | None], str]] = [
        ("training loss", lambda t: t.training_loss, "0.0514, 0.0717"),
        ("at the last position", lambda t: t.training_last, "–"),
        ("**held-out loss**", lambda t: t.held_out_losses[-1], "–"),
        ("**at its best epoch**", lambda t: min(t.held_out_losses), "–"),
        ("at the last position", lambda t: t.held_out_last, "–"),
        ("held out, bits a byte", lambda t: t.held_out_losses[-1] / math.log(2), "–"),
        ("at the last position", lambda t: t.held_out_last and t.held_out_last / math.log(2), "–"),
    ]
    rows = [(name, *(of_seeds(m, pick) for m in three(results)), notes) for name, pick, notes in picks]
    last = held_out_last(spectral)
    return (
        _table("nats a byte | spectral | spectral-causal | traditional | the notes: spectral, traditional", rows)
        + f"\n\nOf {epochs(results)} epochs, {_seeds(results)} seeds: mean, and largest distance from it. Taken on "
        f"{results.taken['train']}.\n\n"
        "**A spectral loss is of a model that sees the bytes it is to predict.** Where it does not see them, at "
        "the last "
        f"position, it is at {last:.2f} nats held out, {last - held_out_last(traditional):+.2f} "
        "beside the "
        f"transformer; to know nothing is 5.55.\n\n"
        f"At its best epoch it reaches {held_out_best(spectral):.2f} nats held out, the transformer "
        f"{held_out_best(traditional):.2f}, and the same parameters made causal {held_out_best(causal):.2f}: without "
        f"the answer before it, the model is {_than(held_out_best(causal), held_out_best(traditional))} at other text. "
        f"After {epochs(results)} epochs losses on what was trained on are {training(spectral):.2f}, "
        f"{training(causal):.2f} and {training(traditional):.2f} (spectral, causal, traditional), and held out "
        f"{held_out(spectral):.2f}, {held_out(causal):.2f} and {held_out(traditional):.2f}: the lower a loss of text "
        "that was seen, the more of it is known by heart."
    )


def _than(one: float, other: float) -> str:
    return "better than the transformer" if one < other else "worse than the transformer"


BLOCKS: dict[str, Callable[[Results], str]] = {
    "leak": leak, "time": time, "sweep": sweep, "floor": floor, "loss": loss, "claims": claims,
}  # fmt: skip
