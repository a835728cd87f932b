"""Seams whose arguments are recorded: what is honest is proven on them alone, what is wrong refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from perfkit.worker.guard import Rejected
from perfkit.worker.inputs.arguments import ArgumentSpec, Fixed, Recorded
from perfkit.worker.loaded_target import LoadedTarget
from perfkit.worker.main import Worker
from perfkit.worker.proof.prove import call_once

ROOT = Path(__file__).resolve().parents[1] / "recorded"
CASES = [
    ("places", "bisect", ["list"]),
    ("words", "split", ["str"]),
    ("push", "sum", ["deque", "float"]),
    ("price", "times", ["Order"]),
    ("entropy", "array", ["1-d float64"]),
    ("segments", "reduceat", ["1-d int64", "1-d float64"]),
    ("scaled", "direct", ["2-d torch.float64"]),
    ("totals", "grouped", ["DataFrame"]),
]


@pytest.fixture(scope="module")
def loaded() -> LoadedTarget:
    return LoadedTarget((ROOT,), "kept", seed=0)


def spec(loaded: LoadedTarget, seam: str) -> ArgumentSpec:
    if seam in ("scaled", "totals"):
        pytest.importorskip("torch" if seam == "scaled" else "pandas")
    return loaded.spec(seam, "small", seam, [])


@pytest.mark.parametrize(("seam", "honest", "kinds"), CASES, ids=[c[0] for c in CASES])
def test_an_honest_recipe_is_proven_and_a_wrong_one_refused(
    loaded: LoadedTarget, seam: str, honest: str, kinds: list[str]
) -> None:
    found = spec(loaded, seam)

    assert list(dict.fromkeys(p.kind for p in found.parts if isinstance(p, Recorded))) == kinds
    assert found.describe() == f"recorded: {', '.join(kinds)}"
    assert loaded.prove_seam(seam, found, [], [f"kept/{seam}-{honest}"], soak=8).checked_calls > 8
    with pytest.raises(Rejected):
        loaded.prove_seam(seam, found, [], [f"kept/{seam}-wrong"], soak=8)


def test_what_the_baseline_writes_to_must_be_written_to_alike(loaded: LoadedTarget) -> None:
    found = spec(loaded, "push")

    assert found.written == {0}
    with pytest.raises(Rejected) as caught:
        loaded.prove_seam("push", found, [], ["kept/push-wrong"], soak=8)
    assert "argument 1" in str(caught.value)


@pytest.mark.parametrize("recipe", ["words-memo", "places-memo"])
def test_a_memo_by_content_finds_nothing_that_it_has_seen(loaded: LoadedTarget, recipe: str) -> None:
    seam = recipe.partition("-")[0]
    subject = loaded.seam(seam, [f"kept/{recipe}"], spec(loaded, seam))
    seen = [repr(subject.data(stream)) for stream in range(300)]

    assert len(set(seen)) == 300


def test_a_tensor_asks_for_its_gradient_and_a_weight_is_the_programs_own(loaded: LoadedTarget) -> None:
    found = spec(loaded, "scaled")
    subject = loaded.seam("scaled", [], found)
    x, weight = subject.prepare(subject.data(1))
    another = subject.prepare(subject.data(2))

    assert x.requires_grad
    assert x.is_leaf
    assert another[0] is not x
    assert isinstance(found.parts[1], Fixed)
    assert weight is another[1] is found.parts[1].value
    _, output = call_once(subject, subject.data(3), "a call")
    assert output.requires_grad


def test_equal_streams_give_equal_arguments_in_every_role(loaded: LoadedTarget) -> None:
    found = spec(loaded, "price")
    one, other = loaded.seam("price", [], found), loaded.seam("price", ["kept/price-times"], found)
    mine, theirs = one.data(5), other.data(5)

    assert mine == theirs
    assert mine[0] is not theirs[0]
    assert mine[0].items is not theirs[0].items


def test_whoever_writes_to_a_recorded_argument_is_refused(loaded: LoadedTarget, monkeypatch: Any) -> None:
    found = spec(loaded, "places")
    loaded.recipe("kept/places-bisect")
    right = loaded.ops(["kept/places-bisect"]).places

    def spoils(table: list[float], keys: list[float]) -> list[int]:
        answer: list[int] = right(table, keys)
        table.append(2.0)
        return answer

    recipe = loaded.recipe("kept/places-bisect")
    monkeypatch.setitem(
        loaded._recipes, "kept/places-bisect", _with(recipe, lambda ops: type(ops)(**{**vars(ops), "places": spoils}))
    )
    with pytest.raises(Rejected, match="input afterwards"):
        loaded.prove_seam("places", found, [], ["kept/places-bisect"], soak=2)


def _with(recipe: Any, apply: Any) -> Any:
    from dataclasses import replace

    return replace(recipe, apply=apply)


def test_every_role_of_a_group_is_piloted_sampled_and_checked_on_the_same_calls() -> None:
    worker = Worker()
    worker.open({"catalogs": [str(ROOT)], "target": "kept", "seed": 1, "process": 3})
    roles = {"baseline": [], "control": [], "candidate-1": ["kept/push-sum"]}
    group = {
        "group": "g",
        "workload": "push",
        "size": "small",
        "kind": "micro",
        "seam": "push",
        "state": None,
        "on": [],
        "variants": roles,
    }
    built = worker.build({**group, "roles": list(roles), "resolution_ns": 100, "stateful": False})
    loops = {role: one["loops"] for role, one in built["roles"].items()}
    for number, order in enumerate(([*roles], [*roles][::-1])):
        samples = worker.round({"round": number, "order": order, "loops": loops})["samples"]
        assert [s["role"] for s in samples] == order
    finished = worker.finish({})

    assert all(built["roles"][role]["draws"] for role in roles)
    assert finished["recorded"] == {"repeated": 0.0, "replayed": 0}
    assert all(calls >= 2 for calls in finished["checked_calls"].values())
