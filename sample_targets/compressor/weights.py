"""Trained weights: some seconds of training on one half of the bundled text, kept in the user's cache folder.

The other half is for measuring: what a model has seen it compresses better than it deserves. A file that is damaged,
or of another training, is made anew; where nothing can be written, every process trains for itself.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .model import Config, make_model
from .text import seen
from .training import Trainer, chunks

__all__ = ["cache_folder", "state_dict", "trained"]

State = dict[str, np.ndarray]
# what numpy and zipfile raise on files that neither has written
_UNREADABLE = (
    OSError, ValueError, KeyError, EOFError, SyntaxError, TypeError, OverflowError, MemoryError, RuntimeError,
)  # fmt: skip
STEPS, BATCH, SEED = 100, 4, 0  # 3 s on one core of 2026


def cache_folder() -> Path:
    """Where perfkit keeps what it can make again: $PERFKIT_CACHE, or perfkit in $XDG_CACHE_HOME or ~/.cache."""
    own = os.environ.get("PERFKIT_CACHE")
    return Path(own) if own else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "perfkit"


def state_dict(config: Config, seed: int) -> State:
    """Random weights, by name."""
    return {name: t.numpy().copy() for name, t in make_model(config, seed).state_dict().items()}


def trained(folder: Path | None = None) -> State:
    """The weights after `STEPS` steps, by name, float32: from `folder` (the cache), or trained now and put there."""
    text_digest = hashlib.blake2b(seen(), digest_size=6).hexdigest()
    try:
        path = (folder or cache_folder()) / f"compressor-{STEPS}x{BATCH}-{SEED}-{text_digest}.npz"
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(path.with_suffix(".lock")):
            found = _read(path)
            if found is None:
                found = _train()
                _write(path, found)
            return found
    except (OSError, RuntimeError):  # no home, no right to write, a full disk
        return _train()


def _train() -> State:
    model = make_model(Config(), SEED)
    trainer = Trainer(model, seed=SEED)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # the number of threads decides how sums are rounded
    try:
        for batch in islice(chunks(seen(), BATCH, SEED), STEPS):
            trainer.step(batch)
    finally:
        torch.set_num_threads(threads)
    return {name: t.numpy().copy() for name, t in model.state_dict().items()}


def _read(path: Path) -> State | None:
    """What a file holds; None when there is none, or one that is not what `_write` wrote."""
    expected = state_dict(Config(), SEED)
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            found = {name: file[name] for name in expected}
            digest = bytes(file["digest"])
    except (*_UNREADABLE, zipfile.BadZipFile, zlib.error, struct.error):
        return None
    alike = all((found[n].shape, found[n].dtype) == (w.shape, w.dtype) for n, w in expected.items())
    return found if alike and digest == _digest(found) else None


def _write(path: Path, state: State) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".npz", delete=False) as file:
        try:
            arrays: dict[str, Any] = {**state, "digest": np.frombuffer(_digest(state), np.uint8)}
            np.savez(file, **arrays)
            file.flush()
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise


def _digest(state: State) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted(state):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(state[name]).tobytes())
    return digest.digest()


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Only one process at a time, where the system can tell: the others find what the first has made."""
    with lock.open("wb") as file:
        with contextlib.suppress(ImportError):
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield
