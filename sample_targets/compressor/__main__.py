"""A small codec: `python -m perfkit.sample_targets.compressor compress FILE FILE`, and `decompress`."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import torch

from .codec import Codec, DamagedFile
from .model import Config, make_model
from .ops import BASELINE
from .weights import trained

_USAGE = "python -m perfkit.sample_targets.compressor (compress | decompress) FROM TO"


def main(words: list[str]) -> int:
    """0, or 1 after one line on why nothing was written; 2 for other words than these."""
    if len(words) != 3 or words[0] not in ("compress", "decompress"):
        print(f"usage: {_USAGE}", file=sys.stderr)
        return 2
    source, goal = Path(words[1]), Path(words[2])
    torch.set_num_threads(1)  # the number of threads decides how sums are rounded, and with it the stream
    try:
        data = source.read_bytes()
        codec = fastest()
        result = codec.compress(data) if words[0] == "compress" else codec.decompress(data)
        _write(goal, result)
    except (OSError, DamagedFile) as error:
        print(f"{words[0]}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"{words[0]}: interrupted, nothing is written", file=sys.stderr)
        return 130
    print(f"{len(data):,} bytes -> {len(result):,} bytes")
    return 0


def fastest() -> Codec:
    """The trained model with the recipes that make it fastest."""
    from ...recipes.compressor import array_coder, kv_cache, parallel_streams

    model = make_model(Config(), seed=0)
    model.load_state_dict({name: torch.from_numpy(w) for name, w in trained().items()})
    ops = BASELINE
    for recipe in (array_coder.RECIPE, kv_cache.RECIPE, parallel_streams.RECIPE):
        ops = recipe.apply(ops)
    return Codec(model, ops)


def _write(goal: Path, content: bytes) -> None:
    """The whole file, or none: under another name first."""
    with tempfile.NamedTemporaryFile(dir=goal.parent, delete=False) as file:
        try:
            file.write(content)
            file.flush()
            os.replace(file.name, goal)
        except BaseException:
            os.unlink(file.name)
            raise


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
