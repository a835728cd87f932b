"""What `benchmarks/versus.py` measures: training, inference, memory and growth, of models that take turns."""

from __future__ import annotations

import math
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch

from perfkit.sample_targets.spectral.text import fixed
from perfkit.sample_targets.spectral.training import Trainer, losses

from .bytemodels import MODELS, ByteModel

LENGTH, BATCH = 128, 4
IN_A_ROW = 50  # calls, which then find their memory warm
Clock = Callable[[], float]  # seconds
# the second is blind to what else the machine does, and right for one thread that never waits
CLOCKS: dict[str, Clock] = {"wall": time.perf_counter, "cpu": time.thread_time}


@dataclass
class Trained:
    """What training one model from one seed gave; losses in nats a byte."""

    epoch_losses: list[float] = field(default_factory=list)  # mean over an epoch's steps, dropout on
    held_out_losses: list[float] = field(default_factory=list)  # after each epoch
    training_loss: float | None = None  # after the last epoch, dropout off
    held_out_last: float | None = None  # at the last position alone
    training_last: float | None = None
    step_s: list[float] = field(default_factory=list)


@dataclass
class Measured:
    """All there is of one model."""

    name: str
    causal: bool
    parameters: int
    trained: dict[int, Trained] = field(default_factory=dict)  # by seed
    batch_ms: dict[str, float] = field(default_factory=dict)  # documented, fastest, encoding: median
    step_ms: dict[str, float] = field(default_factory=dict)
    peak_mib: dict[str, float] = field(default_factory=dict)  # infer, train: beyond what importing takes
    sweep_ms: dict[str, dict[int, float]] = field(default_factory=dict)  # documented, fastest: by length

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Progress:
    """What is under way and how long the rest takes, on standard error, where that is a terminal."""

    def __init__(self, total: int) -> None:
        self.total, self.done, self.start = total, 0, time.monotonic()

    def step(self, what: str) -> None:
        self.done += 1
        left_s = (time.monotonic() - self.start) / self.done * (self.total - self.done)
        if sys.stderr.isatty():
            print(f"\r\033[K{what}: {self.done} of {self.total}, about {left_s:.0f} s left", end="", file=sys.stderr)
            if self.done == self.total:
                print("\r\033[K", end="", file=sys.stderr)


def train(
    measured: dict[str, Measured], models: Iterable[ByteModel], text: tuple[bytes, bytes], epochs: int,
    seeds: Iterable[int], batches: int, held_out: int, clock: Clock,
) -> None:  # fmt: skip
    """Train every model from every seed on the same windows in the same order; epochs take turns among the models."""
    windows = fixed(text[0], BATCH * batches, LENGTH)
    unseen = fixed(text[1], held_out, LENGTH)
    chosen = list(models)
    seeds = list(seeds)
    progress = Progress(len(seeds) * epochs * len(chosen) * batches)
    for seed in seeds:
        order = np.random.default_rng(seed)
        trainers = {m.name: Trainer(m.new(seed), m.documented, seed) for m in chosen}
        for name in trainers:
            measured[name].trained[seed] = Trained()
        for _ in range(epochs):
            rows = order.permutation(len(windows)).reshape(batches, BATCH)
            for model in chosen:
                trainer, into = trainers[model.name], measured[model.name].trained[seed]
                means = []
                for row in rows:
                    start = clock()
                    means.append(trainer.step(windows[row]))
                    into.step_s.append(clock() - start)
                    progress.step("training")
                into.epoch_losses.append(statistics.fmean(means))
                _judge(into, model, trainer, windows, unseen)


def _judge(into: Trained, model: ByteModel, trainer: Trainer, windows: Any, unseen: Any) -> None:
    here, there = (losses(trainer.model, model.documented, w) for w in (windows[: len(unseen)], unseen))
    into.training_loss, into.training_last = float(here.mean()), float(here[-1])
    into.held_out_losses.append(float(there.mean()))
    into.held_out_last = float(there[-1])


def in_turn(calls: dict[Any, Callable[[], object]], rounds: int, clock: Clock) -> dict[Any, float]:
    """The median milliseconds of each call, all taking turns; one round before is not counted."""
    taken: dict[Any, list[float]] = {name: [] for name in calls}
    for number in range(rounds + 1):
        for name, call in calls.items():
            start = clock()
            call()
            if number:
                taken[name].append((clock() - start) * 1e3)
    return {name: statistics.median(times) for name, times in taken.items()}


def time_batches(measured: dict[str, Measured], data: bytes, rounds: int, clock: Clock) -> None:
    """A batch of 4 x 128 bytes through each model, documented and fastest, and a training step of each."""
    windows = fixed(data, BATCH, LENGTH)
    ids = torch.tensor(windows[:, :-1].astype(np.int64))
    infer: dict[Any, Callable[[], object]] = {}
    steps: dict[Any, Callable[[], object]] = {}
    for model in MODELS:
        own = model.new(0)
        for form, ops in (("documented", model.documented), ("fastest", model.fastest())):
            infer[model.name, form] = lambda ops=ops, own=own: ops.infer(ops, own, ids)
            encoder = getattr(own, "encoder", own)
            infer[model.name, f"{form} encoding"] = lambda ops=ops, e=encoder: _without_graph(ops.encode, ops, e, ids)
            trainer = Trainer(model.new(0), ops)
            steps[model.name, form] = lambda t=trainer: t.step(windows)
    for (name, form), ms in in_turn(infer, rounds, clock).items():
        measured[name].batch_ms[form] = ms
    for (name, form), ms in in_turn(steps, max(2, rounds // 3), clock).items():
        measured[name].step_ms[form] = ms


def time_floors(data: bytes, rounds: int, clock: Clock) -> dict[str, float]:
    """Features of 8 x 256 bytes, and a batch beside its matrix products alone: milliseconds by what it is."""
    spectral = MODELS[0]
    own, fastest = spectral.new(0), spectral.fastest()
    ids = torch.tensor(fixed(data, BATCH, LENGTH)[:, :-1].astype(np.int64))
    signal = fastest.signal(torch.tensor(fixed(data, 8, 256)[:, :-1].astype(np.int64)))
    bands = own.encoder.bands.detach()
    products = [m for m in own.modules() if isinstance(m, torch.nn.Linear)]
    inputs = [torch.randn(ids.numel(), m.in_features) for m in products]

    def multiply() -> None:
        with torch.no_grad():
            for module, x in zip(products, inputs, strict=True):
                torch.nn.functional.linear(x, module.weight)

    forms = (("documented", spectral.documented), ("fastest", fastest))
    batches: dict[Any, Callable[[], object]] = {"matrix products alone": multiply}
    features: dict[Any, Callable[[], object]] = {}
    for form, ops in forms:
        batches[f"a batch, {form}"] = lambda ops=ops: ops.infer(ops, own, ids)
        features[f"features of 8 x 256, {form}"] = lambda ops=ops: _without_graph(ops.features, ops, bands, signal, 256)
    found = {**in_turn(batches, rounds, clock), **in_turn(features, rounds, clock)}
    fast = features["features of 8 x 256, fastest"]

    def again_and_again() -> None:
        for _ in range(IN_A_ROW):
            fast()

    in_a_row = in_turn({0: again_and_again}, rounds, clock)[0] / IN_A_ROW
    return {**found, "features of 8 x 256, fastest, one call after another": in_a_row}


def moves(data: bytes) -> dict[str, float]:
    """By how much logits move, of models as they are drawn: with a later byte, and with a window that is shifted."""
    text = fixed(data, BATCH, LENGTH)
    ids, on = (torch.tensor(w.astype(np.int64)) for w in (text[:, :-1], text[:, 1:]))
    later = ids.clone()
    later[:, 100] = (later[:, 100] + 128) % 256
    found = {}
    for model in MODELS:
        own, ops = model.new(0), model.documented
        logits, moved = (ops.infer(ops, own, x) for x in (ids, later))
        found[f"{model.name}: another byte 100, logits at 10"] = _apart(logits[:, 10], moved[:, 10])
    own, ops = MODELS[0].new(0), MODELS[0].documented
    turned = torch.roll(ids, -5, 1)
    logits, there, after = (ops.infer(ops, own, x) for x in (ids, turned, on))
    one, other = (_without_graph(ops.features, ops, own.encoder.bands, ops.signal(x), 256) for x in (ids, turned))
    return {
        **found,
        "spectral: window turned by 5, magnitudes": _apart(one[..., :64], other[..., :64]),
        "spectral: window turned by 5, sines and cosines": _apart(one[..., 64:192], other[..., 64:192]),
        "spectral: window turned by 5, logits in place": _apart(logits, there),
        "spectral: window turned by 5, logits turned with it": _apart(torch.roll(logits, -5, 1), there),
        "spectral: text moved on by 1, logits of the same byte": _apart(logits[:, 1:], after[:, :-1]),
    }


def _apart(one: Any, other: Any) -> float:
    return float((one - other).abs().max())


def _without_graph(function: Callable[..., Any], *arguments: Any) -> Any:
    with torch.no_grad():
        return function(*arguments)


def sweep(measured: dict[str, Measured], data: bytes, lengths: Iterable[int], rounds: int, clock: Clock) -> None:
    """One window of each length through each model, documented and fastest."""
    lengths = list(lengths)
    progress = Progress(len(lengths))
    models = [(m, m.new(0)) for m in MODELS]
    for length in lengths:
        ids = torch.tensor(fixed(data, 1, length)[:, :-1].astype(np.int64))
        calls: dict[Any, Callable[[], object]] = {
            (m.name, form): lambda ops=ops, own=own, ids=ids: ops.infer(ops, own, ids)
            for m, own in models
            for form, ops in (("documented", m.documented), ("fastest", m.fastest()))
        }
        for (name, form), ms in in_turn(calls, rounds, clock).items():
            measured[name].sweep_ms.setdefault(form, {})[length] = ms
        progress.step("lengths")


def exponents(by_length: dict[int, float]) -> Iterator[tuple[int, int, float]]:
    """(from, to, exponent) between neighbouring lengths: time grows as length to the power of it."""
    points = sorted(by_length.items())
    for (short, fast), (long, slow) in pairwise(points):
        yield short, long, math.log(slow / fast) / math.log(long / short)


def peak_memory(measured: dict[str, Measured], script: str, runs: Iterable[tuple[ByteModel, str]]) -> None:
    """The peak of a process of its own that infers, or trains, beyond what it holds before the first call."""
    for model, what in runs:
        line = [sys.executable, script, "--memory", model.name, what]
        done = subprocess.run(line, capture_output=True, text=True, check=True)
        if not math.isnan(grown_mib := float(done.stdout.split()[-1])):
            measured[model.name].peak_mib[what] = grown_mib


def own_peak(name: str, what: str, data: bytes) -> float:
    """MiB by which this process' peak grows as it makes a model and calls it three times; NaN where nothing tells."""
    model = next(m for m in MODELS if m.name == name)
    windows = fixed(data, BATCH, LENGTH)
    small = type(model.config)(width=8, layers=1)
    _use(model.make(small, 0), model.documented, what, windows)  # libraries load what they need
    status, begin_anew = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    if not begin_anew.exists():
        return math.nan

    def peak_mib() -> float:
        kib = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM")).split()[1]
        return float(kib) / 1024

    begin_anew.write_text("5")  # what is held now is the peak so far
    before = peak_mib()
    _use(model.new(0), model.documented, what, windows)
    return peak_mib() - before


def _use(own: Any, ops: Any, what: str, windows: Any) -> None:
    if what == "train":
        trainer = Trainer(own, ops)
        for _ in range(3):
            trainer.step(windows)
    else:
        ids = torch.tensor(windows[:, :-1].astype(np.int64))
        for _ in range(3):
            ops.infer(ops, own, ids)
