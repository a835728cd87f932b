"""Whatever the command line or a saved file says: a table or one clear line, never a traceback, never a raw escape.

`PERFKIT_FUZZ=10000 pytest tests/integration/test_fuzz.py` tries that many inputs of each kind.
"""

from __future__ import annotations

import copy
import io
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from perfkit.catalog import open_catalogs
from perfkit.cli.main import main
from perfkit.errors import UsageError, WorkFailed
from perfkit.machine.doctor import Check
from perfkit.profilers.common.profile import HotSpot, Profile
from perfkit.profiling.advice import Advice
from perfkit.profiling.run import Profiled
from perfkit.report.document import read_document, to_json
from perfkit.report.markdown import compare_markdown
from perfkit.settings import Settings

pytestmark = pytest.mark.slow

TRIES = int(os.environ.get("PERFKIT_FUZZ", "0"))
fuzz = settings(
    max_examples=TRIES or 40,
    deadline=None,
    derandomize=not TRIES,  # the same inputs in every ordinary run; new ones in a long one
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)

CODES = {0, 1, 2, 4, 5, 6, 7, 130}
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
OURS = ("perfkit: ", "  hint: ", "        ", "  | ", "plan: ")  # a hint of several lines goes on indented
HOSTILE = "\x1b]0;owned\x07\x9b2J\u202e\n\rperfkit: forged\x7f"


@dataclass(frozen=True)
class Run:
    rc: int
    out: str
    err: str


def run(words: list[str], stdin: str = "", columns: str = "") -> Run:
    """The command line in this process, with streams as a pipe has them."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (
            ("argv", ["perfkit", *words]),
            ("stdin", io.TextIOWrapper(io.BytesIO(stdin.encode("utf-8", "surrogateescape")))),
            ("stdout", out),
            ("stderr", err),
        ):
            patch.setattr(sys, name, value)
        patch.setenv("COLUMNS", columns)
        with pytest.raises(SystemExit) as end:
            main()
    out.flush()
    err.flush()
    said = [stream.buffer.getvalue().decode() for stream in (out, err)]
    return Run(int(end.value.code or 0), *said)


def check(found: Run, wants_json: bool) -> None:
    """What holds of every run."""
    event(f"exit {found.rc}")
    assert found.rc in CODES
    assert "bug in perfkit" not in found.err, found.err
    assert [line for line in found.err.splitlines() if not line.startswith(OURS)] == []
    assert not STEERING.search(found.out)
    assert not STEERING.search(found.err)
    ends = re.findall("^perfkit: (?!skipped: )", found.err, re.M)
    assert len(ends) == (found.rc in (1, 2, 4) or (found.rc == 5 and "died" in found.err) or "interrupted" in found.err)
    if wants_json:
        document = json.loads(found.out, parse_constant=pytest.fail)
        assert found.rc in (0, 5, 6, 130) or document["error"]["code"] == found.rc


# -- the command line ------------------------------------------------------------------------------------------------

NAMES = "glassbox rope-cache glassbox/rope-cache einsum-optimize naive-sigmoid forward-small tiny".split()
COMMANDS = ["list", "explain", "compare", "profile", "show", "doctor", "new", "new recipe"]
FLAGS = "--all --quick --strict --long --help -h --version -- - -x".split()
VALUED = (
    "--recipe -r --workload --size --budget --processes --threads --layout --margin --seed --timeout --json --save "
    "--markdown --catalog --top --seam --dir"
).split()
VALUES = (
    "0 -1 1 7 0.5 abc nan inf 1e400 10**9 ² 15s -3s 0s 2m ∞s in-process both targets recipes sigmoid rope_table all"
).split()
VALUES += ["", "9" * 5000]
PATHS = ". .. run.json good.json cut.json missing/run.json /dev/null /proc/nothing - pipe/x".split()
PATHS += ["x" * 300]
# what a command line can hold: any byte but NUL; no slash, so that nothing is written elsewhere
SIGNS = st.sampled_from(
    "ab-=.~$*'\"\\[]{}<>|&;%\t\n\r\x01\x07\x08\x1b\x7f\x85\x9b\u2028\u202e\u2066\udc80\udcff é–中🙂"
)
KNOWN = [*NAMES, *COMMANDS, *FLAGS, *VALUED]
NEAR = st.builds(lambda n, i: n[: i % len(n)] + n[i % len(n) + 1 :], st.sampled_from(KNOWN), st.integers(0, 20))
HUGE = st.builds(str.__mul__, st.text(SIGNS, min_size=1, max_size=3), st.sampled_from([1000, 30_000]))
WORD = st.one_of(*map(st.sampled_from, (NAMES, VALUES, PATHS, FLAGS)), NEAR, st.text(SIGNS, max_size=12), HUGE)


def pair(option: str, value: str, joined: bool) -> list[str]:
    return [f"{option}={value}"] if joined else [option, value]


# lines that fit, and pieces that fit them
RIGHT = {
    (
        "compare --recipe rope-cache",
        "compare glassbox --all",
        "compare -r rope-cache -r naive-sigmoid",
        "compare glassbox -r dequant-cache --workload decode-4",
    ): (
        "--quick --strict --size=tiny --budget=1s --layout=both --json=run.json --save=saved.json --save=/dev/null "
        "--markdown=table.md --processes=3 --threads=2 --margin=0.1 --timeout=2m"
    ),
    (
        "profile glassbox",
        "profile glassbox --workload decode-4",
    ): "--recipe=rope-cache --top=3 --json=run.json --size=tiny",
    ("list", "list targets", "list recipes", "list --json run.json"): "--long --json=run.json",
    ("explain rope-cache", "show good.json", "show good.json", "doctor"): "--json=run.json --json=-",
    ("new recipe glassbox idea --seam sigmoid", "new recipe glassbox my-idea --seam=norm"): "--dir=. --dir=missing",
    (*COMMANDS, "show -", ""): " ".join(["--json", "--catalog", "."]),
}
PIECE = WORD.map(lambda word: [word]) | st.builds(pair, st.sampled_from(VALUED), WORD, st.booleans())
FITS = st.sampled_from(list(RIGHT)).flatmap(
    lambda lines: st.tuples(
        st.sampled_from(lines).map(str.split),
        st.lists(st.sampled_from(RIGHT[lines].split()).map(lambda w: [w]), max_size=3),
    )
)
# every other line is left as it fits
LINE = st.builds(
    lambda fits, more: [*fits[0], *(w for words in (*fits[1], *more) for w in words)],
    FITS,
    st.just([]) | st.lists(PIECE, max_size=2),
)


@pytest.fixture(scope="module")
def canned(invented: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing is measured: the sessions return invented results, some of which are hostile."""
    hostile = [
        HotSpot(function=f"[/red]{HOSTILE}", file=HOSTILE, line=3, self_ns=5, total_ns=9, calls=2, seam="sigmoid")
    ]
    profile = Profile(
        profiler="cprofile", passes=3, total_ns=99, bare_passes=3, bare_ns=33, hotspots=tuple(hostile), native={}
    )
    advice = (Advice(recipe="naive-sigmoid", seams=("sigmoid",), share=0.5, concurrent=False),)

    def compared(asked: Any) -> Any:
        chosen: Settings = asked.settings
        asked.watcher.planned(HOSTILE)
        if chosen.seed % 5 == 4:
            raise (KeyboardInterrupt, WorkFailed(f"{HOSTILE}: died\nhint: {HOSTILE}"), OSError(5, HOSTILE))[
                chosen.seed // 5 % 3
            ]
        document = (invented.full, invented.one, replace(invented.full, status="interrupted"))[chosen.seed % 3]
        return replace(document, command=asked.command, warnings=(*document.warnings, HOSTILE))

    def profiled(found: Any, target: str, **_: Any) -> Profiled:
        found.target(target)
        return Profiled(
            target=target, workload=HOSTILE, size="tiny", recipes=(), profiles=(profile,), missing=(),
            seam_shares={"sigmoid": 0.5},
            seam_calls={"sigmoid": 2.0}, advice=advice, environment=dict(invented.one.environment),
        )  # fmt: skip

    folder = tmp_path_factory.mktemp("fuzz") / "one" / "two"
    folder.mkdir(parents=True)
    (folder / "good.json").write_text(to_json(invented.one), encoding="utf-8")
    (folder / "cut.json").write_text(to_json(invented.one)[:500], encoding="utf-8")
    ours = open_catalogs()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("perfkit.api.open_catalogs", lambda extra=(): open_catalogs(extra) if extra else ours)
        patch.setattr("perfkit.comparison.run.run", compared)
        patch.setattr("perfkit.profiling.run.run_profile", profiled)
        patch.setattr("perfkit.profiling.timed.run_change", profiled)
        patch.setattr("perfkit.machine.doctor.examine", lambda **_: [Check(name="x[/]", status="ok", value=HOSTILE)])
        yield


@given(words=LINE, as_json=st.booleans(), seed=st.none() | st.integers(0, 20))
@fuzz
def test_no_command_line_ends_in_a_traceback(canned: None, words: list[str], as_json: bool, seed: int | None) -> None:
    if words and words[0] == "compare" and seed is not None:
        words = [words[0], "--seed", str(seed), *words[1:]]
    found = run([*words, "--json", "-"] if as_json else words)
    for folder in ("recipes", "tests"):  # what `new` wrote
        shutil.rmtree(folder, ignore_errors=True)

    read = not words or not words[-1].startswith("-")  # else -r may take --json for its value
    help_ = any(w == "--" or w.startswith(("-h", "--help", "--version")) for w in words)
    check(found, as_json and read and not help_)


# -- show ------------------------------------------------------------------------------------------------------------

RAW = {
    "@nan": "NaN",
    "@inf": "-Infinity",
    "@big": "1e999",
    "@digits": "9" * 5000,
    "@deep": "[" * 600 + "]" * 600,
    "@deeper": '{"a":' * 3000 + "1" + "}" * 3000,
}
WHOLE = st.one_of(st.sampled_from([0, -1, 1, 2, 10**30, 10**400, -(10**18)]), st.integers())
NUMBERS = st.one_of(
    WHOLE,
    st.sampled_from([0.0, -0.0, -2.5, 5e-324, 1e308, -1e308, 0.1]),
    st.floats(allow_nan=False, allow_infinity=False),
)
TEXTS = st.one_of(
    st.sampled_from(["", "macro", "micro", "faster", "rejected", "undecided", "exact", "processes", "[/red]", "'"]),
    st.sampled_from([HOSTILE, "x" * 5000, "perfkit compare 'x", "a/b/c", "中" * 90]),
    st.text(max_size=6),
)
ANY = st.one_of(
    NUMBERS,
    TEXTS,
    st.sampled_from([None, True, False, *RAW]),
    st.sampled_from([[], {}, [[]], ["a", 1], {"a": None}, [0.1, 0.2, 0.3]]),
)


def like(value: Any) -> st.SearchStrategy[Any]:
    """Values of the same kind, which a reader that checks kinds lets through."""
    if isinstance(value, bool):
        return st.booleans()
    if isinstance(value, int):
        return WHOLE
    return NUMBERS if isinstance(value, float) else TEXTS if isinstance(value, str) else st.sampled_from([None, [], {}])


def places(data: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) of a JSON document."""
    for key, value in list(data.items() if isinstance(data, dict) else enumerate(data)):
        yield data, key
        if isinstance(value, dict | list):
            yield from places(value)


@st.composite
def mutated(draw: st.DrawFn, good: str) -> str:
    """A saved run in which up to four nodes are replaced, deleted or repeated."""
    data = json.loads(good)
    for _ in range(draw(st.integers(1, 4))):
        held, key = draw(st.sampled_from(list(places(data))))
        how = draw(st.sampled_from(["alike", "alike", "alike", "replace", "delete", "repeat"]))
        if how == "alike":
            held[key] = copy.deepcopy(draw(like(held[key])))  # drawn lists are shared, and changed below
        elif how == "replace":
            held[key] = copy.deepcopy(draw(ANY))
        elif how == "delete":
            del held[key]
        elif isinstance(held, list):
            held.insert(key, copy.deepcopy(held[key]))
        else:
            held[f"{key} again"] = copy.deepcopy(held[key])
        if not data:
            break
    text = json.dumps(data, ensure_ascii=draw(st.booleans()))
    for name, raw in RAW.items():
        text = text.replace(json.dumps(name), raw)
    return Text(text)


@st.composite
def damaged(draw: st.DrawFn, good: bytes) -> bytes:
    """The bytes of a saved run cut, changed, or with others among them."""
    data = bytearray(good)
    for _ in range(draw(st.integers(1, 3))):
        at, other = (
            draw(st.integers(0, len(data))),
            draw(st.binary(max_size=4) | st.sampled_from([b"\x00", b"\x1b[2J", b"1e999", b"NaN", b'"', b"]"])),
        )
        how = draw(st.sampled_from(["cut", "change", "insert"]))
        data[at : len(data) if how == "cut" else at + len(other) if how == "change" else at] = other
    return bytes(data)


class Text(str):
    """A text that a failing test does not print in full."""

    def __repr__(self) -> str:
        return "<a saved run>"


@pytest.fixture(scope="module")
def good(invented: Any) -> str:
    rows = [r for r in invented.full.results if r.verdict in ("faster", "undecided", "rejected", "unavailable")]
    return Text(to_json(replace(invented.full, results=tuple(rows[:5]))))


WIDTHS = st.sampled_from(["1", "20", "40", "100"])


@given(data=st.data(), columns=WIDTHS, as_json=st.integers(0, 3))
@fuzz
def test_show_draws_or_refuses_any_document(
    canned: None, good: str, data: st.DataObject, columns: str, as_json: int
) -> None:
    text = data.draw(mutated(good))
    shown(text.encode("utf-8", "surrogatepass"), columns, not as_json)


@given(data=st.data(), columns=WIDTHS, as_json=st.integers(0, 3))
@fuzz
def test_show_draws_or_refuses_any_bytes(
    canned: None, good: str, data: st.DataObject, columns: str, as_json: int
) -> None:
    shown(data.draw(damaged(good.encode())), columns, not as_json)


def shown(content: bytes, columns: str, as_json: bool) -> None:
    path = Path("fuzzed.json")
    path.write_bytes(content)

    found = run(["show", str(path), *(["--json", "-"] if as_json else [])], columns=columns)

    check(found, as_json)
    assert found.rc in (0, 1, 2)
    assert found.rc or found.out
    try:
        document = read_document(path)
    except UsageError:
        assert found.rc == 2
    else:
        assert not STEERING.search(compare_markdown(document))
