"""Weights from a safetensors file; the library is imported only by who has one."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .model import Config, stored, weight_shapes
from .ops import Weight

__all__ = ["load_weights"]


def load_weights(path: Path, config: Config) -> dict[str, Weight]:
    """The weights of `config` from a file with the names of `weight_shapes`.

    Floats of 16, 32 or 64 bits. Raises ValueError, naming the file, where it is cut short or holds something else, and
    ModuleNotFoundError without safetensors (pip install 'perfkit[weights]').
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        found = load_file(path)
    except (SafetensorError, OSError) as error:
        raise ValueError(f"{path} is no complete safetensors file: {error}") from error
    wanted = weight_shapes(config)
    wrong = [
        f"{name} {found[name].shape if name in found else 'missing'}, not {shape}"
        for name, shape in wanted.items()
        if name not in found or found[name].shape != shape
    ]
    wrong += [f"{name} unknown" for name in sorted(found.keys() - wanted)]
    wrong += [f"{name} {a.dtype}, not floats" for name, a in found.items() if a.dtype.kind != "f"]
    wrong += [f"{name} not finite" for name, a in found.items() if a.dtype.kind == "f" and not np.isfinite(a).all()]
    if wrong:
        more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        raise ValueError(f"{path} does not fit the configuration: {'; '.join(wrong[:3])}{more}")
    return {name: stored(config, name, found[name]) for name in wanted}
