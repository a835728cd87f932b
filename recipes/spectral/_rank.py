"""One rank of data-parallel training: a replica of the model, and what its part of a batch asks of every weight.

It is started with its number, the number of ranks, the file in which weights and gradients lie, and how many seconds a
rank waits for the others. Then it is told what to do by lines of JSON, and answers each with one, until its input ends.
"""

from __future__ import annotations

import json
import mmap
import os
import sys
from datetime import timedelta
from typing import IO, Any

import torch
import torch.distributed as dist
from torch import nn
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel

from ...sample_targets.spectral.model import Config, make_model
from ...sample_targets.spectral.ops import BASELINE, Tensor

__all__ = ["Loss", "Memory", "gathered", "main"]

HERE = "127.0.0.1"


class Memory:
    """A file that several processes have in memory: the weights of a model one after the other, then the gradients."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._mapped: mmap.mmap | None = None

    def parts(self, numbers: int) -> tuple[Tensor, Tensor]:
        """(numbers,) float32 of weights, and as many of gradients. The file is that long already."""
        if self._mapped is None or len(self._mapped) < 8 * numbers:
            self._mapped = mmap.mmap(self._file, 8 * numbers)
        both = torch.frombuffer(self._mapped, dtype=torch.float32, count=2 * numbers)
        return both[:numbers], both[numbers:]


class Loss(nn.Module):
    """The documented model and its loss as one module, as DistributedDataParallel wants it."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.model = make_model(config, 0).train()

    def forward(self, ids: Tensor, targets: Tensor) -> Tensor:
        """The loss of every position of ids (B, T), added up."""
        logits = BASELINE.forward(BASELINE, self.model, ids)
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="sum")


def gathered(parameters: list[nn.Parameter], flat: Tensor) -> list[tuple[nn.Parameter, Tensor]]:
    """Each parameter, and its part of `flat` in its shape."""
    parts = torch.split(flat, [p.numel() for p in parameters])
    return [(p, part.view(p.shape)) for p, part in zip(parameters, parts, strict=True)]


class Rank:
    """What stays from request to request."""

    def __init__(self, number: int, ranks: int, file: int, within_s: float) -> None:
        self._number, self._ranks, self._memory = number, ranks, Memory(file)
        self._within = timedelta(seconds=within_s)
        self._replicas: dict[Config, nn.Module] = {}
        self._device = torch.device("cpu")

    def open_store(self, request: dict[str, Any]) -> dict[str, Any]:
        """The first rank opens the place where they find each other; the answer is its port."""
        self._store = dist.TCPStore(HERE, 0, self._ranks, True, self._within, wait_for_workers=False)  # type: ignore[attr-defined]
        return {"port": self._store.port}

    def join(self, request: dict[str, Any]) -> dict[str, Any]:
        """Meet the others, on one GPU each where the request says so."""
        if request["backend"] == "nccl":
            self._device = torch.device("cuda", self._number)
            torch.cuda.set_device(self._device)
        if self._number:
            self._store = dist.TCPStore(HERE, request["port"], self._ranks, False, self._within)  # type: ignore[attr-defined]
        torch.set_num_threads(request["threads"])
        dist.init_process_group(
            request["backend"], store=self._store, rank=self._number, world_size=self._ranks, timeout=self._within
        )
        return {}

    def step(self, request: dict[str, Any]) -> dict[str, Any]:
        """This rank's part of the mean loss; the first leaves what all of them ask of the weights in the memory."""
        config = Config(**request["config"])
        if config not in self._replicas:
            self._replicas[config] = DistributedDataParallel(Loss(config).to(self._device))
        replica = self._replicas[config]
        parameters = list(replica.parameters())
        weights, gradients = self._memory.parts(sum(p.numel() for p in parameters))
        with torch.no_grad():
            for parameter, part in gathered(parameters, weights):
                parameter.copy_(part)
        replica.zero_grad()
        ids, targets = (torch.tensor(request[name], device=self._device) for name in ("ids", "targets"))
        loss = replica(ids, targets) / request["positions"]
        (loss * self._ranks).backward()  # they are averaged over the ranks
        if self._number == 0:
            for parameter, part in gathered(parameters, gradients):
                part.copy_(torch.zeros(()) if parameter.grad is None else parameter.grad)
        return {"loss": loss.item()}

    def run(self, answers: IO[str]) -> None:
        """Answer every request. An error is an answer too; what comes after it nobody has promised."""
        known = {"open_store": self.open_store, "join": self.join, "step": self.step}
        for line in sys.stdin.buffer:
            request = json.loads(line)
            try:
                said = known[request["do"]](request)
            except Exception as error:
                said = {"error": f"{type(error).__name__}: {error}"}
            answers.write(json.dumps(said) + "\n")
            answers.flush()


def main() -> None:
    number, ranks, file = (int(word) for word in sys.argv[1:4])
    with os.fdopen(os.dup(1), "w", encoding="ascii") as answers:
        os.dup2(2, 1)  # what libraries print is no answer
        Rank(number, ranks, file, float(sys.argv[4])).run(answers)


if __name__ == "__main__":
    main()
