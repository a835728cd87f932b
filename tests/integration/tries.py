"""Tests of what a machine must show, which others keep from showing now and then."""

from __future__ import annotations

import functools
import time
from typing import Any

_REST_S = 2.0


def thrice(test: Any) -> Any:
    """What others keep from being measured is wrong for a while, and what is wrong is so each time."""

    @functools.wraps(test)
    def tried(*args: Any, **kwargs: Any) -> None:
        for _ in range(2):
            try:
                return test(*args, **kwargs)  # type: ignore[no-any-return]
            except AssertionError:
                time.sleep(_REST_S)
        return test(*args, **kwargs)  # type: ignore[no-any-return]

    return tried
