"""Functions that no profiler tells apart are said to be several."""

from __future__ import annotations

from pathlib import Path

from perfkit.profilers import cprofile
from perfkit.profilers.analysis.twins import twins
from perfkit.profilers.common import call_table
from perfkit.profilers.common.profile import HotSpot, Profile

F, G = (lambda x: x + 1), (lambda x: x + 2)


def spot(function: str, file: str, line: int) -> HotSpot:
    return HotSpot(function, file, line, 1, 1, 0)


def test_two_lambdas_on_a_line_are_two_and_one_is_one(tmp_path: Path) -> None:
    here, line = F.__code__.co_filename, F.__code__.co_firstlineno
    other = tmp_path / "m.py"
    other.write_text("def f(x): return [(lambda: 1)]\ndef f(x): pass\n", encoding="utf-8")
    spots = [spot("<lambda>", here, line), spot("<lambda>", str(other), 1), spot("f", str(other), 1)]

    assert twins(spots, []) == {(here, line, "<lambda>"): 2}
    assert twins([spot("f", "/nowhere/m.py", 1), spot("sum", "<built-in>", 0)], []) == {}


def test_functions_made_from_text_are_counted_as_cprofile_met_them() -> None:
    made = [eval(compile("lambda: None", "<string>", "eval")) for _ in range(2)]
    _, raw = cprofile.collect([lambda: [f() for f in made] and None])
    met = Profile(
        profiler="cprofile", passes=1, total_ns=1, bare_passes=1, bare_ns=1, hotspots=(), codes=call_table.codes(raw)
    )

    assert twins([spot("<lambda>", "<string>", 1)], [met]) == {("<string>", 1, "<lambda>"): 2}
    assert twins([spot("<lambda>", "<string>", 1)], []) == {}
