"""Where recipes and targets stand: perfkit's own folders, those of installed packages, and those a user names.

A package says so by an entry point, whose value is the package that holds one folder for each target:
`perfkit.recipes` for <target>/<slug>.py, `perfkit.targets` for <target>/target.py with its ops.py. A folder that is
named holds the same as `recipes` and `sample_targets`. Nothing is imported here.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from perfkit.catalog.installed import package_folder
from perfkit.errors import CatalogError

if TYPE_CHECKING:
    from importlib import metadata

__all__ = ["CatalogFolder", "check_catalog", "find_folders"]

_BUILT_IN = Path(__file__).parents[1]
_FOLDERS = {"recipe": "recipes", "target": "sample_targets"}
_FILES = {"recipe": "*/*.py", "target": "*/target.py"}
_GROUPS = {"perfkit.recipes": "recipe", "perfkit.targets": "target"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogFolder:
    """A folder of recipes or of targets, one folder a target in it, and the package its modules belong to."""

    kind: str  # recipe | target
    folder: Path
    package: str
    root: Path | None = None  # of a catalogue that was named: loaded as a private package, and its files stay within
    own: bool = False  # perfkit's
    installed: bool = False  # by an entry point of another package

    @property
    def place(self) -> tuple[str, str]:
        """Equal for folders that are one, however they are named."""
        return self.kind, os.path.realpath(self.folder)

    def files(self) -> Iterator[Path]:
        """Every file that should define a recipe or a target; private and hidden ones are skipped."""
        for path in sorted(self.folder.glob(_FILES[self.kind])):
            hidden = path.name.startswith(("_", ".")) or path.parent.name.startswith(".")
            if not hidden and (path.is_file() or path.is_symlink()):
                yield path

    def check_within(self, path: Path) -> None:
        """Raise CatalogError when a file of a catalogue that was named is a link to somewhere else.

        What an installer puts into a folder may well be links, so what is installed is not asked.
        """
        if self.root is None:
            return
        real = Path(os.path.realpath(path))
        if not real.is_relative_to(os.path.realpath(self.root)):
            raise CatalogError(f"{path} lies outside its catalogue, at {real}", hint="put a copy in place of the link")


def find_folders(
    extra: Sequence[Path] = (), *, installed: bool = True
) -> tuple[list[CatalogFolder], list[CatalogError]]:
    """Every folder once, and the entry points that lead nowhere. CatalogError for an extra folder that is no catalogue.

    A folder that is found twice keeps the first name: perfkit's own, then that of its package, then a private one.
    """
    packaged, broken = _installed() if installed else ([], [])
    own = [
        CatalogFolder(kind=kind, folder=_BUILT_IN / name, package=f"perfkit.{name}", own=True)
        for kind, name in _FOLDERS.items()
    ]
    found: dict[tuple[str, str], CatalogFolder] = {}
    for known in (*own, *packaged):
        found.setdefault(known.place, known)
    for root in extra:
        check_catalog(root)
        for named in _named(root, found):
            found.setdefault(named.place, named)
    return list(found.values()), broken


def check_catalog(root: Path) -> None:
    """Raise CatalogError unless `root` is a folder with the shape of a catalogue."""
    hint = "it needs a folder recipes/<target> or sample_targets/<target>"
    if not os.path.isdir(root):
        raise CatalogError(f"{root} is not a catalogue: there is no such folder", hint=hint)
    if not any(os.path.isdir(root / name) for name in _FOLDERS.values()):
        raise CatalogError(f"{root} is not a catalogue", hint=hint)


def _named(root: Path, known: dict[tuple[str, str], CatalogFolder]) -> list[CatalogFolder]:
    """The folders of a folder that was named; under the names of a package when one of them is known as part of it."""
    folders = [CatalogFolder(kind=kind, folder=root / name, package=name, root=root) for kind, name in _FOLDERS.items()]
    package = "perfkit_catalog_" + hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:12]
    private: Path | None = root
    for folder in folders:
        other = known.get(folder.place)
        within = os.path.dirname(folder.place[1]) == os.path.realpath(root)
        if within and other is not None and other.root is None and other.package.endswith(f".{folder.package}"):
            package, private = other.package.removesuffix(f".{folder.package}"), None
    return [
        CatalogFolder(kind=s.kind, folder=s.folder, package=f"{package}.{s.package}", root=private)
        for s in folders
        if os.path.isdir(s.folder)
    ]


def _installed() -> tuple[list[CatalogFolder], list[CatalogError]]:
    """The folders of installed packages, and what is wrong with the entry points of the others."""
    folders = []
    points, broken = _entry_points()
    for point in sorted(points, key=lambda p: (p.group, p.name, p.value)):
        try:
            folders.append(
                CatalogFolder(kind=_GROUPS[point.group], folder=_folder(point), package=point.value, installed=True)
            )
        except CatalogError as error:
            broken.append(error)
    return folders, broken


def _entry_points() -> tuple[list[metadata.EntryPoint], list[CatalogError]]:
    """The entry points of our groups, and the packages whose entry points cannot be read."""
    from importlib import metadata  # takes 10 ms, and workers look at no installed package

    try:
        every = metadata.entry_points()
        return [point for group in _GROUPS for point in every.select(group=group)], []
    except Exception:  # one damaged package, of whatever purpose, spoils that call with whatever error
        found, broken = [], []
    for package in metadata.distributions():
        try:
            found += [point for point in package.entry_points if point.group in _GROUPS]
        except Exception as error:
            where = getattr(package, "_path", package.locate_file(""))
            broken.append(CatalogError(f"{where}: the entry points cannot be read: {error}", hint="reinstall it"))
    return found, broken


def _folder(point: metadata.EntryPoint) -> Path:
    package = point.dist.name if point.dist else "a package"
    what = f"{package}: its entry point {point.group}: {point.name} = {point.value!r}"
    if not all(part.isidentifier() for part in point.value.split(".")):
        raise CatalogError(f"{what} does not name a package", hint=f'write {point.name} = "my_package.folder"')
    folder = package_folder(point.value)
    if folder is None:
        raise CatalogError(f"{what} names a package that is not there", hint=f"reinstall or uninstall {package}")
    return folder
