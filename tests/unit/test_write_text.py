"""Files are written whole or not at all; devices, pipes and open files directly."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest

from perfkit.errors import PerfkitError, UsageError
from perfkit.report.document import write_text


def full(*_: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def interrupted(*_: Any) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("step", ["fsync", "replace", "chmod"])
@pytest.mark.parametrize(("failure", "error"), [(full, PerfkitError), (interrupted, KeyboardInterrupt)])
def test_a_failed_write_leaves_the_old_file_and_no_other(
    step: str, failure: Any, error: type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.json"
    path.write_text("old")
    monkeypatch.setattr(os, step, failure)

    with pytest.raises(error) as caught:
        write_text("new", path)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["run.json"]
    if error is PerfkitError:
        assert str(path) in str(caught.value)
        assert "No space left on device" in str(caught.value)


def test_a_new_file_appears_only_when_it_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    real = os.replace

    def watch(source: str, goal: Path) -> None:
        seen.extend([Path(source).parent.name, Path(source).read_text(), str(goal.exists())])
        real(source, goal)

    monkeypatch.setattr(os, "replace", watch)
    write_text("new", tmp_path / "run.json")

    assert seen == [tmp_path.name, "new", "False"]  # written beside it, complete before it gets its name
    assert (tmp_path / "run.json").read_text() == "new"


def test_a_new_file_has_the_permissions_of_any_other(tmp_path: Path) -> None:
    write_text("new", tmp_path / "run.json")
    (tmp_path / "other").touch()

    assert stat.S_IMODE((tmp_path / "run.json").stat().st_mode) == stat.S_IMODE((tmp_path / "other").stat().st_mode)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(PerfkitError, match=r"cannot write .*No such file"):
        write_text("x", tmp_path / "missing" / "run.json")
    with pytest.raises(UsageError, match="is a folder"):
        write_text("x", tmp_path)
    assert os.listdir(tmp_path) == []


def test_a_link_stays_a_link_and_its_file_is_written(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs/1.json").write_text("old")
    (tmp_path / "latest.json").symlink_to("runs/1.json")
    write_text("new", tmp_path / "latest.json")

    assert (tmp_path / "latest.json").is_symlink()
    assert (tmp_path / "runs/1.json").read_text() == "new"


def test_a_device_is_written_directly() -> None:
    before = os.stat("/dev/null").st_rdev
    write_text("x", Path("/dev/null"))

    assert os.stat("/dev/null").st_rdev == before
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_an_open_file_named_by_its_descriptor_is_continued_not_replaced(tmp_path: Path) -> None:
    with open(tmp_path / "out", "w") as out:
        out.write("before ")
        out.flush()
        write_text("after", Path(f"/dev/fd/{out.fileno()}"))

    assert (tmp_path / "out").read_text() == "before after"


def test_a_pipe_is_written_directly(tmp_path: Path) -> None:
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()), daemon=True)
    reader.start()
    write_text("through", pipe)
    reader.join(timeout=10)

    assert got == ["through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert os.listdir(tmp_path) == ["pipe"]


def test_a_pipe_named_by_its_descriptor_is_written_directly() -> None:
    reading, writing = os.pipe()
    write_text("through", Path(f"/dev/fd/{writing}"))  # as `--json /dev/stdout | jq` does
    os.close(writing)
    with os.fdopen(reading) as end:
        assert end.read() == "through"


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="no memory file system")
def test_a_file_in_memory_is_a_file_like_any_other() -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        for text in ("old", "new"):
            write_text(text, Path(folder) / "run.json")

        assert (Path(folder) / "run.json").read_text() == "new"


@pytest.mark.parametrize("old", [None, 0o640, 0o444], ids=["new", "shared", "read-only"])
def test_a_temporary_file_is_private_and_a_replaced_one_keeps_its_permissions(
    old: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, seen = tmp_path / "run.json", []
    if old is not None:
        path.touch()
        path.chmod(old)
    real = os.fsync

    def watch(handle: int) -> None:
        seen.append(stat.S_IMODE(os.fstat(handle).st_mode))
        real(handle)

    monkeypatch.setattr(os, "fsync", watch)
    before = os.umask(0o027)
    try:
        write_text("new", path)
    finally:
        os.umask(before)

    assert seen == [0o600]
    assert stat.S_IMODE(path.stat().st_mode) == (0o640 if old is None else old)


def test_a_name_as_long_as_a_name_may_be_is_written(tmp_path: Path) -> None:
    write_text("x", tmp_path / ("x" * 250 + ".json"))

    assert len(os.listdir(tmp_path)) == 1


def test_a_full_device_and_a_descriptor_that_is_not_open_are_named() -> None:
    with pytest.raises(PerfkitError, match="cannot write /dev/fd/9999: Bad file descriptor"):
        write_text("x", Path("/dev/fd/9999"))
    if os.path.exists("/dev/full"):
        with pytest.raises(PerfkitError, match="cannot write /dev/full: No space left on device"):
            write_text("x", Path("/dev/full"))


def test_a_descriptor_is_continued_where_it_stands(tmp_path: Path) -> None:
    with open(tmp_path / "out", "w") as out:
        write_text("first ", Path(f"/dev/fd/{out.fileno()}"))
        out.write("second ")  # its own writer goes on behind, not over it
        out.flush()
        write_text("third", Path(f"/proc/self/fd/{out.fileno()}"))

    assert (tmp_path / "out").read_text() == "first second third"


def test_a_pipe_whose_reader_has_gone_is_one_error(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with pytest.raises(PerfkitError, match="Broken pipe"):
        write_text("x", Path(f"/dev/fd/{writing}"))
    os.close(writing)
