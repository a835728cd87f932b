"""The files a new recipe starts from, and how new files are written: none is replaced, none lands elsewhere."""

from __future__ import annotations

import keyword
import os
import re
import shlex
from pathlib import Path

from perfkit.catalog import Catalog, TargetEntry
from perfkit.catalog.read_files import id_of
from perfkit.catalog.scaffold_seam import seam_text
from perfkit.errors import UnknownName, UsageError

__all__ = ["TEST", "check_id", "home_of", "new_recipe_files", "write_new"]

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

_RECIPE = '''"""{title}.

What it does
    Say what it changes.

Why the baseline is slow
    Say what the documented form wastes.

When it loses
    Say where it is slower, or what it costs in memory or accuracy.

Source
    Ours.
"""

from __future__ import annotations

{imports}


{definition}


RECIPE = Recipe(
    id="{name}",
    target="{target}",
    touches={{"{seam}"}},
    apply=lambda ops: replace(ops, {seam}={function}),
    equivalence=exact(),
    status="beyond",
)
'''

TEST = '''"""{name} leaves the output right, and its proof can tell when it does not."""

from pathlib import Path

from perfkit.testing import check_recipe

CATALOG = Path(__file__).resolve().parents[{up}]


def test_{slug}_is_proven_and_its_proof_rejects_wrong_outputs() -> None:
    check_recipe("{target}/{name}", catalog=CATALOG)
'''


def new_recipe_files(found: Catalog, target: str, name: str, seam: str) -> dict[Path, str]:
    """Relative path -> text of a recipe that changes nothing yet, and of its test.

    Raises UnknownName for the target or seam, UsageError for an id that is taken or no id.
    """
    entry = found.target(target)
    if seam not in entry.seams:
        raise UnknownName(f"seam of {target}", seam, entry.seams)
    check_id("recipe", name)
    if any(r.recipe.full_id == f"{target}/{name}" for r in found.recipes):
        raise UsageError(f"{target}/{name} exists already", hint="choose another id")
    slug = name.replace("-", "_")
    function = f"{slug}_{seam}" if not slug.endswith(seam) else slug
    imports, definition = seam_text(entry, seam, function)
    words = {
        "imports": imports,
        "definition": definition,
        "title": name.replace("-", " ").capitalize(),
        "name": name,
        "slug": slug,
        "target": target,
        "seam": seam,
        "function": function,
        "up": 2,
    }
    return {
        Path("recipes", entry.path.parent.name, f"{slug}.py"): _RECIPE.format(**words),
        Path("tests", "catalog", f"test_{slug}.py"): TEST.format(**words),
    }


def check_id(kind: str, name: str) -> None:
    """Raise UsageError unless `name` can be the id of something new: its file is the same with underscores."""
    better = id_of(name.lower())
    if _ID.fullmatch(name) and not keyword.iskeyword(name):
        return
    fits = better != name and _ID.fullmatch(better) and not keyword.iskeyword(better)
    hint = f"did you mean {better}?" if fits else f"lower-case words joined by hyphens: my-{kind}"
    raise UsageError(f"{name!r} is not a {kind} id", hint=hint)


def home_of(entry: TargetEntry, folder: Path | None) -> Path:
    """The catalogue that a new recipe of a target goes into: `folder`, or the target's own where it must be that.

    Raises UsageError for another one: files of a catalogue that is named import each other, and nobody else's.
    """
    if entry.root is None:
        return folder or Path()
    if folder is not None and os.path.realpath(folder) != os.path.realpath(entry.root):
        raise UsageError(
            f"{entry.id} is a target of the catalogue {entry.root}: its recipes must stand there too",
            hint=shlex.join(["--dir", str(entry.root)]),
        )
    return entry.root


def write_new(files: dict[Path, str], folder: Path) -> list[Path]:
    """Write files that do not exist yet under `folder`, all or none; refuses all when one exists. Returns their paths.

    Raises UsageError also for a link that leads out of `folder`: nothing is read from there either.
    """
    paths = [folder / relative for relative in files]
    for path in paths:
        if os.path.lexists(path):
            raise UsageError(f"{path} exists already", hint="choose another id, or remove it")
        real = os.path.realpath(path)
        if not Path(real).is_relative_to(os.path.realpath(folder)):
            raise UsageError(f"{path} leads out of {folder}, to {real}", hint="name the folder itself with --dir")
    written: list[Path] = []
    for path, text in zip(paths, files.values(), strict=True):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                written.append(path)
                file.write(text)
        except OSError as error:
            for half in written:
                half.unlink(missing_ok=True)
            raise UsageError(f"cannot write {path}: {error.strerror}", hint="choose another --dir") from error
    return paths
