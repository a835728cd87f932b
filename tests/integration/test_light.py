"""Without torch: what `requirements-light.txt` gives, which is everything but the targets that need it.

An ordinary run makes an environment of links to the packages that are here, and tries a few commands. With
`PERFKIT_LIGHT=installed` (`make long`) the two commands of the README install them, and more is tried.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
import venv
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).resolve().parents[2]
LIGHT = REPOSITORY / "requirements-light.txt"
INSTALLED = os.environ.get("PERFKIT_LIGHT") == "installed"
LACKS = "pip install 'torch>=2.4' (torch is not installed)"
_NAME = re.compile(r"[A-Za-z0-9._-]+")
Done = subprocess.CompletedProcess[str]


def requirements() -> list[str]:
    return [line for line in LIGHT.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def needed(requirement: str, found: dict[str, metadata.Distribution]) -> None:
    """Add the distribution that meets a requirement, and what it requires itself without extras."""
    match = _NAME.match(requirement)
    name = re.sub(r"[._-]+", "-", match[0]).lower() if match else ""
    if name in found or "extra ==" in requirement:
        return
    try:
        found[name] = metadata.distribution(name)
    except metadata.PackageNotFoundError:  # for another system or Python than this
        return
    for further in found[name].requires or ():
        needed(further, found)


def link_packages(site: Path) -> None:
    """Links in `site` to the files of every package that is required, and to no other."""
    packages: dict[str, metadata.Distribution] = {}
    for requirement in requirements():
        needed(requirement, packages)
    for package in packages.values():
        home = Path(str(package.locate_file("")))
        for name in {file.parts[0] for file in package.files or ()} - {"..", "__pycache__"}:
            if not (site / name).exists():
                (site / name).symlink_to(home / name)


@pytest.fixture(scope="module")
def light(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Done]:
    """`light(*words)` runs perfkit in an environment without torch, away from the tree."""
    place, away = tmp_path_factory.mktemp("light"), tmp_path_factory.mktemp("away")
    venv.create(place, symlinks=True, with_pip=INSTALLED)
    python, (site,) = place / "bin" / "python", place.glob("lib/python3*/site-packages")
    environment = {**os.environ, "PYTHONPATH": "" if INSTALLED else str(REPOSITORY)}
    if INSTALLED:
        copy = away / "tree"
        ignored = shutil.ignore_patterns(".*", "build", "tests", "__pycache__", "*.egg-info")
        shutil.copytree(REPOSITORY, copy, symlinks=True, ignore=ignored)
        pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", str(LIGHT)], check=True)
        subprocess.run([*pip, "--no-deps", str(copy)], check=True)
        shutil.rmtree(copy)
    else:
        link_packages(site)

    def run(*words: str, module: str = "perfkit") -> Done:
        command = [str(python), "-m", module, *words]
        return subprocess.run(command, cwd=away, env=environment, capture_output=True, text=True, timeout=240)

    return run


def test_it_names_what_the_project_depends_on_but_for_torch() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert requirements() == [line for line in project["dependencies"] if not line.startswith("torch>")]
    assert len(requirements()) == len(project["dependencies"]) - 1


def test_there_is_no_torch(light: Callable[..., Done]) -> None:
    assert light("-c", "x", module="torch").stderr.endswith("No module named torch\n")


def test_what_needs_it_is_one_line_of_the_list(light: Callable[..., Done]) -> None:
    listed = light("list")

    assert (listed.returncode, listed.stderr) == (0, "")
    assert f"  compressor  unavailable: {LACKS}\n" in listed.stdout
    assert "\n  glassbox  a Llama-style decoder" in listed.stdout
    assert "recipes of compressor\n  21, unavailable as compressor is; --long lists them\n" in listed.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("compare", "--recipe", "kv-cache"),
        ("profile", "glassbox", "--recipe", "torch-eager"),
    ],
    ids=" ".join,
)
def test_whoever_names_it_is_told_what_to_install(light: Callable[..., Done], words: tuple[str, ...]) -> None:
    run = light(*words)

    message, hint = run.stderr.splitlines()
    assert (run.returncode, run.stdout) == (1, "")
    assert message.endswith(f" is unavailable: {LACKS}")
    assert hint.startswith("  hint: ")


@pytest.mark.skipif(not INSTALLED, reason="make long tries it")
def test_a_profiler_that_needs_it_says_so(light: Callable[..., Done]) -> None:
    run = light("profile", "glassbox", "--size", "tiny", "--with", "torch", "--duration", "50ms")

    assert (run.returncode, run.stdout) == (7, "")
    assert run.stderr.splitlines()[0] == "perfkit: torch is not installed"


WORKS = [
    (("profile", "glassbox", "--size", "tiny", "--with", "cprofile", "--duration", "50ms"), "forward-small"),
    (("explain", "kv-cache"), f"unavailable  {LACKS}"),
    (("doctor",), "torch not installed"),
    (("profile", "glassbox", "--duration", "300ms"), "py-spy"),
    (("compare", "--recipe", "rope-cache", "--quick"), "bit-equal"),
][: None if INSTALLED else 1]


@pytest.mark.parametrize(("words", "says"), WORKS, ids=[" ".join(words[:3]) for words, _ in WORKS])
def test_everything_else_works(light: Callable[..., Done], words: tuple[str, ...], says: str) -> None:
    run = light(*words)

    assert run.returncode == 0, run.stderr
    assert re.search(re.escape(says).replace(r"\ ", r"\s+"), run.stdout), run.stdout
