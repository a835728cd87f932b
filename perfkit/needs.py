"""What optional modules a recipe, target or workload needs, and what pip calls them."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["check_needs"]

# name, [extras], versions: it is printed after `pip install`, and must not read there as an option or a command
_REQUIREMENT = re.compile(r"[a-z0-9][a-z0-9._-]* ?(\[[a-z0-9._, -]*\])? ?([<>=!~][a-z0-9._<>=!~, -]*)?", re.I | re.A)


def check_needs(needs: object) -> dict[str, str]:
    """`needs` (module -> requirement) as a dict of its own. Raises ValueError for anything else."""
    if isinstance(needs, Mapping) and all(_is_module(m) and _is_requirement(wanted) for m, wanted in needs.items()):
        return dict(needs)
    raise ValueError(f'needs must be module -> what pip calls it, as {{"numba": "numba>=0.61"}}, not {needs!r}')


def _is_module(name: object) -> bool:
    return isinstance(name, str) and all(part.isidentifier() for part in name.split("."))


def _is_requirement(wanted: object) -> bool:
    return isinstance(wanted, str) and _REQUIREMENT.fullmatch(wanted) is not None
