"""Whose line of code it is: the user's, a library's, or perfkit's own."""

from __future__ import annotations

import os
import traceback
from collections.abc import Sequence
from pathlib import Path

__all__ = ["users_frames"]

_OURS = str(Path(__file__).resolve().parents[1]) + os.sep
_CATALOGUES = tuple(f"{_OURS}{folder}{os.sep}" for folder in ("recipes", "sample_targets"))


def users_frames(error: BaseException) -> Sequence[traceback.FrameSummary]:
    """Where it was raised, the innermost last: in the user's files alone; in a library's where there are none of his.

    Empty where no code but perfkit's, and what imports modules, has run.
    """
    every = [frame for frame in traceback.extract_tb(error.__traceback__) if not _is_machinery(frame.filename)]
    return [frame for frame in every if not _is_library(frame.filename)] or every[-1:]


def _is_machinery(file: str) -> bool:
    ours = file.startswith(_OURS) and not file.startswith(_CATALOGUES)
    return ours or file.startswith("<frozen") or f"{os.sep}importlib{os.sep}" in file


def _is_library(file: str) -> bool:
    return "site-packages" in file or file.startswith(os.path.dirname(os.__file__) + os.sep)
