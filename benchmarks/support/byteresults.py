"""What `benchmarks/versus.py` finds of the models of bytes, and the file that keeps it.

A file is written whole or not at all, so that one who is cut off loses no more than what was under way.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Measured", "Results", "Trained", "load", "merged", "write_whole"]

_DIGITS = 6  # of a figure that is kept


@dataclass
class Trained:
    """What training one model from one seed gave; losses in nats a byte."""

    epoch_losses: list[float] = field(default_factory=list)  # mean over an epoch's steps, dropout on
    held_out_losses: list[float] = field(default_factory=list)  # after each epoch
    training_loss: float | None = None  # after the last epoch, dropout off
    held_out_last: float | None = None  # at the last position alone
    training_last: float | None = None
    epoch_s: list[float] = field(default_factory=list)  # of its steps alone


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


@dataclass
class Results:
    """Every part that was measured: what it found, and of each when and on what it was taken."""

    models: dict[str, Measured] = field(default_factory=dict)
    floor: dict[str, float] = field(default_factory=dict)  # milliseconds and page faults, by what they are of
    moves: dict[str, float] = field(default_factory=dict)  # by how much logits or features move, by what moves them
    taken: dict[str, str] = field(default_factory=dict)  # part -> day, machine, clock
    text: str = ""  # a digest of what was trained on and held out

    def save(self, path: Path) -> None:
        """Write all of it. Raises OSError."""
        write_whole(path, (json.dumps(_rounded(asdict(self)), indent=1) + "\n").encode())


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that nobody ever finds half of it."""
    part = path.with_name(f"{path.name}.new")
    part.write_bytes(data)
    os.replace(part, path)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}")
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list) else value


def load(path: Path) -> Results:
    """What `save` wrote. Exits with a line that says what is wrong."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        for m in found["models"].values():
            m["trained"] = {int(seed): Trained(**t) for seed, t in m["trained"].items()}
            m["sweep_ms"] = {form: {int(n): ms for n, ms in by.items()} for form, by in m["sweep_ms"].items()}
        return Results(**{**found, "models": {name: Measured(**m) for name, m in found["models"].items()}})
    except OSError as error:
        sys.exit(f"versus: cannot read {path}: {error.strerror}")
    except (ValueError, TypeError, KeyError, AttributeError):
        sys.exit(f"versus: {path} is cut short, or is not what --save writes")


def merged(parts: Sequence[Results]) -> Results:
    """What the parts hold together; a later part's where two hold the same."""
    first, *others = parts
    for part in others:
        for name, m in part.models.items():
            into = first.models.setdefault(name, m)
            for kept in ("trained", "batch_ms", "step_ms", "peak_mib", "sweep_ms"):
                getattr(into, kept).update(getattr(m, kept))
        for kept in ("floor", "moves", "taken"):
            getattr(first, kept).update(getattr(part, kept))
    return first
