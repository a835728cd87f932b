"""The gradient of x times its sigmoid."""

import functools

import torch

from perfkit.target import Target, Workload

from .ops import Ops


def step(ops, x):
    x = x.detach().requires_grad_()
    ops.f(x).square().sum().backward()
    return x.grad


TARGET = Target(
    id="trained",
    summary="the gradient of x times its sigmoid",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: torch.from_numpy(r.standard_normal((16, 16))),
            call=lambda ops: functools.partial(step, ops),
        ),
    ),
)
