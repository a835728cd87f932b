"""Training of the models of bytes, which can be cut off after any epoch and gone on with."""

from __future__ import annotations

import io
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from perfkit.sample_targets.spectral.text import fixed
from perfkit.sample_targets.spectral.training import Trainer, losses

from .bytemodels import ByteModel
from .byteresults import Measured, Trained, write_whole
from .progress import Progress
from .versus import BATCH, LENGTH, Clock

__all__ = ["Plan", "train"]


@dataclass(frozen=True)
class Plan:
    """How long, from which seeds, and on how much."""

    epochs: int
    seeds: Sequence[int]
    batches: int = 48  # steps of an epoch
    held_out: int = 64  # windows that losses are of


class Checkpoints:
    """What unfinished training needs to go on, a file each, beside the file of results; nowhere where there is none."""

    def __init__(self, beside: Path | None) -> None:
        self._beside = beside

    def clear(self) -> None:
        """Forget all of them."""
        for path in self._beside.parent.glob(f"{self._beside.name}.*.training") if self._beside else ():
            path.unlink()

    def load(self, name: str, seed: int, trainer: Trainer) -> Trained:
        """Where that model stood, the trainer too; a beginning where nothing was kept."""
        path = self._path(name, seed)
        if path is None or not path.exists():
            return Trained()
        state = torch.load(path, weights_only=True)
        trainer.load_state_dict(state["trainer"])
        return Trained(**state["trained"])

    def save(self, name: str, seed: int, trainer: Trainer, trained: Trained) -> None:
        """Keep where it stands."""
        if path := self._path(name, seed):
            kept = io.BytesIO()
            torch.save({"trainer": trainer.state_dict(), "trained": asdict(trained)}, kept)
            write_whole(path, kept.getvalue())

    def remove(self, name: str, seed: int) -> None:
        """It is finished."""
        if path := self._path(name, seed):
            path.unlink(missing_ok=True)

    def _path(self, name: str, seed: int) -> Path | None:
        return self._beside and self._beside.with_name(f"{self._beside.name}.{name}.{seed}.training")


def train(
    measured: dict[str, Measured], models: Iterable[ByteModel], text: tuple[bytes, bytes], plan: Plan, clock: Clock,
    checkpoints: Checkpoints, keep: Callable[[], None],
) -> None:  # fmt: skip
    """Train every model from every seed on the same windows in the same order; epochs take turns among the models.

    What `measured` holds of as many epochs is done; what the checkpoints hold is gone on with. `keep` is called after
    each epoch.
    """
    windows = fixed(text[0], BATCH * plan.batches, LENGTH)
    unseen = fixed(text[1], plan.held_out, LENGTH)
    chosen = list(models)
    progress = Progress(len(plan.seeds) * plan.epochs * len(chosen))
    for seed in plan.seeds:
        order = np.random.default_rng(seed)
        rows = [order.permutation(len(windows)).reshape(plan.batches, BATCH) for _ in range(plan.epochs)]
        runs = [_Run(model, seed, plan.epochs, measured[model.name], checkpoints) for model in chosen]
        for epoch in range(plan.epochs):
            for run in runs:
                if run.has(epoch):
                    progress.skip()
                    continue
                run.epoch([windows[row] for row in rows[epoch]], clock)
                run.judge(windows[: len(unseen)], unseen)
                checkpoints.save(run.model.name, seed, run.trainer, run.trained)
                keep()
                progress.step("training, epochs")
        for run in runs:
            checkpoints.remove(run.model.name, seed)


class _Run:
    """One model from one seed."""

    def __init__(self, model: ByteModel, seed: int, epochs: int, measured: Measured, checkpoints: Checkpoints) -> None:
        self.model = model
        self.trainer = Trainer(model.new(seed), model.documented, seed)
        self.trained = measured.trained.get(seed, Trained())
        if len(self.trained.held_out_losses) < epochs:  # the last thing that an epoch adds
            self.trained = checkpoints.load(model.name, seed, self.trainer)
            measured.trained[seed] = self.trained

    def has(self, epoch: int) -> bool:
        return len(self.trained.held_out_losses) > epoch

    def epoch(self, batches: Sequence[Any], clock: Clock) -> None:
        start = clock()
        means = [self.trainer.step(batch) for batch in batches]
        self.trained.epoch_s.append(clock() - start)
        self.trained.epoch_losses.append(statistics.fmean(means))

    def judge(self, seen: Any, unseen: Any) -> None:
        here, there = (losses(self.trainer.model, self.model.documented, w) for w in (seen, unseen))
        self.trained.training_loss, self.trained.training_last = float(here.mean()), float(here[-1])
        self.trained.held_out_losses.append(float(there.mean()))
        self.trained.held_out_last = float(there[-1])
