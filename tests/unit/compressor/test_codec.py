"""The compressor as a whole: against a reference, there and back, and on every kind of damage."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from functools import cache, partial
from importlib import import_module
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from perfkit.profilers import cprofile, pyinstrument, torch_ops
from perfkit.sample_targets.compressor import ops
from perfkit.sample_targets.compressor.codec import HEADER_BYTES, Codec, DamagedFile
from perfkit.sample_targets.compressor.model import ByteTransformer, Config, make_model
from tests.unit.compressor import reference

TEXT = "Là, tout n’est qu’ordre et beauté, luxe, calme et volupté. ".encode()


@cache
def model(seed: int = 0) -> ByteTransformer:
    return make_model(Config(), seed)


def recipe(name: str) -> ops.Ops:
    """The table with one recipe switched on."""
    found: ops.Ops = import_module(f"perfkit.recipes.compressor.{name}").RECIPE.apply(ops.BASELINE)
    return found


def codec(table: ops.Ops = ops.BASELINE, seed: int = 0) -> Codec:
    return Codec(model(seed), table)


def fast() -> Codec:
    """The documented stream, made by recipes that are proven to give it."""
    return codec(recipe("vectorized_cumfreq"))


def test_it_has_the_documented_size() -> None:
    assert model().parameter_count == 478_720


@pytest.mark.parametrize("length", [1, 2, 7, 64, 128])
def test_predictions_equal_the_reference(length: int) -> None:
    tokens = np.random.default_rng(length).integers(0, 256, length).tolist()
    state = {name: t.numpy() for name, t in model().state_dict().items()}

    found = ops.predict(ops.BASELINE, model(), tokens)
    np.testing.assert_allclose(found.numpy(), reference.probabilities(state, tokens), rtol=2e-5)


def test_only_the_last_128_bytes_count() -> None:
    tokens = np.random.default_rng(0).integers(0, 256, 300).tolist()

    assert torch.equal(ops.predict(ops.BASELINE, model(), tokens), ops.predict(ops.BASELINE, model(), tokens[-128:]))


def test_equal_seeds_give_equal_weights_and_leave_the_global_generator_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    one, two = make_model(Config(), 3), make_model(Config(), 3)
    assert torch.equal(torch.rand(3), expected)
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))


DATA = [b"", b"x", TEXT, bytes([7]) * 40, np.random.default_rng(0).bytes(40)]


@pytest.mark.parametrize("data", DATA, ids=["empty", "one byte", "text", "one value", "random"])
def test_the_documented_form_gives_back_what_went_in(data: bytes) -> None:
    packed = codec().compress(data)

    assert codec().decompress(packed) == data
    assert len(packed) <= HEADER_BYTES + 1.2 * len(data) + 4


@pytest.mark.parametrize("data", [bytes(range(256)), bytes([255]) * 100, np.random.default_rng(1).bytes(100)])
def test_so_does_the_fast_form_and_the_two_read_each_other(data: bytes) -> None:
    packed = fast().compress(data)

    assert fast().decompress(packed) == data
    assert codec().decompress(fast().compress(data[:20])) == data[:20]
    assert codec().compress(data[:20]) == fast().compress(data[:20])


@given(st.binary(max_size=48))
@settings(max_examples=10, deadline=None)
def test_any_bytes_come_back(data: bytes) -> None:
    assert fast().decompress(fast().compress(data)) == data


@cache
def packed() -> bytes:
    return fast().compress(TEXT)


def with_header(**changes: int) -> bytes:
    """The file with other fields, under a checksum of the header that is right."""
    magic, version, stream, size, check, digest = struct.unpack_from(">4sBBQI8s", packed())
    fields = {"version": version, "stream": stream, "size": size, "check": check, **changes}
    head = struct.pack(">4sBBQI8s", magic, fields["version"], fields["stream"], fields["size"], fields["check"], digest)
    return head + struct.pack(">I", zlib.crc32(head)) + packed()[HEADER_BYTES:]


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (lambda: b"", "0 bytes are no file"),
        (lambda: packed()[: HEADER_BYTES - 1], "are no file"),
        (lambda: b"GIF8" + packed()[4:], "no file of the compressor"),
        (lambda: with_header(version=9), "version 9; this program reads 1"),
        (lambda: with_header(stream=1), "format 1; this codec reads 0"),
        (lambda: with_header(size=10**15), "cut short or damaged"),
        (lambda: with_header(size=len(TEXT) + 1), "checksum|cut short"),
        (lambda: with_header(size=len(TEXT) - 1), "checksum"),
        (lambda: packed()[:-9], "cut short|checksum"),
        (lambda: packed()[: HEADER_BYTES + 3], "cut short|checksum"),
    ],
)
def test_damage_is_refused_in_words(file: Any, words: str) -> None:
    with pytest.raises(DamagedFile, match=words):
        fast().decompress(file())


@given(st.integers(0, 8 * 100))
@settings(max_examples=25, deadline=None)
def test_a_flipped_bit_is_never_silent(bit: int) -> None:
    damaged = bytearray(packed())
    bit %= 8 * (len(damaged) - 1)  # the last byte holds filling, which means nothing
    damaged[bit // 8] ^= 128 >> bit % 8

    with pytest.raises(DamagedFile):
        fast().decompress(bytes(damaged))


def test_other_weights_are_refused() -> None:
    with pytest.raises(DamagedFile, match="other weights"):
        codec(seed=1).decompress(packed())


def sure(history: list[int]) -> torch.Tensor:
    p = torch.zeros(256)
    p[65] = 1
    return p


def test_the_original_table_leaves_symbols_without_a_count_and_the_corrected_one_does_not() -> None:
    documented, corrected = ops.frequencies(sure([])), recipe("min_count_table").frequencies(sure([]))

    assert min(np.diff(documented)) == 0
    assert min(np.diff(corrected)) >= 1
    assert documented[-1] == corrected[-1] == ops.TOTAL


@pytest.mark.parametrize(("name", "right"), [("", False), ("min_count_table", True)])
def test_a_confident_model_loses_data_in_the_documented_form(name: str, right: bool) -> None:
    table = recipe(name) if name else ops.BASELINE
    sure_codec = codec(replace(table, predict=lambda table, model, history: sure(history)))
    data = b"AAAAABAAAAAAAAAA"

    def comes_back() -> bool:
        try:
            return sure_codec.decompress(sure_codec.compress(data)) == data
        except DamagedFile:
            return False

    assert comes_back() is right


@given(st.lists(st.floats(0, 1, width=32), min_size=256, max_size=256).filter(lambda p: sum(p) > 1e-3))
@settings(max_examples=40, deadline=None)
def test_every_table_of_the_corrected_form_can_code_every_symbol(p: list[float]) -> None:
    counts = np.diff(recipe("min_count_table").frequencies(torch.tensor(p)))

    assert counts.min() >= 1 and counts.sum() == ops.TOTAL


def test_the_numeric_environment_is_part_of_the_format() -> None:
    tokens = list(TEXT)
    plain = ops.predict(ops.BASELINE, model(), tokens)
    hook = model().encoder.layers[0].register_forward_hook(lambda *_: None)  # torch leaves its fused path for this
    try:
        watched = ops.predict(ops.BASELINE, model(), tokens)
    finally:
        hook.remove()

    assert not torch.equal(watched, plain)
    np.testing.assert_allclose(watched.numpy(), plain.numpy(), rtol=1e-4)
    assert torch.equal(ops.predict(ops.BASELINE, model(), tokens), plain)


def test_perfkits_profilers_change_no_bit_of_the_stream() -> None:
    plain, seen = fast().compress(TEXT[:20]), []
    for collect in (cprofile.collect, partial(pyinstrument.collect, rate=1000), torch_ops.collect):
        collect(lambda: seen.append(fast().compress(TEXT[:20])))

    assert seen == [plain] * 3
