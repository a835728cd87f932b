"""The compressor as a target: its workloads, on real text that its weights have not seen.

`compress` and `decompress` take 256 bytes, for the documented form needs some milliseconds a byte. The weights are
trained for some seconds when they are first needed (`weights`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import accumulate
from typing import Any

import numpy as np
import torch

from perfkit.target import Cost, Target, Workload

from .codec import Codec
from .costs import COSTS, cost_of_a_byte
from .model import ByteTransformer, Config, make_model
from .ops import BASELINE, TOTAL, Ops
from .text import unseen
from .training import CHUNK, Trainer
from .weights import trained

BYTES = {"small": 256, "4k": 4096, "64k": 65_536, "tiny": 7}
LONG = {"small": 100_000, "1m": 1_000_000, "tiny": 1_000}
SYMBOLS = {"small": 1000, "tiny": 20}  # that the coder alone is given
BATCH = {"small": 4, "tiny": 1}  # chunks of 128 bytes in a training step


class Shared:
    """What every instance of a process shares: the weights, which nobody writes, and how long inputs are."""

    def __init__(self, size: str, seed: int) -> None:
        self.size = size
        self.state = trained()


def build(ops: Ops, shared: Shared) -> Codec:
    """A codec with weights of its own: changing them must not reach another instance."""
    model = make_model(Config(), seed=0)
    model.load_state_dict({name: torch.from_numpy(w.copy()) for name, w in shared.state.items()})
    return Codec(model, ops)


def excerpt(length: int, rng: np.random.Generator) -> Any:
    """`length` bytes of the text from a random place, (length,) uint8; more than there are start over."""
    start = int(rng.integers(0, len(unseen())))
    return np.frombuffer(unseen(), np.uint8).take(range(start, start + length), mode="wrap")


def passage(shared: Shared, rng: np.random.Generator) -> Any:
    return excerpt(BYTES[shared.size], rng)


def history(length: int, shared: Shared, rng: np.random.Generator) -> Any:
    return excerpt(length, rng)


def long_history(shared: Shared, rng: np.random.Generator) -> Any:
    return excerpt(LONG[shared.size], rng)


def batch(shared: Shared, rng: np.random.Generator) -> Any:
    return excerpt(BATCH[shared.size] * CHUNK, rng).reshape(-1, CHUNK)


def symbols(shared: Shared, rng: np.random.Generator) -> Any:
    """Symbols and the counts to code them with: [(n,) int64, (n, 256) int64], every count at least 1."""
    n = SYMBOLS[shared.size]
    weights = rng.standard_gamma(0.1, (n, 256)) + 1e-9
    counts = (weights / weights.sum(1, keepdims=True) * (TOTAL - 256)).astype(np.int64) + 1
    counts[:, 0] += TOTAL - counts.sum(1)
    places = rng.integers(0, TOTAL, n)
    return [(counts.cumsum(1) <= places[:, None]).sum(1), counts]


def as_bytes(codec: Codec, data: Any) -> bytes:
    return bytes(data)


def as_list(codec: Codec, data: Any) -> list[int]:
    found: list[int] = data.tolist()
    return found


def as_tables(codec: Codec, data: Any) -> Any:
    """Symbols as a list, and one cumulative table each: lists, for that is what `frequencies` gives."""
    return data[0].tolist(), [list(accumulate(row, initial=0)) for row in data[1].tolist()]


def packed(codec: Codec, data: Any) -> bytes:
    """The file of these bytes, made outside of the clock."""
    return codec.compress(bytes(data))


def observe_file(codec: Codec, data: bytes, packed: bytes) -> dict[str, Any]:
    """The file. That its data come back is what the workload `decompress` shows, of every length."""
    return {"stream": np.frombuffer(packed, np.uint8)}


def observe_data(codec: Codec, packed: bytes, data: bytes) -> Any:
    """What came back, (n,) uint8."""
    return np.frombuffer(data, np.uint8)


def observe_coded(codec: Codec, argument: Any, output: Any) -> dict[str, Any]:
    """What came back, and the bytes in between."""
    return {"symbols": np.array(output[1]), "stream": np.frombuffer(output[0], np.uint8)}


def observe_training(trainer: Trainer, batch: Any, loss: float) -> dict[str, Any]:
    """The loss, the weights after the step, and what they let expect: a cache that kept the old ones shows here."""
    codec = Codec(trainer.model, trainer.ops)
    expected = codec.ops.predict(codec.ops, codec.model, batch[0, :100].tolist())
    return {"loss": loss, "weights": [p.detach().clone() for p in trainer.model.parameters()], "next": expected}


def ratio(data: Any, seen: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """How many bytes became how many, header and all."""
    return {"compression": (len(data), len(seen["stream"]))}


def awkward(shared: Shared) -> Iterator[Callable[[np.random.Generator], Any]]:
    """Nothing, one byte, one value again and again, and bytes that are no text."""
    yield lambda rng: np.empty(0, np.uint8)
    yield lambda rng: rng.integers(0, 256, 1, np.uint8)
    yield lambda rng: np.full(5, 255, np.uint8)
    yield lambda rng: rng.integers(0, 256, 7, np.uint8)


def awkward_history(shared: Shared) -> Iterator[Callable[[np.random.Generator], Any]]:
    """Contexts of one byte, of odd length, as long as the model's and longer."""
    longest = Config().context
    for length in (1, 7, longest - 1, longest, longest + 1):
        yield partial(history, length, shared)


def change_weights(codec: Codec | Trainer, rng: np.random.Generator) -> None:
    """Replace every weight in place, as a training step does."""
    with torch.no_grad():
        for parameter in codec.model.parameters():
            drawn = rng.standard_normal(tuple(parameter.shape), dtype=np.float32)
            parameter.add_(torch.from_numpy(np.float32(0.05) * drawn))


def run_compress(codec: Codec) -> Callable[[bytes], bytes]:
    return codec.compress


def run_decompress(codec: Codec) -> Callable[[bytes], bytes]:
    return codec.decompress


def run_predict(codec: Codec) -> Callable[[list[int]], Any]:
    def predict(history: list[int]) -> Any:
        return codec.ops.predict(codec.ops, codec.model, history)

    return predict


def run_coder(codec: Codec) -> Callable[[Any], Any]:
    """The coder alone, there and back: (bytes, symbols)."""
    ops = codec.ops

    def there_and_back(argument: Any) -> tuple[bytes, list[int]]:
        symbols, tables = argument
        encoder = ops.encoder(1, ops.bits)
        for symbol, table in zip(symbols, tables, strict=True):
            encoder.encode([table], [symbol])
        packed = ops.pack(encoder.finish()[0])
        decoder = ops.decoder([ops.unpack(packed)], ops.find)
        return packed, [decoder.decode([table], 1)[0] for table in tables]

    return there_and_back


def build_trainer(ops: Ops, shared: Shared) -> Trainer:
    return Trainer(build(ops, shared).model, ops)


def run_train(trainer: Trainer) -> Callable[[Any], float]:
    return trainer.step


def cost_of_a_file(shared: Shared) -> Cost:
    """All bytes of a file, half a context behind each; the weights are read once, were all bytes coded side by side."""
    one = cost_of_a_byte(Config().context // 2)
    return Cost(operations=BYTES[shared.size] * one.operations, read=one.read)


def bytes_of_a_file(shared: Shared) -> float:
    return BYTES[shared.size]


TARGET = Target(
    id="compressor",
    needs={"torch": "torch>=2.4"},
    summary="a byte-level transformer with an arithmetic coder",
    ops=lambda: BASELINE,
    opaque=(ByteTransformer,),
    costs=COSTS,
    profiled="predict",  # a file takes half a second
    workloads=(
        Workload(
            id="compress",
            summary="256 bytes of text to a file",
            sizes=("small", "4k", "64k", "tiny"),
            shared=Shared,
            build=build,
            data=passage,
            prepare=as_bytes,
            call=run_compress,
            observe=observe_file,
            awkward=awkward,
            change=change_weights,
            cost=cost_of_a_file,
            throughput=("bytes", bytes_of_a_file),
            tradeoffs=ratio,
        ),
        Workload(
            id="decompress",
            summary="256 bytes of text back from their file",
            sizes=("small", "4k", "64k", "tiny"),
            shared=Shared,
            build=build,
            data=passage,
            prepare=packed,
            call=run_decompress,
            observe=observe_data,
            awkward=awkward,
            change=change_weights,
            cost=cost_of_a_file,
            throughput=("bytes", bytes_of_a_file),
        ),
        Workload(
            id="predict",
            summary="the next byte after 128",
            sizes=("small", "tiny"),
            shared=Shared,
            build=build,
            data=partial(history, 128),
            prepare=as_list,
            call=run_predict,
            awkward=awkward_history,
            change=change_weights,
            cost=lambda shared: cost_of_a_byte(127),
        ),
        Workload(
            id="predict-64",
            summary="the next byte after 64",
            sizes=("small", "tiny"),
            shared=Shared,
            build=build,
            data=partial(history, 64),
            prepare=as_list,
            call=run_predict,
            change=change_weights,
        ),
        Workload(
            id="predict-1",
            summary="the next byte after 1",
            sizes=("small", "tiny"),
            shared=Shared,
            build=build,
            data=partial(history, 1),
            prepare=as_list,
            call=run_predict,
            change=change_weights,
        ),
        Workload(
            id="long-history",
            summary="the next byte after 100,000, of which 128 count",
            sizes=("small", "1m", "tiny"),
            shared=Shared,
            build=build,
            data=long_history,
            prepare=as_list,
            call=run_predict,
            change=change_weights,
        ),
        Workload(
            id="coder",
            summary="1,000 symbols to bits and back, without the model",
            sizes=("small", "tiny"),
            shared=Shared,
            build=build,
            data=symbols,
            prepare=as_tables,
            call=run_coder,
            observe=observe_coded,
        ),
        Workload(
            id="train",
            summary="one step on 4 chunks of 128 bytes",
            sizes=("small", "tiny"),
            shared=Shared,
            build=build_trainer,
            data=batch,
            call=run_train,
            observe=observe_training,
        ),
    ),
)
