"""Train in two processes, each on one half of every batch, by torch.distributed.

What it does
    Two ranks, processes of their own, hold a replica of the model each. Of a batch of 8 each takes 4 windows forward
    and back; `DistributedDataParallel` averages what they ask of the weights, by gloo, or by nccl where each rank has a
    GPU. This process gives them the weights before each step and takes the gradients after it, through memory that all
    three share, because a measured call begins with weights that are set from outside; a training that runs on would
    keep them in the ranks. A rank that is killed, or stopped for longer than a minute, ends the step with an error, and
    the other with it. With dropout it leaves all as it was: the masks of two processes are not those of one.

Why the baseline is slow
    It uses one processor, or one GPU.

When it loses
    Where two ranks share what one alone can use up: two processes on two processors that other programs use too, or
    whose memory is the limit. Each step moves the weights of the model three times. On two processors no training can
    be more than twice as fast; how much of that is left is the scaling efficiency, which the row says.

Source
    The notes of the spectral model: "Multi-GPU training", under what is to come, at scale; no figure.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from dataclasses import asdict, replace
from typing import IO, Any

import psutil
import torch

from perfkit.recipe import Recipe, close

from ...sample_targets.spectral.ops import Tensor, gradients
from ._rank import Memory, gathered

RANKS = 2
PROGRAM = ("-m", Memory.__module__)
STEP_S, START_S = 60.0, 180.0  # that a step, and that starting may take: importing torch is most of the second


class RankFailed(RuntimeError):
    """What a rank could not do; the others have been ended with it."""


class _Process:
    """One rank as this process sees it."""

    def __init__(self, number: int, file: int) -> None:
        self.number = number
        words = [str(number), str(RANKS), str(file), str(STEP_S)]
        environment = {**os.environ, "GLOO_SOCKET_IFNAME": "lo" if sys.platform == "linux" else "lo0"}
        self._process = subprocess.Popen(
            [sys.executable, "-P", *PROGRAM, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=(file,),
            env=environment,
        )
        self._to, self._from = _pipe(self._process.stdin), _pipe(self._process.stdout)
        os.set_blocking(self._to.fileno(), False)  # one that is stopped reads nothing
        self._heard = b""

    def tell(self, request: dict[str, Any], deadline: float) -> None:
        """Send a request. Raises RankFailed where the rank does not take it."""
        rest = json.dumps(request).encode("ascii") + b"\n"
        while rest:
            _, ready, _ = select.select([], [self._to], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise RankFailed(self.words("does not read what it is told"))
            try:
                rest = rest[os.write(ready[0].fileno(), rest) :]
            except OSError as error:
                raise RankFailed(self.words(f"cannot be told anything: {error}")) from error

    def hear(self, deadline: float) -> dict[str, Any]:
        """Its answer. Raises RankFailed where it gives none, or an error."""
        while b"\n" not in self._heard:
            ready, _, _ = select.select([self._from], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise RankFailed(self.words("has not answered in time"))
            part = os.read(ready[0].fileno(), 1 << 16)
            if not part:
                raise RankFailed(self.words("has ended"))
            self._heard += part
        line, _, self._heard = self._heard.partition(b"\n")
        try:
            said = json.loads(line)
        except ValueError as error:
            raise RankFailed(self.words(f"answers what is no JSON: {line[:100]!r}")) from error
        if not isinstance(said, dict) or "error" in said:
            raise RankFailed(self.words(said["error"] if isinstance(said, dict) else f"answers {line[:100]!r}"))
        return said

    @property
    def ended(self) -> str:
        """How it has ended, in words; "" where it has not."""
        code = self._process.poll()
        if code is None:
            return ""
        return f"was ended by signal {-code}" if code < 0 else f"has ended with exit code {code}"

    @property
    def trouble(self) -> str:
        """What is wrong with the process itself, in words; "" where it runs."""
        if self.ended:
            return self.ended
        with contextlib.suppress(psutil.Error):
            if psutil.Process(self._process.pid).status() == psutil.STATUS_STOPPED:
                return "is stopped"
        return ""

    def words(self, what: str) -> str:
        return f"rank {self.number} {self.trouble or what}"

    def end(self) -> None:
        """End it, also where it is stopped."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._to, self._from):
            with contextlib.suppress(OSError):  # what it no longer reads cannot be flushed
                pipe.close()


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise RankFailed("a rank without a pipe")
    return stream


_running: list[_Process] = []
_memory: list[Any] = []  # the file that all of them share, while they run
_users: set[int] = set()  # the ids of all Ranks that are not closed
_asking = threading.Lock()


class Ranks:
    """The ranks; called as `gradients` is, and closed when nobody will."""

    def __init__(self) -> None:
        _users.add(id(self))
        self.close = weakref.finalize(self, _leave, id(self))

    def __call__(self, ops: Any, model: Any, ids: Tensor, targets: Tensor) -> Tensor:
        """See the seam `gradients`; as documented where there is dropout, or nothing to share."""
        config = model.config
        if (model.training and config.dropout) or len(ids) < RANKS or ids.shape[1] < 2:
            return gradients(ops, model, ids, targets)
        with _asking:
            try:
                return _step(model, ids, targets)
            except RankFailed as error:
                failed = "; ".join(dict.fromkeys([*(rank.words("") for rank in _running if rank.trouble), str(error)]))
                _end()
                raise RankFailed(failed) from error
            except BaseException:  # Ctrl-C, say: an answer that nobody has heard would be the next step's
                _end()
                raise


def _step(model: Any, ids: Tensor, targets: Tensor) -> Tensor:
    parameters = list(model.parameters())
    on_gpus = parameters[0].is_cuda and torch.cuda.device_count() >= RANKS
    _start("nccl" if on_gpus else "gloo")
    numbers = sum(p.numel() for p in parameters)
    file = _memory[0]
    if os.fstat(file.fileno()).st_size < 8 * numbers:
        os.ftruncate(file.fileno(), 8 * numbers)
    weights, asked = Memory(file.fileno()).parts(numbers)
    with torch.no_grad():
        for parameter, part in gathered(parameters, weights):
            part.copy_(parameter)
    deadline = time.monotonic() + STEP_S
    config = asdict(replace(model.config, dropout=0.0))  # a rank trains always; what is shared here has none at work
    request: dict[str, Any] = {"do": "step", "config": config, "positions": ids.numel()}
    for rank, own_ids, own_targets in zip(_running, ids.tensor_split(RANKS), targets.tensor_split(RANKS), strict=True):
        rank.tell({**request, "ids": own_ids.tolist(), "targets": own_targets.tolist()}, deadline)
    loss = sum(rank.hear(deadline)["loss"] for rank in _running)
    for parameter, part in gathered(parameters, asked):
        parameter.grad = part.to(parameter.device, copy=True)
    return torch.tensor(loss, dtype=parameters[0].dtype)


def _start(backend: str) -> None:
    for rank in _running:
        if rank.ended:  # one that is stopped may go on within the time of a step
            raise RankFailed(rank.words(""))
    if _running:
        return
    deadline = time.monotonic() + START_S
    _memory.append(tempfile.TemporaryFile())  # noqa: SIM115 - as long as the ranks
    for number in range(RANKS):
        _running.append(_Process(number, _memory[0].fileno()))
    _running[0].tell({"do": "open_store"}, deadline)
    port = _running[0].hear(deadline)["port"]
    for rank in _running:
        rank.tell({"do": "join", "port": port, "backend": backend, "threads": torch.get_num_threads()}, deadline)
    for rank in _running:
        rank.hear(deadline)


def _leave(user: int) -> None:
    _users.discard(user)
    if not _users:
        _end()


def _end() -> None:
    """End the ranks and let go of what they share."""
    while _running:
        _running.pop().end()
    while _memory:
        _memory.pop().close()


RECIPE = Recipe(
    id="ddp-training",
    target="spectral",
    touches={"gradients"},
    shadows={"forward"},  # the ranks run the documented one
    workload="train-8",
    apply=lambda ops: replace(ops, gradients=Ranks()),
    children=2,
    equivalence=close(rtol=1e-5, atol=5e-6, why="gradients are averaged in another order"),
)
