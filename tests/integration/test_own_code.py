"""Functions of one's own on the command line and from Python: a verdict, and one clear line for what goes wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import perfkit
from perfkit.errors import UsageError
from perfkit.settings import Settings

from ..own import pairs

MINE = """
import os

TABLE = [3, 1, 2]


def slow(words):
    out = []
    for word in words:
        if word not in out:
            out.append(word)
    return out


def fast(words):
    return list(dict.fromkeys(words))


def wrong(words):
    return sorted(set(words))


def make(rng):
    return ([str(n) for n in rng.integers(0, 300, 600)],)


def power(n, x=2):
    if n > 900:
        raise ValueError("too much")
    return x**n


def power_too(x, n):
    if n > 900:
        raise ValueError("too much")
    return x**n


def power_of_one(n):
    return 2**n


MOST = 3


class Bag:
    @classmethod
    def of(cls, word):
        return cls()

    @staticmethod
    def empty():
        return Bag()

    def slow(self, word):
        return word

    def fats(self, word):
        return word


def again(rng):
    return (TABLE,)


def bare(rng):
    return [1]


def takes_nothing():
    return (1,)


def fails(rng):
    raise KeyError("no such table")
"""
SHORT = ["--budget", "0.2s", "--processes", "2"]


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(MINE)
    (tmp_path / "broken.py").write_text("import json\n\ndef load():\n    return json.loads('{')\n\nDATA = load()\n")
    (tmp_path / "unread.py").write_text("def f(:\n    pass\n")
    (tmp_path / "lacks.py").write_text("import not_to_be_found\n")
    (tmp_path / "quits.py").write_text("import sys\n\nsys.exit('no')\n")
    (tmp_path / "statistics.py").write_text("def old():\n    return 1\n\n\ndef new():\n    return 1\n")
    return tmp_path


@pytest.mark.slow
def test_from_two_functions_to_a_verdict(perfkit_inline: Any, mine: Path) -> None:
    words = ["compare", "mine:slow", "mine:fast", "mine:wrong", "--inputs", "mine:make"]
    run = perfkit_inline(*words, "--json", "run.json", *SHORT, cwd=mine)

    first, *lines = run.lines
    assert (run.rc, first) == (5, "mine:slow against 2 others")
    assert next(line.split() for line in lines if "verdict" in line)[:2] == ["slow", "after"]
    fast, wrong = json.loads((mine / "run.json").read_text())["results"]
    assert (fast["target"], fast["recipes"], fast["workload"]) == ("mine:slow", ["mine:fast"], "call")
    assert fast["speedup"]["point"] > 2
    assert fast["proof"]["passed"]
    assert fast["proof"]["extremes"][1] > 0
    assert wrong["verdict"] == "rejected"
    assert "a different" in wrong["note"]
    shown = perfkit_inline("show", "run.json", cwd=mine)
    assert shown.lines[0] == first


@pytest.mark.slow
def test_what_both_raise_is_compared_and_recurring_arguments_are_said(perfkit_inline: Any, mine: Path) -> None:
    words = ["compare", "mine.py:power", "mine.py:power_too", "--args", "n=1000, x=3"]
    run = perfkit_inline(*words, "--json", "-", *SHORT, cwd=mine)

    assert run.rc == 0
    assert [r["state"] for r in run.json["results"]] == ["cold", "warm"]
    assert all(r["speedup"] for r in run.json["results"])
    assert "ValueError: too much" in run.json["warnings"][0]
    assert "what is raised counts as a result" in run.json["warnings"][0]


def test_without_a_proof_the_row_says_so(perfkit_inline: Any, mine: Path) -> None:
    run = perfkit_inline("compare", "mine:slow", "mine:wrong", "--inputs", "mine:make", "--no-proof", *SHORT, cwd=mine)

    assert run.rc == 0
    assert run.lines[4].endswith("unproven")
    assert "proof  none: nothing was compared" in run.stdout


def test_a_module_called_as_one_of_the_standard_library_is_the_users(perfkit_inline: Any, mine: Path) -> None:
    run = perfkit_inline("compare", "statistics:old", "statistics:nwe", *SHORT, cwd=mine)

    assert "did you mean new?" in run.stderr


MISTAKES = [
    ("", 2, "nothing to compare", "functions of yours: perfkit compare pkg.mod:old pkg.mod:new"),
    ("mine:slow", 2, "mine:slow is compared with nothing", "perfkit compare pkg.mod:old pkg.mod:new"),
    ("mine:slow mine:fsat", 2, "no function of mine is called 'fsat'", "did you mean fast?"),
    ("mine:Bag.slow mine:Bag.fast", 2, "no method of mine:Bag is called 'fast'", "did you mean fats?"),
    ("mine:slow mine:TABLE", 2, "mine:TABLE is a list, not a function", "it has Bag, again"),
    ("mine:slow mine:Bag.both", 2, "no method of mine:Bag is called 'both'", "empty"),
    ("mine:Bag.slow mine:Bag.fats --args 3", 2, "missing a required argument: 'word'", "returns (Bag(…), …)"),
    ("mine:slow mine:MOST", 2, "mine:MOST is an int, not a function", "it has Bag, again, bare, fails, fast"),
    ("mnie:slow mine:fast", 2, "there is no module mnie", "did you mean mine?"),
    ("nime.py:slow mine:fast", 2, "there is no file", "did you mean mine.py?"),
    ("broken:f mine:fast", 5, "importing broken raises json.decoder.JSONDecodeError", "python -c 'import broken'"),
    ("unread:f mine:fast", 5, "importing unread raises SyntaxError", "python -c 'import unread'"),
    ("lacks:f mine:fast", 5, "ModuleNotFoundError: No module named 'not_to_be_found'", "must import by itself"),
    ("quits.py:f mine:fast", 5, "importing quits.py raises SystemExit: no", "under if __name__ =="),
    ("mine:slow mine:fast", 2, "missing a required argument: 'words'", "it is slow(words): --args 'n=1000'"),
    ("mine:power mine:power_of_one --args n=3,x=4", 2, "got an unexpected keyword argument 'x'", "power_of_one(n)"),
    ("mine:slow mine:fast --inputs mine:again", 2, "hands out the same object twice: argument 1", "--recurring"),
    ("mine:slow mine:fast --inputs mine:bare", 2, "returns a list, not the arguments of one call", "(x,)"),
    ("mine:slow mine:fast --inputs mine:takes_nothing", 2, "cannot be called with a generator", "def make(rng)"),
    ("mine:slow mine:fast --inputs mine:fails", 5, "KeyError: 'no such table' (mine.py:", ""),
    ("mine:slow mine:fast --args n=[", 2, "cannot be read", "a list becomes a sweep"),
    ("mine:slow mine:fast --args n=f()", 2, "takes literals, and f() is none", "--inputs pkg.mod:make"),
    ("mine:slow mine:fast --args 1 --inputs mine:make", 2, "--inputs and --args do not go together", "use one"),
    ("mine:slow mine:fast --close rtol=0.5", 2, "takes rtol below 0.1", "--close rtol=1e-6"),
    ("mine:slow mine:fast --close x=1", 2, "--close 'x=1' is no tolerance", "rtol=1e-6,atol=1e-9"),
    ("mine:slow mine:fast --close rtol=1e-3 --equal mine:fast", 2, "do not go together", "use one"),
    ("mine:slow mine:fast --check stderr", 2, "--check 'stderr' is not known", "--check stdout"),
    ("mine:slow mine:fast mine:fast", 2, "mine:fast is named twice", "once"),
    ("mine:slow a:b a:c a:d a:e a:f a:g a:h", 2, "7 functions beside mine:slow are too many", "six"),
    ("mine:slow glassbox", 2, "glassbox is not a function, and the others are", "pkg.mod:func"),
    ("mine:slow mine:fast --recipe rope-cache", 2, "--recipe is for targets and recipes", "drop it"),
    ("glassbox --all --inputs mine:make", 2, "--inputs is for functions", "pkg.mod:old"),
    ("mine.slow mine.fast", 2, "is called 'mine.slow'", "a function is written mine:slow"),
    ("mine.py", 2, "mine.py is a program, and compare takes functions", "perfkit profile mine.py"),
    ("glassbox compressor --all", 2, "glassbox and compressor are two targets", "one target"),
]


@pytest.mark.parametrize(("words", "rc", "says", "hint"), MISTAKES, ids=[m[0] or "nothing" for m in MISTAKES])
def test_what_is_wrong_costs_one_line_and_a_hint(
    perfkit_inline: Any, mine: Path, words: str, rc: int, says: str, hint: str
) -> None:
    run = perfkit_inline("compare", *SHORT, *words.split(), cwd=mine)

    message, *rest = run.stderr.splitlines()
    assert (run.rc, run.stdout) == (rc, "")
    assert message.startswith("perfkit: ")
    assert says in message
    assert hint in "\n".join(rest)
    assert "perfkit/" not in "\n".join(rest)  # no frame of ours
    assert "Traceback" not in run.stderr


def test_of_a_module_that_does_not_import_the_users_frames_are_shown(perfkit_inline: Any, mine: Path) -> None:
    run = perfkit_inline("compare", "broken:f", "broken:g", cwd=mine)

    frames = [line for line in run.stderr.splitlines() if line.startswith("  | ")]
    assert [frame.partition(" in ")[2] for frame in frames] == [
        "<module>: DATA = load()",
        "load: return json.loads('{')",
    ]


@pytest.mark.slow
def test_from_python(inline_workers: None) -> None:
    settings = Settings(processes=2, budget_s=0.2)
    found = perfkit.compare(pairs.unique_slow, pairs.unique_fast, inputs=pairs.words, proof=False, settings=settings)

    assert found.speedup is not None
    assert found.speedup.point > 1
    assert found.verdict == "undecided"  # of two processes
    assert found.table().splitlines()[0] == "tests.own.pairs:unique_slow → tests.own.pairs:unique_fast"
    assert str(found) == found.table()
    assert "unique_fast" in found._repr_html_()
    assert json.loads(found.to_json())["results"][0]["proof"]["kind"] == "unproven"
    own = ["tests.own.pairs:unique_slow", "tests.own.pairs:unique_fast", "--inputs", "tests.own.pairs:words"]
    assert found.document.command.split() == ["perfkit", "compare", *own, "--no-proof"]


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (lambda values: values, "<lambda> is a lambda, which cannot be imported"),
        (None, ""),
    ],
)
def test_what_cannot_be_imported_is_told_what_to_do(function: Any, says: str) -> None:
    def inner(values: list[str]) -> list[str]:
        return values

    with pytest.raises(UsageError, match=says or "inner is defined inside another function") as caught:
        perfkit.compare(pairs.unique_slow, function if says else inner, inputs=pairs.words)
    assert "put it into a file" in caught.value.hint


def test_a_script_is_told_to_move_its_functions_into_a_file(tmp_path: Path, environment: dict[str, str]) -> None:
    script = tmp_path / "script.py"
    script.write_text("import perfkit\n\ndef f():\n    return 1\n\nperfkit.compare(f, f)\n")
    done = subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True, timeout=60)

    assert "f is defined in __main__, which a fresh interpreter cannot import" in done.stderr


def test_help_and_a_bare_import_load_nothing_heavy(environment: dict[str, str]) -> None:
    code = "import sys, perfkit; assert not {'numpy', 'rich', 'perfkit.library'} & set(sys.modules); perfkit.args(1)"
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=60)


def test_the_same_function_twice_is_said(perfkit_inline: Any, mine: Path) -> None:
    words = ["compare", "mine:slow", "mine.py:slow", "--inputs", "mine:make", "--json", "-"]
    run = perfkit_inline(*words, *SHORT, cwd=mine)

    said = "mine.py:slow is the very function that it is compared with: its row shows what no change looks like"
    assert run.rc == 0
    assert said in run.json["warnings"]


def test_a_comparer_that_says_nothing_is_named(perfkit_inline: Any, mine: Path) -> None:
    (mine / "silent.py").write_text("def same(expected, got):\n    assert expected == got\n", encoding="utf-8")
    run = perfkit_inline(
        "compare", "mine:slow", "mine:fast", "--inputs", "mine:make", "--equal", "silent:same", *SHORT, cwd=mine
    )

    assert run.rc == 5
    assert "silent:same returned None: return True where the two are equal" in run.stdout.replace("\n       ", " ")


@pytest.mark.slow
def test_words_that_perfkit_starts_a_worker_with_are_not_the_modules(perfkit_processes: Any, tmp_path: Path) -> None:
    text = "import argparse\n\nparser = argparse.ArgumentParser()\nparser.add_argument('n', nargs='?')\n"
    text += "parser.parse_args()\n"
    text += "\n\ndef old():\n    return 1\n\n\ndef new():\n    return 1\n"
    (tmp_path / "reads.py").write_text(text, encoding="utf-8")
    run = perfkit_processes("compare", "reads.py:old", "reads.py:new", "--no-proof", *SHORT, cwd=tmp_path)

    assert run.rc == 0, run.stderr


FORKS = """
import multiprocessing
import os


def plain(n):
    return [*range(n)]


def forks(n):
    os.fork()
    return [*range(n)]


def asks_a_child(n):
    context = multiprocessing.get_context("fork")
    queue = context.SimpleQueue()
    child = context.Process(target=lambda: queue.put([*range(n)]))
    child.start()
    found = queue.get()
    child.join()
    return found
"""


@pytest.fixture
def forking(tmp_path: Path) -> Path:
    (tmp_path / "forks.py").write_text(FORKS, encoding="utf-8")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("words", ["forks:plain forks:forks", "forks:forks forks:plain"])
def test_a_fork_that_comes_back_is_refused_at_once(perfkit_processes: Any, forking: Path, words: str) -> None:
    run = perfkit_processes("compare", *words.split(), "--args", "n=3", *SHORT, cwd=forking)

    said = " ".join(f"{run.stdout} {run.stderr}".split())
    assert run.rc == 5
    assert "forks, and the child comes back from the call too; end it within the call" in said
    assert "Traceback" not in said


@pytest.mark.slow
def test_a_function_may_ask_a_child_also_in_its_first_call(perfkit_processes: Any, forking: Path) -> None:
    words = ["forks:plain", "forks:asks_a_child", "--args", "n=3", "--timeout", "20s"]
    run = perfkit_processes("compare", *words, *SHORT, "--json", "-", cwd=forking)

    assert (run.rc, [r["state"] for r in run.json["results"]]) == (0, ["cold", "warm"])


CLOSES = "import os, time\n\nos.closerange(3, 256)\ntime.sleep(600)\n"  # and goes on, so that nobody hears of it again


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("import os\n\nos._exit(0)\n", "the process ended itself with status 0"),
        ("while True:\n    pass\n", "no answer within 1.5 s"),
        (CLOSES, "no answer within 1.5 s"),
    ],
)
def test_a_module_that_does_more_than_define_functions_is_named(
    perfkit_processes: Any, mine: Path, text: str, says: str
) -> None:
    (mine / "busy.py").write_text(text, encoding="utf-8")
    run = perfkit_processes("compare", "mine:slow", "busy:f", "--timeout", "1.5s", cwd=mine)

    message, hint = run.stderr.splitlines()
    assert (run.rc, run.stdout, message) == (5, "", f"perfkit: importing busy:f: {says}")
    assert hint == '  hint: what a module does as a program belongs under if __name__ == "__main__":'


@pytest.mark.slow
def test_inputs_that_are_never_ready_are_named(perfkit_processes: Any, mine: Path) -> None:
    (mine / "inputs.py").write_text("import time\n\ndef make(rng):\n    time.sleep(600)\n", encoding="utf-8")
    words = ["compare", "mine:slow", "mine:fast", "--inputs", "inputs:make", "--timeout", "1.5s"]
    run = perfkit_processes(*words, cwd=mine)

    message, hint = run.stderr.splitlines()
    assert (run.rc, message) == (5, "perfkit: making inputs with inputs:make: no answer within 1.5 s")
    assert hint == "  hint: raise --timeout if the work is honestly that long"


@pytest.mark.slow
def test_a_candidate_that_never_ends_is_failed_with_its_name(perfkit_processes: Any, mine: Path) -> None:
    (mine / "stuck.py").write_text("def f(words):\n    while True:\n        pass\n", encoding="utf-8")
    words = ["compare", "mine:slow", "stuck:f", "--inputs", "mine:make", "--timeout", "1.5s"]
    run = perfkit_processes(*words, *SHORT, cwd=mine)

    said = " ".join(run.stdout.split())
    assert (run.rc, [line.partition(":")[0] for line in run.stderr.splitlines()]) == (5, ["plan"])
    assert "FAILED no result" in said
    assert "why proof of stuck:f on call, first call: no answer within 1.5 s; raise --timeout" in said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "says", "frames"),
    [
        ("deep(words)", "ended by SIGSEGV", ["in deep", "in f"]),
        ("os._exit(3)", "the process ended itself with status 3; what is measured must return", []),
    ],
)
def test_of_a_function_that_ends_its_process_the_users_frames_are_shown(
    perfkit_processes: Any, mine: Path, body: str, says: str, frames: list[str]
) -> None:
    text = "import ctypes\nimport os\n\n\ndef deep(words):\n    return ctypes.string_at(0)\n"
    text += f"\n\ndef f(words):\n    {body}\n"
    (mine / "dies.py").write_text(text, encoding="utf-8")
    words = ["compare", "mine:slow", "dies:f", "--inputs", "mine:make"]
    run = perfkit_processes(*words, *SHORT, "--json", "run.json", cwd=mine)

    note = json.loads((mine / "run.json").read_text())["results"][0]["note"]
    assert (run.rc, [line.partition(":")[0] for line in run.stderr.splitlines()]) == (5, ["plan"])
    assert says in note.splitlines()[0]
    assert [f"in {line.rpartition(' in ')[2]}" for line in note.splitlines() if "dies.py" in line] == frames
    assert "perfkit" not in note
