"""The bytes and tokens of a saved run: drawn, or one clear line, and never more memory than the limit."""

from __future__ import annotations

import io
import json
import os
import threading
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from perfkit.errors import UsageError
from perfkit.report import saved
from perfkit.report.saved import read_json

VALUE = {"format_version": 1, "text": "größer → schneller", "results": [{"low": 0.5, "seed": 2**62}]}
TEXT = json.dumps(VALUE, ensure_ascii=False)


def refusal(path: Path) -> str:
    """The one line in which reading `path` is refused."""
    with pytest.raises(UsageError) as caught:
        read_json(path)
    assert str(path) in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.code == 2
    return caught.value.message.replace(str(path), "FILE")


def written(folder: Path, content: bytes) -> Path:
    path = folder / "run.json"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "before", [b"", b"\xef\xbb\xbf", b"\n\t ", b"\xef\xbb\xbf\r\n"], ids=["plain", "BOM", "space", "both"]
)
def test_utf_8_is_read_with_and_without_a_byte_order_mark(tmp_path: Path, before: bytes) -> None:
    assert read_json(written(tmp_path, before + TEXT.encode())) == VALUE


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_other_encodings_are_no_text_here(tmp_path: Path, encoding: str) -> None:
    said = refusal(written(tmp_path, TEXT.encode(encoding)))

    assert said.startswith("cannot read FILE: not a text file")
    assert ("UTF-16" in said) == (encoding in ("utf-16", "utf-32"))  # those that begin with a byte order mark


REFUSED = [
    pytest.param(b"", "FILE is not a complete JSON file (it is empty)", id="empty"),
    pytest.param(b"\xef\xbb\xbf", "FILE is not a complete JSON file (it is empty)", id="BOM alone"),
    pytest.param(b'{"a": ', "FILE is not a complete JSON file (Expecting value: ", id="cut short"),
    pytest.param(b"hello\n", "FILE is not a saved run of perfkit compare", id="prose"),
    pytest.param(b"\x7fELF\x02\x01\x01\x00", "cannot read FILE: not a text file", id="program"),
    pytest.param(b'{"a": "\xff"}', "not a text file in UTF-8 (invalid start byte at byte 7)", id="latin-1"),
    pytest.param(b'{"a": "\xed\xa0\x80"}', "not a text file in UTF-8", id="surrogate"),
    pytest.param(b'{"a": 1, "b": {"c": 1, "c": 1}}', "FILE is damaged: the key 'c' appears twice", id="key twice"),
    pytest.param(b'{"a": NaN}', "FILE is damaged: NaN is not a JSON number", id="NaN"),
    pytest.param(b'{"a": [-Infinity]}', "FILE is damaged: -Infinity is not a JSON number", id="infinity"),
    pytest.param(b'{"a": 1e999}', "FILE is damaged: 1e999 is larger", id="a float that overflows"),
    pytest.param(b'{"a": 1' + b"0" * 310 + b"}", "damaged: a whole number of 311 digits", id="no float holds it"),
    pytest.param(b'{"a": 1' + b"0" * 9999 + b"}", "FILE is damaged: a whole number of 10000 digits", id="huge integer"),
    pytest.param(b"[" * 70 + b"]" * 70, "FILE is damaged: it is nested too deep", id="deep"),
    pytest.param(b"[" * 100_000, "FILE is damaged: it is nested too deep", id="at_depth than the parser's stack"),
]


@pytest.mark.parametrize(("content", "says"), REFUSED)
def test_what_is_no_proper_json_is_one_clear_line(tmp_path: Path, content: bytes, says: str) -> None:
    assert says in refusal(written(tmp_path, content))


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/urandom", "/dev/full"])
def test_an_endless_device_is_refused_at_its_first_chunk(device: str) -> None:
    tracemalloc.start()
    try:
        assert refusal(Path(device)).startswith("cannot read FILE: not a text file")
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_nothing_at_all_is_one_clear_line(tmp_path: Path) -> None:
    assert refusal(Path("/dev/null")) == "FILE is not a complete JSON file (it is empty)"
    assert refusal(tmp_path) == "cannot read FILE: Is a directory"
    assert refusal(tmp_path / "missing") == "cannot read FILE: No such file or directory"


def test_a_file_of_more_than_the_limit_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(saved.MOST_BYTES + 1)  # sparse: it takes no room
    monkeypatch.setattr(saved, "_CHUNK_BYTES", None)  # reading with this reads everything at once

    tracemalloc.start()
    try:
        assert refusal(path) == "cannot read FILE: larger than 1 GiB, which no saved run is"
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_a_stream_without_end_is_refused_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "MOST_BYTES", 3000)
    monkeypatch.setattr(saved, "_CHUNK_BYTES", 1000)
    endless = io.BytesIO(b"[" + b"1," * 100_000)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(endless))

    assert refusal(Path("-")).startswith("cannot read FILE: larger than")
    assert endless.tell() < 20_000  # no more than what standard input reads ahead


def test_a_stream_that_turns_binary_is_refused_at_that_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "_CHUNK_BYTES", 1000)
    binary = io.BytesIO(b"[" + b"1," * 1000 + b"\0" * 100_000)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(binary))

    assert refusal(Path("-")) == "cannot read FILE: not a text file"
    assert binary.tell() < 20_000


def test_a_named_pipe_that_nobody_writes_to_is_empty(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert refusal(tmp_path / "pipe") == "FILE is not a complete JSON file (it is empty)"


def test_a_named_pipe_is_waited_for_once_it_has_a_writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    kept_open = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)  # so that the writer need not wait for its reader
    writing, reading = os.open(pipe, os.O_WRONLY), threading.Event()

    def write_late() -> None:
        reading.wait()
        with os.fdopen(writing, "wb") as file:
            file.write(TEXT.encode())

    real = os.set_blocking

    def set_and_tell(handle: int, wait: bool) -> None:
        real(handle, wait)
        reading.set()

    monkeypatch.setattr(os, "set_blocking", set_and_tell)
    writer = threading.Thread(target=write_late)
    writer.start()
    try:
        assert read_json(pipe) == VALUE
    finally:
        reading.set()
        writer.join()
        os.close(kept_open)


def test_no_standard_input_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)

    assert refusal(Path("-")) == "cannot read FILE: there is no standard input"


def test_a_file_larger_than_memory_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(json, "loads", full)

    assert refusal(written(tmp_path, TEXT.encode())) == "cannot read FILE: it does not fit into the memory here"
