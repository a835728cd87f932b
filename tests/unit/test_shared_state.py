"""A baseline that a recipe sabotages is found out, and what an honest recipe does is not called sabotage."""

from __future__ import annotations

import json
import math
import statistics
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from perfkit.schedule import CANDIDATE
from perfkit.sources.catalog import CatalogSource
from perfkit.testing import check_recipe
from perfkit.worker.guard import Rejected, blaming
from perfkit.worker.proof.prove import call_once
from perfkit.worker.side_effects import acquaint, check_modules, check_running
from perfkit.worker.state import function_table
from perfkit.worker.state.function_table import FunctionTable
from perfkit.worker.state.leftovers import adopting
from perfkit.worker.state.random_state import kept

pytestmark = pytest.mark.slow

# what other tests have loaded into this process, and no test here touches: looking at it all takes a second each time
UNTOUCHED = {"torch", "sympy", "scipy", "sklearn", "pandas", "polars", "hypothesis", "matplotlib", "pytest", "_pytest"}
UNTOUCHED |= {"sphinx", "docutils", "networkx", "numba", "llvmlite", "joblib", "pydantic", "typer", "rich", "pygments"}


class FewModules:
    """`sys`, but for what is untouched."""

    @property
    def modules(self) -> dict[str, ModuleType]:
        return {name: module for name, module in sys.modules.items() if name.partition(".")[0] not in UNTOUCHED}


@pytest.fixture(autouse=True)
def _few_modules() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:  # of its own: a test undoes what it has patched
        patch.setattr(function_table, "sys", FewModules())
        yield


# name: (body that defines make(), what is said of it)
SABOTAGE: dict[str, tuple[str, str]] = {
    "patches_numpy": (
        """import numpy as np
    np.power = lambda x, n: x ** n
    return lambda x, weight: mix(x, weight)""",
        "replaces numpy.power, for all code of the process",
    ),
    "swaps_library_functions": (
        """import math
    math.sqrt = math.exp
    return lambda x, weight: mix(x, weight)""",
        "replaces math.sqrt",
    ),
    "changes_pi": (
        """import math
    math.pi = 3.0
    return lambda x, weight: mix(x, weight)""",
        "replaces math.pi",
    ),
    "patches_a_class": (
        """import collections
    collections.Counter.update = lambda *a, **k: None
    return lambda x, weight: mix(x, weight)""",
        "replaces collections.Counter.update",
    ),
    "changes_code": (
        """from ...sample_targets.toy import ops
    ops.cube.__code__ = (lambda x: __import__("numpy").power(x, 3)).__code__
    return lambda x, weight: mix(x, weight)""",
        "replaces .*sample_targets.toy.ops.cube, for all code",
    ),
    "changes_defaults": (
        """import json
    json.dumps.__kwdefaults__["skipkeys"] = True
    return lambda x, weight: mix(x, weight)""",
        "replaces json.dumps",
    ),
    "shadows_a_builtin": (
        """from ...sample_targets.toy import ops
    ops.len = lambda x: 0
    return lambda x, weight: mix(x, weight)""",
        "replaces .*sample_targets.toy.ops.len",
    ),
    "patches_the_model": (
        """from ...sample_targets.toy import target
    run = target.Model.run
    target.Model.run = lambda self, x: run(self, x)
    return lambda x, weight: mix(x, weight)""",
        "replaces .*sample_targets.toy.target.Model.run",
    ),
    "patches_late": (
        """import statistics
    calls = 0

    def work(x, weight):
        nonlocal calls
        calls += 1
        if calls == 3:
            statistics.mean = lambda data: 0.0
        return mix(x, weight)

    return work""",
        "after the last call: replaces statistics.mean",
    ),
    "changes_a_table": (
        """from ...sample_targets.toy import ops
    ops.SUMMARIES["mix"] = "another"
    return lambda x, weight: mix(x, weight)""",
        "changes what the target keeps: .*SUMMARIES",
    ),
    "reseeds": (
        """import random

    def work(x, weight):
        random.seed(0)
        return mix(x, weight)

    return work""",
        "changes the state of Python's global generator, which the baseline leaves alone",
    ),
    "seeds_when_applied": (
        """import numpy as np
    np.random.seed(1)
    return lambda x, weight: mix(x, weight)""",
        "applying the recipe: changes the state of numpy's global generator",
    ),
    "sets_state_when_applied": (
        """import sys
    sys.setswitchinterval(0.5)
    return lambda x, weight: mix(x, weight)""",
        "applying the recipe: changes the switch interval of threads",
    ),
    "leaves_a_thread": (
        """import threading
    import time
    threading.Thread(target=time.sleep, args=(2,), daemon=True).start()
    return lambda x, weight: mix(x, weight)""",
        r"leaves \d+ threads running",
    ),
    "leaves_a_daemon": (
        """import os
    import time
    started = []

    def work(x, weight):
        if not started:
            started.append(1)
            child = os.fork()
            if child == 0:
                os.setsid()
                if os.fork() == 0:
                    time.sleep(600)
                os._exit(0)
            os.waitpid(child, 0)
        return mix(x, weight)

    return work""",
        r"leaves \d+ process(es)? running",
    ),
}

HONEST = {
    "restores": """import contextlib
    import decimal
    import math

    def work(x, weight):
        with decimal.localcontext() as context:
            context.prec = 60
            decimal.Decimal(1) / 3
        kept, math.sqrt = math.sqrt, math.exp
        math.sqrt = kept
        return mix(x, weight)

    return work""",
    "decorates": """import functools

    @functools.lru_cache
    def factor(n):
        return 1.0

    @functools.wraps(mix)
    def work(x, weight):
        return mix(x, weight) * factor(1)

    return work""",
    "imports_late": """def work(x, weight):
        import fractions
        import wave
        import xml.dom.minidom

        return mix(x, weight)

    return work""",
    "own_generator": """import random

    own = random.Random(3)

    def work(x, weight):
        own.random()
        return mix(x, weight)

    return work""",
    "ends_its_pool": """from concurrent.futures import ThreadPoolExecutor

    def work(x, weight):
        with ThreadPoolExecutor(2) as pool:
            return pool.submit(mix, x, weight).result()

    return work""",
    "registers": """import functools

    @functools.singledispatch
    def work_on(x, weight):
        return mix(x, weight)

    @work_on.register(list)
    def _(x, weight):
        return x

    return lambda x, weight: work_on(x, weight)""",
}


def catalogue(toy_catalog: Callable[..., Path], name: str, body: str) -> Path:
    return toy_catalog(**{name: ("mix", f"def make() -> Any:\n    {body}\n")})


def checked(toy_catalog: Callable[..., Path], name: str, body: str) -> None:
    """What `check_recipe` does, with calls in the place of its proofs."""
    root = [catalogue(toy_catalog, name, body)]
    recipes = [f"toy/{name.replace('_', '-')}"]
    with kept(), adopting():
        loaded = CatalogSource(root, "toy", seed=1, installed=False)
        try:
            acquaint(loaded, "run")
            with blaming(CANDIDATE):
                subject = loaded.macro("run", "tiny", recipes)
                for call in range(4):
                    call_once(subject, subject.data(call), f"call {call}")
                subject.close()
            left = check_running(loaded, "run", [], recipes)
            check_modules(loaded)
            if left:
                raise Rejected("after the last call", error=left[0])
        finally:
            loaded.shared_state.restore()


@pytest.mark.parametrize("name", SABOTAGE)
def test_sabotage_is_named_and_undone(toy_catalog: Callable[..., Path], name: str) -> None:
    body, says = SABOTAGE[name]

    with pytest.raises(Rejected, match=says):
        checked(toy_catalog, name, body)

    assert (math.pi > 3.1, math.sqrt(4.0), statistics.mean([1.0, 3.0])) == (True, 2.0, 2.0)
    assert json.dumps.__kwdefaults__["skipkeys"] is False


@pytest.mark.parametrize("name", HONEST)
def test_what_is_honest_passes(toy_catalog: Callable[..., Path], name: str) -> None:
    checked(toy_catalog, name, HONEST[name])


@pytest.mark.parametrize("name", ["changes_a_table", "leaves_a_thread"])
def test_a_recipes_own_test_refuses_it_too(toy_catalog: Callable[..., Path], name: str) -> None:
    body, says = SABOTAGE[name]

    with pytest.raises(AssertionError, match=says):
        check_recipe(f"toy/{name.replace('_', '-')}", catalog=catalogue(toy_catalog, name, body))


def test_what_the_baseline_changes_of_its_own_is_not_watched(toy_catalog: Callable[..., Path]) -> None:
    root = catalogue(toy_catalog, "counts", "return lambda x, weight: ops.counted(mix(x, weight))")
    recipe = root / "recipes" / "toy" / "counts.py"
    imported = "from ...sample_targets.toy import ops\n"
    recipe.write_text(recipe.read_text("utf-8").replace("from perfkit", imported + "from perfkit", 1), "utf-8")
    with (root / "sample_targets" / "toy" / "ops.py").open("a", encoding="utf-8") as file:
        file.write(COUNTING)
    with kept():
        loaded = CatalogSource([root], "toy", seed=1, installed=False)
        acquaint(loaded, "run")
        with blaming(CANDIDATE):
            subject = loaded.macro("run", "tiny", ["toy/counts"])
            call_once(subject, subject.data(1), "a call")
        check_modules(loaded)


COUNTING = """

calls = 0
seen: dict[int, int] = {}
plain_cube = cube


def counted(x: Any) -> Any:
    global calls
    calls += 1
    seen[calls] = calls
    return x


def cube(x: Any) -> Any:
    return counted(plain_cube(x))


@dataclass(frozen=True)
class Ops:
    mix: Callable[..., Any] = mix
    finish: Callable[..., Any] = finish
    cube: Callable[..., Any] = cube
    never: Callable[..., Any] = never
"""


def test_more_threads_than_declared_are_named_and_declared_ones_are_not(toy_catalog: Callable[..., Path]) -> None:
    body = SABOTAGE["leaves_a_thread"][0].replace(
        "threading.Thread(target=time.sleep, args=(2,), daemon=True).start()",
        "[threading.Thread(target=time.sleep, args=(1,), daemon=True).start() for _ in range(2)]",
    )
    root = catalogue(toy_catalog, "two", body)
    recipe = root / "recipes" / "toy" / "two.py"
    text = recipe.read_text("utf-8")
    said = {}
    for declared in (1, 2):
        # another length each time: Python takes bytecode again for a file of the same second and the same length
        recipe.write_text(text.replace("exact(),", f"exact(),{' ' * declared}threads={declared},"), "utf-8")
        sys.modules.pop("toy", None)
        loaded = CatalogSource([root], "toy", seed=1, installed=False)
        acquaint(loaded, "run")
        said[declared] = check_running(loaded, "run", [], ["toy/two"])
        for name in [name for name in sys.modules if name.endswith("recipes.toy.two")]:
            del sys.modules[name]
    assert said[2] == []
    assert said[1][0].startswith("leaves 2 threads running (Thread-")
    assert said[1][0].endswith("and declares 1")


def other(data: object) -> float:
    return 0.0


@pytest.mark.parametrize(
    "place", [(statistics, "mean"), (statistics.mean, "__code__"), (statistics.NormalDist, "pdf")], ids=lambda p: p[1]
)
def test_a_table_knows_things_as_they_were_when_it_was_made_and_not_as_an_earlier_one_knew_them(
    place: tuple[object, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, name = place
    before = FunctionTable("none.")
    monkeypatch.setattr(owner, name, other.__code__ if name == "__code__" else other)
    after = FunctionTable("none.")

    assert before.replaced()
    assert after.replaced() == ""
    monkeypatch.undo()
    assert before.replaced() == ""
    assert after.replaced()
