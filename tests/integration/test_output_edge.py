"""Text that perfkit did not write reaches a terminal as text; JSON to stdout is one document on every path."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from perfkit.errors import PerfkitError, WorkFailed
from perfkit.report.compare import CompareReport
from perfkit.report.document import to_json
from perfkit.report.markdown import compare_markdown
from tests.integration.conftest import altered, claimed
from tests.integration.forked import Forks, Twist

pytestmark = pytest.mark.slow

STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
HOSTILE = "\x1b]0;owned\x07\x9b2J\u202e\nperfkit: forged\x7f"
COMPARE = ("compare", "--recipe", "rope-cache")


@pytest.fixture
def hostile(invented: Any) -> Any:
    """A saved run in which every name and note would steer the terminal."""
    rows = [
        altered(
            r, target=HOSTILE, recipes=tuple(HOSTILE for _ in r.recipes), workload=HOSTILE, note=HOSTILE, on=(HOSTILE,),
            reason=HOSTILE, claim=r.claim and replace(r.claim, text=HOSTILE, source=HOSTILE, outcome=HOSTILE),
        )
        for r in invented.full.results
    ]  # fmt: skip
    environment = dict.fromkeys(invented.full.environment, HOSTILE)
    return replace(invented.full, results=tuple(rows), environment=environment, warnings=(HOSTILE,), command=HOSTILE)


@pytest.mark.parametrize("words", [[], ["--json", "-"]], ids=["table", "json"])
def test_a_saved_run_cannot_steer_the_terminal(
    perfkit_here: Any, tmp_path: Path, hostile: Any, words: list[str]
) -> None:
    (tmp_path / "run.json").write_text(json.dumps(json.loads(to_json(hostile)), ensure_ascii=False), encoding="utf-8")

    run = perfkit_here("show", "run.json", *words, cwd=tmp_path)

    assert run.rc == 0
    assert not STEERING.search(run.stdout)
    assert "\nperfkit: forged" not in run.stdout
    assert "owned" in run.stdout
    assert "--json" not in words or run.json["results"][0]["target"] == HOSTILE  # the same value, safely written


def test_markdown_cannot_steer_and_keeps_its_lines(hostile: Any, invented: Any) -> None:
    text = compare_markdown(hostile)

    assert not STEERING.search(text)
    assert len(text.splitlines()) == len(compare_markdown(invented.full).splitlines())


def test_a_terminal_gets_perfkits_own_colours_and_no_other_escape(monkeypatch: Any, hostile: Any) -> None:
    from perfkit.cli.terminal import emit

    class Terminal(io.StringIO):
        encoding = "utf-8"

        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys, "stdout", screen)
    emit(CompareReport(hostile, {HOSTILE: HOSTILE}))

    text, colours = re.subn(r"\x1b\[[0-9;]*m", "", screen.getvalue())
    assert colours > 0
    assert not STEERING.search(text)


@pytest.mark.parametrize(
    "words",
    [
        ["explain", HOSTILE],
        ["list", HOSTILE],
        ["list", "--catalog", HOSTILE],
        ["show", HOSTILE],
        [*COMPARE, "--budget", HOSTILE],
        [*COMPARE, "--threads", HOSTILE],
        [*COMPARE, "--save", HOSTILE + "/x"],
        [*COMPARE, f"--{HOSTILE}"],
        ["profile", "glassbox", "--top", HOSTILE],
        ["new", "recipe", "glassbox", HOSTILE, "--seam", "sigmoid"],
        [HOSTILE],
    ],
    ids=lambda words: " ".join(words[:-1]) or "command",
)
def test_a_word_of_the_command_line_is_echoed_on_its_own_line_only(perfkit_here: Any, words: list[str]) -> None:
    run = perfkit_here(*words)

    assert (run.rc, run.stdout) == (2, "")
    assert not STEERING.search(run.stderr)
    assert [line[:9] for line in run.stderr.splitlines()][1:] in ([], ["  hint: " + run.stderr.splitlines()[1][8]])


def test_names_in_a_catalogue_are_shown_not_obeyed(perfkit_here: Any, toy_catalog: Any) -> None:
    catalog = toy_catalog("zeros", "nan")
    source = catalog / "recipes/toy/zeros.py"
    source.write_text(
        source.read_text(encoding="utf-8").replace('"""', '"""\x1b]0;owned\x9b [/red] ', 1), encoding="utf-8"
    )
    (catalog / "recipes/toy/bad\x1b\nname.py").write_text("x", encoding="utf-8")

    run = perfkit_here("list", "--catalog", catalog)

    assert run.rc == 0
    assert not STEERING.search(run.stdout + run.stderr)
    assert "\\x1b]0;owned\\x9b [/red]" in run.stdout
    assert re.fullmatch(r"perfkit: skipped: \S+bad\\x1b\\nname\.py: .*\n  hint: .*\n", run.stderr)


def test_what_new_wrote_is_named_on_one_line_and_its_command_can_be_pasted(perfkit_here: Any, tmp_path: Path) -> None:
    folder = "a\x1b\nb; echo owned"

    run = perfkit_here("new", "recipe", "glassbox", "idea", "--seam", "sigmoid", "--dir", folder, cwd=tmp_path)

    assert run.rc == 0
    assert [line[:6] for line in run.lines] == ["wrote ", "wrote ", "next  "]
    assert not STEERING.search(run.stdout)
    assert run.lines[-1].endswith("--catalog 'a\\x1b\\nb; echo owned'")


def test_the_output_of_failed_work_is_set_apart(perfkit_here: Any, monkeypatch: Any) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise WorkFailed("the work died\nperfkit: forged\n  hint: \x1b[2J", hint="fix it")

    monkeypatch.setattr("perfkit.profiling.run.run_profile", fail)
    run = perfkit_here("profile", "glassbox")

    assert run.rc == 5
    assert run.stderr.splitlines() == [
        "perfkit: the work died",
        "  | perfkit: forged",
        "  |   hint: \\x1b[2J",
        "  hint: fix it",
    ]


def test_plan_lines_are_made_visible(capsys: Any) -> None:
    from perfkit.cli.terminal import progress

    with progress(1) as watcher:
        watcher.planned(HOSTILE)

    assert capsys.readouterr().err == "plan: \\x1b]0;owned\\x07\\x9b2J\\u202e\\nperfkit: forged\\x7f\n"


def test_the_progress_line_takes_any_name(monkeypatch: Any) -> None:
    from perfkit.cli.terminal import progress

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "200")
    with progress(1) as watcher:
        watcher.planned(f"[/red] {HOSTILE}")
        watcher.doing(f"[/red] {HOSTILE}", 0.5)
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", screen.getvalue())  # rich moves the cursor

    assert "plan: [/red] \\x1b]0;owned\\x07\\x9b2J" in text
    assert text.count("[/red]") >= 2
    assert not STEERING.search(text.replace("\r", ""))


# -- one JSON document -----------------------------------------------------------------------------------------------


class Crash(RuntimeError):
    pass


@pytest.mark.parametrize(
    ("error", "rc", "says"),
    [
        (PerfkitError("no room"), 1, "no room"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (OSError(28, "No space left on device", "/tmp/x"), 1, "/tmp/x: No space left on device"),
        (Crash("planted\x1b"), 1, "this is a bug in perfkit: Crash: planted"),
        (RecursionError("too deep"), 1, "this is a bug in perfkit: RecursionError"),
        (MemoryError(), 1, "this is a bug in perfkit: MemoryError"),
    ],
    ids=lambda e: type(e).__name__ if isinstance(e, BaseException) else "",
)
@pytest.mark.parametrize("words", [[], ["--json", "-"]], ids=["table", "json"])
def test_whatever_is_raised_gives_a_line_and_the_one_document(
    perfkit_here: Any, monkeypatch: Any, error: BaseException, rc: int, says: str, words: list[str]
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr("perfkit.profiling.run.run_profile", fail)
    run = perfkit_here("profile", "glassbox", *words)

    bug = "bug" in says
    assert run.rc == rc
    assert [line for line in run.stderr.splitlines() if line.startswith("perfkit: ") and says in line]
    assert run.stderr.startswith("Traceback") == bug
    assert not STEERING.search(run.stderr)
    if words:
        assert (run.json["error"]["code"], says in run.json["error"]["message"]) == (rc, True)
    else:
        assert run.stdout == ""


def test_a_document_that_is_out_is_not_followed_by_an_error_document(
    perfkit_here: Any, monkeypatch: Any, invented: Any, tmp_path: Path
) -> None:
    def full(*_: Any) -> None:
        raise PerfkitError("cannot write table.md: No space left on device")

    monkeypatch.setattr("perfkit.comparison.run.run", lambda *_: invented.one)
    monkeypatch.setattr("perfkit.report.document.write_text", full)
    run = perfkit_here(*COMPARE, "--json", "-", "--markdown", "table.md", cwd=tmp_path)

    assert run.rc == 1
    assert run.json["results"]
    assert "No space left" in run.stderr


@pytest.mark.parametrize(
    "words",
    [
        "",
        "comapre",
        "compare --threads 0",
        "compare --save - --recipe rope-cache",
        "compare --recipe rope-cache --recipe rope-cache",
        "profile glassbox --recipe naive-sigmoid --recipe naive-sigmoid",
        "show missing.json",
        "new",
        "new recipe glassbox idea --seam sigmoid",
        "list --json list.json",
        "explain",
    ],
)
def test_json_to_stdout_is_one_document_when_the_words_do_not_fit(perfkit_here: Any, words: str) -> None:
    run = perfkit_here(*words.split(), "--json", "-")

    assert "error" in run.json if run.rc else run.json["format_version"] == 1


def test_the_last_json_option_counts(perfkit_here: Any) -> None:
    assert perfkit_here("explain", "nothing", "--json", "-", "--json", "x.json").stdout == ""
    assert perfkit_here("explain", "--json=x.json", "nothing", "--json=-").json["error"]["code"] == 2
    assert perfkit_here("explain", "--", "--json", "-").stdout == ""


# -- encodings -------------------------------------------------------------------------------------------------------

LOCALES = {
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "latin-1": {"PYTHONIOENCODING": "latin-1"},
    "strict": {"PYTHONIOENCODING": "ascii:strict"},
    "C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}


@pytest.mark.parametrize("locale", LOCALES.values(), ids=LOCALES.keys())
@pytest.mark.parametrize(
    "words", ["show run.json", "show run.json --json -", "explain rope-cachü", "list --long", "--help"]
)
def test_no_encoding_ends_in_an_error(
    environment: dict[str, str], forks: Forks, invented: Any, tmp_path: Path, words: str, locale: dict[str, str]
) -> None:
    warnings = ("8 × 4–7 · 1.5 µs ± 2 → … größer 中",)
    (tmp_path / "run.json").write_text(to_json(replace(invented.full, warnings=warnings)), encoding="utf-8")

    env = {**locale, "COLUMNS": "40"}
    if locale == LOCALES["C"] or words == "show run.json":  # what an interpreter makes of these
        line = [sys.executable, "-m", "perfkit", *words.split()]
        done = subprocess.run(line, cwd=tmp_path, env={**environment, **env}, capture_output=True)
        rc, stdout, stderr = done.returncode, done.stdout, done.stderr
    else:
        files = {1: tmp_path / "stdout", 2: tmp_path / "stderr"}
        for file in files.values():
            file.touch()
        streams = {descriptor: str(file) for descriptor, file in files.items()}
        rc, _, _ = forks.run(tuple(words.split()), tmp_path, Twist(env=env, streams=streams))
        stdout, stderr = (file.read_bytes() for file in files.values())

    assert b"Traceback" not in stderr
    assert b"Unicode" not in stderr
    assert rc == (2 if "explain" in words else 0)
    assert stderr if "explain" in words else stdout
    if words.endswith("--json -"):
        assert json.loads(stdout.decode("ascii"))["warnings"] == list(warnings)
    elif "show" in words:
        text = stdout.decode("latin-1" if locale == LOCALES["latin-1"] else "ascii")
        words = " ".join(text.split())
        assert "us +- 2 -> ... gr\\xf6\\xdfer" in words or "µs ± 2 -> ... größer" in words
        assert "\\u4e2d" in text
        table, _, _ = text.partition("\nwarn")
        assert "..." in table
        assert max(map(len, table.splitlines())) <= 40


def test_a_claims_text_is_no_markup_in_markdown(invented: Any) -> None:
    text = "a|b `code` <img src=x> [link](u) **bold** ~~gone~~ \\| &amp; snake_case _soft_\n\n# title"
    claim = replace(claimed("reproduced", None), text=text, why="<b>|`x`")
    row = replace(invented.one.results[2], claim=claim)

    written = compare_markdown(replace(invented.one, results=(row,), command="perfkit `x` ``y`` <i>"))

    (line,) = [line for line in written.splitlines() if line.startswith('- "')]
    assert line.startswith(
        '- "a\\|b \\`code\\` &lt;img src=x&gt; \\[link\\](u) \\*\\*bold\\*\\* \\~\\~gone\\~\\~ '
        '\\\\\\| &amp;amp; snake_case \\_soft\\_\\\\n\\\\n# title", with '
    )
    assert "&lt;b&gt;\\|\\`x\\`" in line
    assert written.splitlines()[-1].endswith("``` perfkit `x` ``y`` <i> ```")
