"""Weights from a safetensors file; the library is imported only by who has one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .model import Config, stored, weight_shapes
from .ops import Weight

__all__ = ["load_weights"]

Floats = npt.NDArray[np.float32]


def load_weights(path: Path, config: Config) -> dict[str, Weight]:
    """The weights of `config` from a file with the names of `weight_shapes`.

    Floats of 16 (bfloat16 too), 32 or 64 bits, which float32 can hold. Raises ValueError, naming the file, where it is
    cut short or holds something else, and ModuleNotFoundError without safetensors.
    """
    from safetensors import SafetensorError, deserialize

    try:
        found = dict(deserialize(path.read_bytes()))  # type: ignore[no-untyped-call]
    except (SafetensorError, OSError) as error:
        raise ValueError(f"{path} is no complete safetensors file: {error}") from error
    wanted = weight_shapes(config)
    wrong = [
        f"{name} {tuple(found[name]['shape']) if name in found else 'missing'}, not {shape}"
        for name, shape in wanted.items()
        if name not in found or tuple(found[name]["shape"]) != shape
    ]
    wrong += [f"{name} unknown" for name in sorted(found.keys() - wanted)]
    kinds = {name: tensor["dtype"] for name, tensor in found.items()}
    wrong += [f"{name} {kind}, not floats of 16, 32 or 64 bits" for name, kind in kinds.items() if kind not in _READ]
    if not wrong:
        arrays = {name: _READ[kinds[name]](found[name]["data"]).reshape(wanted[name]) for name in wanted}
        wrong = [f"{name} not finite as float32" for name, a in arrays.items() if not np.isfinite(a).all()]
    if wrong:
        more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        raise ValueError(f"{path} does not fit the configuration: {'; '.join(wrong[:3])}{more}")
    return {name: stored(config, name, a) for name, a in arrays.items()}


def _bfloat16(data: bytes) -> Floats:
    """The upper half of a float32."""
    return (np.frombuffer(data, "<u2").astype(np.uint32) << 16).view(np.float32)


def _float(kind: str) -> Callable[[bytes], Floats]:
    def read(data: bytes) -> Floats:
        with np.errstate(over="ignore"):  # what does not fit becomes infinite, and is refused
            return np.frombuffer(data, kind).astype(np.float32)

    return read


_READ: dict[str, Callable[[bytes], Floats]] = {
    "F16": _float("<f2"), "BF16": _bfloat16, "F32": _float("<f4"), "F64": _float("<f8"),
}  # fmt: skip
