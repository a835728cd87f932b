"""Training, as the notes have it: Adam at 1e-3, on chunks of 128 bytes that do not overlap."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import nn

from .model import ByteTransformer
from .ops import BASELINE, Ops

__all__ = ["Trainer", "chunks"]

CHUNK = 128
LEARNING_RATE = 1e-3


class Trainer:
    """Trains one model in place. Dropout draws from a generator of its own, so that equal steps give equal weights."""

    def __init__(self, model: ByteTransformer, ops: Ops = BASELINE, seed: int = 0) -> None:
        self.model = model
        self.ops = ops
        self.optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
        self._seed = seed
        self._steps = 0

    def step(self, batch: np.ndarray) -> float:
        """One step on (B, 128) bytes, uint8; answers the mean loss in nats a byte before it."""
        chunk = torch.from_numpy(batch.astype(np.int64))
        x, y = chunk[:, :-1], chunk[:, 1:]
        length = x.shape[1]
        self.model.train()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self._seed + self._steps)
            embedded = self.model.embed(x) + self.ops.positions(self.model, self.ops.position_index(length))
            logits = self.model.head(self.model.encoder(embedded, mask=self.ops.mask(length)))  # (B, T, 256)
            loss = nn.functional.cross_entropy(logits.flatten(0, 1), y.flatten())
            self.optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            self.optimizer.step()
        self.model.eval()
        self._steps += 1
        return loss.item()


def chunks(data: bytes, batch: int, seed: int) -> Iterator[np.ndarray]:
    """Batches (B, 128) uint8 of the chunks of `data` in random order, epoch after epoch without end."""
    whole = np.frombuffer(data, np.uint8)
    rows = whole[: len(whole) // CHUNK * CHUNK].reshape(-1, CHUNK)
    rng = np.random.default_rng(seed)
    while True:
        order = rng.permutation(len(rows))
        for start in range(0, len(order) - batch + 1, batch):
            yield rows[order[start : start + batch]]
