"""The same matrix in csc, for which rows are slow."""

from dataclasses import replace

import numpy as np
import scipy.sparse

from perfkit.recipe import Recipe, exact

CAUGHT = "csc|format|type"


def g(cells):
    rows, columns = np.divmod(np.array(cells), 30)
    return scipy.sparse.csc_array((np.ones(len(cells)), (rows, columns)), shape=(30, 30))


RECIPE = Recipe(
    id="by-columns",
    target="adjacency",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
