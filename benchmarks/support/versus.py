"""What `benchmarks/versus.py` measures beside training: inference, memory and growth, of models that take turns."""

from __future__ import annotations

import math
import mmap
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch

from perfkit.sample_targets.spectral.text import fixed
from perfkit.sample_targets.spectral.training import Trainer

from .bytemodels import MODELS, ByteModel
from .byteresults import Measured
from .progress import Progress

LENGTH, BATCH = 128, 4
FEATURES = (8, 256, 256)  # windows, positions, width: what the features alone are timed at
FAULT_ROUNDS = 5
Clock = Callable[[], float]  # seconds
# the second is blind to what else the machine does, and right for one thread that never waits
CLOCKS: dict[str, Clock] = {"wall": time.perf_counter, "cpu": time.thread_time}


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
        for form, ops in (("documented", model.documented), ("fastest", model.fastest(infer=True))):
            infer[model.name, form] = lambda ops=ops, own=own: ops.infer(ops, own, ids)
            encoder = getattr(own, "encoder", own)
            infer[model.name, f"{form} encoding"] = lambda ops=ops, e=encoder: _without_graph(ops.encode, ops, e, ids)
        for form, ops in (("documented", model.documented), ("fastest", model.fastest())):
            trainer = Trainer(model.new(0), ops)
            steps[model.name, form] = lambda t=trainer: t.step(windows)
    for (name, form), ms in in_turn(infer, rounds, clock).items():
        measured[name].batch_ms[form] = ms
    for (name, form), ms in in_turn(steps, max(min(2, rounds), rounds // 3), clock).items():
        measured[name].step_ms[form] = ms


def time_floors(data: bytes, rounds: int, clock: Clock) -> dict[str, float]:
    """Features of 8 x 256 bytes, and a batch beside its matrix products alone: milliseconds by what it is."""
    spectral = MODELS[0]
    own, fastest = spectral.new(0), spectral.fastest(infer=True)
    ids = torch.tensor(fixed(data, BATCH, LENGTH)[:, :-1].astype(np.int64))
    signal = fastest.signal(torch.tensor(fixed(data, *FEATURES[:2])[:, :-1].astype(np.int64)))
    bands = own.encoder.bands.detach()
    products = [m for m in own.modules() if isinstance(m, torch.nn.Linear)]
    inputs = [torch.randn(ids.numel(), m.in_features) for m in products]

    def multiply() -> None:
        with torch.no_grad():
            for module, x in zip(products, inputs, strict=True):
                torch.nn.functional.linear(x, module.weight)

    batches: dict[Any, Callable[[], object]] = {"matrix products alone": multiply}
    for form, ops in (("documented", spectral.documented), ("fastest", fastest)):
        batches[f"a batch, {form}"] = lambda ops=ops: ops.infer(ops, own, ids)

    def features(ops: Any) -> object:
        return _without_graph(ops.features, ops, bands, signal, own.config.width)

    return {**in_turn(batches, rounds, clock), **time_features(features, spectral.documented, fastest, rounds, clock)}


def time_features(
    features: Callable[[Any], object], documented: Any, fastest: Any, rounds: int, clock: Clock
) -> dict[str, float]:
    """Milliseconds of the features of 8 x 256 bytes, and how many pages of memory a call has to fetch.

    Its result is 2 MiB; whether the C library has so much at hand depends on what was freed before it. A sample of
    perfkit's begins with a call that is not timed, so that its figure is that of a call after one of its own.
    """
    kept = torch.empty(FEATURES)
    calls: dict[str, Callable[[], object]] = {
        "documented": lambda: features(documented),
        "fastest, right after it": lambda: features(fastest),
        "fastest, after a call of its own": lambda: features(fastest),
        "one pass over memory that is there": lambda: kept.fill_(1.0),
    }
    fresh: dict[str, Callable[[], object]] = {
        "documented": calls["documented"],
        "one pass over fresh memory": _fill_fresh,
    }
    found = {**in_turn(fresh, rounds, clock), **in_turn(calls, rounds, clock)}
    for name, faults in in_turn(calls, FAULT_ROUNDS, _faults).items():
        found[f"{name}: page faults"] = faults / 1e3  # which in_turn takes for seconds
    return {f"features: {name}": figure for name, figure in found.items()}


def _fill_fresh() -> None:
    fresh = mmap.mmap(-1, 4 * math.prod(FEATURES))  # from the system, whatever the C library has at hand
    torch.frombuffer(fresh, dtype=torch.float32).fill_(1.0)


def _faults() -> float:
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)


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
            for form, ops in (("documented", m.documented), ("fastest", m.fastest(infer=True)))
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
