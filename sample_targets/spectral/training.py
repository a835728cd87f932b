"""Training, as the notes have it: Adam at 1e-3, on windows of bytes, each position to predict the next byte.

It serves every model whose table of seams has `gradients`, `infer` and `update`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import torch
from torch import nn
from torch.nn import functional as F

from .model import as_ids

if TYPE_CHECKING:  # benchmarks/gpu.py trains where torch is all there is
    import numpy as np

__all__ = ["Trainer", "TrainingOps", "losses"]

Tensor = torch.Tensor
LEARNING_RATE = 1e-3


class TrainingOps(Protocol):
    """What training asks of a table of seams."""

    @property
    def gradients(self) -> Callable[[Any, Any, Tensor, Tensor], Tensor]: ...

    @property
    def infer(self) -> Callable[[Any, Any, Tensor], Tensor]: ...

    @property
    def update(self) -> Callable[[torch.optim.Adam], None]: ...


class Trainer:
    """Trains one model in place. Dropout draws from a generator of its own, so that equal steps give equal weights."""

    def __init__(self, model: nn.Module, ops: TrainingOps, seed: int = 0) -> None:
        self.model = model
        self.ops = ops
        self.optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
        self._seed = seed
        self._steps = 0

    def restart(self) -> None:
        """Forget what the optimizer has gathered, and the steps that were counted; the weights are the caller's."""
        self.optimizer.state.clear()
        self._steps = 0

    def state_dict(self) -> dict[str, Any]:
        """All that a trainer of the same model needs to go on from here as this one would."""
        return {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict(), "steps": self._steps}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from where another trainer stood."""
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self._steps = state["steps"]

    def step(self, windows: np.ndarray) -> float:
        """One step on windows (B, T + 1) of bytes; answers the mean loss in nats a byte before it."""
        return self.step_on(as_ids(windows.astype("int64")).to(next(self.model.parameters()).device))

    def step_on(self, ids: Tensor) -> float:
        """As `step`, of ids (B, T + 1) int64 that lie where the model does."""
        if ids.shape[1] < 2:
            raise ValueError("a window to train on has two bytes or more: one to see, one to predict")
        x, y = ids[:, :-1], ids[:, 1:]
        self.model.train()
        try:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(self._seed + self._steps)
                loss = self.ops.gradients(self.ops, self.model, x, y)
            self.ops.update(self.optimizer)
        finally:
            self.model.eval()
        self._steps += 1
        return loss.item()


def losses(model: nn.Module, ops: TrainingOps, windows: np.ndarray, batch: int = 4) -> np.ndarray:
    """The mean loss in nats at each position, (T,), over windows (N, T + 1) of bytes; no weight changes."""
    total = torch.zeros(windows.shape[1] - 1, dtype=torch.float64)
    model.eval()
    device = next(model.parameters()).device
    for start in range(0, len(windows), batch):
        ids = as_ids(windows[start : start + batch].astype("int64")).to(device)
        logits = ops.infer(ops, model, ids[:, :-1])
        total += F.cross_entropy(logits.transpose(1, 2), ids[:, 1:], reduction="none").double().sum(0).cpu()
    result: np.ndarray = (total / len(windows)).numpy()
    return result
