"""No home, no place to write, no standard stream, forty columns: a table or one line, never a traceback."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from perfkit.report.compare import CompareReport
from perfkit.report.document import to_json

from .forked import CLOSED

pytestmark = pytest.mark.slow

COMPARE = "compare --recipe rope-cache --quick"
PERFKIT = (sys.executable, "-m", "perfkit")


def one_line(stderr: str) -> str:
    """The line of an error; its hint may follow, and nothing else."""
    first, *rest = stderr.splitlines()
    assert first.startswith("perfkit: "), stderr
    assert [line[:8] for line in rest] in ([], ["  hint: "]), stderr
    return first


@pytest.fixture
def saved(invented: Any, tmp_path: Path) -> Path:
    path = tmp_path / "run.json"
    path.write_text(to_json(invented.full), encoding="utf-8")
    return path


@pytest.mark.parametrize("how", ["window", "COLUMNS"])
@pytest.mark.parametrize("words", ["show", "list --long", "explain rope-cache"])
def test_a_terminal_of_40_columns_gets_lines_of_40(on_a_terminal: Any, saved: Path, words: str, how: str) -> None:
    narrow: dict[str, Any] = {"columns": 40} if how == "window" else {"columns": 132, "COLUMNS": "40"}
    rc, drawn = on_a_terminal(*words.split(), *([saved] if words == "show" else []), TERM="dumb", **narrow)

    assert rc == 0
    assert len(drawn.splitlines()) > 10
    assert [line for line in drawn.splitlines() if cell_len(line.rstrip()) > 40] == []


@pytest.mark.parametrize("width", [40, 60])
def test_a_narrow_table_still_says_every_verdict(draw: Any, invented: Any, width: int) -> None:
    drawn = draw(CompareReport(invented.full, {}), width).splitlines()

    beside = {r.recipes for r in invented.full.results if r.verdict != "unavailable"}  # which is a note there
    for result in [r for r in invented.full.results if r.verdict != "unavailable" or r.recipes not in beside]:
        assert [line for line in drawn if line.lower().endswith(f"  {result.verdict}")], result.verdict


@pytest.mark.parametrize("columns", ["1", "0", "-3", "9" * 5000, "1000000000", "²", "٤٠"])
@pytest.mark.parametrize("variable", ["COLUMNS", "LINES"])
def test_a_senseless_size_of_the_terminal_is_survived(
    on_a_terminal: Any, perfkit_here: Any, saved: Path, variable: str, columns: str
) -> None:
    assert perfkit_here("show", saved, env={variable: columns}).rc == 0
    if len(columns) < 12 and variable == "COLUMNS":
        assert on_a_terminal("list", columns=0, COLUMNS=columns, TERM="dumb")[0] == 0


def test_a_width_beyond_reason_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    from perfkit.cli.terminal import console

    monkeypatch.setenv("COLUMNS", "999999999")  # a line is padded to its width, in memory
    assert console().width <= 1000


def test_no_home_is_needed(environment: dict[str, str], perfkit_forked: Any, tmp_path: Path, saved: Path) -> None:
    words, again = ("show", str(saved), "--json"), tmp_path / "again.json"
    bare = {
        name: value for name, value in environment.items() if not name.startswith(("HOME", "XDG_", "USER", "LOGNAME"))
    }
    done = subprocess.run([*PERFKIT, *words, again], env=bare, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
    assert again.read_bytes().strip() == saved.read_bytes()
    for home in ("", "/nonexistent"):
        run = perfkit_forked(*words, "-", env={"HOME": home})
        assert (run.rc, run.stderr, run.stdout.strip()) == (0, "", saved.read_text(encoding="utf-8"))


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder that not even root can write into")
def test_a_current_folder_that_cannot_be_written_is_no_trouble_until_it_is_written(
    perfkit: Any, perfkit_forked: Any, saved: Path
) -> None:
    nowhere = Path("/proc")

    assert perfkit("show", saved, cwd=nowhere).rc == 0
    for words in (
        f"{COMPARE} --save run.json",
        f"show {saved} --json run.json",
        "new recipe glassbox idea --seam sigmoid",
    ):
        run = perfkit_forked(*words.split(), cwd=nowhere)
        assert run.rc in (1, 2)
        assert one_line(run.stderr).startswith("perfkit: cannot write ")


def test_a_current_folder_that_is_gone_is_one_line(environment: dict[str, str], tmp_path: Path) -> None:
    def leave() -> None:
        (tmp_path / "gone").mkdir()
        os.chdir(tmp_path / "gone")
        os.rmdir(tmp_path / "gone")

    for words, rc in (("list", 0), (f"{COMPARE} --catalog x", 1), (f"{COMPARE} --save x", 2)):
        line = [sys.executable, "-P", "-m", "perfkit", *words.split()]
        done = subprocess.run(line, env=environment, preexec_fn=leave, capture_output=True, text=True)
        assert done.returncode == rc
        assert "Traceback" not in done.stderr
        assert rc == 0 or one_line(done.stderr)


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)])
@pytest.mark.parametrize(("words", "rc"), [("show -", 2), ("explain nothing", 2), ("list --json -", 0)])
def test_a_closed_standard_stream_is_the_null_device(
    perfkit_forked: Any, words: str, rc: int, closed: tuple[int, ...]
) -> None:
    run = perfkit_forked(*words.split(), streams=dict.fromkeys(closed, CLOSED))

    assert run.rc == rc
    assert "Traceback" not in run.stderr
    assert bool(run.stdout) == (words.startswith("list") and 1 not in closed)
    assert bool(run.stderr) == (rc == 2 and 2 not in closed)


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_an_interpreter_that_begins_without_a_stream_has_none_either(environment: dict[str, str], closed: str) -> None:
    line = f"{sys.executable} -m perfkit list {closed}"
    done = subprocess.run(line, shell=True, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)

    assert done.returncode == 0
    assert "Traceback" not in done.stderr


def test_a_standard_error_that_is_full_changes_nothing_else(environment: dict[str, str]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with open("/dev/full", "w") as full:
        line = [*PERFKIT, "explain", "nothing", "--json", "-"]
        done = subprocess.run(line, env=environment, stdout=subprocess.PIPE, stderr=full, text=True)

    assert done.returncode == 2
    assert '"code": 2' in done.stdout


def test_no_folder_for_temporary_files_is_one_line(environment: dict[str, str], planted: Path) -> None:
    def no_file_may_grow() -> None:  # which stops root too
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    line = [*PERFKIT, "profile", "toy", "--catalog", str(planted)]
    done = subprocess.run(line, env=environment, preexec_fn=no_file_may_grow, capture_output=True, text=True)

    assert done.returncode == 1
    assert "No usable temporary directory" in one_line(done.stderr)


@pytest.mark.parametrize(
    ("path", "rc", "says"),
    [
        ("folder", 2, "folder is a folder"),
        ("missing/x.json", 1, "cannot write missing/x.json: No such file"),
        ("file/x.json", 1, "cannot write file/x.json: Not a directory"),
        ("x" * 300, 1, "File name too long"),
        ("/proc/x.json", 1, "cannot write /proc/x.json"),
        ("/dev/full", 1, "cannot write /dev/full: No space left"),
        ("/dev/fd/77", 1, "cannot write /dev/fd/77: Bad file descriptor"),
    ],
)
def test_what_cannot_be_written_is_named_in_one_line(
    perfkit_here: Any, tmp_path: Path, path: str, rc: int, says: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    run = perfkit_here("list", "--json", path, cwd=tmp_path)

    assert run.rc == rc
    assert says in one_line(run.stderr)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder"]


def test_json_and_the_table_share_a_standard_output_that_is_a_file(environment: dict[str, str], tmp_path: Path) -> None:
    with (tmp_path / "out").open("w") as out:
        line = [*PERFKIT, "list", "--json", "/dev/stdout"]
        assert subprocess.run(line, env=environment, stdout=out).returncode == 0
    text = (tmp_path / "out").read_text(encoding="utf-8")

    assert text.startswith('{\n "format_version"')
    assert "\n}\ntargets\n" in text
