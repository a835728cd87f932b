"""The file as a whole: there and back, whatever it is made with, and on every kind of damage."""

from __future__ import annotations

import contextlib
import os
import struct
import zlib
from dataclasses import replace
from functools import cache, partial
from itertools import accumulate
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from perfkit.profilers import cprofile, pyinstrument, torch_ops
from perfkit.sample_targets.compressor import ops
from perfkit.sample_targets.compressor.codec import Codec, DamagedFile, Uncodable, cut
from perfkit.sample_targets.compressor.target import TARGET
from tests.unit.compressor.conftest import FASTEST, TEXT, codec, model, quick, table

LONG = os.environ.get("PERFKIT_COMPRESSOR") == "whole"  # as `make long` has it
FIELDS, HEADER = struct.Struct(">4sBBQI8s"), 30

ONE_VALUE, MANY_VALUES = bytes([255]) * (255 if LONG else 51), bytes(range(0, 256, 1 if LONG else 5))
DATA = [b"", b"x", TEXT, ONE_VALUE, np.random.default_rng(0).bytes(40), MANY_VALUES]


@pytest.mark.parametrize("data", DATA, ids=["empty", "one byte", "text", "one value", "random", "many values"])
def test_the_documented_form_gives_back_what_went_in(data: bytes) -> None:
    packed = codec().compress(data)

    assert codec().decompress(packed) == data
    assert len(packed) <= HEADER + 1.3 * len(data) + 4


def test_what_the_workload_says_of_a_file() -> None:
    (compress,) = [workload for workload in TARGET.workloads if workload.id == "compress"]
    assert compress.throughput is not None
    assert compress.tradeoffs is not None
    unit, amount = compress.throughput

    assert (unit, [amount(SimpleNamespace(size=size)) for size in ("small", "tiny")]) == ("bytes", [256, 7])
    assert compress.tradeoffs(b"x" * 7, {"stream": bytes(40)}) == {"compression": (7, 40)}


@given(st.binary(max_size=512))
@settings(max_examples=4, deadline=None)
def test_so_it_does_with_any_bytes(data: bytes) -> None:
    assert codec().decompress(codec().compress(data)) == data


@given(st.binary(max_size=3000))
@settings(max_examples=12, deadline=None)
def test_and_the_fastest_form_does(data: bytes) -> None:
    assert codec(*FASTEST).decompress(codec(*FASTEST).compress(data)) == data


@pytest.mark.slow
@pytest.mark.parametrize("kib", [8, *([64] if LONG else [])])
def test_kibibytes_come_back_from_the_fastest_form(kib: int) -> None:
    data = (TEXT * 500 + np.random.default_rng(2).bytes(65_536))[-1024 * kib :]

    assert codec(*FASTEST).decompress(codec(*FASTEST).compress(data)) == data


EXACT = [
    "vectorized-cumfreq", "cumfreq-tolist", "numpy-cumfreq", "static-buffers", "position-slice", "host-truncation",
    "numpy-context", "inference-mode", "coder-constants", "bisect-lookup", "bulk-pending-bits", "bitarray-bits",
]  # fmt: skip


@pytest.mark.parametrize("recipe", EXACT)
def test_what_keeps_the_stream_reads_and_writes_the_documented_one(recipe: str) -> None:
    documented = codec().compress(TEXT[:20])

    assert codec(recipe).compress(TEXT[:20]) == documented
    assert codec(recipe).decompress(documented) == TEXT[:20]


CHANGING = [
    ("min-count-table",), ("last-token-only",), ("two-d-head",), ("no-mha-fastpath",), ("block-context",),
    ("kv-cache",), ("parallel-streams",), ("array-coder",), FASTEST, ("min-count-table", "parallel-streams"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("recipes", CHANGING, ids="+".join)
def test_what_changes_the_stream_says_so_and_reads_its_own(recipes: tuple[str, ...]) -> None:
    data = TEXT * 5 if "parallel-streams" in recipes else TEXT
    packed = codec(*recipes).compress(data)

    assert codec(*recipes).decompress(packed) == data
    with pytest.raises(DamagedFile, match="the stream is of the kind"):
        quick().decompress(packed)
    with pytest.raises(DamagedFile, match="the stream is the documented one"):
        codec(*recipes).decompress(quick().compress(b"x"))


def test_two_ways_to_the_same_counts_read_each_other() -> None:
    packed = codec("min-count-table").compress(TEXT)

    assert codec("array-coder").compress(TEXT) == packed
    assert codec("array-coder").decompress(packed) == TEXT


@given(st.integers(0, 5000), st.integers(1, 64))
def test_parts_are_the_whole_and_the_longer_ones_come_first(size: int, states: int) -> None:
    data = bytes(i % 251 for i in range(size))
    parts = cut(data, states)

    assert b"".join(parts) == data
    assert len(parts) == states
    lengths = [len(p) for p in parts]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] - lengths[-1] <= 1


@cache
def packed() -> bytes:
    return quick().compress(TEXT)


@cache
def parallel() -> bytes:
    return codec(*FASTEST).compress(TEXT * 5)


def with_header(**changes: int) -> bytes:
    """The file with other fields, under a checksum of the header that is right."""
    magic, version, name, size, check, digest = FIELDS.unpack_from(packed())
    fields = {"version": version, "name": name, "size": size, "check": check, **changes}
    head = FIELDS.pack(magic, fields["version"], fields["name"], fields["size"], fields["check"], digest)
    return head + struct.pack(">I", zlib.crc32(head) ^ len(packed())) + packed()[HEADER:]


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (lambda: b"", "0 bytes are no file"),
        (lambda: packed()[: HEADER - 1], "are no file"),
        (lambda: b"GIF8" + packed()[4:], "no file of the compressor"),
        (lambda: with_header(version=9), "version 9; this program reads 3"),
        (lambda: with_header(name=200), "the header is damaged"),
        (lambda: with_header(size=10**15), "cut short or damaged"),
        (lambda: with_header(size=len(TEXT) + 1), "checksum|cut short"),
        (lambda: with_header(size=len(TEXT) - 1), "checksum"),
        (lambda: packed()[:-9], "cut short"),
        (lambda: packed()[: HEADER + 3], "cut short"),
        (lambda: packed() + b"x", "1 bytes follow the end of the file"),
        (lambda: packed() + packed(), "bytes follow the end of the file"),
        (lambda: packed()[: HEADER - 1] + b"?" + packed()[HEADER:], "follow|cut short|header is damaged"),
    ],
)
def test_damage_is_refused_in_words(file: Any, words: str) -> None:
    with pytest.raises(DamagedFile, match=words):
        quick().decompress(file())


@pytest.mark.parametrize("end", [HEADER + 20, HEADER + 40, HEADER + 41, -30, -5])
def test_so_is_a_file_of_several_streams_that_is_cut_short(end: int) -> None:
    with pytest.raises(DamagedFile):
        codec(*FASTEST).decompress(parallel()[:end])


@given(st.integers(0, 8 * 10_000))
@settings(max_examples=25 if LONG else 10, deadline=None)
def test_a_flipped_bit_is_never_silent(bit: int) -> None:
    damaged = bytearray(packed())
    bit %= 8 * (len(damaged) - 1)  # the last byte holds filling, which means nothing
    damaged[bit // 8] ^= 128 >> bit % 8

    with pytest.raises(DamagedFile):
        quick().decompress(bytes(damaged))


@pytest.mark.slow
@given(st.integers(0, 10_000), st.integers(0, 255))
@settings(max_examples=40 if LONG else 12, deadline=None)
def test_a_changed_byte_of_several_streams_gives_the_data_or_is_refused(at: int, value: int) -> None:
    damaged = bytearray(parallel())
    damaged[at % len(damaged)] = value

    with contextlib.suppress(DamagedFile):
        assert codec(*FASTEST).decompress(bytes(damaged)) == TEXT * 5


def test_other_weights_are_refused() -> None:
    with pytest.raises(DamagedFile, match="other weights"):
        codec(seed=1).decompress(packed())


def sure(history: list[int]) -> torch.Tensor:
    p = torch.zeros(256)
    p[65] = 1
    return p


def test_the_original_table_leaves_symbols_without_a_count_and_the_corrected_ones_do_not() -> None:
    p = sure([]).unsqueeze(0)
    documented = ops.frequencies(p)[0]
    corrected = [table(name).frequencies(p)[0] for name in ("min-count-table", "array-coder")]

    assert min(np.diff(documented)) == 0
    assert all(min(np.diff(counts)) >= 1 for counts in corrected)
    assert {documented[-1], *(int(counts[-1]) for counts in corrected)} == {ops.TOTAL}


@pytest.mark.parametrize(("name", "right"), [("", False), ("min-count-table", True), ("array-coder", True)])
def test_a_confident_model_cannot_code_a_surprise_in_the_documented_form(name: str, right: bool) -> None:
    own = table(name) if name else ops.BASELINE
    sure_codec = Codec(model(), replace(own, predict=lambda table, model, history: sure(history)))
    data = b"AAAAABAAAAAAAAAA"

    if right:
        assert sure_codec.decompress(sure_codec.compress(data)) == data
    else:
        with pytest.raises(Uncodable, match="leaves byte 66 no count"):
            sure_codec.compress(data)


@pytest.mark.parametrize("sharpness", [0, 1, 4, 30])
def test_the_documented_table_is_that_of_each_symbol_alone(sharpness: float) -> None:
    p = torch.softmax(sharpness * torch.randn(256, generator=torch.Generator().manual_seed(1)), 0)
    shares = p + ops.SMALLEST
    shares = shares / shares.sum()  # by torch: another order of summing may change a count
    counts = [int(np.floor(np.float32(share) * np.float32(ops.TOTAL))) for share in shares.numpy()]
    counts[0] += ops.TOTAL - sum(counts)

    assert ops.frequencies(p[None]) == [list(accumulate(counts, initial=0))]


@given(st.lists(st.floats(0, 1, width=32), min_size=256, max_size=256).filter(lambda p: sum(p) > 1e-3))
@settings(max_examples=40 if LONG else 15, deadline=None)
def test_every_table_of_the_corrected_form_can_code_every_symbol(p: list[float]) -> None:
    whole = torch.tensor([p])
    whole = whole / whole.sum()
    one, two = (np.array(table(name).frequencies(whole)[0]) for name in ("min-count-table", "array-coder"))

    assert np.diff(one).min() >= 1
    assert one[0] == 0
    assert one[-1] == ops.TOTAL
    assert np.array_equal(one, two)


def test_perfkits_profilers_change_no_bit_of_the_stream() -> None:
    plain, seen = quick().compress(TEXT[:20]), []
    for collect in (cprofile.collect, partial(pyinstrument.collect, rate=1000), torch_ops.collect):
        collect([lambda: seen.append(quick().compress(TEXT[:20]))])

    assert seen == [plain] * 3
