"""A small codec: `python -m perfkit.sample_targets.compressor compress FILE FILE`, and `decompress`."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

import torch

from ...errors import PerfkitError
from ...report.document import write_bytes
from .codec import Codec, DamagedFile, Uncodable
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
        write_bytes(result, goal)
        # what goes to standard output is the file itself
        print(
            f"{len(data):,} bytes -> {len(result):,} bytes", file=sys.stderr if _is_stdout(goal) else None, flush=True
        )
    except KeyboardInterrupt:
        return _refuse(words[0], "interrupted, nothing is written", 130)
    except BrokenPipeError:
        return _leave()
    except PerfkitError as error:
        return _leave() if isinstance(error.__cause__, BrokenPipeError) else _refuse(words[0], error.message)
    except OSError as error:
        return _refuse(words[0], f"{error.filename or source}: {error.strerror or error}")
    except (DamagedFile, Uncodable) as error:
        return _refuse(words[0], f"{source}: {error}")
    except MemoryError:
        return _refuse(words[0], f"{source} does not fit into the memory here")
    return 0


def _refuse(what: str, why: str, code: int = 1) -> int:
    print(f"{what}: {why}", file=sys.stderr)
    return code


def _leave() -> int:
    """The reader has gone: nobody wants the rest, nor a word about it when the interpreter ends."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return 1


def _is_stdout(goal: Path) -> bool:
    try:
        return goal.exists() and os.path.samestat(goal.stat(), os.fstat(1))
    except OSError:
        return False


def fastest() -> Codec:
    """The trained model with the recipes that make it fastest."""
    from ...recipes.compressor import array_coder, kv_cache, parallel_streams

    model = make_model(Config(), seed=0)
    model.load_state_dict({name: torch.from_numpy(w) for name, w in trained().items()})
    ops = BASELINE
    for recipe in (array_coder.RECIPE, kv_cache.RECIPE, parallel_streams.RECIPE):
        ops = recipe.apply(ops)
    return Codec(model, ops)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
