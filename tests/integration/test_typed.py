"""What people type works, or is answered by the way to what they want: words -> exit code, and a phrase."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

# words, exit code, where the phrase stands, and the phrase; nothing here measures
TYPED = [
    ("help", 0, "out", "Usage: perfkit [OPTIONS] COMMAND"),
    ("help compare", 0, "out", "Usage: perfkit compare [OPTIONS]"),
    ("help new recipe", 0, "out", "Usage: perfkit new recipe [OPTIONS]"),
    ("-V", 0, "out", "perfkit "),
    ("--version", 0, "out", "perfkit "),
    ("list glassbox", 0, "out", "workload forward-small"),
    ("list glassbox", 0, "out", "seam sigmoid"),
    ("list glassbox", 0, "out", "\n  naive-sigmoid "),
    ("list recipes glassbox", 0, "out", "recipes of glassbox\n"),
    ("list glassbox recipes", 0, "out", "recipes of glassbox\n"),
    ("list targets glassbox", 0, "out", "seam sigmoid"),
    ("list rope-cache", 2, "err", "perfkit explain rope-cache"),
    ("list glasbox", 2, "err", "did you mean glassbox?"),
    ("list glassbox spectral", 2, "err", "list takes one kind and one target, and spectral is one more"),
    ("list comparisons glassbox", 2, "err", "perfkit list comparisons"),
    ("explain", 2, "err", "perfkit explain NAME"),
    ("explain glassbox", 0, "out", "Workloads"),
    ("explain rope-cache", 0, "out", "Why the baseline is slow"),
    ("explain glassbox/sigmoid", 0, "out", "sigmoid(x: Array) -> Array"),
    ("explain glassbox/sigmoid", 0, "out", "perfkit compare glassbox naive-sigmoid scipy-expit"),
    ("explain sigmoid", 0, "out", "glassbox/sigmoid  a seam"),
    ("explain head", 2, "err", "perfkit explain glassbox/head"),
    ("explain glassbox/forward-small", 0, "out", "glassbox/forward-small  a workload"),
    ("explain glassbox/forward-small", 0, "out", "perfkit profile glassbox --workload forward-small"),
    ("explain glassbox/sigmoid --json -", 2, "err", "perfkit list glassbox --json -"),
    ("profile", 2, "err", "targets: compressor, finite-memory, glassbox"),
    ("profile rope-cach", 2, "err", "did you mean rope-cache"),
    ("profile glassbox --with cprofil", 2, "err", "did you mean cprofile?"),
    ("profile glassbox --with nothing", 2, "err", "known: cprofile, pyinstrument, pyspy, sampling, torch"),
    ("profile glassbox --export x.speedscop.json", 2, "err", "did you mean .speedscope.json?"),
    ("profile glassbox --export x.png", 2, "err", "known: X.speedscope.json, X.collapsed"),
    ("compare", 2, "err", "three ways in"),
    ("compare glassbox", 2, "err", "perfkit compare glassbox --all"),
    ("compare rope-cach", 2, "err", "did you mean rope-cache"),
    ("compare rope-cache kv-cache", 2, "err", "one target at a time"),
    ("compare rope-cache rope-cache", 4, "err", "rope-cache is named twice"),
    ("compare --recipe naive-sigmoid --recipe scipy-expit", 4, "err", "compare glassbox naive-sigmoid scipy-expit"),
    ("show", 2, "err", "perfkit show RUN.json"),
    ("show nothing.json", 2, "err", "cannot read nothing.json"),
    ("show a.json --against b.json --markdown -", 2, "err", "drop --against"),
    ("show a.json --json - --markdown -", 2, "err", "give one of them a file"),
    ("new", 2, "err", "perfkit new recipe or perfkit new target"),
    ("new recipe", 2, "err", "the targets are compressor, finite-memory, glassbox"),
    ("new recipe glassbox", 2, "err", "a new recipe needs a name and a seam"),
    ("new recipe glassbox my-idea", 2, "err", "the seams of glassbox are forward, qkv, gate_up"),
    ("new recipe glassbox --seam sigmoid", 2, "err", "perfkit new recipe glassbox my-idea --seam sigmoid"),
    ("doctor --json", 2, "err", "--json - is standard output"),
    ("--quick compare rope-cache", 2, "err", "hint: perfkit compare --quick rope-cache\n"),
    ("--budget 3s --quick compare rope-cache", 2, "err", "hint: perfkit compare --budget 3s --quick rope-cache\n"),
    ("--seam sigmoid new recipe glassbox x", 2, "err", "hint: perfkit new recipe --seam sigmoid glassbox x\n"),
    ("--top=3 profile a.py --top", 2, "err", "hint: perfkit profile --top=3 a.py --top\n"),
    ("--quik compare rope-cache", 2, "err", "did you mean --quick"),
    ("compare glassbox --quik", 2, "err", "did you mean --quick"),
    ("compare glassbox --xyzzy", 2, "err", "perfkit compare --help lists them"),
    ("compare glassbox --budget", 2, "err", "write --budget TIME"),
    ("compar glassbox", 2, "err", "did you mean compare?"),
    ("new recip", 2, "err", "did you mean recipe?"),
    ("xyzzy", 2, "err", "known: bench, compare, doctor, explain, list, new, profile, show"),
    ("glassbox", 2, "err", "perfkit compare glassbox --all"),
    ("rope-cache naive-sigmoid", 2, "err", "perfkit compare rope-cache naive-sigmoid"),
    ("script.py --quick", 2, "err", "perfkit profile script.py --quick"),
    ("m:old m:new", 2, "err", "perfkit compare m:old m:new"),
]


@pytest.mark.parametrize(
    ("words", "rc", "where", "phrase"), TYPED, ids=[f"{words}: {phrase.strip()}" for words, _, _, phrase in TYPED]
)
def test_what_is_typed_works_or_is_answered_in_a_line(
    perfkit_here: Any, tmp_path: Path, words: str, rc: int, where: str, phrase: str
) -> None:
    run = perfkit_here(*words.split(), cwd=tmp_path)

    assert run.rc == rc
    assert phrase in (run.stdout if where == "out" else run.stderr)
    assert "Traceback" not in run.stderr
    if rc:
        message, *rest = run.stderr.splitlines()
        assert message.startswith("perfkit: ")
        assert rest[0].startswith("  hint: ")
        assert all(line.startswith("        ") for line in rest[1:])  # the three ways in are one hint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [["a b\nc.py", "x"], ["a\nb:c", "x"], ["--quick", "compare", "a\nb"], ["a\nb"]])
def test_a_line_to_paste_is_one_line_whatever_was_typed(perfkit_here: Any, words: list[str]) -> None:
    run = perfkit_here(*words)

    assert run.rc == 2
    assert len(run.stderr.splitlines()) == 2


# what reaches the use case: command line -> target, recipes, and whether two on one seam may be held against each other
COMPARED = [
    ("compare rope-cache", None, ("rope-cache",), True),
    ("compare rope-cache naive-sigmoid", None, ("rope-cache", "naive-sigmoid"), True),
    ("compare glassbox rope-cache", "glassbox", ("rope-cache",), True),
    ("compare naive-sigmoid scipy-expit --quick", None, ("naive-sigmoid", "scipy-expit"), True),
    ("compare --recipe rope-cache --recipe naive-sigmoid", None, ("rope-cache", "naive-sigmoid"), False),
]


class Asked(Exception):
    """In the place of a comparison or a profile."""


@pytest.mark.parametrize(("words", "target", "recipes", "alternatives"), COMPARED, ids=[c[0] for c in COMPARED])
def test_recipes_are_named_as_words(
    perfkit_here: Any,
    monkeypatch: pytest.MonkeyPatch,
    words: str,
    target: str | None,
    recipes: tuple[str, ...],
    alternatives: bool,
) -> None:
    asked: dict[str, Any] = {}

    def compare(found: Any, **given: Any) -> None:
        asked.update(given)
        raise Asked

    monkeypatch.setattr("perfkit.api.compare", compare)
    perfkit_here(*words.split())

    assert (asked["target"], asked["recipes"], asked["alternatives"]) == (target, recipes, alternatives)


@pytest.mark.parametrize(
    ("words", "recipes"),
    [
        ("profile glassbox", ()),
        ("profile rope-cache", ("rope-cache",)),
        ("profile glassbox/rope-cache", ("glassbox/rope-cache",)),
        ("profile rope-cache naive-sigmoid", ("rope-cache", "naive-sigmoid")),
        ("profile glassbox rope-cache --recipe naive-sigmoid", ("rope-cache", "naive-sigmoid")),
    ],
)
def test_a_recipe_profiles_its_target_with_it(
    perfkit_here: Any, monkeypatch: pytest.MonkeyPatch, words: str, recipes: tuple[str, ...]
) -> None:
    asked: dict[str, Any] = {}

    def profile(found: Any, target: str, **given: Any) -> None:
        asked.update(given, target=target)
        raise Asked

    monkeypatch.setattr("perfkit.api.profile", profile)
    perfkit_here(*words.split())

    assert (asked["target"], asked["recipes"]) == ("glassbox", recipes)


def test_a_saved_run_is_shown_as_markdown(perfkit_here: Any, repository: Path, tmp_path: Path) -> None:
    saved = repository / "tests" / "golden" / "format-1.json"

    printed, written = perfkit_here("show", saved, "--markdown", "-"), perfkit_here("show", saved, "--markdown", "t.md")
    assert printed.lines[0].startswith("| recipe | measured |")
    assert (tmp_path / "t.md").read_text(encoding="utf-8") == printed.stdout
    assert written.lines[0].startswith("toy / plain-cube")  # the table goes where it always does


@pytest.mark.slow
def test_a_saved_profile_is_drawn_and_given_back(perfkit_processes: Any, perfkit_here: Any, tmp_path: Path) -> None:
    words = ("profile", "rope-cache", "--size", "tiny", "--with", "cprofile", "--duration", "50ms")
    assert perfkit_processes(*words, "--json", tmp_path / "profile.json").rc == 0

    shown = perfkit_here("show", "profile.json")
    assert (shown.rc, shown.stderr) == (0, "")
    assert shown.lines[0] == "glassbox / forward-small  with glassbox/rope-cache"
    assert ["self", "total", "function", "seam", "recipes"] in [line.split() for line in shown.lines]
    again = next(line for line in shown.lines if line.startswith("next "))
    place = "--workload forward-small --size tiny --recipe rope-cache"
    assert again.split()[1:] == f"perfkit profile glassbox {place}".split()
    assert re.search(r"^rope-cache: .* without a profiler", shown.lines[-1])
    text = (tmp_path / "profile.json").read_text(encoding="utf-8")
    assert perfkit_here("show", "profile.json", "--json", "-").stdout == text
    assert perfkit_here("show", "profile.json", "--markdown", "-").rc == 2
    (tmp_path / "profile.json").write_text(text.replace('"status"', '"stat"'), encoding="utf-8")
    assert "profile.json is damaged" in perfkit_here("show", "profile.json").stderr


def test_a_document_of_another_command_is_named(perfkit_here: Any, tmp_path: Path) -> None:
    perfkit_here("list", "--json", "list.json")

    assert "it is what perfkit list has written" in perfkit_here("show", "list.json").stderr
