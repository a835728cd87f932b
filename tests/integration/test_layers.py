"""Who may import whom: read from the files, so that a wrong import is found where it stands."""

from __future__ import annotations

import ast
import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

# From the command line down. A module imports from its own layer's folder and from layers below; what shares a line
# stands side by side and does not meet, but for the pairs in BESIDE.
LAYERS = [
    "cli",
    "api",
    "report",
    "comparison profiling machine.doctor catalog.scaffold_target testing",
    "catalog.scaffold",
    "worker.supervisor worker.inline",
    "worker.main session.session",
    "session.blame session.slow_baseline session.extremes",
    "worker.loaded_target session.budget session.process session.outcome worker.sampler worker.extremes",
    "worker.state.shared_state",
    "worker.proof.prove worker.inputs.recorder worker.denormal machine.environment machine.subnormal_cost worker.timer"
    " machine.counters machine.roofline worker.region",
    "worker.proof.in_place worker.proof.ownership worker.proof.soak worker.proof.control",
    "worker.proof.call",
    "worker.inputs.callkind worker.stateful",
    "worker.subject",
    "worker.declared worker.lazy.spread worker.lazy.consume worker.proof.gradients worker.proof.raised",
    "worker.lazy.drain worker.lazy.standin",
    "worker.guard",
    "worker.thread_errors",
    "worker.state.process_state protocol worker.state.function_table worker.state.leftovers worker.state.target_values"
    " worker.state.random_state session.caches",
    "worker.state.library_state worker.state.torch_state worker.state.thread_pools worker.state.origin",
    "worker.state.python_state",
    "worker.inputs.arguments",
    "worker.inputs.recording",
    "worker.inputs.content worker.inputs.contracts",
    "profilers catalog.catalog",
    "stats catalog.validate",
    "proof schedule catalog.index settings catalog.folders",
    "tree catalog.literal catalog.installed",
    "recipe target",
    "equivalence result axis needs",
    "errors",
]
BESIDE = {
    "session.session": {"session.outcome"},
}


def modules() -> dict[str, Path]:
    """perfkit's own modules; the catalogue has rules of its own."""
    found = {}
    for path in sorted((REPOSITORY / "perfkit").rglob("*.py")):
        parts = path.relative_to(REPOSITORY / "perfkit").with_suffix("").parts
        if parts[0] not in ("recipes", "sample_targets", "__init__", "__main__"):
            found[".".join(p for p in parts if p != "__init__")] = path
    return found


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every import of a file, at whatever depth: (line, dotted name; relative ones with their dots)."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def place(module: str) -> tuple[int, str]:
    """(depth, layer) of a module named without `perfkit.`."""
    for depth, line in enumerate(LAYERS):
        for layer in line.split():
            if module == layer or module.startswith(f"{layer}."):
                return depth, layer
    raise AssertionError(f"{module} has no layer: give it one in LAYERS")


MODULES = modules()
FOLDERS = {m for m, path in MODULES.items() if path.name == "__init__.py"}
LAYERED = sorted(MODULES.keys() - FOLDERS)


@pytest.mark.parametrize("module", LAYERED)
def test_imports_go_down(module: str) -> None:
    depth, layer = place(module)
    for line, name in imports(MODULES[module]):
        if not name.startswith("perfkit.") or name == "perfkit.__version__":
            continue
        below = name.removeprefix("perfkit.")
        if below not in MODULES:  # from perfkit.errors import UsageError
            below = below.rpartition(".")[0] or below
        if below in FOLDERS:
            continue
        other_depth, other = place(below)
        fine = other_depth > depth or other == layer or other in BESIDE.get(layer, ())
        assert fine, f"{MODULES[module]}:{line}: {module} ({layer}) imports {below} ({other})"


def test_every_layer_and_exception_is_in_use() -> None:
    layers = " ".join(LAYERS).split()

    assert sorted({place(m)[1] for m in LAYERED}) == sorted(layers)
    for layer, others in BESIDE.items():
        seen = {name for m in LAYERED if place(m)[1] == layer for _, name in imports(MODULES[m])}
        assert all(any(s.startswith(f"perfkit.{other}.") for s in seen) for other in others), layer


def test_there_is_no_relative_import_in_perfkit() -> None:
    assert [(m, n) for m, path in MODULES.items() for _, n in imports(path) if n.startswith(".")] == []


# targets that are told apart by a few seams, and share the rest
SHARES = {"spectral_causal": ("spectral",), "traditional": ("spectral",)}
TARGETS = sorted(p for p in (REPOSITORY / "sample_targets").glob("*") if (p / "target.py").exists())


@pytest.mark.parametrize("file", ["model.py", "ops.py"])
@pytest.mark.parametrize("target", TARGETS, ids=lambda p: p.name)
def test_a_model_reads_and_runs_without_perfkit(target: Path, file: str) -> None:
    for line, name in imports(target / file):
        top = name.partition(".")[0]
        fine = (
            re.fullmatch(r"\.(?!target\b)\w+\.\w+", name) is not None  # a file beside it
            or name.startswith(
                tuple(f"..{other}.{f}." for other in SHARES.get(target.name, ()) for f in ("model", "ops"))
            )
            or top in sys.stdlib_module_names
            or top in ("numpy", "torch")
        )
        assert fine, f"{target / file}:{line}: {name}"


RECIPES = sorted(REPOSITORY.glob("recipes/*/*.py"))


@pytest.mark.parametrize("path", RECIPES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_recipe_imports_the_recipe_api_its_targets_seams_its_siblings_and_libraries(path: Path) -> None:
    targets = (path.parent.name, *SHARES.get(path.parent.name, ()))
    model = tuple(f"sample_targets.{target}.{file}." for target in targets for file in ("ops", "model", "coder"))
    for line, name in imports(path):
        if name.startswith(".") or name.partition(".")[0] == "perfkit":
            sibling = re.fullmatch(rf"\.(\.({'|'.join(targets)})\.)?\w+\.\w+", name) is not None
            fine = (
                sibling
                or name.startswith("perfkit.recipe.")
                or name.removeprefix("perfkit.").lstrip(".").startswith(model)
            )
            assert fine, f"{path}:{line}: {name}"


PURE = [
    "stats",
    "schedule",
    "result",
    "errors",
    "equivalence",
    "recipe",
    "target",
    "session.outcome",
    "comparison.against",
]


@pytest.mark.parametrize("layer", PURE)
def test_the_pure_core_does_no_io_reads_no_clock_and_knows_no_torch(layer: str) -> None:
    impure = {"torch", "subprocess", "socket", "time", "os", "sys", "tempfile", "rich", "typer", "threading"}
    members = [m for m in LAYERED if m == layer or m.startswith(f"{layer}.")]
    assert members
    for module in members:
        assert not {name.partition(".")[0] for _, name in imports(MODULES[module])} & impure, module


@pytest.mark.parametrize("module", LAYERED)
def test_all_lists_names_that_exist_once_each(module: str) -> None:
    loaded = importlib.import_module(f"perfkit.{module}")

    assert [n for n in loaded.__all__ if not hasattr(loaded, n)] == []
    assert len(loaded.__all__) == len(set(loaded.__all__))
    assert [n for n in loaded.__all__ if n.startswith("_")] == []


@pytest.mark.parametrize("module", LAYERED)
def test_what_one_module_takes_from_another_is_public_there(module: str) -> None:
    for line, name in imports(MODULES[module]):
        other, _, what = name.removeprefix("perfkit.").rpartition(".")
        if name.startswith("perfkit.") and other in LAYERED:
            public = importlib.import_module(f"perfkit.{other}").__all__
            assert what in public, f"{MODULES[module]}:{line}: {what} is not in perfkit.{other}.__all__"
