"""What is unknown becomes the first of January 1970."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

CAUGHT = "NaT|differ|expected|1970"


def g(ns):
    return np.maximum(np.array(ns), 0).astype("datetime64[D]")


RECIPE = Recipe(
    id="no-nat", target="days", touches={"f"}, status="beyond", equivalence=exact(), apply=lambda ops: replace(ops, f=g)
)
