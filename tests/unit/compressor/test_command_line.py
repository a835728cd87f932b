"""The compressor's own command line: files as every program writes them, and one line for what goes wrong."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from perfkit.sample_targets.compressor import __main__ as command
from perfkit.sample_targets.compressor.codec import DamagedFile, Uncodable


class Doubling:
    """Stands for the codec, which the tests beside this one are about."""

    def compress(self, data: bytes) -> bytes:
        if data == b"surprise":
            raise Uncodable("the model leaves byte 115 no count")
        return data * 2

    def decompress(self, packed: bytes) -> bytes:
        raise DamagedFile("this is no file of the compressor")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "fastest", Doubling)
    monkeypatch.setattr(command.torch, "set_num_threads", lambda count: None)
    monkeypatch.chdir(tmp_path)
    Path("in").write_bytes(b"abc")


def test_a_new_file_gets_what_the_umask_leaves_and_an_old_one_keeps_its_permissions() -> None:
    umask = os.umask(0o027)
    try:
        assert command.main(["compress", "in", "new"]) == 0
    finally:
        os.umask(umask)
    Path("old").write_bytes(b"older")
    Path("old").chmod(0o604)
    assert command.main(["compress", "in", "old"]) == 0

    assert [stat.S_IMODE(Path(name).stat().st_mode) for name in ("new", "old")] == [0o640, 0o604]
    assert Path("old").read_bytes() == b"abcabc"
    assert sorted(os.listdir()) == ["in", "new", "old"]


def test_a_link_stays_a_link_and_a_pipe_a_pipe() -> None:
    os.symlink("goal", "link")
    os.mkfifo("pipe")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(Path("pipe").read_bytes()))
    reader.start()

    assert command.main(["compress", "in", "link"]) == command.main(["compress", "in", "pipe"]) == 0
    reader.join(timeout=20)

    assert Path("link").is_symlink()
    assert Path("goal").read_bytes() == b"abcabc"
    assert Path("pipe").is_fifo()
    assert read == [b"abcabc"]


def test_a_device_stays_a_device() -> None:
    before = os.stat(os.devnull)

    assert command.main(["compress", "in", os.devnull]) == 0

    assert os.path.samestat(before, os.stat(os.devnull))
    assert stat.S_ISCHR(before.st_mode)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["compress", "none", "out"], "compress: none: No such file or directory\n"),
        (["compress", ".", "out"], "compress: .: Is a directory\n"),
        (["compress", "in", "no/out"], "compress: cannot write no/out: No such file or directory\n"),
        (["compress", "in", "."], "compress: . is a folder\n"),
        (["decompress", "in", "out"], "decompress: in: this is no file of the compressor\n"),
        (["compress", "surprise", "out"], "compress: surprise: the model leaves byte 115 no count\n"),
    ],
)
def test_what_goes_wrong_is_one_line_and_nothing_is_written(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("surprise").write_bytes(b"surprise")

    assert command.main(words) == 1

    assert capsys.readouterr() == ("", says)
    assert sorted(os.listdir()) == ["in", "surprise"]


def test_a_reader_that_has_gone_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: Any, **__: Any) -> None:
        raise BrokenPipeError

    left: list[int] = []
    monkeypatch.setattr(command, "print", gone, raising=False)
    monkeypatch.setattr(command, "_leave", lambda: left.append(1) or 1)

    assert command.main(["compress", "in", "out"]) == 1
    assert left == [1]
