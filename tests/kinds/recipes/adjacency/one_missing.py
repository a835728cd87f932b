"""The last edge is at its place with a zero for a one."""

from dataclasses import replace

import numpy as np
import scipy.sparse

from perfkit.recipe import Recipe, exact

CAUGHT = "differ|expected|data"


def g(cells):
    rows, columns = np.divmod(np.array(cells), 30)
    ones = np.ones(len(cells))
    ones[-1] = 0
    return scipy.sparse.csr_array((ones, (rows, columns)), shape=(30, 30))


RECIPE = Recipe(
    id="one-missing",
    target="adjacency",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
