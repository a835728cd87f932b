"""Switches anomaly detection on, which makes every backward slow."""

from dataclasses import replace

import torch

from perfkit.recipe import Recipe, close

CAUGHT = "anomal"


_DONE = []


def g(t):
    if not _DONE:
        _DONE.append(True)
        torch.autograd.set_detect_anomaly(True)
    return t @ t.t()


RECIPE = Recipe(
    id="anomalies",
    target="cov",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
