"""Leave out the transform that nobody reads.

What it does
    Computes nothing where the documented encoder transforms the whole window and throws the result away.

Why the baseline is slow
    It computes that transform in every call.

When it loses
    Never. It is one transform of T + 1 beside the documented loop; beside the vectorised encoding it is one of two.

Source
    Beyond the notes, which do not mention it.
"""

from __future__ import annotations

from dataclasses import replace

from perfkit.recipe import Recipe, exact, new_format

from ...sample_targets.spectral.ops import Tensor


def no_spectrum(signal: Tensor) -> None:
    """Nothing."""


RECIPE = Recipe(
    id="drop-dead-fft",
    target="spectral",
    status="beyond",
    touches={"whole_spectrum"},
    workload="encode",
    apply=lambda ops: replace(ops, whole_spectrum=no_spectrum),
    equivalence=exact(),
    seam_equivalence=new_format({"output"}, why="nobody reads it: that the outputs of the workloads stay is the proof"),
)
