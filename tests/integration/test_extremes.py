"""Extreme inputs in a comparison: what differs for them is said beside the verdict; honest code has nothing said."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, cast

import pytest

from perfkit.catalog import open_catalogs
from perfkit.cell import Cell
from perfkit.comparison import recipe_run
from perfkit.comparison import run as run_module
from perfkit.comparison.extreme_findings import add_extremes
from perfkit.comparison.plan import Choice, Plan, set_up
from perfkit.comparison.run import Comparison
from perfkit.errors import WorkFailed
from perfkit.protocol.extremes import Attempted, Expected, OpenedExtremes, OpenExtremes
from perfkit.protocol.opening import FromCatalog, Open
from perfkit.protocol.record import Record, Request
from perfkit.result import Sample
from perfkit.session.outcome import ExtremesTried, Group, GroupOutcome, ProofTally
from perfkit.session.session import Session
from perfkit.session.try_extremes import try_extremes
from perfkit.session.worker_process import WorkerProcess
from perfkit.settings import Settings
from perfkit.worker.handlers import extremes as worker_module
from perfkit.worker.main import Worker

pytestmark = pytest.mark.slow

HEAD = '''"""Small functions, and what somebody takes for the same."""

from __future__ import annotations

import functools
import math
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from perfkit.recipe import Recipe, close, exact
from perfkit.target import Target, Workload
'''
RECIPE = (
    HEAD
    + """
RECIPE = Recipe(
    id="{name}",
    target="small",
    touches={{"{seam}"}},
    workload="{name}",
    apply=lambda ops: replace(ops, {seam}=lambda x: {candidate}),
    equivalence={equivalence},
    status="beyond",
)
"""
)
CLOSE = 'close(rtol=1e-9, why="another order of additions")'

# data, baseline, candidate, equivalence, what is found; nothing where the candidate is honest
PLANTED: dict[str, tuple[str, str, str, str, str]] = {
    "zero-mean": (
        "rng.random(9)", "math.fsum(x) / len(x)", "float(np.mean(x)) if len(x) else 0.0", CLOSE,
        r"for \[\]: the baseline raises ZeroDivisionError \(.*\), the candidate gives 0.0",
    ),
    "empty-min": (
        "rng.random(9)", "float(np.min(x))", "min(x.tolist(), default=np.inf)", "exact()",
        r"for \[\]: the baseline raises ValueError \(.*\), the candidate gives inf",
    ),
    "other-error": (
        "rng.random(9).tolist()", "x[0]", "next(iter(x))", "exact()",
        r"for \[\]: the baseline raises IndexError \(.*\), the candidate raises StopIteration",
    ),
    "loses-nan": (
        "rng.random(9)", "np.sort(x)", "np.sort(x[x == x])", "exact()",
        r"for a NaN: a different shape at output.shape: expected \(9,\), got \(8,\)",
    ),
    "overflows": (
        "rng.random(9)", "math.hypot(*x)", "float(np.sqrt(np.sum(x * x)))", CLOSE,
        r"for values up to 4.5e\+307: expected .*, got inf",
    ),
    "wraps": (
        "rng.integers(-5, 5, 9)", "sum(x.tolist())", "int(x.sum())", "exact()",
        r"for all 9223372036854775807, beyond any seen: expected 83010348331692982263, got ",
    ),
    "beyond-64-bits": (
        "rng.integers(0, 9, 9).tolist()", "max(x)", "int(np.array(x, np.int64).max())", "exact()",
        r"for whole numbers beyond 64 bits: the baseline gives 1844\d+, the candidate raises OverflowError",
    ),
    "ascii": (
        "''.join(map(chr, rng.integers(97, 122, 9)))", "x.upper()", "x.encode('ascii').upper().decode()", "exact()",
        r"for a non-ASCII string: the baseline gives '.*', the candidate raises UnicodeEncodeError",
    ),
    "flat-memory": (
        "rng.random((4, 3))", "x.sum(axis=0)", "np.frombuffer(x.data, np.float64).reshape(x.shape).sum(axis=0)", CLOSE,
        r"for .*: the baseline gives array\(.*\), the candidate raises (ValueError|BufferError|TypeError)",
    ),
}  # fmt: skip
HONEST = {
    "sum-by-dot": ("rng.random(9)", "float(np.sum(x))", "float(np.sum(x[::1]))", CLOSE),
    "same-sort": ("rng.random(9)", "np.sort(x)", "np.sort(x, kind='stable')", "exact()"),
    "join": (
        "[str(i) for i in rng.integers(0, 9, 9)]",
        "''.join(x)",
        "functools.reduce(str.__add__, x, '')",
        "exact()",
    ),
    "other-nan": ("rng.random(9)", "x - x", "-(x - x) + 0.0", "exact()"),
    "keys": ("{'a': rng.random(3), 'b': rng.random(3)}", "x['a'] + x['b']", "np.add(x['a'], x['b'])", "exact()"),
    "same-error": ("rng.random(9)", "x.min()", "np.minimum.reduce(x)", "exact()"),
}

CRASHES = "float(np.sum(x)) if len(x) else os.kill(os.getpid(), signal.SIGSEGV)"
HANGS = "float(np.sum(x)) if x.flags.writeable else time.sleep(60)"  # the last extreme of an array
OTHERS = {
    name: ("rng.random(9)", "float(np.sum(x))", candidate, "exact()")
    for name, candidate in {"crashes": CRASHES, "hangs": HANGS}.items()
}
EVERY = {name: case[:4] for name, case in {**PLANTED, **HONEST, **OTHERS}.items()}


def write(root: Path, names: Iterable[str]) -> Path:
    """One target with a seam and a workload for each case, and one recipe for each."""
    target, recipes = root / "sample_targets" / "small", root / "recipes" / "small"
    for folder in (target, recipes):
        folder.mkdir(parents=True)
    ops, workloads = "", ""
    for name in names:
        data, baseline, candidate, equivalence = EVERY[name]
        seam = name.replace("-", "_")
        ops += f"\n\ndef {seam}(x: Any) -> Any:\n    return {baseline}\n"
        call = f"data=lambda shared, rng: {data}, call=lambda ops: ops.{seam}"
        workloads += f'        Workload(id="{name}", summary="one call", {call}),\n'
        text = RECIPE.format(name=name, seam=seam, candidate=candidate, equivalence=equivalence)
        (recipes / f"{seam}.py").write_text(text, encoding="utf-8")
    seams = [name.replace("-", "_") for name in names]
    table = "".join(f"    {seam}: Callable[[Any], Any] = {seam}\n" for seam in seams)
    kinds = f"KINDS = {dict.fromkeys(seams, 'call')}"
    text = f"{HEAD}\n{kinds}\n{ops}\n\n@dataclass(frozen=True)\nclass Ops:\n{table}"
    (target / "ops.py").write_text(text, encoding="utf-8")
    made = f'TARGET = Target(id="small", summary="small functions", ops=Ops, workloads=(\n{workloads}    ),\n)\n'
    (target / "target.py").write_text(f"{HEAD}from .ops import Ops\n\n{made}", encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("extremes"), EVERY)


class Here:
    """A worker of this process, asked as one in a process of its own is."""

    def __init__(self, catalog: Path) -> None:
        self._worker = Worker()
        self._worker.handle(Open(source=FromCatalog((str(catalog),), "small", installed=False), seed=5, process=0))

    def __enter__(self) -> WorkerProcess:
        return cast(WorkerProcess, self)

    def __exit__(self, *_: object) -> None:
        return None

    def ask(self, request: Request[Any], *, about: str, within_s: float | None = None) -> Any:
        return self._worker.handle(request)


@pytest.fixture(scope="module")
def here(catalog: Path) -> Here:
    return Here(catalog)


@pytest.fixture
def tried_on(here: Here, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ExtremesTried]:
    """`tried_on(name)`: what became of the extremes of one planted workload, in this process."""
    monkeypatch.setattr(worker_module, "leave_room", lambda: None)

    def tried(name: str) -> ExtremesTried:
        return try_extremes(lambda: cast(WorkerProcess, here), _request(name), name, clock=lambda: 0.0)

    return tried


def _request(name: str) -> OpenExtremes:
    return OpenExtremes(workload=name, on=(), recipes=(f"small/{name}",))


@pytest.mark.parametrize("name", PLANTED)
def test_what_differs_for_an_extreme_is_found(tried_on: Callable[[str], ExtremesTried], name: str) -> None:
    tried = tried_on(name)

    found = "\n".join(extreme.words for extreme in tried.found)
    assert re.search(PLANTED[name][-1], found), found
    assert tried.count == tried.of >= 5


@pytest.mark.parametrize("name", HONEST)
def test_honest_code_has_nothing_said_of_it(tried_on: Callable[[str], ExtremesTried], name: str) -> None:
    tried = tried_on(name)

    assert [extreme.words for extreme in tried.found] == []
    assert tried.count == tried.of >= 5


def test_a_candidate_that_does_not_answer_is_left_after_a_while(catalog: Path) -> None:
    session = Session("small", Settings(seed=5, catalogs=(catalog,)), lambda *_: None, installed=False)

    tried = try_extremes(lambda: session.worker(0), _request("hangs"), "hangs", budget_s=60.0, each_s=0.5)

    assert [extreme.reason for extreme in tried.found] == ["timeout"]
    words = r"for read-only memory: no answer within 0.5 s \(the baseline takes \S+ [µm]s\)"
    assert re.fullmatch(words, tried.found[0].words), tried.found[0].words
    assert tried.count == tried.of == 18


class Canned:
    """A worker that has every answer ready; an exception among them is raised."""

    def __init__(self, *answers: Record | Exception) -> None:
        self._answers = iter(answers)

    def __enter__(self) -> WorkerProcess:
        return cast(WorkerProcess, self)

    def __exit__(self, *_: object) -> None:
        return None

    def ask(self, request: Request[Any], **_: Any) -> Record:
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        return answer


OPENED = OpenedExtremes(tuple("abcdef"))
USABLE = Expected(usable=True, elapsed_ns=1000)
ALIKE = Attempted(usable=True, difference=None, alone=True)


def canned(*workers: Canned, **how: Any) -> ExtremesTried:
    starts = iter(workers)
    return try_extremes(lambda: cast(WorkerProcess, next(starts)), _request("any"), "about", **how)


def test_where_the_baseline_itself_fails_nothing_is_said_of_the_candidate() -> None:
    died = WorkFailed("about, baseline: ended by SIGSEGV", reason="SIGSEGV", role="baseline")

    tried = canned(
        Canned(OPENED, USABLE, ALIKE, Expected(usable=False, elapsed_ns=1), died),
        Canned(OPENED, USABLE, ALIKE, USABLE, ALIKE, USABLE, ALIKE),
    )

    assert (tried.found, tried.count, tried.of) == ([], 4, 6)


def test_a_baseline_that_fails_on_the_second_look_is_not_the_candidates_fault() -> None:
    died = WorkFailed("about, baseline: ended by SIGSEGV", reason="SIGSEGV", role="baseline")

    tried = canned(Canned(OPENED, USABLE, died), Canned(OPENED, *[USABLE, ALIKE] * 5))

    assert (tried.found, tried.count, tried.of) == ([], 5, 6)


def test_what_the_budget_leaves_out_is_counted() -> None:
    seconds = iter(range(100))

    tried = canned(Canned(OPENED, *[USABLE, ALIKE] * 6), budget_s=2.0, clock=lambda: float(next(seconds)))

    assert (tried.count, tried.of) == (2, 6)


def test_a_candidate_that_kills_every_process_is_not_tried_for_ever() -> None:
    died = WorkFailed("about, candidate: ended by SIGSEGV", reason="SIGSEGV", role="candidate")

    tried = canned(*[Canned(OPENED, USABLE, died) for _ in range(3)])

    assert (len(tried.found), tried.count, tried.of) == (3, 3, 6)


def test_a_candidate_that_ran_out_of_memory_is_not_blamed() -> None:
    died = WorkFailed("about, candidate: killed", reason="out-of-memory", role="candidate")

    assert canned(Canned(OPENED, USABLE, died), Canned(OPENED, *[USABLE, ALIKE] * 5)).found == []


def agenda_of(catalog: Path, name: str) -> Plan:
    return set_up(open_catalogs((catalog,), installed=False), Choice(target="small", recipes=[name]))


@pytest.fixture
def added(catalog: Path, here: Here, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Session]:
    """`added(name, extremes=…, awkward=…)`: the session of a recipe that passed its proof, and then its extremes."""
    monkeypatch.setattr(worker_module, "leave_room", lambda: None)

    def run(
        name: str, extremes: str = "find", awkward: int = 0, worker: Any = here, deadline: float = math.inf
    ) -> Session:
        settings = Settings(seed=5, catalogs=(catalog,), extremes=extremes)
        session = Session("small", settings, lambda *_: None, installed=False)
        monkeypatch.setattr(session, "worker", lambda _: worker)
        session.outcome.proofs[f"small/{name}",] = ProofTally(checked_calls=9, passed=True, awkward={name: awkward})
        add_extremes(session, agenda_of(catalog, name), [], settings, lambda what, fraction: None, deadline)
        return session

    return run


def test_a_difference_is_a_finding_and_no_trouble(added: Callable[..., Session]) -> None:
    outcome = added("loses-nan").outcome

    assert outcome.failures == {}
    assert outcome.warnings == []
    assert len(outcome.extremes["loses-nan", (), ("small/loses-nan",)].found) == 2


def test_where_the_user_wants_it_the_first_difference_refuses(added: Callable[..., Session]) -> None:
    trouble = added("loses-nan", "refuse").outcome.failures["small/loses-nan",]

    assert (trouble.verdict, trouble.reason) == ("rejected", None)
    words = "an extreme input, for a NaN: a different shape at output.shape: expected (9,), got (8,)"
    assert trouble.text == words
    assert trouble.difference is not None
    assert trouble.difference.got == "(8,)"
    assert added("same-sort", "refuse").outcome.failures == {}


@pytest.mark.parametrize(("extremes", "awkward"), [("find", 2), ("none", 0)])
def test_a_target_with_awkward_inputs_of_its_own_gets_no_others(
    added: Callable[..., Session], extremes: str, awkward: int
) -> None:
    assert added("loses-nan", extremes, awkward).outcome.extremes == {}


def test_when_the_time_is_over_no_more_are_begun_but_for_one_who_refuses_by_them(added: Callable[..., Session]) -> None:
    late = added("loses-nan", deadline=-math.inf).outcome

    assert late.extremes == {}
    assert late.warnings == ["there was no time left to try extreme inputs on loses-nan: compare without --all"]
    assert added("loses-nan", "refuse", deadline=-math.inf).outcome.failures


def test_what_goes_wrong_while_they_are_tried_is_a_warning(added: Callable[..., Session]) -> None:
    outcome = added("loses-nan", worker=Canned(WorkFailed("it is gone"))).outcome

    assert outcome.warnings == ["loses-nan: no extremes were tried: it is gone"]
    assert outcome.failures == {}


def test_ctrl_c_while_extremes_are_tried_loses_nothing_measured(catalog: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = Sample(group="g", role="baseline", process=0, round=0, position=0, loops=1, elapsed_ns=5)

    class Measured(Session):
        def measure(self, *_: Any) -> None:
            group = Group(
                id="g", cell=Cell(target="small", workload="hangs", size="small", kind="macro"), candidates=()
            )
            self.outcome.groups["g"] = GroupOutcome(group=group, samples=[sample])

    def struck(*_: Any) -> None:
        raise KeyboardInterrupt

    for name, stub in {"_count": lambda *_: None, "Session": Measured, "add_extremes": struck}.items():
        monkeypatch.setattr(run_module, name, stub)
    for name, stub in {"prove": lambda *_: None, "rows_of": lambda *_: []}.items():
        monkeypatch.setattr(recipe_run, name, stub)
    catalogue = open_catalogs((catalog,), installed=False)

    document = run_module.run(Comparison(catalog=catalogue, plan=agenda_of(catalog, "hangs"), settings=Settings()))

    assert document.status == "interrupted"
    assert document.samples == (sample,)


def test_a_crash_for_an_extreme_stands_beside_the_verdict(
    perfkit_processes: Callable[..., Any], perfkit_here: Callable[..., Any], tmp_path: Path
) -> None:
    catalog, saved = write(tmp_path / "catalog", ["crashes"]), tmp_path / "run.json"

    quick = ("--processes", 1, "--budget", "0.1s")
    run = perfkit_processes("compare", "-r", "crashes", "--catalog", catalog, *quick, "--save", saved)

    assert run.rc == 0, run.stderr
    assert "no awkward inputs declared, 18 extremes tried" in " ".join(run.stdout.split())
    assert "found  differs for []: ended by SIGSEGV" in run.lines
    row = json.loads(saved.read_text(encoding="utf-8"))["results"][-1]
    assert row["findings"] == ["for []: ended by SIGSEGV"]
    assert row["proof"]["extremes"] == [18, 18]
    assert row["proof"]["awkward"] == 0
    assert row["verdict"] == "undecided"
    assert "found  differs for []: ended by SIGSEGV" in perfkit_here("show", saved).lines
