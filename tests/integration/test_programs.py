"""Programs with known answers: they run as under `python`, and perfkit says where their time goes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from perfkit import api
from perfkit.errors import ProfilerUnavailable
from perfkit.grammar import Function, Program
from perfkit.profilers.analysis.side_by_side import main_of
from perfkit.profilers.pyspy import Spy
from perfkit.profilers.registry import PROFILERS
from perfkit.profiling.each import Wanted
from perfkit.profiling.program import ProgramProfiled, ProgramRequest
from perfkit.sources import program as starter

from .tries import thrice

pytestmark = pytest.mark.slow

PROGRAMS = Path(__file__).resolve().parents[1] / "programs"
Ran = tuple[int, str, str]


def plain(words: tuple[str, ...], **how: Any) -> Ran:
    """How `python WORDS` ends, and what it prints."""
    return _ran(subprocess.run([sys.executable, *words], capture_output=True, text=True, cwd=PROGRAMS, **how))


def started(words: tuple[str, ...], result: Path, under: str = "outside 499", **how: Any) -> Ran:
    """The same through perfkit's starter, without a sampler."""
    ready, ready_in = os.pipe()
    go, go_in = os.pipe()
    os.write(go_in, under.encode())
    os.close(go_in)
    own = (str(ready_in), str(go), str(result), "0")
    try:
        return _ran(
            subprocess.run(
                [sys.executable, starter.FILE, *own, *words],
                pass_fds=(ready_in, go),
                capture_output=True,
                text=True,
                cwd=PROGRAMS,
                **how,
            )
        )
    finally:
        for descriptor in (ready, ready_in, go):
            os.close(descriptor)


def _ran(done: subprocess.CompletedProcess[str]) -> Ran:
    return done.returncode, done.stdout, done.stderr


SAME: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "argv, __main__, sys.path and what it can import": (("words.py", "a", "--rate", "-m", "--"), {}),
    "a path that is not in its folder": ((str(PROGRAMS / "words.py"),), {}),
    "stdin": (("reader.py",), {"input": "1\n2\n39\n"}),
    "sys.exit with a code": (("leaves.py", "3"), {}),
    "sys.exit with words": (("leaves.py", "no more"), {}),
    "a traceback of two exceptions": (("raises.py",), {}),
    "hooks, folder, path, pickles of __main__": (("moves.py",), {}),
    "modules called as the library's": (("named/names.py",), {}),
    "a package": (("-m", "tool", "a", "--with", "x"), {}),
    "a module that is not there": (("-m", "nothing_of_the_kind"), {}),
}


@pytest.mark.parametrize("case", SAME)
def test_a_program_runs_as_it_does_under_python(case: str, tmp_path: Path) -> None:
    words, how = SAME[case]
    expected, found = plain(words, **how), started(words, tmp_path / "result", **how)

    assert found[:2] == expected[:2]
    if words[0] != "-m":  # there Python shows frames of its own runpy, or perfkit says in its own words what is missing
        assert found[2] == expected[2]


def test_what_is_no_python_is_refused_as_by_python(tmp_path: Path) -> None:
    script = tmp_path / "broken.py"
    script.write_text("def broken(:\n", encoding="utf-8")

    assert started((str(script),), tmp_path / "result") == plain((str(script),))


@pytest.mark.parametrize("profiler", ["pyinstrument", "cprofile"])
def test_a_profiler_inside_takes_no_module_from_the_program(profiler: str, tmp_path: Path) -> None:
    words = ("named/names.py",)
    under = f"{PROFILERS[profiler].of_program.collector} 499"

    assert started(words, tmp_path / "result", under) == plain(words)
    assert (tmp_path / "result.profile").stat().st_size > 100


def test_a_profiler_inside_stands_in_no_traceback(tmp_path: Path) -> None:
    script = tmp_path / "raising.py"
    script.write_text("def fail():\n    raise ValueError('no')\n\n\nfail()\n", encoding="utf-8")
    under = f"{PROFILERS['cprofile'].of_program.collector} 0"

    assert started((str(script),), tmp_path / "result", under) == plain((str(script),))


@pytest.fixture
def profiled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., tuple[ProgramProfiled, str]]:
    """`profiled("reader.py", …)`: what was found, and what the program printed."""
    monkeypatch.chdir(PROGRAMS)

    def run(*words: str, wanted: str = "", stdin: str = "", rate: int = 499, **how: Any) -> tuple[ProgramProfiled, str]:
        read, printed = tmp_path / "stdin", tmp_path / "stdout"
        read.write_text(stdin)
        module = words[0] == "-m"
        code = Program(words[1], words[2:], is_module=True) if module else Program(words[0], words[1:])
        asked = Wanted(profilers=tuple(filter(None, wanted.split(","))), rate=rate)
        with read.open("rb") as source, printed.open("wb") as out:
            request = ProgramRequest(code=code, wanted=asked, stdin=source, stdout=out.fileno(), **how)
            found = api.profile_program(request)
        return found, printed.read_text()

    return run


# program -> what it prints, the function with most own time, what must be above it, what it waits for and where
Known = tuple[str, str, str, dict[tuple[str, str], float]]
WORK: dict[str, Known] = {
    "recursion.py": ("41\n", "bottom", "descend", {}),
    "generators.py": ("28\n", "produced", "consumed", {}),
    "coroutines.py": ("crunched slept\n", "crunch", "Handle._run", {("asyncio.run", "<module>"): 0.1}),
    "threads.py": ("joined\n", "in_thread", "[threads worker]", {("worker.join", "<module>"): 0.1}),
    "pooled.py": ("3\n", "task", "[threads ThreadPoolExecutor]", {("future.result_iterator", "<module>"): 0.1}),
    "forked.py": ("7\n", "in_child", "[process fork of forked.py]", {("os.waitpid", "<module>"): 0.2}),
    "spawned.py": ("42\n", "in_spawned", "[process multiprocessing spawn]", {("answers.get", "<module>"): 0.2}),
    "children.py": ("child\n", "<module>", "<module>", {("subprocess.run", "started"): 0.1}),
    "extension.py": ("32\n", "digest", "<module>", {}),
    "state.py": ("[(90, 190), (100, 190)]\n", "Account.add", "<module>", {}),
    "late.py": ("main\nthread\natexit\n", "after_main", "[threads late]", {}),
}


@pytest.mark.parametrize("name", WORK)
@thrice
def test_work_is_found_where_it_is_done_and_waits_are_named(name: str, profiled: Any) -> None:
    printed, hottest, above, waits = WORK[name]
    found, said = profiled(name)

    (profile,) = found.profiles
    theirs = [h for h in profile.hotspots if not h.file or "programs" in h.file or h.file == "<string>"]
    top = max(theirs, key=lambda h: h.self_ns)
    assert (said, found.ended.code) == (printed, 0)
    assert (top.function, top.self_ns / profile.seen_ns > 0.5) == (hottest, True)
    nameless = "[threads without a name]" if above.startswith("[threads") else ""  # py-spy does not know all names
    assert sum(h.total_ns for h in profile.hotspots if h.function in (above, nameless)) >= 0.9 * top.self_ns
    if top.file.endswith(".py"):
        source = (PROGRAMS / name).read_text().splitlines()
        hot = max(found.lines, key=lambda line: line.self_ns)
        assert (hot.function, hot.source) == (hottest, source[hot.line - 1].strip())
        assert source[top.line - 1].lstrip().startswith(("def ", "async def "))
    waited = {(w.what, w.function): w.ns / 1e9 for w in found.wall.waits}
    assert {place: waited.get(place, 0.0) > least_s for place, least_s in waits.items()} == dict.fromkeys(waits, True)


@thrice
def test_the_wall_time_is_split(profiled: Any) -> None:
    wall = profiled("sleeps.py")[0].wall

    waits = {(w.what, w.function): w.ns / 1e9 for w in wall.waits}
    assert waits.get(("time.sleep", "nap"), 0.0) > 0.2
    assert waits.get(("with lock", "queue_up"), 0.0) > 0.1
    assert wall.running_ns + wall.waiting_ns == wall.call_ns
    assert wall.running_ns < 0.1e9
    assert wall.children_ns == 0


@thrice
def test_imports_are_a_part_of_their_own(profiled: Any) -> None:
    found, printed = profiled("imports.py")

    assert printed == "imported\n"
    assert found.imports_ns == pytest.approx(found.wall.running_ns, rel=0.2)
    assert found.imports_ns > 0.1e9


def test_each_run_reads_the_same_input_and_the_first_alone_prints(profiled: Any) -> None:
    found, printed = profiled("reader.py", wanted="pyspy,cprofile,pyinstrument", stdin="1\n2\n39\n")

    assert printed == "3 42\n"
    assert [p.profiler for p in found.profiles] == ["pyspy", "cprofile", "pyinstrument"]
    assert not any("it ended with" in note for note in found.notes)
    table = next(p for p in found.profiles if p.profiler == "cprofile")
    assert {h.function: h.calls for h in table.hotspots}[
        "<listcomp>" if sys.version_info < (3, 12) else "<module>"
    ] == 1
    assert not any(h.file == starter.FILE for p in found.profiles for h in p.hotspots)


def test_an_input_that_never_ends_is_read_as_far_as_the_first_run_does(tmp_path: Path) -> None:
    script = tmp_path / "first_line.py"
    script.write_text("print(input())", encoding="utf-8")
    out, into = os.pipe()
    os.write(into, b"hello\nand no end")
    with os.fdopen(out, "rb") as source, (tmp_path / "stdout").open("wb") as printed:
        wanted = Wanted(profilers=("cprofile", "pyspy"))
        request = ProgramRequest(code=Program(str(script)), wanted=wanted, stdin=source, stdout=printed.fileno())
        found = api.profile_program(request)
    os.close(into)

    assert (tmp_path / "stdout").read_text() == "hello\n"
    assert found.ended.code == 0
    assert found.notes == ()  # nor did the later run end otherwise


@thrice
def test_a_function_alone(profiled: Any) -> None:
    found, _ = profiled("recursion.py", only=Function("recursion.py", "descend"))

    assert {h.function for h in found.profiles[0].hotspots} == {"descend", "bottom"}
    assert found.profiles[0].hotspots[0].function == "bottom"


def test_a_pytest_run_is_a_program(profiled: Any) -> None:
    found, printed = profiled("-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, "suite.py", rate=97)

    assert "2 passed" in printed
    assert "work" in {h.function for h in found.profiles[0].hotspots if h.file.endswith("suite.py")}


def test_what_never_ends_is_ended_with_its_children_and_shown(profiled: Any) -> None:
    found, printed = profiled("endless.py", timeout_s=0.5)

    assert found.ended.stopped == "timeout"
    assert found.profiles[0].hotspots[0].function == "forever"
    for _ in range(500):
        if not Path(f"/proc/{int(printed)}").exists() or "(defunct)" in _state(int(printed)):
            break
        time.sleep(0.01)
    else:
        pytest.fail("its child lives on")


def _state(pid: int) -> str:
    return subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True).stdout


@pytest.mark.parametrize(("how", "code"), [("exit", 4), ("abort", -6)])
@thrice
def test_what_leaves_without_a_word_is_known_all_the_same(how: str, code: int, profiled: Any) -> None:
    found, printed = profiled("abrupt.py", how)

    assert (found.ended.code, printed) == (code, "on its way\n")
    assert found.profiles[0].hotspots[0].function == "<module>"
    if sys.platform == "linux":
        assert found.wall.running_ns == pytest.approx(0.1e9, rel=0.4)


def test_where_py_spy_cannot_look_pyinstrument_does(profiled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(self: Any) -> Any:
        raise ProfilerUnavailable("py-spy may not look", hint="ask")

    monkeypatch.setattr(Spy, "__enter__", refused)
    found, printed = profiled("recursion.py")

    assert printed == "41\n"
    assert [m.why for m in found.missing] == ["py-spy may not look"]
    main = main_of(found.profiles)
    assert main is not None
    assert main.profiler == "pyinstrument"
    assert "bottom" in {h.function for h in main.hotspots[:2]}  # the other is the clock that it asks
    with pytest.raises(ProfilerUnavailable, match="may not look"):
        profiled("recursion.py", wanted="pyspy")


def test_where_py_spy_fails_in_the_end_the_program_has_run_all_the_same(
    profiled: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(self: Any, *error: object) -> Any:
        self.end()
        raise ProfilerUnavailable("py-spy was ended by SIGKILL")

    monkeypatch.setattr(Spy, "__exit__", lost)
    found, printed = profiled("leaves.py", "3")

    assert (printed, found.ended.code, found.profiles) == ("before\n", 3, ())
    assert [m.why for m in found.missing] == ["py-spy was ended by SIGKILL"]
    assert found.wall.call_ns > 0
