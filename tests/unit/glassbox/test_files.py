"""Weights from a file: what fits is loaded, and what does not is named."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from perfkit.sample_targets.glassbox.files import load_weights
from perfkit.sample_targets.glassbox.model import Config, Engine, Simulated, floats, main, weight_shapes

CONFIG = Config(width=32, layers=1, heads=4, kv_heads=2, ff=44, vocab=61, quantisation="W8A16")


def tensors(config: Config = CONFIG, dtype: Any = np.float32) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    return {name: rng.standard_normal(shape).astype(dtype) for name, shape in weight_shapes(config).items()}


def write(path: Path, found: dict[str, Any]) -> Path:
    save_file(found, path)
    return path


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_a_file_that_fits_becomes_an_engine(tmp_path: Path, dtype: Any) -> None:
    weights = load_weights(write(tmp_path / "w.safetensors", tensors(dtype=dtype)), CONFIG)

    assert isinstance(weights["layers.0.wq"], Simulated)
    engine = Engine(CONFIG, weights)
    assert np.isfinite(engine.forward([[1, 2, 3]])).all()
    engine.close()


@pytest.mark.parametrize("cut", [0, 7, 100, -1])
def test_a_file_cut_short_is_a_clear_error(tmp_path: Path, cut: int) -> None:
    path = write(tmp_path / "w.safetensors", tensors())
    path.write_bytes(path.read_bytes()[:cut])

    with pytest.raises(ValueError, match=r"w\.safetensors is no complete safetensors file"):
        load_weights(path, CONFIG)


def without(found: dict[str, Any]) -> dict[str, Any]:
    return {name: a for name, a in found.items() if name != "norm"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (without, "norm missing"),
        (lambda t: t | {"extra": np.ones(3, np.float32)}, "extra unknown"),
        (lambda t: t | {"norm": np.ones(31, np.float32)}, r"norm \(31,\), not \(32,\)"),
        (lambda t: t | {"norm": np.ones(32, np.int64)}, "norm I64, not floats"),
        (lambda t: t | {"norm": np.full(32, np.nan, np.float32)}, "norm not finite"),
        (lambda t: t | {"norm": np.full(32, 1e300)}, "norm not finite as float32"),
    ],
    ids=["missing", "unknown", "shape", "integers", "nan", "too large for float32"],
)
def test_a_file_of_something_else_names_what_does_not_fit(tmp_path: Path, change: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        load_weights(write(tmp_path / "w.safetensors", change(tensors())), CONFIG)


def test_no_file_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no complete safetensors file"):
        load_weights(tmp_path / "none", CONFIG)


def test_bfloat16_is_read_and_float8_is_refused(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import save_file as save_torch

    given = {name: torch.from_numpy(a).bfloat16() for name, a in tensors().items()}
    save_torch(given, tmp_path / "b.safetensors")
    loaded = load_weights(tmp_path / "b.safetensors", CONFIG)
    np.testing.assert_array_equal(floats(loaded["norm"]), given["norm"].float().numpy())

    save_torch({name: t.to(torch.float8_e4m3fn) for name, t in given.items()}, tmp_path / "8.safetensors")
    with pytest.raises(ValueError, match="F8_E4M3, not floats of 16, 32 or 64 bits"):
        load_weights(tmp_path / "8.safetensors", CONFIG)


def test_the_model_says_what_is_wrong_with_a_file_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bad").write_bytes(b"\0" * 100)
    monkeypatch.setattr(sys, "argv", ["model", "--weights", str(tmp_path / "bad")])

    with pytest.raises(SystemExit) as end:
        main()

    assert str(end.value.code).startswith(f"glassbox: {tmp_path}/bad is no complete safetensors file: ")
    assert "\n" not in str(end.value.code)
