"""An output that carries a gradient is proven with it: lost, zero and wrong ones are refused, rounding is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from perfkit.equivalence import Equivalence, close, combined, exact
from perfkit.schedule import CANDIDATE
from perfkit.target import Workload
from perfkit.worker.guard import Rejected
from perfkit.worker.proof.prove import prove
from perfkit.worker.subject import MacroSubject

Function = Callable[[Any, Any], Any]
WEIGHTS = torch.from_numpy(np.random.default_rng(0).standard_normal((3, 3)))


class Layer(torch.nn.Module):
    """tanh(x @ w + b), by a function of (layer, x)."""

    def __init__(self, forward: Function) -> None:
        super().__init__()
        self.w = torch.nn.Parameter(WEIGHTS.clone())
        self.b = torch.nn.Parameter(torch.zeros(3, dtype=torch.float64))
        self.c = torch.nn.Parameter(torch.zeros(3, dtype=torch.float64))  # as b, but that nothing tells them apart
        self.work = forward

    def forward(self, x: Any) -> Any:
        return self.work(self, x)


def proven(
    baseline: Function, candidate: Function, rule: Equivalence | None = None, *, asked: bool = True, observe: Any = None
) -> None:
    def data(shared: Any, rng: np.random.Generator) -> Any:
        return torch.from_numpy(rng.standard_normal((4, 3))).requires_grad_(asked)

    more = {} if observe is None else {"observe": lambda instance, argument, output: observe(output)}
    workload = Workload(id="w", summary="w", data=data, build=lambda ops, shared: Layer(ops), call=lambda i: i, **more)
    prove(MacroSubject(workload, baseline, None), MacroSubject(workload, candidate, None), rule or exact(), 1, soak=3)


def layer(own: Any, x: Any) -> Any:
    return torch.tanh(x @ own.w + own.b + 2 * own.c)


def planted(backward: Callable[[Any, Any], Any]) -> Function:
    """The right values, with a derivative of one's own."""

    class Planted(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, z: Any) -> Any:
            y = torch.tanh(z)
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx: Any, gradient: Any) -> Any:  # type: ignore[override]
            return backward(ctx.saved_tensors[0], gradient)

    return lambda own, x: Planted.apply(x @ own.w + own.b + 2 * own.c)


class Once:
    """A derivative that is right the first time."""

    calls = 0

    def __call__(self, y: Any, gradient: Any) -> Any:
        self.calls += 1
        return gradient * (1 - y * y) * (1 if self.calls % 2 else 2)


def without(own: Any, x: Any) -> Any:
    with torch.no_grad():
        return layer(own, x)


def through_data(own: Any, x: Any) -> Any:
    return torch.tanh(x.data @ own.w + own.b + 2 * own.c)


def weight_detached(own: Any, x: Any) -> Any:
    return torch.tanh(x @ own.w.detach() + own.b + 2 * own.c)


def leaf_of_its_own(own: Any, x: Any) -> Any:
    return layer(own, x.detach().clone().requires_grad_())


def inference(own: Any, x: Any) -> Any:
    with torch.inference_mode():
        return layer(own, x)


WRONG = {
    "no_grad": (without, "a different requires_grad"),
    "detached": (lambda own, x: layer(own, x).detach(), "a different requires_grad"),
    "a leaf": (lambda own, x: layer(own, x).detach().requires_grad_(), "lost gradient"),
    "inference mode": (inference, "a different requires_grad"),
    "x.data": (through_data, "a lost gradient at gradient of input"),
    "weight detached": (weight_detached, "a lost gradient at gradient of a weight"),
    "leaf of its own": (leaf_of_its_own, "a lost gradient at gradient of input"),
    "zero": (planted(lambda y, g: torch.zeros_like(g)), "gradient of input"),
    "scaled": (planted(lambda y, g: g * (1 - y * y) * 1.001), "gradient of input"),
    "wrong": (planted(lambda y, g: g * (1 - y)), "gradient of input"),
    "wrong the second time": (planted(Once()), "gradient of input"),
    "one row": (planted(lambda y, g: g * (1 - y * y) * torch.tensor([[1.0], [1], [1], [0]])), "gradient of input"),
    "swapped": (lambda own, x: torch.tanh(x @ own.w + own.c + 2 * own.c), "gradient of a weight"),
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("rule", [exact(), close(rtol=1e-6, why="x")], ids=["exact", "close"])
def test_a_gradient_lost_or_wrong_is_refused(name: str, rule: Equivalence) -> None:
    candidate, says = WRONG[name]
    with pytest.raises(Rejected, match=says) as caught:
        proven(layer, candidate, rule)
    assert caught.value.role == CANDIDATE


@pytest.mark.parametrize("name", ["weight detached", "zero", "no_grad"])
def test_so_it_is_where_only_the_weights_ask_for_one(name: str) -> None:
    with pytest.raises(Rejected, match=r"requires_grad|gradient of a weight"):
        proven(layer, WRONG[name][0], asked=False)


def test_so_it_is_where_the_target_looks_at_numbers_alone() -> None:
    with pytest.raises(Rejected, match="gradient of input"):
        proven(layer, WRONG["scaled"][0], observe=lambda out: out.detach().numpy())


def summed_otherwise(own: Any, x: Any) -> Any:
    """The same derivative, in another order of sums."""
    return torch.tanh(torch.stack([row @ own.w for row in x]) + own.b + 2 * own.c)


HONEST: dict[str, Function] = {
    "the same": layer,
    "derivative of its own": planted(lambda y, g: g * (1 - y * y)),
    "in another order": summed_otherwise,
    "another graph": lambda own, x: torch.nn.functional.linear(x, own.w.T, own.b + own.c * 2).tanh(),
}


@pytest.mark.parametrize("name", HONEST)
def test_the_same_gradient_passes(name: str) -> None:
    proven(layer, HONEST[name], close(rtol=1e-12, why="x"))
    proven(layer, HONEST[name], close(rtol=1e-12, why="x"), asked=False)


def test_a_recipe_may_give_them_up_and_says_so() -> None:
    for candidate in (without, inference):
        proven(layer, candidate, exact(no_grad=True))
    given_up = combined([exact(), exact(no_grad=True), close(rtol=1e-6, why="x")])

    assert given_up.no_grad
    assert given_up.rtol == 1e-6
    assert not combined([exact(), exact()]).no_grad
    assert [str(exact(no_grad=True)), str(close(rtol=1e-6, no_grad=True, why="x"))] == [
        "exact, without gradients",
        "close (rtol 1e-06), without gradients",
    ]
    with pytest.raises(Rejected, match=r"a different value|values differ"):
        proven(layer, lambda own, x: without(own, x) * 1.1, exact(no_grad=True))


def test_a_baseline_that_carries_none_asks_for_none() -> None:
    proven(without, without)
    proven(lambda own, x: x.detach() * 2, lambda own, x: x.detach() + x.detach())


def test_a_baseline_whose_gradient_cannot_be_had_asks_for_none() -> None:
    def raising(y: Any, gradient: Any) -> Any:
        raise ZeroDivisionError("planted")

    proven(planted(raising), layer)
    with pytest.raises(Rejected, match="ZeroDivisionError: planted"):
        proven(layer, planted(raising))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_few_digits_are_no_other_gradient(dtype: Any) -> None:
    def narrow(own: Any, x: Any) -> Any:
        return (x.to(dtype) @ own.w.to(dtype)).float().sum(1)

    def by_column(own: Any, x: Any) -> Any:
        return sum(x.to(dtype)[:, [i]] * own.w.to(dtype)[i] for i in range(3)).to(dtype).float().sum(1)

    rule = close(rtol=0.02, atol=0.03, why="few digits")
    proven(narrow, by_column, rule)
    with pytest.raises(Rejected, match="gradient of input"):
        proven(narrow, lambda own, x: narrow(own, x * 0.5) + narrow(own, x.detach() * 0.5), rule)
