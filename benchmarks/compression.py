"""The compressor as its notes describe it, its best stacks, and the compressors that everybody has.

    python benchmarks/compression.py speed [--bytes 4096] [--rounds 3]
    python benchmarks/compression.py constant    the documented form's time a byte at 1, 2, 4 KiB, the fastest's at 64
    python benchmarks/compression.py parts       what the fastest form's time is made of, and the machine's limit
    python benchmarks/compression.py size        how small it gets, beside zlib, bz2, lzma and zstd
    python benchmarks/compression.py context     bits a byte by how many bytes before it are seen

One thread. The text is the half of the bundled one that the weights have not seen. In `speed` the forms take turns on
the same bytes in every round, each from a place of its own, and a ratio is the median of the rounds' ratios.
"""

from __future__ import annotations

import bz2
import functools
import lzma
import math
import statistics
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any

import torch
from support.arguments import Arguments
from threadpoolctl import threadpool_limits

from perfkit.machine.roofline import rates
from perfkit.sample_targets.compressor.codec import Codec
from perfkit.sample_targets.compressor.model import Config, make_model
from perfkit.sample_targets.compressor.ops import BASELINE, Ops
from perfkit.sample_targets.compressor.target import cost_of_a_byte
from perfkit.sample_targets.compressor.text import unseen
from perfkit.sample_targets.compressor.weights import trained

SAME_STREAM = (
    "numpy-cumfreq", "static-buffers", "position-slice", "host-truncation", "inference-mode", "coder-constants",
    "bisect-lookup",
)  # fmt: skip
FASTEST = ("array-coder", "kv-cache", "parallel-streams")
FORMS = {"documented": (), "same stream": SAME_STREAM, "fastest": FASTEST}
WAYS = {0: "compress", 1: "decompress"}
Taken = tuple[float, float, int]  # seconds to compress and to decompress, and the size of the file


@functools.cache
def state() -> dict[str, Any]:
    return {name: torch.from_numpy(w) for name, w in trained().items()}


def table(*recipes: str) -> Ops:
    found = BASELINE
    for name in recipes:
        found = import_module(f"perfkit.recipes.compressor.{name.replace('-', '_')}").RECIPE.apply(found)
    return found


def codec(ops: Ops) -> Codec:
    model = make_model(Config(), 0)
    model.load_state_dict(state())
    return Codec(model, ops)


def timed(function: Callable[[bytes], bytes], data: bytes) -> tuple[float, bytes]:
    start = time.perf_counter()
    result = function(data)
    return time.perf_counter() - start, result


def there_and_back(one: Codec, data: bytes) -> Taken:
    """Seconds to compress and to decompress, and the size of the file. Raises where the data do not come back."""
    out_s, packed = timed(one.compress, data)
    back_s, back = timed(one.decompress, packed)
    if back != data:
        raise SystemExit("the data did not come back")
    return out_s, back_s, len(packed)


def speed(size: int, rounds: int) -> None:
    """Every form on the same bytes, in turns."""
    codecs = {name: codec(table(*recipes)) for name, recipes in FORMS.items()}
    for one in codecs.values():
        there_and_back(one, unseen()[-min(300, size) :])  # what a first call loads
    found: dict[str, list[Taken]] = {name: [] for name in codecs}
    for number in range(rounds):
        data = unseen()[number * size : (number + 1) * size]
        for name in [*codecs][number % len(codecs) :] + [*codecs][: number % len(codecs)]:
            found[name].append(there_and_back(codecs[name], data))
    print(f"{size:,} bytes of text each, {rounds} rounds, one thread; bytes a second, and as times the documented form")
    print(f"{'':12} {'compress':>9} {'':>8} {'decompress':>10} {'':>8} {'ratio':>6}  recipes")
    documented = found["documented"]
    for name, all_taken in found.items():
        cells = []
        for way in WAYS:
            rate = statistics.median(size / taken[way] for taken in all_taken)
            gain = statistics.median(base[way] / own[way] for base, own in zip(documented, all_taken, strict=True))
            cells.append(f"{rate:>9,.0f} {gain:>7.1f}x")
        ratio = rounds * size / sum(taken[2] for taken in all_taken)
        print(f"{name:12} {cells[0]} {cells[1]:>19} {ratio:>6.3f}  {' '.join(FORMS[name])}", flush=True)


def constant(sizes: Sequence[int], long: int) -> None:
    """The documented form's time a byte at each of `sizes`, and the fastest form's at the last of them and at `long`.

    The fastest form is measured before and after each of the documented ones; its median is taken.
    """
    slow, fast = codec(BASELINE), codec(table(*FASTEST))
    for one in (slow, fast):
        there_and_back(one, unseen()[-min(300, sizes[0]) :])  # what a first call loads
    documented: dict[int, Taken] = {}
    fastest: dict[int, list[Taken]] = {sizes[-1]: [], long: []}
    for size in (*sizes, 0):
        for n, taken in fastest.items():
            taken.append(there_and_back(fast, unseen()[:n]))
        if size:
            documented[size] = there_and_back(slow, unseen()[:size])
    medians = {n: [statistics.median(t[way] for t in taken) for way in WAYS] for n, taken in fastest.items()}
    print(f"{'':12} {'bytes':>7}  {'compress':>22}  {'decompress':>22}")
    for name, rows in (("documented", documented), ("fastest", medians)):
        for n, seconds in rows.items():
            cells = [f"{seconds[way] / n * 1e6:>8,.0f} us, {n / seconds[way]:>6,.0f} B/s" for way in WAYS]
            print(f"{name:12} {n:>7,}  {cells[0]:>22}  {cells[1]:>22}")
    for way, word in WAYS.items():
        rate = sizes[-1] / documented[sizes[-1]][way]
        gains = [f"{n / medians[n][way] / rate:.0f}x at {n:,} bytes" for n in fastest]
        print(f"{word}: documented at {sizes[-1]:,} bytes, fastest {', '.join(gains)}")


class Clock:
    """Adds up the seconds spent in functions, by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def on(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def clocked(*arguments: Any) -> Any:
            start = time.perf_counter()
            try:
                return function(*arguments)
            finally:
                self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start

        return clocked

    def around(self, name: str, made: Any, methods: tuple[str, ...]) -> Any:
        for method in methods:
            setattr(made, method, self.on(name, getattr(made, method)))
        return made


def parts(length: int) -> None:
    """The share of model, tables and coder in the fastest form, and the least that the machine allows."""
    data = unseen()[:length]
    ops, clock = table(*FASTEST), Clock()
    watched = replace(
        ops,
        context=lambda *a: clock.around("model", ops.context(*a), ("predict", "extend")),
        frequencies=clock.on("tables", ops.frequencies),
        encoder=lambda *a: clock.around("coder", ops.encoder(*a), ("encode", "finish")),
        pack=clock.on("coder", ops.pack),
    )
    bare = codec(ops)
    bare.compress(data[: min(2000, length)])
    plain_s = min(timed(bare.compress, data)[0] for _ in range(3))
    watched_s, _ = timed(codec(watched).compress, data)
    print(f"compressing {len(data):,} bytes: {plain_s:.2f} s, {plain_s / len(data) * 1e6:.1f} us a byte")
    for name, seconds in clock.seconds.items():
        print(f"  {name:7} {seconds / watched_s:6.1%}")
    print(f"  {'rest':7} {1 - sum(clock.seconds.values()) / watched_s:6.1%}")
    cost, machine = cost_of_a_byte(Config().context // 2), rates()
    floor_s = len(data) * cost.operations / machine.operations
    print(
        f"the model's {cost.operations / 1e6:.2f} million operations a byte take {floor_s:.2f} s at "
        f"{machine.operations / 1e9:.0f} GFLOP/s: {floor_s / plain_s:.0%} of the time"
    )
    alone_s = cost.read / machine.read
    print(
        f"one stream reads {cost.read / 1e6:.1f} MB of weights and cache a byte: from memory, at "
        f"{machine.read / 1e9:.0f} GB/s, {alone_s * 1e6:.0f} us"
    )


def size(sizes: Sequence[int]) -> None:
    """Bytes in by bytes out."""
    others: dict[str, Callable[[bytes], bytes]] = {
        "zlib -9": lambda d: zlib.compress(d, 9),
        "bz2 -9": bz2.compress,
        "lzma": lzma.compress,
    }
    try:
        zstd = import_module("compression.zstd")  # Python 3.14
        others["zstd -19"] = lambda d: zstd.compress(d, 19)
    except ImportError:
        try:
            others["zstd -19"] = import_module("zstandard").ZstdCompressor(19).compress
        except ImportError:
            print("zstd: neither Python 3.14 nor zstandard is here")
    print(f"{'':12}" + "".join(f"{n:>9,}" for n in sizes) + "  bytes of text")
    ours = {name: codec(table(*recipes)).compress for name, recipes in FORMS.items() if name != "documented"}
    for name, compress in {**ours, **others}.items():
        cells = [
            f"{'-':>9}" if name == "same stream" and n > 4096 else f"{n / len(compress(unseen()[:n])):>9.3f}"
            for n in sizes
        ]
        print(f"{name:12}{''.join(cells)}", flush=True)


def context(count: int) -> None:
    """Of `count` bytes of the text, each predicted from the last so many before it."""
    model, data, places = codec(BASELINE).model, unseen(), range(200, 200 + 2 * count, 2)
    for seen in (16, 64, 127, 128):
        bits = 0.0
        for at in places:
            p = BASELINE.predict(BASELINE, model, list(data[at - seen : at]))
            bits -= math.log2(float(p[data[at]]))
        print(f"{seen:>4} bytes seen: {bits / len(places):.3f} bits a byte", flush=True)


def main() -> None:
    arguments = Arguments(__doc__)
    arguments.add_argument(
        "what", nargs="?", choices=("speed", "constant", "parts", "size", "context"), default="speed"
    )
    arguments.add_argument("--bytes", type=int, default=4096)
    arguments.add_argument("--rounds", type=int, default=3)
    chosen = arguments.chosen()
    torch.set_num_threads(1)
    with threadpool_limits(1):
        if chosen.smoke:
            speed(8, 1)
            constant((4, 8), 260)
            parts(260)
            size((8, 260))
            context(2)
            return
        match chosen.what:
            case "speed":
                speed(chosen.bytes, chosen.rounds)
            case "constant":
                constant((1024, 2048, 4096), 65_536)
            case "parts":
                parts(65_536)
            case "size":
                size((256, 4096, 65_536))
            case "context":
                context(750)


if __name__ == "__main__":
    main()
