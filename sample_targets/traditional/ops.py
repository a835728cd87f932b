"""The seams of the traditional transformer, each as a reader of torch's documentation would write it.

Every function below may be replaced by a recipe; its docstring is the contract. All arguments are positional.
B windows, T positions, D width.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from ..spectral.ops import gradients, infer, update
from .model import Transformer

Tensor = torch.Tensor

TREE: dict[str, tuple[str, ...]] = {
    "infer": ("forward",),
    "gradients": ("forward",),
    "forward": ("encode", "mask", "transform", "head"),
}
KINDS: dict[str, str] = {
    "infer": "context",  # of what forward does: whether a graph is kept, and in which precision
    "gradients": "context",  # of what forward does: it is called with a graph, and goes back through it
    "forward": "call",
    "encode": "call",
    "mask": "call",
    "transform": "call",
    "head": "call",
    "update": "context",
}
# windows are of one length, all through training and after it
REUSED: tuple[str, ...] = ("mask",)
ONLY_READ: tuple[str, ...] = ("mask",)
# Floats that a seam may be given alone; the weights of its module are cast with them.
DTYPES: dict[str, tuple[str, ...]] = {
    "transform": ("float16", "float32", "float64", "bfloat16"),
    "head": ("float16", "float32", "float64", "bfloat16"),
}
SUMMARIES: dict[str, str] = {
    "infer": "logits, of which nobody takes a gradient",
    "gradients": "the loss of a batch, and what it asks of every weight",
    "forward": "bytes to logits",
    "encode": "bytes to hidden states: a table",
    "mask": "which positions may see which",
    "transform": "the encoder layers",
    "head": "hidden states to logits",
    "update": "moves the weights down their gradients",
}


def forward(ops: Ops, model: Transformer, ids: Tensor) -> Tensor:
    """Logits (B, T, 256) of ids (B, T) int64, each position's for the byte that follows it."""
    x = ops.encode(ops, model, ids)  # (B, T, D)
    return ops.head(model, ops.transform(model, x, ops.mask(ids.shape[1])))


def encode(ops: Ops, model: Transformer, ids: Tensor) -> Tensor:
    """Hidden states (B, T, D) of ids (B, T) int64."""
    result: Tensor = model.embed(ids)
    return result


def mask(length: int) -> Tensor:
    """(T, T) float32: 0 where a position may look, minus infinity where it may not. The caller only reads it."""
    return nn.Transformer.generate_square_subsequent_mask(length)


def transform(model: Transformer, x: Tensor, mask: Tensor) -> Tensor:
    """Hidden states (B, T, D) of x (B, T, D), each position seeing what `mask` lets it see."""
    result: Tensor = model.layers(x, mask=mask)
    return result


def head(model: Transformer, x: Tensor) -> Tensor:
    """Logits (B, T, 256) of hidden states (B, T, D)."""
    logits: Tensor = model.head(model.norm(x))
    return logits


@dataclass(frozen=True)
class Ops:
    """The table of seams a model is run with; the docstring of each default is its contract."""

    infer: Callable[[Any, Any, Tensor], Tensor] = infer
    gradients: Callable[[Any, Any, Tensor, Tensor], Tensor] = gradients
    forward: Callable[[Ops, Any, Tensor], Tensor] = forward
    encode: Callable[[Ops, Transformer, Tensor], Tensor] = encode
    mask: Callable[[int], Tensor] = mask
    transform: Callable[[Transformer, Tensor, Tensor], Tensor] = transform
    head: Callable[[Transformer, Tensor], Tensor] = head
    update: Callable[[torch.optim.Adam], None] = update


BASELINE = Ops()
