"""The notes' claims beside what `benchmarks/versus.py` has found. Figures decide verdicts, and their words.

Nothing is kept here: each function makes rows of (what the notes say, what was found, what follows).
"""

from __future__ import annotations

from .byteresults import Measured, Results
from .bytetables import epochs, held_out, of_seeds, seconds_of_20, three, training
from .versus import exponents

__all__ = ["claims"]

_UNSLOTH = "perfkit explain spectral/vectorized-encoding"


def _beside(m: Measured, other: Measured) -> str:
    percent = 100 * (held_out(m) / held_out(other) - 1)
    return f"{abs(percent):.0f} % {'less' if percent < 0 else 'more'}"


def claims(results: Results) -> str:
    """What the notes say, what was found, and what follows."""
    rows = [
        *_claims_of_time(results), *_claims_of_loss(results), *_claims_of_growth(results), *_claims_of_shifts(results),
        *_claims_of_memory(results),
        ('"Infinite vocabulary"', "–", "cannot be measured: both models have 256 outputs"),
        ('Unsloth is "Not the right tool"', "–", f"holds: `{_UNSLOTH}` says what it patches"),
    ]  # fmt: skip
    return "\n".join(["| the notes say | here | verdict |", "|---|---|---|", *(f"| {' | '.join(r)} |" for r in rows)])


def _claims_of_time(results: Results) -> list[tuple[str, str, str]]:
    spectral, _, traditional = three(results)
    ms, other = spectral.batch_ms, traditional.batch_ms
    encoding, encoding_fast = ms["documented encoding"], ms["fastest encoding"]
    features = results.floor["features: documented"] / results.floor["features: fastest, after a call of its own"]
    slower, fastest = other["documented"] / ms["documented"], other["fastest"] / ms["fastest"]
    seconds = float(seconds_of_20(spectral)), float(seconds_of_20(traditional))
    most = encoding > ms["documented"] / 2
    return [
        (
            '"Encoding: 50ms of the 56ms total"', f"{encoding:.1f} of {ms['documented']:.1f} ms",
            "true here too" if most else
            "not here: matrix products are most of the total. A loop over positions costs what each call into "
            "torch costs. "
            "Nothing here was measured on a GPU",
        ),
        (
            '"Expected Speedup: 5-10x", encoding 50 → 8–10 ms, total 56 → 12–15 ms',
            f"encoding {encoding / encoding_fast:.1f}x with what stands behind the features; features alone "
            f"{features:.0f}x (8 x "
            f"256); a batch {ms['documented'] / ms['fastest']:.2f}x",
            "of the features it is true and more; of a batch it is not, because they are "
            f"{100 * encoding / ms['documented']:.0f} % of it",
        ),
        (
            'traditional 3.25 ms, "17x slower → 4x → 2-3x → competitive"',
            f"{other['documented']:.1f} ms; spectral is {slower:.2f}x as fast before any recipe, {fastest:.2f}x "
            "with all",
            "not here: on one processor thread both are bound by their products. The Triton and CUDA rows of "
            "that table are "
            "not measured on a processor",
        ),
        (
            "105.63 s and 18.96 s for 20 epochs", f"{seconds[0]:.0f} s and {seconds[1]:.0f} s",
            "the order is the other way round" if seconds[0] < seconds[1] else "the order is the notes'",
        ),
    ]  # fmt: skip


def _claims_of_loss(results: Results) -> list[tuple[str, str, str]]:
    spectral, causal, traditional = three(results)

    def held_out_of(m: Measured) -> str:
        return of_seeds(m, lambda t: t.held_out_losses[-1])

    learnt = training(spectral) < training(traditional)
    lower = held_out(spectral) < held_out(traditional)
    causal_lower = held_out(causal) < held_out(traditional)
    verdict = (
        f"{_beside(spectral, traditional)}{', of a model that sees' if lower else ' although it sees'} the bytes "
        "it is to "
        f"predict; {_beside(causal, traditional)} where it does not"
    )
    return [
        (
            '"lower loss 0.0514 against 0.0717", "28 % better convergence"',
            f"{epochs(results)} epochs, of what was trained on: {training(spectral):.3f} against "
            f"{training(traditional):.3f}; held out: {held_out_of(spectral)} against {held_out_of(traditional)}; "
            f"causal {held_out_of(causal)}",
            f"{'true' if learnt else 'not so'} of the loss that the notes give, which is of text that was trained on; "
            f"of other text {'true' if causal_lower else 'not so'}: {verdict}",
        )
    ]


def _claims_of_growth(results: Results) -> list[tuple[str, str, str]]:
    spectral, _, traditional = three(results)
    ends = {
        (m.name, form): list(exponents(m.sweep_ms[form]))[-1]
        for m in (spectral, traditional)
        for form in ("documented", "fastest")
    }
    short, long, _ = ends["spectral", "documented"]
    slope = {key: f"{exponent:.2f}" for key, (_, _, exponent) in ends.items()}
    return [
        (
            '"O(n log n) vs O(n²) (scales better)"',
            f"from {short:,} to {long:,}: spectral {slope['spectral', 'documented']}, with the fastest recipes "
            f"{slope['spectral', 'fastest']}, traditional {slope['traditional', 'documented']}, with fused attention "
            f"{slope['traditional', 'fastest']}",
            "the mix is O(n log n); the documented encoder is O(n² log n), which begins to show at the longest "
            "windows. What "
            "the traditional model pays beyond fused attention is the memory of mask and scores. At 128 bytes "
            "nothing of it "
            "shows",
        ),
        (
            '"SpectralMixingLayer is fast"',
            "the exponents above; `rfft-mix` and `fused-mix` are the measures of it",
            "not measured by itself; beside the products it is a small part of a batch",
        ),
        (
            '"Wirtinger gradients work correctly"',
            "autograd against finite differences in float64, and against torch's complex autograd "
            "(`tests/unit/spectral/test_models.py`)",
            "true",
        ),
    ]


def _claims_of_shifts(results: Results) -> list[tuple[str, str, str]]:
    by = {name.removeprefix("spectral: "): most for name, most in results.moves.items()}
    turned = {what: by[f"window turned by 5, {what}"] for what in (
        "magnitudes", "sines and cosines", "logits in place", "logits turned with it",
    )}  # fmt: skip
    return [
        (
            '"Shift invariance"',
            f"of a window turned around by 5, magnitudes move by {turned['magnitudes']:.1e}, sines and cosines by "
            f"{turned['sines and cosines']:.1f}; logits turn with the window to "
            f"{turned['logits turned with it']:.0e}, and in "
            f"place they move by {turned['logits in place']:.2f}. With the text moved on by one byte, which is "
            "what happens to "
            f"text, the logits of the same byte move by {by['text moved on by 1, logits of the same byte']:.2f} "
            "(`--part moves`)",
            "true of the magnitudes of a window that goes around. The model is equivariant to that, not "
            "invariant, and to a "
            "text that moves on it is neither",
        )
    ]


def _claims_of_memory(results: Results) -> list[tuple[str, str, str]]:
    spectral, _, traditional = three(results)
    one, other = spectral.peak_mib, traditional.peak_mib
    fewer = (traditional.parameters - spectral.parameters) * 4 * 4 / 2**20  # float32, with gradient and two moments
    less = 100 * (1 - one["train"] / other["train"])
    return [
        (
            '"No tokenizer (30% VRAM saved)"',
            f"{one['train']:.0f} MiB to train against {other['train']:.0f}, {less:.0f} % less; to infer "
            f"{one['infer']:.0f} against "
            f"{other['infer']:.0f}",
            "no tokenizer is in either model here, both read bytes. Of what training saves, "
            f"{fewer:.0f} of {other['train'] - one['train']:.0f} MiB are parameters, with gradients and Adam's "
            "moments, that "
            "spectral has fewer of",
        )
    ]
