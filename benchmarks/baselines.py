"""Whether the documented slow forms take the time that is documented, as multiples of one matrix product here.

    python benchmarks/baselines.py [--rounds 60] [--smoke]

R is one float32 `np.matmul` of (128, 512) by (512, 2048) on one thread. Each seam takes turns with it, and the medians
are divided; `documented` is that quotient for programs of the kind that the notes describe, and ours should lie within
25 % of it. R depends on the kernels that OpenBLAS picks: OPENBLAS_CORETYPE=Haswell gives those of a processor without
AVX-512.
"""

# ruff: noqa: E402 - BLAS asks for the number of threads when numpy is imported
from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter_ns
from typing import NamedTuple

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np
import torch
from support.arguments import Arguments

from perfkit.recipes.compressor.vectorized_cumfreq import frequencies_cumsum
from perfkit.sample_targets.compressor.ops import BASELINE as COMPRESSOR
from perfkit.sample_targets.glassbox.model import Config, Engine, make_weights
from perfkit.sample_targets.glassbox.ops import BASELINE as GLASSBOX

BAND = 0.25


class Row(NamedTuple):
    """One seam: what it is documented to take, in units of R, and a call of it."""

    what: str
    documented: float
    call: Callable[[], object]


def rows(rng: np.random.Generator) -> Iterator[Row]:
    """Every seam whose time is documented, on data of the stated size."""
    engine = Engine(Config(), make_weights(Config(), seed=0))
    yield Row("get_w, 2048 x 512, W8", 0.94, lambda: GLASSBOX.get_w(GLASSBOX, engine.weights, "layers.0.w1"))
    for length, documented in ((16, 0.03), (1, 0.015), (128, 0.13)):
        start = 128 if length == 1 else 0  # one row is a step of decode
        yield Row(
            f"rope_table, two layers, {length} row{'s' * (length > 1)}",
            documented,
            lambda s=start, n=length: tables(engine, s, n),
        )
    x, norm = rng.standard_normal((4, 128, 512), np.float32), np.ones(512, np.float32)
    yield Row("rms_norm, 4 x 128 x 512", 0.18, lambda: GLASSBOX.rms_norm(x, norm, 1e-6))
    z = rng.standard_normal(65_536, np.float32)
    yield Row("sigmoid of 65,536", 0.61, lambda: GLASSBOX.sigmoid(z))
    probabilities = torch.softmax(torch.from_numpy(rng.standard_normal((1, 256), np.float32)), dim=-1)
    yield Row("frequencies of one position", 0.16, lambda: COMPRESSOR.frequencies(probabilities))
    yield Row("frequencies, vectorized-cumfreq", 0.03, lambda: frequencies_cumsum(probabilities))


def tables(engine: Engine, start: int, length: int) -> None:
    """The RoPE tables of a whole forward pass: one for the queries and one for the keys of each layer."""
    for _ in range(2 * engine.config.layers):
        engine.turn(start, length)


def quotient(call: Callable[[], object], product: Callable[[], object], rounds: int) -> tuple[float, float]:
    """(median time of the product in ms, median time of the call over it), the two in turn."""
    one: list[int] = []
    other: list[int] = []
    for _ in range(rounds + 3):
        start = perf_counter_ns()
        product()
        middle = perf_counter_ns()
        call()
        other.append(perf_counter_ns() - middle)
        one.append(middle - start)
    return median(one[3:]) / 1e6, median(other[3:]) / median(one[3:])  # the first rounds are cold


def main() -> None:
    parser = Arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    chosen = parser.chosen()
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((128, 512), np.float32), rng.standard_normal((512, 2048), np.float32)
    products = []
    print("| seam | documented | here | within 25 % |\n|---|---|---|---|")
    with torch.inference_mode():
        for row in rows(rng):
            r_ms, here = quotient(row.call, lambda: np.matmul(a, b), 5 if chosen.smoke else chosen.rounds)
            products.append(r_ms)
            inside = "yes" if abs(here / row.documented - 1) <= BAND else f"no, {here / row.documented:.2f}x"
            print(f"| {row.what} | {row.documented:g} R | {here:.3f} R | {inside} |", flush=True)
    kernels = os.environ.get("OPENBLAS_CORETYPE") or "those OpenBLAS picks"
    print(f"\nR = {min(products):.2f}-{max(products):.2f} ms, kernels: {kernels}")


if __name__ == "__main__":
    main()
