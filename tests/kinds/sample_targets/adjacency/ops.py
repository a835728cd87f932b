"""The seams of adjacency."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse

KINDS = {"f": "call"}


def f(cells):
    """cells of a 30 x 30 matrix -> csr matrix with ones there."""
    dense = np.zeros((30, 30))
    for cell in cells:
        dense[divmod(cell, 30)] = 1.0
    return scipy.sparse.csr_array(dense)


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
