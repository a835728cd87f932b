"""What other tools are given: each is read by the tool, or checked against its schema."""

from __future__ import annotations

import json
import pstats
import re
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.errors import UsageError
from perfkit.profilers import cprofile, pyinstrument
from perfkit.profilers.common import call_table
from perfkit.profilers.common.profile import HotSpot, Profile
from perfkit.profilers.common.stacks import Frame, Stacks, read_collapsed
from perfkit.report.profiles.export import check_exports, exported, speedscope
from perfkit.report.profiles.flamegraph import difference_page, page

SCHEMA = json.loads((Path(__file__).parents[1] / "data" / "speedscope.schema.json").read_text(encoding="utf-8"))
texts = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=8)
frames = st.tuples(texts, texts, st.integers(0, 99))
weighted = st.lists(st.tuples(st.lists(frames, min_size=1, max_size=5), st.integers(1, 10**9)), min_size=1, max_size=20)
MAIN, WORK = ("main", "a.py", 1), ("work", "a.py", 9)
STACKS = Stacks.of([((MAIN, WORK), 70), ((MAIN,), 30)])


def profile(name: str, stacks: Stacks | None = None, native: Any = None) -> Profile:
    return Profile(
        profiler=name, passes=2, total_ns=1, bare_passes=1, bare_ns=1, hotspots=(), stacks=stacks, native=native
    )


def busy() -> int:
    return sum(len(str(i)) for i in range(2000))


@given(weighted)
def test_speedscope_fits_its_schema(found: list[tuple[list[Frame], int]]) -> None:
    stacks = Stacks.of(found)
    document: Any = json.loads(json.dumps(speedscope("x", stacks)))

    jsonschema.validate(document, SCHEMA)
    (one,) = document["profiles"]
    assert one["endValue"] == sum(one["weights"]) == stacks.total_ns
    assert len(one["samples"]) == len(one["weights"])
    assert max(i for s in one["samples"] for i in s) < len(document["shared"]["frames"])


def test_pstats_reads_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw = json.loads(json.dumps(cprofile.collect([busy])[1]))
    path = tmp_path / "run.pstats"
    path.write_bytes(exported(path, "x", [profile("cprofile", native=call_table.table(raw, ("", "")))]))

    pstats.Stats(str(path)).sort_stats("cumulative").print_stats("busy")
    assert re.search(r" 1 .*busy", capsys.readouterr().out)


def test_pyinstrument_draws_its_own_page() -> None:
    raw = json.loads(json.dumps(pyinstrument.collect([lambda: [busy() for _ in range(300)] and None], 1000)[1]))
    written = exported(Path("x.pyinstrument.html"), "x", [profile("pyinstrument", STACKS, raw)])

    assert b"<html" in written.lower()
    assert b"busy" in written
    assert "busy" in {frame[0] for frame in pyinstrument.stacks(raw).frames}


def test_collapsed_stacks_are_read_again() -> None:
    written = exported(Path("x.collapsed"), "x", [profile("pyspy", STACKS)])

    assert read_collapsed(written.decode().splitlines(), 1) == STACKS


@pytest.mark.parametrize("name", ["x.json", "x.svg", "html", "x.pstats.txt"])
def test_a_name_without_a_format_is_refused_before_anything_runs(name: str) -> None:
    with pytest.raises(UsageError, match="has an unknown file extension"):
        check_exports([Path(name)], ())


def test_a_format_that_the_profilers_cannot_give_is_refused() -> None:
    with pytest.raises(UsageError, match="needs a profile of cprofile") as caught:
        check_exports([Path("x.pstats")], ("py-spy",))
    assert caught.value.hint == "--with cprofile"
    with pytest.raises(UsageError, match="needs a profile of pyspy or sampling or pyinstrument"):
        exported(Path("x.html"), "x", [profile("cprofile", native={})])
    check_exports([Path("x.html"), Path("y.PROF")], ("py-spy", "cProfile"))


def embedded(text: str) -> Any:
    return json.loads(text.partition('id="data">')[2].partition("</script>")[0])


def test_the_page_holds_all_it_needs_and_asks_for_nothing() -> None:
    text = page("a <b> & c", STACKS)

    assert "<title>a &lt;b&gt; &amp; c</title>" in text
    assert "default-src 'none'" in text
    assert not re.search(r'(src|href)="', text.partition("<script>")[0])
    assert embedded(text)["nodes"][0][1] == 100


@given(weighted)
def test_no_name_ends_the_script_and_weights_add_up(found: list[tuple[list[Frame], int]]) -> None:
    hostile: list[tuple[list[Frame], int]] = [([("</script><script>alert(1)</script><!--", "f", 1)], 10**9)]
    data = embedded(page("x", Stacks.of([*found, *hostile])))

    nodes = data["nodes"]
    assert nodes[0][1] == sum(weight for _, weight in found) + 10**9
    below = [0] * len(nodes)
    for i, (_, weight, _, _, parent) in enumerate(nodes):
        if i:
            assert parent < i
            below[parent] += weight
    assert all(inside <= weight for inside, (_, weight, _, _, _) in zip(below, nodes, strict=True))


def test_a_difference_is_per_call_and_keeps_what_vanished() -> None:
    after = Stacks.of([((MAIN,), 90)])
    data = embedded(difference_page("x", STACKS, 1, after, 3))

    names = {data["frames"][n[0]][0]: n[1:4] for n in data["nodes"]}
    assert data["differs"] is True
    assert names["main"] == [100, 100, 30]
    assert names["work"] == [70, 70, 0]


def test_a_frame_too_small_to_draw_is_left_to_its_parent() -> None:
    data = embedded(page("x", Stacks.of([((MAIN, WORK), 1), ((MAIN,), 10**6)])))

    assert len(data["nodes"]) == 2
    assert "work" not in str(data["frames"])


def test_a_stack_deeper_than_pythons_own() -> None:
    deep = Stacks.of([([(f"f{i}", "a.py", i) for i in range(5000)], 5)])

    assert "f4999" in page("x", deep)


def test_functions_with_the_same_label_are_added_up() -> None:
    def twins() -> list[Any]:
        return [eval(compile("lambda: None", "<string>", "eval")) for _ in range(2)]  # as dataclasses make them

    one, two = twins()
    _, raw = cprofile.collect([lambda: [one(), one(), two()] and None])  # noqa: SIM223 - a region answers None

    assert [entry[1][1] for entry in raw if entry[0][2] == "<lambda>" and entry[0][0] == "<string>"] == [3]
    assert "<lambda>" in {h.function for h in call_table.hotspots(call_table.table(raw, ("", "")), {})}


ODD = "two\nlines \x1b[31m</script>\u202e 7"


@pytest.mark.parametrize("name", ["x.speedscope.json", "x.collapsed", "x.html"])
def test_a_functions_name_stays_on_its_line_and_steers_nothing(name: str) -> None:
    stacks = Stacks.of([([(ODD, "/a\nb.py", 3), ("g", "/a.py", 9)], 5)])

    written = exported(Path(name), "x", [profile("pyspy", stacks)]).decode()

    if name.endswith("json"):
        written = json.loads(written)["shared"]["frames"][0]["name"]
    elif name.endswith("collapsed"):
        assert written.count("\n") == 1
    shown = written.partition('id="data">')[2].partition("</script>")[0] if name.endswith("html") else written
    assert "lines" in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "two\nlines" not in shown
    if name.endswith("html"):
        assert "</script>" not in shown
        assert '"g"' in shown


def test_a_name_that_breaks_its_line_is_read_again() -> None:
    found = read_collapsed(["main (a.py:1);two\n", "lines (a.py:9) 3\n", "main (a.py:1) 1\n"], 1)

    assert found.stacks == (((0, 1), 3), ((0,), 1))
    assert found.frames[1] == ("two\nlines", "a.py", 9)


def test_the_page_says_whose_it_is_and_what_each_colour_means() -> None:
    spots = (HotSpot("main", "a.py", 1, 100, 100, 0),)
    chosen = replace(profile("pyspy", STACKS), rate=499, samples=370, hotspots=spots)
    one = exported(Path("x.html"), "x", [chosen], machine="Imagined 9000, 4 cores").decode()
    two = exported(Path("x.html"), "x", [chosen], [chosen], machine="Imagined 9000, 4 cores").decode()

    for text in (one, two):
        head = text.partition("<script>")[0]
        assert "py-spy, 2 calls, 370 samples at 499 a second" in head
        assert "Imagined 9000" in head
        colours = embedded(text)["colours"]
        assert colours
        assert all(f"background:{colour}" in head for colour in colours.values())
    kinds = {name: kind for name, _, kind in embedded(one)["frames"]}
    assert kinds == {"all": "threads", "main": "own", "work": "own"}
    assert embedded(two)["noise"] == [pytest.approx(100 / 370 / 2)] * 2
    assert set(kinds.values()) <= embedded(one)["colours"].keys()


@pytest.mark.parametrize(
    ("frame", "kind"),
    [
        (("wait", threading.__file__, 1), "library"),
        (("wait", "/home/me/threading.py", 1), "own"),
        (("f", "/x/site-packages/m.py", 1), "installed"),
        (("sum", "<built-in>", 0), "c"),
        (("[threads task]", "", 0), "threads"),
    ],
)
def test_a_frame_has_the_colour_of_where_it_comes_from(frame: Frame, kind: str) -> None:
    data = embedded(page("x", Stacks.of([((frame,), 5)])))

    assert data["frames"][1][2] == kind


def test_text_can_be_read_on_every_colour() -> None:
    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    colours = {*embedded(page("x", STACKS))["colours"].values()}
    colours |= {*embedded(difference_page("x", STACKS, 1, STACKS, 1))["colours"].values()}
    for colour in colours:  # the page writes white on what is darker than 0.179, and black on the rest
        contrast = 1.05 / (light(colour) + 0.05) if light(colour) <= 0.179 else (light(colour) + 0.05) / 0.05
        assert contrast >= 4.5, colour
