"""Keep the table of turns instead of computing it for every window.

What it does
    Makes the cosines and sines of each (length, bins) once, as the recipe of that name does for the documented model.

Why the baseline is slow
    The running sums compute them in every call. The documented form has no table: it transforms instead.

When it loses
    Where every window has another length: then it holds a table for each that was met, at most 64.

Source
    Beyond the notes.
"""

from __future__ import annotations

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ..spectral.twiddle_cache import kept

RECIPE = Recipe(
    id="twiddle-cache",
    target="spectral-causal",
    status="beyond",
    touches={"twiddles"},
    requires={"vectorized-encoding"},
    workload="features",
    apply=lambda ops: replace(ops, twiddles=kept(ops.twiddles)),
    equivalence=exact(),
)
