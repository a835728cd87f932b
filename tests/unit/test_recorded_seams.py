"""Seams whose arguments are recorded: what is honest is proven on them alone, what is wrong refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from perfkit.cell import Cell
from perfkit.protocol.measuring import Build, Finish, Replayed, Round
from perfkit.protocol.opening import FromCatalog, Open
from perfkit.protocol.proving import ProveSeam
from perfkit.sources.catalog import CatalogSource
from perfkit.worker.guard import Rejected
from perfkit.worker.inputs.arguments import ArgumentSpec, Fixed, Recorded
from perfkit.worker.main import Worker
from perfkit.worker.proof.prove import call_once
from perfkit.worker.proof.variant import prove_seam

pytestmark = pytest.mark.usefixtures("libraries_unwatched")

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
def loaded() -> CatalogSource:
    return CatalogSource((ROOT,), "kept", seed=0)


def spec(loaded: CatalogSource, seam: str) -> ArgumentSpec:
    if seam in ("scaled", "totals"):
        pytest.importorskip("torch" if seam == "scaled" else "pandas")
    return loaded.spec(seam, "small", seam, [])


def proof(seam: str, recipe: str, soak: int = 8) -> ProveSeam:
    return ProveSeam(workload=seam, size="small", seam=seam, on=(), recipes=(recipe,), soak=soak, soak_s=0.0)


@pytest.mark.parametrize(("seam", "honest", "kinds"), CASES, ids=[c[0] for c in CASES])
def test_an_honest_recipe_is_proven_and_a_wrong_one_refused(
    loaded: CatalogSource, seam: str, honest: str, kinds: list[str]
) -> None:
    found = spec(loaded, seam)

    assert list(dict.fromkeys(p.kind for p in found.parts if isinstance(p, Recorded))) == kinds
    assert found.describe() == f"recorded: {', '.join(kinds)}"
    assert prove_seam(loaded, proof(seam, f"kept/{seam}-{honest}")).checked_calls > 8
    with pytest.raises(Rejected):
        prove_seam(loaded, proof(seam, f"kept/{seam}-wrong"))


def test_what_the_baseline_writes_to_must_be_written_to_alike(loaded: CatalogSource) -> None:
    found = spec(loaded, "push")

    assert found.written == {0}
    with pytest.raises(Rejected) as caught:
        prove_seam(loaded, proof("push", "kept/push-wrong"))
    assert "argument 1" in str(caught.value)


@pytest.mark.parametrize("recipe", ["words-memo", "places-memo"])
def test_a_memo_by_content_finds_nothing_that_it_has_seen(loaded: CatalogSource, recipe: str) -> None:
    seam = recipe.partition("-")[0]
    subject = loaded.seam(seam, [f"kept/{recipe}"], spec(loaded, seam))
    seen = [repr(subject.data(stream)) for stream in range(300)]

    assert len(set(seen)) == 300


def test_a_tensor_asks_for_its_gradient_and_a_weight_is_the_programs_own(loaded: CatalogSource) -> None:
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


def test_equal_streams_give_equal_arguments_in_every_role(loaded: CatalogSource) -> None:
    found = spec(loaded, "price")
    one, other = loaded.seam("price", [], found), loaded.seam("price", ["kept/price-times"], found)
    mine, theirs = one.data(5), other.data(5)

    assert mine == theirs
    assert mine[0] is not theirs[0]
    assert mine[0].items is not theirs[0].items


def test_whoever_writes_to_a_recorded_argument_is_refused(loaded: CatalogSource, monkeypatch: Any) -> None:
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
        prove_seam(loaded, proof("places", "kept/places-bisect", soak=2))


def _with(recipe: Any, apply: Any) -> Any:
    from dataclasses import replace

    return replace(recipe, apply=apply)


def test_every_role_of_a_group_is_piloted_sampled_and_checked_on_the_same_calls() -> None:
    worker = Worker()
    worker.handle(Open(source=FromCatalog((str(ROOT),), "kept"), seed=1, process=3))
    variants: dict[str, tuple[str, ...]] = {"baseline": (), "control": (), "candidate-1": ("kept/push-sum",)}
    roles = tuple(variants)
    cell = Cell(target="kept", workload="push", size="small", kind="micro", seam="push")
    group = Build(group="g", cell=cell, stateful=False, variants=variants, roles=roles, resolution_ns=100)
    built = worker.handle(group)
    loops = {role: pilot.loops for role, pilot in built.roles.items()}
    for number, order in enumerate((roles, roles[::-1])):
        samples = worker.handle(Round(round=number, order=order, loops=loops)).samples
        assert tuple(s.role for s in samples) == order
    finished = worker.handle(Finish())

    assert all(pilot.draws for pilot in built.roles.values())
    assert finished.recorded == Replayed(repeated=0.0, replayed=0)
    assert all(calls >= 2 for calls in finished.checked_calls.values())
