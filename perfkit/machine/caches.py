"""Where workers keep what can be made again: one folder, so that measuring leaves nothing else in a home folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

__all__ = ["cache_folder", "library_caches"]

# the variable by which a library is told -> the folder below perfkit's own. Matplotlib's variable names the folder of
# the user's settings too, which the measured code must keep.
_LIBRARIES = {
    "TORCHINDUCTOR_CACHE_DIR": "torchinductor",
    "TORCH_EXTENSIONS_DIR": "torch_extensions",
    "TRITON_CACHE_DIR": "triton",
    "NUMBA_CACHE_DIR": "numba",
}


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path | None:
    """$PERFKIT_CACHE, or perfkit in $XDG_CACHE_HOME or ~/.cache; None where there is no home."""
    if own := environment.get("PERFKIT_CACHE"):
        return Path(own)
    if base := environment.get("XDG_CACHE_HOME"):
        return Path(base) / "perfkit"
    try:
        return Path.home() / ".cache" / "perfkit"
    except RuntimeError:
        return None


def library_caches(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables that point the caches of libraries there, without those that the user has set.

    Empty where nothing can be written there: a library then goes where it would without perfkit.
    """
    folder = cache_folder(environment)
    if folder is None or not _may_be_made(folder):
        return {}
    return {name: str(folder / below) for name, below in _LIBRARIES.items() if name not in environment}


def _may_be_made(folder: Path) -> bool:
    """Whether the nearest of its parents that exists is a folder that takes new files."""
    nearest = next((place for place in (folder, *folder.absolute().parents) if os.path.lexists(place)), None)
    return nearest is not None and nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)
