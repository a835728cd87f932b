"""Infer under inference mode.

What it does
    Runs the model under `torch.inference_mode`, as the recipe of the same name does for the documented spectral one.

Why the baseline is slow
    `no_grad` builds no graph, but each tensor still keeps what autograd might ask of it.

When it loses
    The result cannot be changed in place outside, nor take part in training later.

Source
    Beyond the notes.
"""

from __future__ import annotations

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ..spectral.inference_mode import under_inference_mode

RECIPE = Recipe(
    id="inference-mode",
    target="traditional",
    status="beyond",
    touches={"infer"},
    apply=lambda ops: replace(ops, infer=under_inference_mode(ops.infer)),
    equivalence=exact(no_grad=True),
)
