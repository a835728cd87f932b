"""Leave out the transform that nobody reads.

What it does
    Computes nothing where the encoder transforms the whole window and throws the result away.

Why the baseline is slow
    It computes that transform in every call, as the documented model does.

When it loses
    Never. It is one transform of T + 1 beside the loop; beside the running sums it is the only one.

Source
    Beyond the notes, which do not mention it.
"""

from __future__ import annotations

from dataclasses import replace

from perfkit.recipe import Recipe, exact, new_format

from ..spectral.drop_dead_fft import no_spectrum

RECIPE = Recipe(
    id="drop-dead-fft",
    target="spectral-causal",
    status="beyond",
    touches={"whole_spectrum"},
    workload="encode",
    apply=lambda ops: replace(ops, whole_spectrum=no_spectrum),
    equivalence=exact(),
    seam_equivalence=new_format({"output"}, why="nobody reads it: that the outputs of the workloads stay is the proof"),
)
