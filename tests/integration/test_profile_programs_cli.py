"""`perfkit profile` of programs and functions on the command line: output, documents, exit codes, refusals."""

from __future__ import annotations

import fcntl
import importlib
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

import perfkit as perfkit_itself
from perfkit.errors import UsageError
from perfkit.profiling import run as profiling
from perfkit.worker.inline import InlineWorker

pytestmark = pytest.mark.slow

PROGRAMS = Path(__file__).resolve().parents[1] / "programs"

MISTAKES = [
    ("profile", "nothing to profile", "perfkit profile script.py"),
    ("profile", "nothing to profile", "; targets: compressor, finite-memory, glassbox, "),
    ("profile nothing.py", "there is no file nothing.py", "the current folder is"),
    ("profile folder.py", "folder.py is a folder", "a file that ends in .py"),
    ("profile -m", "-m needs the name of a module", "-m pkg.mod"),
    ("profile --with gprof script.py", "no profiler is called 'gprof'", "did you mean cprofile?"),
    ("profile --with sampling script.py", "profiling.sampling profiles targets", "--with pyspy"),
    ("profile --rate 0 script.py", "--rate takes 1 to 10000", ""),
    ("profile --workload w script.py", "--workload means nothing for a program", "--help"),
    ("profile --inputs m:make script.py", "--inputs means nothing for a program", "--help"),
    ("profile --duration 1s script.py", "--duration means nothing for a program", "--help"),
    ("profile --only here script.py", "'here' names no function", "file.py:func"),
    ("profile --only m:f --with cprofile script.py", "--only needs stacks", "--with pyspy"),
    ("profile --timeout soon script.py", "--timeout 'soon' is not a time", "write 15s"),
    ("profile --export x.pstats script.py", "--export 'x.pstats' needs a profile of cprofile", "--with cprofile"),
    ("profile --json missing/x.json script.py", "there is no folder missing", "create it first"),
    ("profile script.py --top 3", "--top stands after script.py", "perfkit profile --top 3 script.py"),
    ("profile --pid 0x1", "Invalid value for '--pid'", "--help"),
    ("profile --pid 999999999", "there is no process 999999999", "pgrep"),
    ("profile --pid 1 --timeout 1s", "--timeout means nothing for a process", "--help"),
    ("profile --pid 1 --with cprofile", "only py-spy looks into a process", "drop --with"),
    ("profile --pid 1 script.py", "--pid means nothing for a program", "--help"),
    ("profile m:f script.py", "m:f stands before script.py", "the only thing"),
    ("profile m:f m:g", "m:f and m:g are 2 things to profile", "one, then the other"),
    ("profile m:f --workload w", "--workload means nothing for a function", "--help"),
    ("profile m:f --only m:g", "--only means nothing for a function", "--help"),
    ("profile m:f --inputs m:make --args n=1", "--inputs and --args do not go together", "one of them"),
    ("profile glassbox --inputs m:make", "--inputs means nothing for a target", "--help"),
    ("profile tool", "tool is a package, which is run as a module", "perfkit profile -m tool"),
    ("profile script", "script lacks its extension", "perfkit profile script.py, or -m script"),
    ("profile pytest", "pytest is a package, which is run as a module", "perfkit profile -m pytest"),
    ("profile rope-cache kv-cache", "compressor/kv-cache is not a recipe of glassbox", "compare compressor"),
    ("profile spectral glassbox", "spectral and glassbox are 2 things to profile", "one, then the other"),
    ("profile spectral rope-cache", "glassbox/rope-cache is not a recipe of spectral", "compare glassbox"),
]


@pytest.mark.parametrize(("words", "says", "hint"), MISTAKES, ids=[m[0] for m in MISTAKES])
def test_a_mistake_is_one_line_and_a_hint_before_anything_runs(
    perfkit_here: Any, tmp_path: Path, words: str, says: str, hint: str
) -> None:
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "tool").mkdir()
    (tmp_path / "tool" / "__main__.py").write_text("open('it-ran', 'w')\n", encoding="utf-8")
    (tmp_path / "script.py").write_text("open('it-ran', 'w')\n", encoding="utf-8")
    run = perfkit_here(*words.split(), cwd=tmp_path)

    message, *rest = run.stderr.splitlines()
    assert (run.rc, run.stdout) == (2, "")
    assert message.startswith("perfkit: ")
    assert says in message
    assert hint in "".join(rest)
    assert not (tmp_path / "it-ran").exists()


def test_the_programs_output_is_its_own_and_the_table_goes_to_stderr(perfkit: Any, tmp_path: Path) -> None:
    run = perfkit("profile", PROGRAMS / "reader.py", cwd=tmp_path, stdin="40\n2\n")

    assert (run.rc, run.stdout) == (0, "2 42\n")
    assert run.stderr.splitlines()[0] == f"plan: python {PROGRAMS / 'reader.py'} runs once, under py-spy"
    assert "wall " in run.stderr
    assert "running " in run.stderr
    assert "exit code 0" in run.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def profiled(perfkit_here: Any, tmp_path: Path) -> Any:
    """`profiled(…)`: the JSON of a program's profile; its exit code is that of the command."""

    def run(*words: object, rc: int = 0) -> Any:
        done = perfkit_here("profile", "--json", tmp_path / "found.json", *words)
        assert done.rc == rc, done.stderr
        return json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))

    return run


@pytest.mark.parametrize(
    ("options", "words", "rc", "ended"),
    [
        ((), ("leaves.py", "3"), 0, (3, None)),
        (("--exit-code",), ("leaves.py", "3"), 3, (3, None)),
        (("--exit-code",), ("leaves.py", "words"), 1, (1, None)),
        ((), ("abrupt.py", "abort"), 0, (None, "SIGABRT")),
        (("--exit-code",), ("abrupt.py", "abort"), 134, (None, "SIGABRT")),
    ],
    ids=["printed", "code handed on", "words handed on", "signal printed", "signal handed on"],
)
def test_the_programs_exit_code(
    profiled: Any, options: tuple[str, ...], words: tuple[str, ...], rc: int, ended: tuple[object, object]
) -> None:
    found = profiled(*options, PROGRAMS / words[0], words[1], rc=rc)

    assert (found["program"]["exit_code"], found["program"]["signal"]) == ended
    assert found["program"]["words"] == [str(PROGRAMS / words[0]), words[1]]
    assert found["status"] == "complete"


def test_what_hands_the_exit_code_on_is_named_where_it_was_not_asked_for(perfkit_here: Any) -> None:
    asked = [perfkit_here("profile", *o, PROGRAMS / "leaves.py", "3").stderr for o in ((), ("--exit-code",))]

    assert "ended   the program ended with exit code 3; --exit-code hands it on\n" in asked[0]
    assert "ended   the program ended with exit code 3\n" in asked[1]


def test_a_document_on_stdout_is_the_only_thing_there(perfkit_here: Any) -> None:
    run = perfkit_here("profile", "--json", "-", PROGRAMS / "state.py")

    assert run.json["program"]["exit_code"] == 0
    assert run.json["profilers"][0]["slowdown"] is None
    assert {line["function"] for line in run.json["program"]["lines"]} >= {"Account.add"}


WORK = "while __import__('time').process_time() < end: '\x1b[2J'.join('ab')\n"


def test_exports_are_of_the_program(perfkit_here: Any, tmp_path: Path) -> None:
    names = ("p.html", "p.speedscope.json", "p.collapsed", "p.pstats")
    options = [word for name in names for word in ("--export", tmp_path / name)]
    run = perfkit_here("profile", "--with", "pyspy,cprofile", *options, PROGRAMS / "recursion.py")

    assert run.rc == 0, run.stderr
    assert "bottom" in (tmp_path / "p.html").read_text(encoding="utf-8")
    assert ";descend" in (tmp_path / "p.collapsed").read_text(encoding="utf-8")
    assert "program.py" not in (tmp_path / "p.collapsed").read_text(encoding="utf-8")


def test_names_of_a_program_do_not_steer_the_terminal(perfkit_here: Any, tmp_path: Path) -> None:
    script = tmp_path / "red\x1b[31m\u202e.py"
    script.write_text("end = __import__('time').process_time() + 0.05\n" + WORK, encoding="utf-8")
    run = perfkit_here("profile", "--with", "pyspy,cprofile", script)

    assert run.rc == 0, run.stderr
    assert "\\x1b[31m" in run.stderr
    assert not {"\x1b", "\u202e"} & set(run.stderr)


def test_a_module_that_is_not_there(perfkit_here: Any, tmp_path: Path) -> None:
    run = perfkit_here("profile", "-m", "nothing_of_the_kind", cwd=tmp_path)

    assert run.rc == 2
    assert "perfkit: there is no module to run: No module named nothing_of_the_kind" in run.stderr


def runs_for(program: psutil.Process | None, seconds: float) -> None:
    """Wait until the program has had that much of a processor: enough for samples, however busy the machine is."""
    assert program is not None
    end = program.cpu_times().user + seconds
    while program.cpu_times().user < end:
        time.sleep(0.01)


def test_an_interrupted_program_is_ended_and_shown(environment: dict[str, str], tmp_path: Path) -> None:
    words = [sys.executable, "-m", "perfkit", "profile", str(PROGRAMS / "endless.py")]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(
        words, cwd=tmp_path, env=environment, text=True, start_new_session=True, **streams
    ) as process:
        assert process.stdout is not None
        child = psutil.Process(int(process.stdout.readline()))
        runs_for(child.parent(), 0.3)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)

    assert process.returncode == 130, said
    assert "interrupted: this is what was profiled so far" in said
    assert "forever" in said
    psutil.wait_procs([child], timeout=10)
    assert not child.is_running()
    assert not [p for p in psutil.process_iter(["cmdline"]) if str(tmp_path) in " ".join(p.info["cmdline"] or ())]


def test_a_process_that_runs_already_is_looked_at_and_left_alone(profiled: Any) -> None:
    with subprocess.Popen([sys.executable, PROGRAMS / "endless.py"], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            child = psutil.Process(int(process.stdout.readline()))
            found = profiled("--pid", process.pid, "--duration", "300ms")
            assert process.poll() is None
            assert child.is_running()
        finally:
            child.kill()
            process.kill()

    assert (found["target"], found["program"]["exit_code"]) == (f"process {process.pid}", None)
    assert found["hotspots"][0]["function"] == "forever"
    assert 0.3e9 <= found["wall"]["call_ns"] < 30e9


@pytest.fixture
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profiling, "Session", partial(profiling.Session, start=InlineWorker, at_once=1))


MINE = '''"""Mine."""


def step(n):
    return sum(range(n))


def work(n, times=3):
    return [step(n) for _ in range(times)]


def make(rng):
    return (int(rng.integers(100, 200)),)
'''


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize(
    "inputs", [("--inputs", "mine_.py:make"), ("--args", "n=100, times=3")], ids=["made", "literal"]
)
def test_a_function_with_inputs(perfkit_here: Any, tmp_path: Path, inputs: tuple[str, str]) -> None:
    (tmp_path / "mine_.py").write_text(MINE, encoding="utf-8")
    options = ("--with", "cprofile", "--duration", "20ms")
    run = perfkit_here("profile", "mine_.py:work", *inputs, *options, cwd=tmp_path)

    assert run.rc == 0, run.stderr
    assert run.stdout.startswith("mine_.py:work\n")
    assert "step  mine_.py:4" in run.stdout
    assert "lambda" not in run.stdout
    assert f"perfkit compare mine_.py:work mine_.py:work_2 {inputs[0]} " in run.stdout


@pytest.mark.usefixtures("inline")
def test_a_function_that_is_not_there(perfkit_here: Any, tmp_path: Path) -> None:
    (tmp_path / "mine_.py").write_text(MINE, encoding="utf-8")
    run = perfkit_here("profile", "mine_.py:wrk", "--args", "n=1", cwd=tmp_path)

    assert run.rc == 2
    assert "no function of mine_.py is called 'wrk'" in run.stderr
    assert "did you mean work?" in run.stderr
    assert {*os.listdir(tmp_path)} <= {"mine_.py", "__pycache__"}  # Python's own


@pytest.mark.usefixtures("inline")
def test_a_function_from_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine_too.py").write_text(MINE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    mine = importlib.import_module("mine_too")

    found = perfkit_itself.profile(mine.work, inputs=mine.make, profilers=["cprofile"], duration_s=0.02)
    assert "step" in {h.function for h in found.hotspots}
    assert found.table().startswith("mine_too:work\n")
    assert found._repr_html_().startswith("<pre")
    assert json.loads(found.to_json())["target"] == "mine_too:work"
    with pytest.raises(UsageError, match="a lambda, which cannot be imported"):
        perfkit_itself.profile(lambda: 1)


COUNTS = """
import signal
import sys
import time
import time

times = []
signal.signal(signal.SIGINT, lambda *_: times.append(1))


def busy():
    end = time.process_time() + 0.4
    while time.process_time() < end:
        pass
    print("ready", flush=True)
    while not times:
        pass


busy()
end = time.monotonic() + 0.3  # a second one would have come by then
while time.monotonic() < end:
    time.sleep(0.01)
print("interrupted", len(times), "times", flush=True)
sys.exit(5)
"""


def test_a_process_that_a_program_leaves_is_named_and_left_alone(perfkit_here: Any, tmp_path: Path) -> None:
    text = "import subprocess\n\nsubprocess.Popen(['sleep', '60'], start_new_session=True)\n"
    (tmp_path / "leaves.py").write_text(text, encoding="utf-8")
    run = perfkit_here("profile", "leaves.py", cwd=tmp_path)

    found = re.search(r"it has left running: process (\d+), sleep 60", run.stderr)
    assert found, run.stderr
    psutil.Process(int(found[1])).kill()  # which would raise if it had been ended


def test_ctrl_c_on_a_terminal_reaches_the_program_once(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "counts.py").write_text(COUNTS, encoding="utf-8")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "perfkit", "profile", "counts.py"],
        cwd=tmp_path,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(theirs, termios.TIOCSCTTY, 0),  # the terminal is that of its session
    )
    os.close(theirs)
    said = _read_until(ours, "ready")
    os.write(ours, b"\x03")
    said += _read_until(ours, "")
    code = process.wait(timeout=60)
    os.close(ours)

    assert code == 130, said
    assert "interrupted 1 times" in said
    assert "interrupted: this is what was profiled so far" in said
    assert "busy  counts.py:" in said
    assert "Traceback" not in said
    assert not [p for p in psutil.process_iter(["cmdline"]) if "counts.py" in (p.info["cmdline"] or ())]


def _read_until(descriptor: int, words: str) -> str:
    """What a terminal shows up to these words, or to its end."""
    shown = b""
    while not words or words.encode() not in shown:
        assert select.select([descriptor], [], [], 60)[0], shown
        try:
            more = os.read(descriptor, 1 << 16)
        except OSError:  # nobody has it open any more
            more = b""
        if not more:
            break
        shown += more
    return shown.decode("utf-8", "replace")
