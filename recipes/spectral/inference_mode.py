"""Infer under inference mode.

What it does
    Runs the documented model under `torch.inference_mode`, which leaves out version counters and records of views.

Why the baseline is slow
    `no_grad` builds no graph, but each tensor still keeps what autograd might ask of it.

When it loses
    The result cannot be changed in place outside, nor take part in training later.

Source
    Beyond the notes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch

from perfkit.recipe import Recipe, exact


def under_inference_mode(infer: Callable[..., Any]) -> Callable[..., Any]:
    """The same, in inference mode."""

    def infer_in_inference_mode(*arguments: Any) -> Any:
        with torch.inference_mode():
            return infer(*arguments)

    return infer_in_inference_mode


RECIPE = Recipe(
    id="inference-mode",
    target="spectral",
    status="beyond",
    touches={"infer"},
    apply=lambda ops: replace(ops, infer=under_inference_mode(ops.infer)),
    equivalence=exact(no_grad=True),
)
