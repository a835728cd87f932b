"""What the tests share: the command line in a process of its own, the planted catalogue, and golden files."""

from __future__ import annotations

import gc
import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# how long an example takes hangs on what else the machine does
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

REPOSITORY = Path(__file__).resolve().parents[1]
# one thread a test process, as in perfkit's workers: two that wait for each other cost ten times the time
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
os.environ.update(dict.fromkeys(_THREADS, "1"))  # read once, when numpy and torch are imported
# hundreds of processes import perfkit, and each process of pytest all the tests: compiled once, whatever a shell says
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# what runs in the background may have been started deaf to these, and so would be all that the tests start
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
# what a user's shell may set, and what would change the output
_UNSET = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "PYTHONUNBUFFERED")

_RECIPE = '''"""Made for one test."""

from dataclasses import replace
from typing import Any

from perfkit.recipe import Recipe, close, exact

from ...sample_targets.toy.ops import cube, mix

{body}

RECIPE = Recipe(
    id="{id}",
    target="toy",
    touches={{"{seam}"}},
    apply=lambda ops: replace(ops, {seam}=make()),
    equivalence={equivalence},
    status="{status}",
)
'''


# what starts processes, or runs a comparison: whoever uses one of these is slow
_SLOW = {"perfkit", "forks", "inline_workers", "on_a_terminal"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow by what it uses, before `-m` chooses."""
    for item in items:
        if not _SLOW.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """Have the garbage collector pass over all the tests and libraries: rounds and proofs collect in this process."""
    gc.collect()
    gc.freeze()


@dataclass(frozen=True)
class Run:
    """What one run of the command line gave."""

    rc: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        """Standard output as one JSON document; fails when it is anything else."""
        return json.loads(self.stdout)

    @property
    def lines(self) -> list[str]:
        return self.stdout.splitlines()


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


@pytest.fixture(scope="session")
def planted() -> Path:
    """The outside catalogue of planted defects: target `toy`, and an identity recipe for glassbox."""
    return REPOSITORY / "tests" / "planted"


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """The environment of a user who set nothing special, in which perfkit is found also when it is not installed."""
    clean = {name: value for name, value in os.environ.items() if name not in (*_UNSET, *_THREADS)}
    before = [str(Path(p).resolve()) for p in clean.get("PYTHONPATH", "").split(os.pathsep) if p]
    clean["PYTHONPATH"] = os.pathsep.join(dict.fromkeys([str(REPOSITORY), *before]))
    return clean


@pytest.fixture(autouse=True, scope="session")
def _installed_packages_are_read_once() -> Iterator[None]:
    """Whoever opens the catalogues asks every installed package for its entry points: a third of what that takes."""
    with pytest.MonkeyPatch.context() as patch:
        remember_installed(patch)
        yield


def remember_installed(patch: pytest.MonkeyPatch) -> None:
    """Entry points are read once, for as long as `sys.path` is what it is now."""
    real, path = metadata.entry_points, [*sys.path]
    known: list[metadata.EntryPoints] = []

    def entry_points(**chosen: Any) -> metadata.EntryPoints:
        if chosen or sys.path != path:
            return real(**chosen)
        known[:] = known or [real()]
        return known[0]

    patch.setattr(metadata, "entry_points", entry_points)


@pytest.fixture(autouse=True, scope="session")
def _workers_find_perfkit(environment: dict[str, str]) -> Iterator[None]:
    """Sessions that a test starts in this process have workers too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", environment["PYTHONPATH"])
        yield


@pytest.fixture(scope="session")
def perfkit(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Run]:
    """`perfkit(*words, cwd=…, env=…, stdin=…)` runs the command line and returns its Run."""
    elsewhere = tmp_path_factory.mktemp("cwd")

    def run(
        *words: object,
        cwd: Path = elsewhere,
        env: dict[str, str] | None = None,
        stdin: str = "",
        timeout: float = 240,
    ) -> Run:
        done = subprocess.run(
            [sys.executable, "-m", "perfkit", *map(str, words)],
            cwd=cwd,
            env={**environment, **(env or {})},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        return Run(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def perfkit_here(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., Run]:
    """As `perfkit`, but in this process, which is much cheaper: for what needs no interpreter of its own."""
    from perfkit.cli.main import main

    def run(*words: object, cwd: Path = tmp_path, env: dict[str, str] | None = None, stdin: str = "") -> Run:
        with monkeypatch.context() as patch:
            patch.chdir(cwd)
            patch.setattr(sys, "argv", ["perfkit", *map(str, words)])
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
            patch.setattr(sys, "stdout", sys.stdout)  # a run that fails to print leaves another
            for name in _UNSET:
                patch.delenv(name, raising=False)
            for name, value in (env or {}).items():
                patch.setenv(name, value)
            capsys.readouterr()
            with pytest.raises(SystemExit) as end:
                main()
        said = capsys.readouterr()
        return Run(int(end.value.code or 0), said.out, said.err)

    return run


@pytest.fixture
def libraries_unwatched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all the libraries that the tests have loaded nothing is looked at, nor at what they have frozen.

    Of a hundred thousand functions each look would take a third of a second. What changes those is tested in forks and
    on its own (tests/unit/test_shared_state.py).
    """
    pass_over_libraries(monkeypatch)


def pass_over_libraries(patch: pytest.MonkeyPatch) -> None:
    """As the fixture `libraries_unwatched`, for as long as the patch holds."""
    from perfkit.worker import shared_state
    from perfkit.worker.state import process_state

    closely = tuple(state for state in process_state._CLOSELY if "gc.freeze" not in state.name)
    patch.setattr(process_state, "_CLOSELY", closely)
    patch.setattr(gc, "get_freeze_count", lambda: 1)
    patch.setattr(shared_state, "FunctionTable", partial(shared_state.FunctionTable, only=True))


@pytest.fixture
def inline_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The workers of every comparison of this test are in its process: for code that does not crash.

    Calls in a row take half the budget, and not a second at least: whoever tests drift gives a longer one. Calls are
    clocked for ten milliseconds, which is no base for a share, and one by one for two, which is none for a 99th
    percentile. Of the libraries nothing is looked at. Time is that of the processor.
    """
    take_workers_in(monkeypatch)


def take_workers_in(patch: pytest.MonkeyPatch) -> None:
    """As the fixture `inline_workers`, for as long as the patch holds."""
    import perfkit.comparison.proofs as proofs
    import perfkit.comparison.run as comparison
    import perfkit.session.counting as counting
    from perfkit.worker import sampler
    from perfkit.worker.inline import InlineWorker
    from tests.integration.processor_time import replacements

    pass_over_libraries(patch)
    for owner, name, value in replacements():
        patch.setattr(owner, name, value)
    patch.setattr(counting, "_ENOUGH_NS", 10_000_000)
    patch.setattr(sampler, "_TAIL_NS", 2_000_000)
    patch.setattr(proofs, "_FEWEST_SOAKS_S", 0.0)
    patch.setattr(comparison, "Session", partial(comparison.Session, start=InlineWorker, at_once=1))


@pytest.fixture
def perfkit_inline(perfkit_here: Callable[..., Run], inline_workers: None) -> Callable[..., Run]:
    """As `perfkit_here`, and the workers of `compare` are in this process too."""
    return perfkit_here


@pytest.fixture
def doctor_in_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """What subnormals cost is measured for a moment: for tests of where the doctor prints, and not of what."""
    from perfkit.machine import subnormal_cost

    monkeypatch.setattr(subnormal_cost, "_PAIRS", 1)
    monkeypatch.setattr(subnormal_cost, "_LEAST_NS", 1)


@pytest.fixture(scope="session")
def write_catalog(planted: Path) -> Callable[..., Path]:
    """`write_catalog(root, "zeros", bad=("mix", body))`: a catalogue at `root`, of planted recipes and new ones.

    A new one is (seam, source that defines `make()`), and further status and equivalence if they are not
    "documented" and "exact()"; its keyword is its file's stem.
    """

    def write(root: Path, *names: str, **new: tuple[str, ...]) -> Path:
        recipes = root / "recipes" / "toy"
        recipes.mkdir(parents=True)
        shutil.copytree(
            planted / "sample_targets",
            root / "sample_targets",
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        for name in names:
            shutil.copy(planted / "recipes" / "toy" / f"{name}.py", recipes)
        for stem, (seam, body, *rest) in new.items():
            status, equivalence = (*rest, *("documented", "exact()")[len(rest) :])
            name = stem.replace("_", "-")
            text = _RECIPE.format(id=name, seam=seam, body=body, status=status, equivalence=equivalence)
            (recipes / f"{stem}.py").write_text(text, encoding="utf-8")
        return root

    return write


@pytest.fixture
def toy_catalog(tmp_path: Path, write_catalog: Callable[..., Path]) -> Callable[..., Path]:
    """As `write_catalog`, in a folder of this test's own: `toy_catalog("zeros", bad=("mix", body))`."""
    return partial(write_catalog, tmp_path / "catalog")


@pytest.fixture(scope="session")
def golden() -> Callable[[str, str], None]:
    """`golden(name, text)` compares with tests/golden/NAME; `GOLDEN=write pytest …` writes the files anew."""

    def compare(name: str, text: str) -> None:
        path = REPOSITORY / "tests" / "golden" / name
        if os.environ.get("GOLDEN") == "write":
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"no golden file {name}: GOLDEN=write makes it; read it before you keep it"
        assert text == path.read_text(encoding="utf-8")

    return compare
