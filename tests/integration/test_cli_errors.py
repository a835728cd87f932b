"""What a user gets wrong costs one line, a hint and the right exit code; never a traceback, never a minute."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

COMPARE = ["compare", "--recipe", "rope-cache"]

# words, exit code, what the one line says, what the hint says
MISTAKES = [
    ("explain rope-cach", 2, "no recipe is called 'rope-cach'", "did you mean rope-cache"),
    ("explain glassbox/rope-cach", 2, "no recipe is called", "did you mean glassbox/rope-cache"),
    ("explain xyzzy", 2, "no recipe is called 'xyzzy'", "known: array-coder, "),
    ("explain xyzzz", 2, "no recipe is called 'xyzzz'", "; recipes of your own: --catalog DIR"),
    ("list targts", 2, "no list or target is called 'targts'", "did you mean targets?"),
    ("profile glasbox", 2, "no target, recipe or comparison is called 'glasbox'", "did you mean glassbox?"),
    ("profile glassbox --workload decod", 2, "no workload of glassbox", "did you mean decode"),
    ("profile glassbox --size tinny", 2, "no size of glassbox/forward-small", "did you mean tiny?"),
    ("profile glassbox --recipe rope-cach", 2, "no recipe is called", "did you mean rope-cache"),
    ("compare --recipe rope-cach", 2, "no recipe is called 'rope-cach'", "did you mean rope-cache"),
    # the recipes of the target that was named come first: others have some of the same name, and nearer ones
    ("compare spectral vectorised-encoding", 2, "is called 'vectorised-encoding'", "did you mean vectorized-encoding?"),
    ("compare traditional torch-compil", 2, "no target, recipe", "did you mean torch-compile?"),
    ("compare spectral some-typo", 2, "no target, recipe or comparison is called", "known: bf16-autocast, cuda-encod"),
    ("compare glassbox kv-cach", 2, "no target, recipe", "did you mean rope-cache or dequant-cache?"),
    ("compare traditional --recipe some-typo", 2, "no recipe is called", "known: bf16-autocast, fused-adam, infer"),
    ("compare glasbox --all", 2, "no target is called 'glasbox'", "did you mean glassbox?"),
    ("compare --recipe rope-cache --workload forwrd-small", 2, "no workload", "did you mean forward-small?"),
    ("compare --recipe rope-cache --size smal", 2, "no size", "did you mean small?"),
    ("compare --all", 2, "--all needs a target", "perfkit compare compressor --all"),
    ("compare glassbox --all --recipe rope-cache", 2, "--all and --recipe do not go together", "use one"),
    ("compare --recipe rope-cache --budget soon", 2, "--budget 'soon' is not a time", "write 15s"),
    ("compare --recipe rope-cache --budget 0", 2, "--budget '0' is not a time", "write 15s"),
    ("compare --recipe rope-cache --budget abc", 2, "--budget 'abc' is not a time", "write 15s"),
    ("compare --recipe rope-cache --budget 0s", 2, "--budget '0s' is not a time", "write 15s"),
    ("compare --recipe rope-cache --budget -3s", 2, "--budget '-3s' is not a time", "write 15s"),
    ("compare --recipe rope-cache --budget nan", 2, "--budget 'nan' is not a time", "write 15s"),
    ("compare --recipe rope-cache --timeout 5parsecs", 2, "--timeout '5parsecs' is not a time", "write 15s"),
    ("compare --recipe rope-cache --layout sideways", 2, "no layout is called 'sideways'", "in-process, processes"),
    ("compare --recipe rope-cache --margin=-0.1", 2, "--margin must be a positive number", "write --margin 0.01"),
    ("compare --recipe rope-cache --margin nan", 2, "--margin must be a positive number", "write --margin 0.01"),
    ("compare --recipe rope-cache --margin 1e400", 2, "a positive number, not inf", "write --margin 0.01"),
    ("compare --recipe rope-cache --save missing/run.json", 2, "no folder missing", "create it first"),
    ("compare --recipe rope-cache --json .", 2, ". is a folder", "name a file"),
    ("compare --recipe rope-cache --markdown missing/table.md", 2, "no folder missing", "create it first"),
    ("compare --recipe rope-cache --catalog missing", 2, "missing is not a catalogue", "recipes/<target>"),
    ("compare --recipe rope-cache --recipe rope-cache", 4, "rope-cache is named twice", "once"),
    ("list --json missing/list.json", 1, "cannot write missing/list.json", "choose another place"),
    ("list --json .", 2, ". is a folder", "name a file"),
    ("new recipe glasbox idea --seam sigmoid", 2, "no target is called 'glasbox'", "did you mean glassbox?"),
    ("new recipe glassbox idea --seam sigmod", 2, "no seam of glassbox", "did you mean sigmoid?"),
    ("new recipe glassbox My_Idea --seam sigmoid", 2, "'My_Idea' is not a recipe id", "my-idea"),
    ("new recipe glassbox rope-cache --seam rope_table", 2, "glassbox/rope-cache exists already", "another id"),
]


@pytest.mark.parametrize(("words", "rc", "says", "hint"), MISTAKES, ids=[m[0] for m in MISTAKES])
def test_a_mistake_is_one_line_a_hint_and_an_exit_code(
    perfkit_here: Any, tmp_path: Path, words: str, rc: int, says: str, hint: str
) -> None:
    run = perfkit_here(*words.split(), cwd=tmp_path)

    message, *rest = run.stderr.splitlines()
    assert run.rc == rc
    assert run.stdout == ""
    assert message.startswith("perfkit: ")
    assert says in message
    assert [line[:8] for line in rest] == (["  hint: "] if hint else [])
    assert hint in "".join(rest)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        ["show", ""],
        ["show", "run.json", "--against", ""],
        ["list", "--catalog", ""],
        ["list", "--json", ""],
        [*COMPARE, "--save", ""],
        [*COMPARE, "--markdown="],
        ["new", "recipe", "glassbox", "idea", "--seam", "sigmoid", "--dir", ""],
    ],
    ids=" ".join,
)
def test_an_empty_name_is_called_so_and_not_the_current_folder(
    perfkit_here: Any, tmp_path: Path, words: list[str]
) -> None:
    run = perfkit_here(*words, cwd=tmp_path)

    assert (run.rc, run.stdout) == (2, "")
    message, hint = run.stderr.splitlines()
    assert message == "perfkit: an empty name is not a file or folder"
    assert hint.startswith("  hint: ")


@pytest.mark.parametrize("option", ["--threads 0", "--processes 0", "--processes many", "--seed=-1", "--nonsense"])
def test_an_option_out_of_range_is_a_usage_error_without_traceback(perfkit_here: Any, option: str) -> None:
    run = perfkit_here(*COMPARE, *option.split())

    assert (run.rc, run.stdout) == (2, "")
    assert option.split()[0].partition("=")[0] in run.stderr
    assert "Traceback" not in run.stderr


def test_an_unknown_command_is_a_usage_error(perfkit_here: Any) -> None:
    run = perfkit_here("comapre")

    assert (run.rc, run.stdout) == (2, "")
    assert "comapre" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    ("words", "rc", "says"),
    [
        (["--recipe", "identity"], 2, "fits several recipes: glassbox/identity, toy/identity"),
        (["--recipe", "toy/identity", "--recipe", "glassbox/identity"], 2, "several targets: glassbox, toy"),
        (["toy", "--recipe", "rope-cache"], 2, "glassbox/rope-cache is not a recipe of toy"),
    ],
)
def test_recipes_that_do_not_fit_the_target_are_refused(
    perfkit_here: Any, planted: Path, words: list[str], rc: int, says: str
) -> None:
    run = perfkit_here("compare", "--catalog", planted, *words)

    assert (run.rc, run.stdout) == (rc, "")
    assert says in run.stderr


def test_a_recipe_that_does_not_fit_stops_no_other_and_is_named(perfkit_here: Any, toy_catalog: Any) -> None:
    catalog = toy_catalog("zeros", "nan")
    path = catalog / "recipes/toy/nan.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("touches=", 'requires={"zeroes"}, touches='), encoding="utf-8")
    left_out = [f"perfkit: skipped: {path}: no recipe of toy (in requires) is called 'zeroes'"]
    left_out += ["  hint: did you mean zeros?"]

    listed = perfkit_here("list", "recipes", "--catalog", catalog)
    assert (listed.rc, listed.stderr.splitlines()) == (0, left_out)
    assert "zeros" in listed.stdout
    assert " nan " not in listed.stdout
    # the others go on to be measured: here as far as to the size, which is a mistake of the user's own
    every = perfkit_here("compare", "toy", "--all", "--size", "hoge", "--catalog", catalog).stderr.splitlines()
    assert every[:2] == left_out
    assert every[2].startswith("perfkit: no size of toy/run")
    named = perfkit_here("explain", "nan", "--catalog", catalog)
    assert (named.rc, named.stderr.splitlines()) == (2, [left_out[0].replace("skipped: ", ""), left_out[1]])


def test_two_recipes_on_one_seam_are_refused_by_name(perfkit_here: Any, planted: Path) -> None:
    run = perfkit_here("compare", "toy", "--catalog", planted, "--recipe", "zeros", "--recipe", "swapped-rows")

    assert (run.rc, run.stdout) == (4, "")
    assert "zeros" in run.stderr
    assert "swapped-rows" in run.stderr
    assert "mix" in run.stderr


def test_a_link_to_itself_is_one_line(perfkit_here: Any, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")

    for words, rc in (("list --catalog loop", 2), ("list --json loop", 1), (" ".join([*COMPARE, "--save loop"]), 2),
                      (" ".join([*COMPARE, "--catalog loop"]), 2), ("show loop", 2)):  # fmt: skip
        run = perfkit_here(*words.split(), cwd=tmp_path)
        assert (run.rc, run.stdout) == (rc, "")
        assert "loop" in run.stderr.splitlines()[0]
        assert run.stderr.startswith("perfkit: ")
    assert (tmp_path / "loop").is_symlink()


def test_a_link_whose_place_does_not_exist_is_found_before_time_is_spent(perfkit_here: Any, tmp_path: Path) -> None:
    (tmp_path / "run.json").symlink_to(tmp_path / "missing" / "run.json")

    assert "there is no folder" in perfkit_here(*COMPARE, "--save", "run.json", cwd=tmp_path).stderr


def test_source_that_python_cannot_parse_is_left_out_with_its_remedy(perfkit_here: Any, toy_catalog: Any) -> None:
    catalog = toy_catalog("zeros")
    (catalog / "recipes/toy/deep.py").write_text("x = " + "-" * 200_000 + "1", encoding="utf-8")

    run = perfkit_here("list", "recipes", "--catalog", catalog)

    assert run.rc == 0
    assert "zeros" in run.stdout
    assert [line[:8] for line in run.stderr.splitlines()] == ["perfkit:", "  hint: "]


def test_a_target_decides_which_of_two_equal_ids_is_meant(perfkit_here: Any, planted: Path) -> None:
    run = perfkit_here("compare", "toy", "--catalog", planted, "--recipe", "identity", "--size", "no-such-size")

    assert "no size of toy/run" in run.stderr


@pytest.mark.parametrize(
    "words",
    ["compare --recipe nope --json -", "compare --recipe nope --json=-", "show missing.json --json -"],
)
def test_an_error_is_the_one_json_document_where_json_goes_to_stdout(perfkit_here: Any, words: str) -> None:
    run = perfkit_here(*words.split())

    assert run.rc == run.json["error"]["code"] == 2
    assert run.json["error"]["message"] in run.stderr
    assert run.json["error"]["hint"] in run.stderr


def test_json_and_markdown_do_not_both_go_to_stdout(perfkit_here: Any, planted: Path) -> None:
    run = perfkit_here(
        "compare", "--catalog", planted, "--recipe", "zeros", "--quick", "--json", "-", "--markdown", "-"
    )

    assert run.rc == 2
    assert run.json["error"]["code"] == 2


def test_a_full_disk_is_one_line_and_the_table_is_not_lost(perfkit_here: Any, planted: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    run = perfkit_here("compare", "--catalog", planted, "--recipe", "zeros", "--quick", "--save", "/dev/full")

    assert run.rc == 1
    assert "perfkit: cannot write /dev/full: No space left on device" in run.stderr
    assert "Traceback" not in run.stderr
    assert "REJECTED" in run.stdout


def test_a_mistake_is_found_before_time_is_spent(perfkit_here: Any, tmp_path: Path) -> None:
    start = time.monotonic()
    perfkit_here(*COMPARE, "--save", "missing/run.json", cwd=tmp_path)

    assert time.monotonic() - start < 5  # a session takes longer than that on any machine
